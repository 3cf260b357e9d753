import { Switch, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../../language.ts'
import { words } from '../../words/events.ts'
import { words as partWords } from '../../words/parts.ts'
import { FilterBar } from '../FilterBar.tsx'
import { dayStart } from '../../zone.ts'
import { TextFilter } from './TextFilter.tsx'

const outcomes = [
  'accepted',
  'confirmed',
  'waiting',
  'sending',
  'retrying',
  'retry',
  'held',
  'dropped',
  'dead',
] as const
export type OutcomeName = (typeof outcomes)[number]

type Name = 'outcome' | 'event' | 'who' | 'test'
type Values = Readonly<Partial<Record<Name, string>>>

/** What Live and Events are narrowed by. */
export function EventFilters({
  filters,
  onChange,
  active,
  onClear,
  children,
}: {
  readonly filters: Values
  readonly onChange: (change: Readonly<Partial<Record<Name, string | undefined>>>) => void
  readonly active: number
  readonly onClear: () => void
  readonly children?: ReactNode
}) {
  const say = useWords(words)
  const names = useWords(partWords).outcomes
  return (
    <FilterBar
      active={active}
      onClear={onClear}
      selects={[
        {
          name: 'outcome',
          label: say.byStatus,
          value: filters.outcome,
          choices: outcomes.map((value) => ({ value, label: names[value] })),
          onChange: (outcome) => onChange({ outcome }),
        },
      ]}
    >
      <TextFilter
        label={say.byEvent}
        value={filters.event}
        onChange={(event) => onChange({ event })}
      />
      <TextFilter
        label={say.byPerson}
        value={filters.who}
        onChange={(who) => onChange({ who })}
        width={240}
      />
      {children}
      <Switch
        label={say.onlyTests}
        checked={filters.test === 'true'}
        onChange={({ currentTarget: { checked } }) =>
          onChange({ test: checked ? 'true' : undefined })
        }
      />
    </FilterBar>
  )
}

/** An address may have been typed, or be of another version: what it asks for in vain is said. */
export function FilterFaults({
  filters: { outcome, from = '', to = '' },
}: {
  readonly filters: Readonly<Partial<Record<'outcome' | 'from' | 'to', string>>>
}) {
  const say = useWords(partWords)
  const wrong = [
    outcome !== undefined && outcomeOf(outcome) === undefined ? outcome : '',
    ...[from, to].filter((day) => dayStart(day, 'UTC') === undefined),
  ].filter((text) => text !== '')
  const areTurned = wrong.length === 0 && from !== '' && to !== '' && from > to
  if (wrong.length === 0 && !areTurned) return null
  return (
    <Text size="sm" mb="sm" role="alert">
      {areTurned ? say.datesWrong : say.addressWrong(wrong.join(', '))}
    </Text>
  )
}

export function outcomeOf(text: string | undefined): OutcomeName | undefined {
  return outcomes.find((one) => one === text)
}
