import { Button, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AnswerOf } from '../../call.ts'
import { useConnectionName, useNamedConnections } from '../../connection-names.ts'
import { useWords } from '../../language.ts'
import { Icon, type IconName } from '../../parts/Icon.tsx'
import { useNumbers } from '../../parts/Money.tsx'
import { usePageLink } from '../../parts/page-link.ts'
import { useReasons } from '../../parts/Reason.tsx'
import { Time } from '../../parts/Time.tsx'
import { words } from '../../words/overview.ts'
import look from './overview.module.css'

type Item = AnswerOf<'getOverview'>['attention'][number]

const signs: Readonly<Record<Item['kind'], readonly [IconName, string]>> = {
  broken: ['failed', 'red'],
  disconnected: ['failed', 'red'],
  silent: ['wait', 'orange'],
  failed: ['failed', 'red'],
  retrying: ['sync', 'orange'],
  paused: ['pause', 'orange'],
  off: ['none', 'gray'],
  deletion: ['clock', 'orange'],
  unconfirmed: ['eye', 'gray'],
  simulated: ['test', 'blue'],
}

/** What stands out, the gravest first, each with the way to where it is put right. */
export function AttentionList({
  items,
  steps,
}: {
  readonly items: readonly Item[]
  readonly steps: AnswerOf<'getOverview'>['steps']
}) {
  const say = useWords(words)
  const nameOf = useConnectionName()
  const all = useNamedConnections()
  const areSeveral = all.length > 1
  const former = new Set(
    all.filter(({ isFormer }) => isFormer).map(({ connection }) => connection.id),
  )
  const grave = items.some(({ kind }) => kind !== 'simulated')
  return (
    <section className={look['card']} aria-labelledby="attention">
      <Title order={2} id="attention">
        {say.attention}
      </Title>
      {!grave && !(steps.connected && steps.received) && (
        <Text size="sm">{steps.connected ? say.noEventYet : say.notConnectedYet}</Text>
      )}
      {!grave && steps.connected && steps.received && (
        <p className={look['well']}>
          <Icon name="check" size={16} /> {say.allWell}
        </p>
      )}
      {items.length > 0 && (
        <ul className={look['list']}>
          {items.map((item) => (
            <li key={`${item.kind} ${item.connectionId ?? ''} ${item.reason ?? ''}`}>
              <span className={look['sign']} data-color={signs[item.kind][1]}>
                <Icon name={signs[item.kind][0]} size={16} />
              </span>
              <div className={look['grow']}>
                {areSeveral && item.connectionId !== undefined && (
                  <Text size="xs" c="dimmed">
                    {nameOf(item.connectionId)}
                  </Text>
                )}
                <Told item={item} isFormer={former.has(item.connectionId ?? '')} />
              </div>
              <Way item={item} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Told({
  item: { kind, events = 0, reason, at },
  isFormer,
}: {
  readonly item: Item
  readonly isFormer: boolean
}): ReactNode {
  const say = useWords(words)
  const { count } = useNumbers()
  const told = useReasons()(reason ?? '')
  const some = say.events(events, count(events))
  const { kinds } = say
  const moment = at === undefined ? null : <Time at={at} />
  switch (kind) {
    case 'broken':
      return (
        <Lines first={kinds.broken(some)} more={reason && `${told.sentence} ${told.todo ?? ''}`} />
      )
    case 'failed':
      return (
        <Lines
          first={`${kinds.failed(some)} ${told.sentence}`}
          more={isFormer ? kinds.failedFormer : told.todo}
        />
      )
    case 'silent':
      return (
        <Lines
          first={
            <>
              {kinds.silent} {moment}.
            </>
          }
          more={kinds.silentMore}
        />
      )
    case 'retrying':
      return (
        <Lines
          first={
            at === undefined ? (
              kinds.retryingNow(some)
            ) : (
              <>
                {kinds.retrying(some)} {moment}.
              </>
            )
          }
          more={reason && told.sentence}
        />
      )
    case 'deletion':
      return (
        <Lines
          first={
            <>
              {kinds.deletion} {moment}.
            </>
          }
        />
      )
    case 'paused':
      return <Lines first={kinds.paused(some)} />
    case 'disconnected':
    case 'off':
    case 'unconfirmed':
    case 'simulated':
      return <Lines first={kinds[kind]} />
  }
}

function Lines({ first, more }: { readonly first: ReactNode; readonly more?: string | undefined }) {
  return (
    <>
      <Text size="sm">{first}</Text>
      {more !== undefined && more !== '' && (
        <Text size="sm" c="dimmed">
          {more}
        </Text>
      )}
    </>
  )
}

function Way({ item: { kind, connectionId, reason } }: { readonly item: Item }) {
  const say = useWords(words)
  const linkTo = usePageLink()
  const of = { connection: connectionId }
  const [address, label] =
    kind === 'failed'
      ? [linkTo('failed', { ...of, cause: reason }), say.look]
      : kind === 'deletion'
        ? [linkTo('failed', of), say.look]
        : kind === 'silent' || kind === 'retrying'
          ? [linkTo('live', of), say.look]
          : kind === 'simulated'
            ? [undefined, '']
            : [
                linkTo('connection', of),
                kind === 'broken' || kind === 'disconnected' ? say.repair : say.resume,
              ]
  if (address === undefined) return null
  return (
    <Button component={Link} to={address} variant="default" size="xs">
      {label}
    </Button>
  )
}
