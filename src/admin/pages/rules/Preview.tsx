import { Group, Loader, Stack, Table, Text, Title } from '@mantine/core'
import type { AnswerOf, BodyOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { useNumbers } from '../../parts/Money.tsx'
import parts from '../../parts/parts.module.css'
import { ProblemNote } from '../../parts/ProblemNote.tsx'
import { Prose } from '../../parts/Prose.tsx'
import { useReasons } from '../../parts/Reason.tsx'
import { Time } from '../../parts/Time.tsx'
import { words } from '../../words/rules.ts'
import { effectOf, usePreview } from './preview.ts'
import look from './preview.module.css'

type Row = AnswerOf<'previewSettings'>['data'][number]

/** What settings would make of the events that came last, beside what today's make of them. */
export function Preview({
  isUnfinished = false,
  ...asked
}: BodyOf<'previewSettings'> & { readonly isUnfinished?: boolean }) {
  const say = useWords(words)
  const { data, error, isFetching } = usePreview(asked, !isUnfinished)
  return (
    <Stack className={parts['card']} p="md" component="section" aria-label={say.preview}>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {say.preview}
        </Title>
        {isFetching && <Loader size="xs" aria-hidden="true" />}
      </Group>
      {isUnfinished ? <Text c="dimmed">{say.unfinished}</Text> : <ProblemNote problem={error} />}
      {!isUnfinished && data !== undefined && data.looked === 0 && (
        <Text c="dimmed">{say.previewNone}</Text>
      )}
      {!isUnfinished && error === null && data !== undefined && data.looked > 0 && (
        <>
          <Text role="status" fw={550}>
            {say.would(effectOf(data), data.looked)}
          </Text>
          {data.data.map((row) => (
            <Event key={row.messageId} row={row} />
          ))}
        </>
      )}
    </Stack>
  )
}

function Event({ row }: { readonly row: Row }) {
  const say = useWords(words)
  const { money } = useNumbers()
  const { name, receivedAt, changed, before, after, differences } = row
  /** What the event is worth, as the reader's region writes it; all else as Klaviyo gets it. */
  const valueOf = (field: string, text: string) =>
    field.endsWith(' · value') && Number.isFinite(Number(text))
      ? money(Number(text), undefined)
      : text
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text fw={550} size="sm" truncate title={name}>
          {name}
        </Text>
        <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
          <Time at={receivedAt} style="short" />
        </Text>
      </Group>
      {!changed && (
        <Text size="sm" c="dimmed">
          {say.same}: {say.outcomes[before.outcome]}
        </Text>
      )}
      {changed && (
        <Text size="sm">
          {say.before}: {say.outcomes[before.outcome]} → {say.after}: {say.outcomes[after.outcome]}
        </Text>
      )}
      <Why side={after} />
      {changed && after.outcome === 'send' && differences.length > 0 && (
        <Table.ScrollContainer
          minWidth={0}
          className={look['fields'] ?? ''}
          tabIndex={0}
          aria-label={name}
        >
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{say.fieldHead}</Table.Th>
                <Table.Th>{say.before}</Table.Th>
                <Table.Th>{say.after}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {differences.slice(0, 12).map(({ field, before: was, after: is }) => (
                <Table.Tr key={field}>
                  <Table.Th scope="row">
                    <div>{field}</div>
                  </Table.Th>
                  <Table.Td>
                    <div>{was === undefined ? '–' : valueOf(field, was)}</div>
                  </Table.Td>
                  <Table.Td>
                    <div>{is === undefined ? '–' : valueOf(field, is)}</div>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  )
}

/** Why it is not sent, or not yet; nothing where it is. */
function Why({ side: { reason, rule } }: { readonly side: Row['after'] }) {
  const say = useWords(words)
  const reasonOf = useReasons()
  if (reason === undefined) return null
  return (
    <Text size="sm" c="dimmed" className={parts['any']}>
      {rule === undefined ? <Prose text={reasonOf(reason).sentence} /> : say.removedBy(rule)}
    </Text>
  )
}
