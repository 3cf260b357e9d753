import { Alert, Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useAsk } from '../../ask.ts'
import { useWords } from '../../language.ts'
import { Icon } from '../../parts/Icon.tsx'
import parts from '../../parts/parts.module.css'
import { Time } from '../../parts/Time.tsx'
import { words as ruleWords } from '../../words/rules.ts'
import { words } from '../../words/send.ts'
import { type Change, changeIn, type Mapping, rowsOf, textOf, wordsOf } from './change.ts'

/** Somebody saved the same mapping while it was changed here: both beside each other, and one of them is chosen. */
export function NewerMapping({
  mapping,
  own,
  newer,
  isBusy,
  onKeep,
  onTake,
}: {
  readonly mapping: Mapping
  readonly own: Change
  readonly newer: Change
  readonly isBusy: boolean
  readonly onKeep: () => void
  readonly onTake: () => void
}) {
  const say = useWords(words)
  const sayRules = useWords(ruleWords)
  const { data } = useAsk('listVersions', { query: { of: 'rules', limit: '10' } }).data ?? {}
  // The one that made it what it is now; rules may have been changed since.
  const latest = data?.find(({ settings }, place) => {
    const before = data[place + 1]?.settings
    const text = textOf(changeIn(settings.mappings, mapping))
    return before !== undefined && text !== textOf(changeIn(before.mappings, mapping))
  })
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
          <OneSide title={say.theirs} mapping={mapping} side={newer} other={own}>
            {latest !== undefined && (
              <>
                {sayRules.version(latest.version)} · <Time at={latest.changedAt} style="full" />
                {latest.by !== undefined &&
                  ` · ${latest.by.name ?? sayRules.actors[latest.by.type]}`}
              </>
            )}
          </OneSide>
          <OneSide title={say.ownSide} mapping={mapping} side={own} other={newer}>
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
  mapping,
  side,
  other,
  children,
}: {
  readonly title: string
  readonly mapping: Mapping
  readonly side: Change
  readonly other: Change
  readonly children: ReactNode
}) {
  const say = useWords(words)
  const others = new Map(rowsOf(mapping, other).map((row) => [row.name, JSON.stringify(row)]))
  const rows = rowsOf(mapping, side).filter((row) => others.get(row.name) !== JSON.stringify(row))
  const isNamedOtherwise = side?.metric !== other?.metric
  return (
    <Stack
      className={`${parts['card']} ${parts['any']}`}
      p="sm"
      gap="xs"
      component="section"
      aria-label={title}
    >
      <div>
        <Title order={2} size="h5">
          {title}
        </Title>
        <Text size="xs" c="dimmed" component="div">
          {children}
        </Text>
      </div>
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
    </Stack>
  )
}

/** What this page does not change, and the API may. */
function detailsOf(change: Change): string {
  const { properties: _, metric: __, ...rest } = change ?? {}
  return textOf(rest)
}
