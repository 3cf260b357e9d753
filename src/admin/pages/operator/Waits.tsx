import { Text, Title } from '@mantine/core'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { allOf, type Column, DataTable } from '../../parts/DataTable.tsx'
import { useNumbers } from '../../parts/Money.tsx'
import { words } from '../../words/operator.ts'
import look from './operator.module.css'

type Here = AnswerOf<'getInstallation'>['here']
type Wait = Here['waits'][number]

/** What the node that answers knows by itself: who has to wait for Klaviyo's limits, and for how long. */
export function Waits({ here: { waits, states, heldBytes } }: { readonly here: Here }) {
  const say = useWords(words)
  const { count, duration, bytes } = useNumbers()
  const busy = waits.filter(({ accounts }) => accounts > 0)
  const columns: readonly Column<Wait>[] = [
    { key: 'way', head: say.way, cell: ({ way }) => way },
    {
      key: 'accounts',
      head: say.waitingAccounts,
      cell: ({ accounts }) => count(accounts),
      isNumber: true,
    },
    {
      key: 'longest',
      head: say.longest,
      cell: ({ longestMs }) => duration(longestMs),
      isNumber: true,
    },
  ]
  const { waiting, sending, retrying, held } = states
  return (
    <div className={look['card']}>
      <Title order={2}>{say.waits}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {say.waitsLead}
      </Text>
      {busy.length === 0 ? (
        <Text size="sm">{say.noWaits}</Text>
      ) : (
        <DataTable
          caption={say.waits}
          columns={columns}
          pages={allOf({ data: busy, error: null, refetch: () => undefined })}
          keyOf={({ way }) => way}
          empty={null}
        />
      )}
      <Text size="sm" c="dimmed" mt="sm">
        {say.doing(count(waiting), count(sending), count(retrying), count(held))}{' '}
        {say.memory(bytes(heldBytes))}
      </Text>
    </div>
  )
}
