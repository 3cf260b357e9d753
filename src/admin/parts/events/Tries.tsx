import { Stack, Text } from '@mantine/core'
import { useWords } from '../../language.ts'
import { words } from '../../words/events.ts'
import { allOf, type Column, DataTable } from '../DataTable.tsx'
import { useNumbers } from '../Money.tsx'
import { StatusPill } from '../StatusPill.tsx'
import { Time } from '../Time.tsx'
import { saidIn } from './Life.tsx'
import type { EventLife } from './EventView.tsx'

type Exchange = EventLife['exchanges'][number]

/** Every request that carried the event. */
export function Tries({ life }: { readonly life: EventLife }) {
  const say = useWords(words)
  const { duration, count } = useNumbers()
  const { exchanges, trouble } = life
  const columns: readonly Column<Exchange>[] = [
    { key: 'at', head: say.tries.at, cell: ({ at }) => <Time at={at} style="full" /> },
    {
      key: 'result',
      head: say.tries.result,
      cell: ({ status, said, error }) => (
        <div>
          <StatusPill
            status={status >= 200 && status < 300 ? 'accepted' : 'dead'}
            word={say.steps.answered(status)}
          />
          <Text size="sm" c="dimmed">
            {said === undefined ? error : saidIn(said)}
          </Text>
        </div>
      ),
    },
    {
      key: 'took',
      head: say.tries.took,
      cell: ({ durationMs }) => duration(durationMs),
      isNumber: true,
    },
    {
      key: 'others',
      head: say.tries.others,
      cell: ({ with: others }) => (others === 0 ? null : count(others)),
      isNumber: true,
    },
  ]
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
        <DataTable
          caption={say.tabs.tries(count(exchanges.length))}
          columns={columns}
          pages={allOf({ data: exchanges, error: null, refetch: () => undefined })}
          keyOf={({ at }) => at}
          empty={null}
        />
      )}
    </Stack>
  )
}
