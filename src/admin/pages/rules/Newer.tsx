import { Badge, Group, Text } from '@mantine/core'
import type { Rule } from '../../../core/mapping/rule.ts'
import type { Settings } from '../../../core/settings.ts'
import { useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import parts from '../../parts/parts.module.css'
import { words } from '../../words/rules.ts'
import { BothSides } from './BothSides.tsx'
import { differenceOf, ownOf } from './difference.ts'
import { Sentence } from './Sentence.tsx'

interface Side {
  readonly rules: readonly Rule[]
  readonly withoutRule: Settings['withoutRule']
}

/** Somebody saved other rules while these were written. */
export function Newer({
  over,
  own,
  newer,
  ...on
}: {
  /** What both began from. */
  readonly over: Side
  readonly own: Side
  readonly newer: Side
  readonly isBusy: boolean
  readonly onKeep: () => void
  readonly onTake: () => void
}) {
  const say = useWords(words)
  const [latest] = useAsk('listVersions', { query: { of: 'rules', limit: '1' } }).data?.data ?? []
  return (
    <BothSides
      say={say}
      latest={latest}
      theirs={<OneSide side={newer} over={over} other={own} />}
      own={<OneSide side={own} over={over} other={newer} />}
      {...on}
    />
  )
}

function OneSide({
  side,
  over,
  other,
}: {
  readonly side: Side
  readonly over: Side
  readonly other: Side
}) {
  const say = useWords(words)
  const rules = ownOf(side.rules, other.rules)
  const changes = say.differences(
    differenceOf({ ...over, mappings: {} }, { ...side, mappings: {} }),
  )
  return (
    <>
      <Text size="sm">{changes}</Text>
      {rules.map((rule, place) => (
        // oxlint-disable-next-line react/no-array-index-key
        <div key={place}>
          <Group gap="xs" wrap="nowrap">
            <Text size="sm" fw={550} className={parts['any']}>
              {rule.name}
            </Text>
            {rule.enabled === false && (
              <Badge variant="light" color="gray">
                {say.off}
              </Badge>
            )}
          </Group>
          <Sentence rule={rule} />
        </div>
      ))}
      <Text size="sm" c="dimmed">
        {say.others(side.rules.length - rules.length)}
      </Text>
      <Text size="sm">
        {say.otherwise} {say.otherwiseIs[side.withoutRule]}.
      </Text>
    </>
  )
}
