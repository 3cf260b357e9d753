import { Button, Text } from '@mantine/core'
import { useAsk, usePages } from '../ask.ts'
import { type AnswerOf, addressOf } from '../call.ts'
import { useWords } from '../language.ts'
import { type Column, DataTable } from '../parts/DataTable.tsx'
import { Empty } from '../parts/Empty.tsx'
import { FilterBar } from '../parts/FilterBar.tsx'
import { Icon } from '../parts/Icon.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { useSourceName } from '../parts/source-name.ts'
import { Time } from '../parts/Time.tsx'
import { useConnections, useFilters, useStores, useWorkspace } from '../place.ts'
import { acts } from '../words/acts.ts'
import { topics, words } from '../words/trail.ts'
import { Change } from './trail/Change.tsx'
import { Check } from './trail/Check.tsx'

type Act = AnswerOf<'listActs'>['data'][number]

/** Who did what in the workspace, and whether it is all as it was written. */
export function Trail() {
  const say = useWords(words)
  const done = useWords(acts)
  const workspaceId = useWorkspace()?.id
  const [filters, setFilters] = useFilters(['about', 'by'])
  const members = useAsk('listMembers').data?.data ?? []
  const named = (id: string | undefined) => members.find((member) => member.id === id)?.name
  const nameOf = useTargets()
  const pages = usePages('listActs', { query: filters })
  const columns: readonly Column<Act>[] = [
    { key: 'at', head: say.at, cell: ({ at }) => <Time at={at} style="full" />, width: 190 },
    {
      key: 'by',
      head: say.by,
      // Whoever joined was not signed in before.
      cell: ({ by, action, target }) =>
        by.name ?? (action === 'member.join' ? named(target) : undefined) ?? say.kinds[by.type],
      width: 140,
    },
    {
      key: 'what',
      head: say.what,
      cell: ({ action, target }) => (
        <span>
          <Text span size="sm">
            {done[action] ?? action}
          </Text>
          {target !== undefined && (
            <Text size="xs" c="dimmed">
              {named(target) ?? nameOf(target)}
            </Text>
          )}
        </span>
      ),
    },
    { key: 'change', head: say.change, cell: (act) => <Change {...act} /> },
    { key: 'address', head: say.from, cell: ({ address }) => address || say.here, width: 130 },
  ]
  const active = Object.keys(filters).length
  return (
    <>
      <PageHead
        title={say.title}
        lead={say.lead}
        actions={
          workspaceId !== undefined && (
            <Button
              component="a"
              variant="default"
              download
              href={addressOf('exportActs', { params: { workspaceId } })}
              leftSection={<Icon name="download" size={16} />}
            >
              {say.export}
            </Button>
          )
        }
      />
      <Check />
      <FilterBar
        active={active}
        onClear={() => setFilters({ about: undefined, by: undefined })}
        selects={[
          {
            name: 'about',
            label: say.about,
            value: filters.about,
            choices: topics.map((value) => ({ value, label: say.topics[value] })),
            onChange: (about) => setFilters({ about }),
          },
          {
            name: 'by',
            label: say.by,
            value: filters.by,
            choices: members.map(({ id, name }) => ({ value: id, label: name })),
            onChange: (by) => setFilters({ by }),
          },
        ]}
      />
      <DataTable
        caption={say.title}
        columns={columns}
        pages={pages}
        keyOf={({ number }) => String(number)}
        height="calc(100dvh - 320px)"
        empty={
          <Empty icon="trail" title={active > 0 ? say.noneFound : say.none}>
            {active > 0 ? undefined : say.noneMore}
          </Empty>
        }
      />
    </>
  )
}

/** What acts are upon, by name where it is still there; a connection by its store's. */
function useTargets(): (id: string) => string {
  const connections = useConnections().data?.data ?? []
  const stores = useStores().data?.data ?? []
  const accounts = useAsk('listDestinations').data?.data ?? []
  const sources = useAsk('listSources').data?.data ?? []
  const sourceName = useSourceName()
  const nameOfStore = new Map(stores.map(({ id, name }) => [id, name]))
  const names = new Map([
    ...nameOfStore,
    ...connections.map(({ id, storeId }) => [id, nameOfStore.get(storeId) ?? id] as const),
    ...accounts.map(({ id, accountName }) => [id, accountName ?? id] as const),
    ...sources.map(({ id, name }) => [id, sourceName(name)] as const),
  ])
  return (id) => names.get(id) ?? id
}
