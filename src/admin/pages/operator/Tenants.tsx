import { Group, NativeSelect, Text, Title } from '@mantine/core'
import { usePages } from '../../ask.ts'
import type { AnswerOf } from '../../call.ts'
import { useWords } from '../../language.ts'
import { type Column, DataTable } from '../../parts/DataTable.tsx'
import { Empty } from '../../parts/Empty.tsx'
import { useNumbers } from '../../parts/Money.tsx'
import { StatusPill } from '../../parts/StatusPill.tsx'
import { Time } from '../../parts/Time.tsx'
import { useFilters } from '../../place.ts'
import { words } from '../../words/operator.ts'

type Row = AnswerOf<'listTenants'>['data'][number]

const sorts = ['events', 'failing', 'waiting'] as const

/** Every connection of every workspace. */
export function Tenants() {
  const say = useWords(words)
  const { count, share } = useNumbers()
  const [filters, setFilters] = useFilters(['sort'])
  const sort = sorts.find((one) => one === filters.sort) ?? 'events'
  const pages = usePages('listTenants', { query: { sort } }, { everyMs: 10_000 })
  const columns: readonly Column<Row>[] = [
    { key: 'workspace', head: say.workspace, cell: ({ workspaceName }) => workspaceName },
    {
      key: 'store',
      head: say.store,
      cell: ({ storeName, accountName }) =>
        accountName === undefined ? storeName : `${storeName} → ${accountName}`,
    },
    { key: 'state', head: say.state, cell: ({ state }) => <StatusPill status={state} /> },
    { key: 'events', head: say.perHour, cell: ({ perHour }) => count(perHour), isNumber: true },
    {
      key: 'failing',
      head: say.failing,
      cell: ({ failed, failingShare }) => (
        <span title={say.failingHint(count(failed))}>{share(failingShare)}</span>
      ),
      isNumber: true,
    },
    {
      key: 'waiting',
      head: say.waiting,
      cell: ({ waiting, oldestAt }) => (
        <>
          {count(waiting)}
          {oldestAt !== undefined && (
            <Text size="xs" c="dimmed" component="div">
              {say.oldest} <Time at={oldestAt} style="ago" />
            </Text>
          )}
        </>
      ),
      isNumber: true,
    },
    {
      key: 'last',
      head: say.lastEvent,
      cell: ({ lastReceivedAt }) =>
        lastReceivedAt === undefined ? say.never : <Time at={lastReceivedAt} style="ago" />,
      width: 140,
    },
  ]
  return (
    <div>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{say.list}</Title>
        <NativeSelect
          aria-label={say.sort}
          value={sort}
          onChange={({ currentTarget: { value } }) =>
            setFilters({ sort: value === 'events' ? undefined : value })
          }
          data={sorts.map((value) => ({ value, label: `${say.sort}: ${say.sorts[value]}` }))}
        />
      </Group>
      <DataTable
        caption={say.list}
        columns={columns}
        pages={pages}
        keyOf={({ connectionId }) => connectionId}
        height="480px"
        empty={
          <Empty icon="connection" title={say.none}>
            {say.noneMore}
          </Empty>
        }
      />
    </div>
  )
}
