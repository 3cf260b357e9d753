import { Badge, Button, Group, Stack, Text, Title } from '@mantine/core'
import { usePages } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Time } from '../../parts/Time.tsx'
import { words } from '../../words/rules.ts'
import { differenceOf } from './difference.ts'

export type Version = AnswerOf<'listVersions'>['data'][number]

/** Who changed rules or mappings, when and how; each state can be gone back to, and that too. */
export function History({
  onRestore,
  isBusy,
}: {
  /** Undefined: one may only look. */
  readonly onRestore: ((version: Version) => void) | undefined
  readonly isBusy: boolean
}) {
  const say = useWords(words)
  const {
    rows = [],
    problem,
    more,
    isLoadingMore,
  } = usePages('listVersions', {
    query: { of: 'rules', limit: '10' },
  })
  // The last one that was loaded is there for the one after it to be compared with, unless it is the first of all.
  const shown = more === undefined ? rows : rows.slice(0, -1)
  return (
    <Stack gap="xs" component="section" aria-label={say.history}>
      <Title order={2} size="h4">
        {say.history}
      </Title>
      <ProblemNote problem={problem} />
      {shown.map((row, place) => (
        <Group key={row.version} justify="space-between" align="flex-start" gap="xs" wrap="nowrap">
          <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
            <Text size="sm">
              {rows[place + 1] === undefined
                ? say.began(row.settings.rules.length)
                : say.differences(differenceOf(rows[place + 1]!.settings, row.settings))}
            </Text>
            <Text size="xs" c="dimmed" component="div">
              {say.version(row.version)} · <Time at={row.changedAt} style="full" />
              {row.by !== undefined && ` · ${row.by.name ?? say.actors[row.by.type]}`}
            </Text>
          </div>
          {place === 0 ? (
            <Badge variant="light" color="green" style={{ flex: 'none' }}>
              {say.newest}
            </Badge>
          ) : (
            onRestore !== undefined && (
              <Button
                variant="default"
                size="xs"
                style={{ flex: 'none' }}
                aria-label={`${say.restore}: ${say.version(row.version)}`}
                disabled={isBusy}
                onClick={() => onRestore(row)}
              >
                {say.restore}
              </Button>
            )
          )}
        </Group>
      ))}
      {more !== undefined && (
        <Group>
          <Button variant="default" size="xs" loading={isLoadingMore} onClick={more}>
            {say.older}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
