import { SimpleGrid, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../../language.ts'
import { words } from '../../words/events.ts'
import { Money } from '../Money.tsx'
import { Time } from '../Time.tsx'
import look from './events.module.css'
import type { EventLife } from './EventView.tsx'

/** What is known of an event beside its life. */
export function Facts({ life }: { readonly life: EventLife }) {
  const { facts: say, lanes } = useWords(words)
  const { person, mapped, kept } = life
  const { email, phone, id, anonymousId } = person
  const rows: readonly (readonly [string, ReactNode])[] = [
    ...mapped.events.flatMap(({ metric, uniqueId, value, currency }) => [
      [say.metric, metric] as const,
      [say.uniqueId, <code key={uniqueId}>{uniqueId}</code>] as const,
      ...(value === undefined
        ? []
        : [
            [
              say.value,
              <Money
                key={`${uniqueId} value`}
                value={value}
                {...(currency === undefined ? {} : { currency })}
              />,
            ] as const,
          ]),
    ]),
    ...(email === undefined ? [] : [[say.email, email] as const]),
    ...(phone === undefined ? [] : [[say.phone, phone] as const]),
    ...(id === undefined ? [] : [[say.customer, <code key="id">{id}</code>] as const]),
    ...(anonymousId === undefined
      ? []
      : [[say.browser, <code key="browser">{anonymousId}</code>] as const]),
    [say.id, <code key="message">{life.messageId}</code>],
    [say.kind, life.type],
    [say.lane, lanes[life.lane]],
    [
      say.kept,
      kept.bodyUntil === undefined ? say.keptEnded : <Time at={kept.bodyUntil} style="date" />,
    ],
    ...(kept.exchangesUntil === undefined
      ? []
      : [[say.exchangesKept, <Time key="kept" at={kept.exchangesUntil} style="date" />] as const]),
  ]
  return (
    <SimpleGrid component="dl" cols={{ base: 1, sm: 2 }} spacing="lg" verticalSpacing="xs" m={0}>
      {rows.map(([name, value], place) => (
        // oxlint-disable-next-line react/no-array-index-key -- a name may stand there twice, and none moves
        <div key={`${name} ${place}`} className={look['fact']}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" size="sm" m={0}>
            {value}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  )
}
