import { Text } from '@mantine/core'
import { useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { words } from '../../words/send.ts'
import { BothSides } from '../rules/BothSides.tsx'
import { type Change, changeIn, type Mapping, rowsOf, textOf, wordsOf } from './change.ts'

/** Somebody saved the same mapping while it was changed here. */
export function NewerMapping({
  mapping,
  own,
  newer,
  ...on
}: {
  readonly mapping: Mapping
  readonly own: Change
  readonly newer: Change
  readonly isBusy: boolean
  readonly onKeep: () => void
  readonly onTake: () => void
}) {
  const say = useWords(words)
  const { data } = useAsk('listVersions', { query: { of: 'rules', limit: '10' } }).data ?? {}
  // The one that made it what it is now; rules may have been changed since.
  const latest = data?.find(({ settings }, place) => {
    const before = data[place + 1]?.settings
    const text = textOf(changeIn(settings.mappings, mapping))
    return before !== undefined && text !== textOf(changeIn(before.mappings, mapping))
  })
  return (
    <BothSides
      say={say}
      latest={latest}
      theirs={<OneSide mapping={mapping} side={newer} other={own} />}
      own={<OneSide mapping={mapping} side={own} other={newer} />}
      {...on}
    />
  )
}

function OneSide({
  mapping,
  side,
  other,
}: {
  readonly mapping: Mapping
  readonly side: Change
  readonly other: Change
}) {
  const say = useWords(words)
  const others = new Map(rowsOf(mapping, other).map((row) => [row.name, JSON.stringify(row)]))
  const rows = rowsOf(mapping, side).filter((row) => others.get(row.name) !== JSON.stringify(row))
  const isNamedOtherwise = side?.metric !== other?.metric
  return (
    <>
      {side === null && <Text size="sm">{say.goneSide}</Text>}
      {side !== null && isNamedOtherwise && (
        <Text size="sm">
          {say.metricName}: <strong>{side.metric ?? mapping.builtIn ?? mapping.events[0]}</strong>
        </Text>
      )}
      {rows.map((row) => (
        <Text key={row.name} size="sm">
          <strong>{row.name}</strong>:{' '}
          {row.isLeftOut ? say.isLeftOut : wordsOf(row.source, say.sources)}
          {!row.isChanged && ` (${say.asItComes})`}
        </Text>
      ))}
      {textOf(side) === textOf({}) && <Text size="sm">{say.asItComes}</Text>}
      {detailsOf(side) !== detailsOf(other) && (
        <Text size="sm" c="dimmed">
          {say.details}
        </Text>
      )}
    </>
  )
}

/** What this page does not change, and the API may. */
function detailsOf(change: Change): string {
  const { properties: _, metric: __, ...rest } = change ?? {}
  return textOf(rest)
}
