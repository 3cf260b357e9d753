import { Button, Group, Stack } from '@mantine/core'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { allOf, type Column, DataTable } from '../../parts/DataTable.tsx'
import { useNumbers } from '../../parts/Money.tsx'
import { Reason } from '../../parts/Reason.tsx'
import { Time } from '../../parts/Time.tsx'
import { Ways } from '../../parts/Ways.tsx'
import { useFilters } from '../../place.ts'
import { words } from '../../words/failed.ts'
import type { Wanted } from './RunDialog.tsx'

type Cause = AnswerOf<'listFailed'>['causes'][number]

/** A line a cause: the same cause is put right once, for all of its events. */
export function CauseList({
  causes,
  mayAct,
  maySend,
  isBusy,
  onWanted,
}: {
  readonly causes: readonly Cause[]
  readonly mayAct: boolean
  /** What it sends would not end as not sent. */
  readonly maySend: boolean
  /** A run goes on: no other can begin. */
  readonly isBusy: boolean
  readonly onWanted: (wanted: Wanted) => void
}) {
  const say = useWords(words)
  const { count } = useNumbers()
  const [, setFilters] = useFilters(['cause'])
  const columns: readonly Column<Cause>[] = [
    {
      key: 'cause',
      head: say.cause,
      cell: ({ reason }) => (
        <Stack gap={4}>
          <Reason code={reason} />
          {maySend && <Ways code={reason} />}
        </Stack>
      ),
    },
    { key: 'events', head: say.events, cell: ({ events }) => count(events), isNumber: true },
    {
      key: 'people',
      head: say.people,
      cell: ({ people = 0, isMorePeople = false }) => say.peopleCount(count(people), isMorePeople),
      isNumber: true,
    },
    { key: 'span', head: say.span, cell: (cause) => <Span cause={cause} />, width: 150 },
    {
      key: 'acts',
      head: say.acts,
      cell: ({ reason, events }) => (
        <Group gap="xs" wrap="wrap" justify="flex-end">
          <Button variant="default" size="xs" onClick={() => setFilters({ cause: reason })}>
            {say.see(count(events))}
          </Button>
          {mayAct && (
            <>
              <Button
                variant="default"
                size="xs"
                disabled={isBusy}
                onClick={() => onWanted({ act: 'discard', reason })}
              >
                {say.discardAll}
              </Button>
              {maySend && (
                <Button
                  size="xs"
                  disabled={isBusy}
                  onClick={() => onWanted({ act: 'replay', reason })}
                >
                  {say.replayAll}
                </Button>
              )}
            </>
          )}
        </Group>
      ),
      width: 370,
    },
  ]
  return (
    <DataTable
      caption={say.title}
      columns={columns}
      pages={allOf({ data: causes, error: null, refetch: () => undefined })}
      keyOf={({ reason }) => reason}
      empty={null}
    />
  )
}

function Span({ cause: { firstAt, lastAt } }: { readonly cause: Cause }) {
  if (firstAt === undefined || lastAt === undefined) return null
  if (firstAt.slice(0, 16) === lastAt.slice(0, 16)) return <Time at={lastAt} />
  return (
    <>
      <Time at={firstAt} /> – <Time at={lastAt} />
    </>
  )
}
