import { Anchor, Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useAct, usePages } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { Empty } from '../../parts/Empty.tsx'
import { Reveal } from '../../parts/events/Reveal.tsx'
import { useNumbers } from '../../parts/Money.tsx'
import { usePageLink } from '../../parts/page-link.ts'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Reason } from '../../parts/Reason.tsx'
import { saidIn } from '../../parts/said.ts'
import { useTell } from '../../parts/tell.ts'
import { Time } from '../../parts/Time.tsx'
import { Ways } from '../../parts/Ways.tsx'
import { useConnection, useFilters } from '../../place.ts'
import { words } from '../../words/failed.ts'
import type { Wanted } from './RunDialog.tsx'
import look from './failed.module.css'

type Row = AnswerOf<'listFailedEvents'>['data'][number]

/** The events of one cause, for those who want to look before they act, or act on some of them. */
export function OfCause({
  cause,
  events,
  mayAct,
  maySend,
  isBusy,
  onWanted,
}: {
  readonly cause: string
  readonly events: number
  readonly mayAct: boolean
  /** What it sends would not end as not sent. */
  readonly maySend: boolean
  /** A run goes on: no other can begin. */
  readonly isBusy: boolean
  readonly onWanted: (wanted: Wanted) => void
}) {
  const say = useWords(words)
  const tell = useTell()
  const { count } = useNumbers()
  const linkTo = usePageLink()
  const connection = useConnection()?.id
  const [, setFilters] = useFilters(['cause'])
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  // What was discarded last, to be taken back.
  const [discarded, setDiscarded] = useState<readonly string[]>([])
  const asked = useRef<readonly string[]>([])
  const pages = usePages('listFailedEvents', { params: { reason: cause } }, { everyMs: 15_000 })
  const done = (text: (events: string) => string) => (answer: AnswerOf<'replayEvents'>) => {
    const why = new Set(answer.left.map(({ says }) => tell(says)))
    const isNone = answer.count === 0 && why.size > 0
    const told = [...(isNone ? [] : [text(say.some(answer.count, count(answer.count)))]), ...why]
    const unknown = answer.unknown.length
    if (unknown > 0) told.push(say.unknownSome(unknown, count(unknown)))
    notifications.show({ message: told.join(' '), color: isNone ? 'orange' : 'green' })
    setChosen(new Set())
  }
  const replay = useAct('replayEvents', {
    onDone(answer) {
      setDiscarded([])
      done(say.didReplay)(answer)
    },
  })
  const discard = useAct('discardEvents', {
    onDone(answer) {
      setDiscarded(answer.count === 0 ? [] : asked.current)
      done(say.didDiscard)(answer)
    },
  })
  const choose = (messageId: string, isChosen: boolean) => {
    const next = new Set(chosen)
    if (isChosen) next.add(messageId)
    else next.delete(messageId)
    setChosen(next)
  }
  const columns: readonly Column<Row>[] = [
    {
      key: 'event',
      head: say.event,
      cell: ({ messageId, name = say.body }) => {
        const address = linkTo('event', { connection }, { messageId })
        return (
          <Group gap="sm" wrap="nowrap">
            {mayAct && (
              <Checkbox
                size="xs"
                aria-label={say.select(messageId)}
                checked={chosen.has(messageId)}
                onChange={({ currentTarget: { checked } }) => choose(messageId, checked)}
              />
            )}
            {address === undefined ? (
              <span>{name}</span>
            ) : (
              <Anchor component={Link} to={address} size="sm">
                {name}
              </Anchor>
            )}
          </Group>
        )
      },
    },
    {
      key: 'person',
      head: say.person,
      cell: ({ person }) => person?.replace(/^\w+:/, '') ?? say.unknownPerson,
    },
    {
      key: 'said',
      head: say.said,
      cell: ({ said }) =>
        said === undefined ? '–' : <span className={look['said']}>{saidIn(said)}</span>,
    },
    { key: 'tries', head: say.tries, cell: ({ tries }) => count(tries), isNumber: true },
    { key: 'at', head: say.failedAt, cell: ({ lastAt }) => <Time at={lastAt} />, width: 150 },
  ]
  const body = { messageIds: [...chosen].slice(0, 1000) }
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Stack gap="xs" align="flex-start">
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection="←"
            px={0}
            onClick={() => setFilters({ cause: undefined })}
          >
            {say.back}
          </Button>
          <Reason code={cause} />
          {maySend && <Ways code={cause} />}
          <Reveal />
        </Stack>
        {mayAct && events > 0 && (
          <Group gap="xs">
            {chosen.size > 0 ? (
              <>
                <Text size="sm" role="status">
                  {say.selected(count(chosen.size))}
                </Text>
                <Button
                  variant="default"
                  loading={discard.isPending}
                  onClick={() => {
                    // Others may be chosen until it is done.
                    asked.current = body.messageIds
                    discard.mutate({ body })
                  }}
                >
                  {say.discardSome}
                </Button>
                {maySend && (
                  <Button loading={replay.isPending} onClick={() => replay.mutate({ body })}>
                    {say.replaySome}
                  </Button>
                )}
              </>
            ) : (
              <>
                <Button
                  variant="default"
                  disabled={isBusy}
                  onClick={() => onWanted({ act: 'discard', reason: cause })}
                >
                  {say.discardAll}
                </Button>
                {maySend && (
                  <Button
                    disabled={isBusy}
                    onClick={() => onWanted({ act: 'replay', reason: cause })}
                  >
                    {say.replayAll}
                  </Button>
                )}
              </>
            )}
          </Group>
        )}
      </Group>
      {discarded.length > 0 && maySend && chosen.size === 0 && (
        <Group gap="sm" role="status">
          <Text size="sm">
            {say.didDiscard(say.some(discarded.length, count(discarded.length)))}
          </Text>
          <Button
            variant="default"
            size="xs"
            loading={replay.isPending}
            onClick={() => replay.mutate({ body: { messageIds: [...discarded] } })}
          >
            {say.undoSome}
          </Button>
        </Group>
      )}
      <ProblemNote problem={replay.error ?? discard.error} />
      <DataTable
        caption={say.listOf}
        columns={columns}
        pages={pages}
        keyOf={({ messageId }) => messageId}
        height="calc(100dvh - 340px)"
        empty={
          <Empty icon="check" title={say.noneOfCause}>
            {say.noneOfCauseMore}
          </Empty>
        }
      />
    </Stack>
  )
}
