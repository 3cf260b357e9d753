import { Alert, Badge, Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import type { Settings } from '../../../core/settings.ts'
import type { Rule } from '../../../core/mapping/rule.ts'
import { useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { Icon } from '../../parts/Icon.tsx'
import parts from '../../parts/parts.module.css'
import { Time } from '../../parts/Time.tsx'
import { words } from '../../words/rules.ts'
import { differenceOf, ownOf } from './difference.ts'
import { Sentence } from './Sentence.tsx'

interface Side {
  readonly rules: readonly Rule[]
  readonly withoutRule: Settings['withoutRule']
}

/** Somebody saved other rules while these were written: both beside each other, and one of them is chosen. */
export function Newer({
  over,
  own,
  newer,
  isBusy,
  onKeep,
  onTake,
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
    <Alert
      color="orange"
      variant="light"
      role="alert"
      icon={<Icon name="failed" />}
      title={say.overtaken}
    >
      <Stack gap="md">
        <Text size="sm">{say.overtakenMore}</Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
          <OneSide title={say.theirs} side={newer} over={over} other={own}>
            {latest !== undefined && (
              <>
                {say.version(latest.version)} · <Time at={latest.changedAt} style="full" />
                {latest.by !== undefined && ` · ${latest.by.name ?? say.actors[latest.by.type]}`}
              </>
            )}
          </OneSide>
          <OneSide title={say.own} side={own} over={over} other={newer}>
            {say.notSaved}
          </OneSide>
        </SimpleGrid>
        <Group gap="xs">
          <Button variant="default" size="xs" disabled={isBusy} onClick={onTake}>
            {say.takeTheirs}
          </Button>
          <Button color="red.8" size="xs" loading={isBusy} onClick={onKeep}>
            {say.keepOwn}
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}

function OneSide({
  title,
  side,
  over,
  other,
  children,
}: {
  readonly title: string
  readonly side: Side
  readonly over: Side
  readonly other: Side
  readonly children: React.ReactNode
}) {
  const say = useWords(words)
  const rules = ownOf(side.rules, other.rules)
  const changes = say.differences(
    differenceOf({ ...over, mappings: {} }, { ...side, mappings: {} }),
  )
  return (
    <Stack
      className={parts['card']}
      p="sm"
      gap="xs"
      component="section"
      aria-label={title}
      style={{ minWidth: 0 }}
    >
      <div className={parts['any']}>
        <Title order={2} size="h5">
          {title}
        </Title>
        <Text size="xs" c="dimmed" component="div">
          {children}
        </Text>
        <Text size="sm">{changes}</Text>
      </div>
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
    </Stack>
  )
}
