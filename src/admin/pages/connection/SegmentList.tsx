import { Anchor, Badge, Button, Group, List, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useAct, useAsk } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { Loading } from '../../parts/Loading.tsx'
import { useNumbers } from '../../parts/Money.tsx'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Panel } from '../../parts/Panel.tsx'
import { useReasons } from '../../parts/Reason.tsx'
import { type Connection, useCanAsk, useMay } from '../../place.ts'
import { words } from '../../words/segments.ts'

type Segment = AnswerOf<'listSegments'>['data'][number]

/** T49–T54: what can be created, what is there with its number of people, and why it is empty. */
export function SegmentList({
  connection,
  title,
  lead,
}: {
  readonly connection: Connection
  readonly title: string
  readonly lead?: string
}) {
  const say = useWords(words)
  const reasonOf = useReasons()
  const { destinationId, state, reason } = connection
  const { data, error, refetch } = useAsk(
    'listSegments',
    { params: { destinationId } },
    { everyMs: 60_000, enabled: useCanAsk(connection) },
  )
  // Whom Klaviyo refuses it tells nothing.
  if (state === 'ERROR') {
    return (
      <Panel title={title} lead={lead}>
        <Text>{reasonOf(reason ?? 'key_invalid').sentence}</Text>
        <Text size="sm" c="dimmed">
          {say.refused}
        </Text>
      </Panel>
    )
  }
  return (
    <Panel title={title} lead={lead}>
      <ProblemNote problem={error} onRetry={() => void refetch()} />
      {data === undefined && error === null && <Loading rows={4} />}
      <Stack component="ul" gap="lg" m={0} p={0} style={{ listStyle: 'none' }}>
        {data?.data.map((segment) => (
          <li key={segment.name}>
            <SegmentCard segment={segment} destinationId={destinationId} />
          </li>
        ))}
      </Stack>
    </Panel>
  )
}

function SegmentCard({
  segment: { name, says, metric, state, ready, id, members, processing, why: said = [] },
  destinationId,
}: {
  readonly segment: Segment
  readonly destinationId: string
}) {
  const say = useWords(words)
  const may = useMay()
  const { count } = useNumbers()
  const isEmpty = state === 'there' && said.length > 0
  const why = isEmpty
    ? [...say.empty(metric), processing === true ? say.processing : say.settled]
    : said
  const create = useAct('createSegment', {
    onDone: ({ created }) =>
      notifications.show({
        message: created ? say.created(name) : say.thereAlready(name),
        color: created ? 'green' : 'blue',
      }),
  })
  return (
    <Stack gap={6}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={2} maw={560}>
          <Group gap="xs">
            <Text fw={600}>{name}</Text>
            {state === 'there' && (
              <Badge variant="light" color="green" tt="none" radius="sm">
                {members === undefined ? say.counting : say.people(members, count(members))}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {say.says(name, says)}
          </Text>
        </Stack>
        {state === 'there' && id !== undefined ? (
          <Anchor
            href={`https://www.klaviyo.com/segment/${encodeURIComponent(id)}`}
            target="_blank"
            rel="noreferrer"
            size="sm"
            aria-label={`${say.open}: ${name}`}
          >
            {say.open}
          </Anchor>
        ) : (
          state === 'absent' &&
          may('createSegment') && (
            <Button
              variant="default"
              loading={create.isPending}
              aria-label={say.createOf(name)}
              onClick={() => create.mutate({ params: { destinationId }, body: { name } })}
            >
              {say.create}
            </Button>
          )
        )}
      </Group>
      {state === 'absent' && ready === false && create.error === null && (
        <Text size="sm" c="dimmed">
          {say.needs(metric)}
        </Text>
      )}
      {why.length > 0 && (
        <div>
          {isEmpty && (
            <Text size="sm" fw={550}>
              {say.why}
            </Text>
          )}
          <List size="sm">
            {why.map((line) => (
              <List.Item key={line}>{line}</List.Item>
            ))}
          </List>
        </div>
      )}
      <ProblemNote problem={create.error} />
    </Stack>
  )
}
