import { Stack, Table, Text } from '@mantine/core'
import { useWords } from '../../language.ts'
import { words } from '../../words/events.ts'
import { useNumbers } from '../Money.tsx'
import { StatusPill } from '../StatusPill.tsx'
import { Time } from '../Time.tsx'
import { saidIn } from './Life.tsx'
import type { EventLife } from './EventView.tsx'

/** Every request that carried the event. */
export function Tries({ life }: { readonly life: EventLife }) {
  const say = useWords(words)
  const { duration, count } = useNumbers()
  const { exchanges, trouble } = life
  return (
    <Stack>
      {trouble !== undefined && (
        <Text size="sm">
          {say.steps.failures(count(trouble.failures))} {trouble.detail}
        </Text>
      )}
      {exchanges.length === 0 ? (
        <Text size="sm">{say.noAnswers}</Text>
      ) : (
        <Table>
          <Table.Tbody>
            {exchanges.map(({ at, status, durationMs, with: others, said, error }) => (
              <Table.Tr key={at}>
                <Table.Td>
                  <Time at={at} style="full" />
                </Table.Td>
                <Table.Td>
                  <StatusPill
                    status={status >= 200 && status < 300 ? 'accepted' : 'dead'}
                    word={say.steps.answered(status)}
                  />
                  <Text size="sm" c="dimmed">
                    {said === undefined ? error : saidIn(said)}
                  </Text>
                </Table.Td>
                <Table.Td>{duration(durationMs)}</Table.Td>
                <Table.Td>{others === 0 ? '' : say.steps.sentWith(count(others))}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  )
}
