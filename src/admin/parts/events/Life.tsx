import { Text, Timeline } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../../language.ts'
import { words } from '../../words/events.ts'
import { Icon, type IconName } from '../Icon.tsx'
import { useNumbers } from '../Money.tsx'
import parts from '../parts.module.css'
import { Prose } from '../Prose.tsx'
import { useReasons } from '../Reason.tsx'
import { useSourceName } from '../source-name.ts'
import { useTell } from '../tell.ts'
import { Time } from '../Time.tsx'
import type { EventLife } from './EventView.tsx'

interface Step {
  readonly key: string
  readonly name: string
  readonly icon: IconName
  readonly color?: 'green' | 'red' | 'orange' | 'gray'
  readonly at?: string
  readonly more?: ReactNode
}

/** What happened to an event, in order. */
export function Life({ life }: { readonly life: EventLife }) {
  const steps = useSteps(life)
  return (
    <Timeline role="list" bulletSize={26} lineWidth={2} active={steps.length}>
      {steps.map(({ key, name, icon, color = 'green', at, more }) => (
        <Timeline.Item
          key={key}
          role="listitem"
          color={color}
          bullet={<Icon name={icon} size={14} />}
          title={
            <>
              {name}{' '}
              {at !== undefined && (
                <Text span size="sm" c="dimmed" fw={400}>
                  <Time at={at} style="full" />
                </Text>
              )}
            </>
          }
        >
          {more !== undefined && (
            <Text size="sm" c="dimmed" component="div" className={parts['any']}>
              {more}
            </Text>
          )}
        </Timeline.Item>
      ))}
    </Timeline>
  )
}

function useSteps(life: EventLife): readonly Step[] {
  const { steps: say } = useWords(words)
  const { count, duration, money } = useNumbers()
  const told = useReasons()
  const tell = useTell()
  const sourceName = useSourceName()
  const { mapped, exchanges, trouble, outcome, reason } = life
  // Whatever became of it is told as it was; what has not gone yet, as it would go today.
  const isSent = exchanges.length > 0 || outcome === 'accepted' || outcome === 'confirmed'
  const isStopped = outcome === 'dropped' && !isSent
  const isMapped = mapped.outcome === 'send' && !isStopped
  const isThrough = isSent || isMapped
  const steps: Step[] = [
    {
      key: 'happened',
      name: say.happened,
      icon: 'clock',
      at: life.occurredAt,
      more: say.happenedMore,
    },
    {
      key: 'received',
      name: say.received,
      icon: 'down',
      at: life.receivedAt,
      more: say.receivedMore(sourceName(life.source.name), count(life.seq)),
    },
    {
      key: 'routed',
      name: isThrough ? say.routed : say.stopped,
      icon: isThrough ? 'rules' : 'none',
      color: isThrough ? 'green' : mapped.outcome === 'wait' ? 'orange' : 'gray',
      ...(isSent && isMapped
        ? {}
        : {
            more: (
              <>
                {!isThrough && (
                  <div>
                    {reason === undefined ? tell(mapped.lines[0] ?? '') : told(reason).sentence}
                  </div>
                )}
                {isSent ? say.otherwiseToday : !isStopped && say.settings}
              </>
            ),
          }),
    },
  ]
  if (isMapped)
    steps.push({
      key: 'mapped',
      name: say.mapped,
      icon: 'event',
      more: [
        ...(isSent ? [say.settings] : []),
        ...mapped.events.map(({ metric, uniqueId, value, currency }) =>
          say.becomes(metric, uniqueId, value === undefined ? undefined : money(value, currency)),
        ),
        // The server's sentence of each event names its amount in English.
        ...mapped.lines
          .filter((line) => !mapped.events.some(({ uniqueId }) => line.endsWith(` ${uniqueId}.`)))
          .map(tell),
      ].map((line) => (
        <div key={line}>
          <Prose text={line} />
        </div>
      )),
    })
  for (const exchange of exchanges) {
    const { at, status, durationMs, with: others, notes, said, error, version } = exchange
    const isTaken = status >= 200 && status < 300
    steps.push(
      {
        key: `sent ${at}`,
        name: say.sent,
        icon: 'up',
        at,
        more: `${say.byVersion(version)} ${others === 0 ? '' : say.sentWith(count(others))}`,
      },
      {
        key: `answered ${at}`,
        name: say.answered(status),
        icon: isTaken ? 'check' : 'cross',
        color: isTaken ? 'green' : 'red',
        more: (
          <>
            {say.after(duration(durationMs))} {error} {said !== undefined && saidIn(said)}
            {notes.map((note) => (
              <div key={note}>
                <Prose text={say.note(told(note).sentence)} />
              </div>
            ))}
          </>
        ),
      },
    )
  }
  if (!isSent && isMapped && trouble === undefined)
    steps.push({ key: 'not yet', name: say.notYet, icon: 'wait', color: 'gray' })
  if (outcome === 'confirmed') steps.push({ key: 'confirmed', name: say.confirmed, icon: 'eye' })
  if (trouble !== undefined)
    steps.push({
      key: 'trouble',
      name: { retry: say.waitsRetry, replay: say.asked, kept: say.kept }[trouble.state],
      icon: trouble.state === 'kept' ? 'failed' : 'sync',
      color: trouble.state === 'kept' ? 'red' : 'orange',
      ...(trouble.dueAt === undefined ? {} : { at: trouble.dueAt }),
      more: (
        <>
          {trouble.failures > 0 && say.failures(count(trouble.failures))} {trouble.detail}
        </>
      ),
    })
  return steps
}

/** Klaviyo's own sentences; what is no such answer as it is. */
export function saidIn(text: string): string {
  try {
    const { errors } = JSON.parse(text) as {
      readonly errors?: readonly { readonly detail?: unknown }[]
    }
    const details =
      errors?.flatMap(({ detail }) => (typeof detail === 'string' ? [detail] : [])) ?? []
    return details.length === 0 ? text : details.join(' ')
  } catch {
    return text
  }
}
