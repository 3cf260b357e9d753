import { Button, Switch, Text } from '@mantine/core'
import { usePages } from '../ask.ts'
import { type AnswerOf, addressOf } from '../call.ts'
import { useConnectionName, useNamedConnections } from '../connection-names.ts'
import { useWords } from '../language.ts'
import { type Column, DataTable } from '../parts/DataTable.tsx'
import { Empty } from '../parts/Empty.tsx'
import { FilterBar } from '../parts/FilterBar.tsx'
import { Icon } from '../parts/Icon.tsx'
import { useNumbers } from '../parts/Money.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { ResultPill } from '../parts/ResultPill.tsx'
import { saidIn } from '../parts/said.ts'
import { Time } from '../parts/Time.tsx'
import { useFilters, useWorkspace } from '../place.ts'
import { words } from '../words/syncs.ts'

type Sync = AnswerOf<'listSyncs'>['data'][number]

/** Z30–Z32: every exchange with Klaviyo, with its result; the errors by themselves; as a file. */
export function Syncs() {
  const say = useWords(words)
  const { count, duration } = useNumbers()
  const workspaceId = useWorkspace()?.id
  const [filters, setFilters] = useFilters(['errors', 'of'])
  const query = {
    ...(filters.errors === 'true' ? { errors: 'true' as const } : {}),
    ...(filters.of === undefined ? {} : { connection: filters.of }),
  }
  const pages = usePages('listSyncs', { query }, { everyMs: 15_000 })
  const connections = useNamedConnections()
  const nameOf = useConnectionName()
  const columns: readonly Column<Sync>[] = [
    { key: 'at', head: say.at, cell: ({ at }) => <Time at={at} style="full" />, width: 190 },
    { key: 'what', head: say.what, cell: ({ what, lane }) => say.whatIs(what, lane) },
    ...(connections.length > 1
      ? [
          {
            key: 'store',
            head: say.store,
            cell: ({ connectionId }: Sync) => nameOf(connectionId),
          },
        ]
      : []),
    { key: 'result', head: say.result, cell: (sync) => <Result {...sync} /> },
    { key: 'count', head: say.count, cell: (sync) => count(sync.count), isNumber: true },
    {
      key: 'duration',
      head: say.duration,
      cell: ({ durationMs }) => duration(durationMs),
      isNumber: true,
    },
  ]
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
              href={addressOf('exportSyncs', { params: { workspaceId }, query })}
              leftSection={<Icon name="download" size={16} />}
            >
              {say.export}
            </Button>
          )
        }
      />
      <FilterBar
        active={Object.keys(filters).length}
        onClear={() => setFilters({ errors: undefined, of: undefined })}
        selects={
          connections.length > 1
            ? [
                {
                  name: 'of',
                  label: say.store,
                  value: filters.of,
                  choices: connections.map(({ connection: { id }, name }) => ({
                    value: id,
                    label: name,
                  })),
                  onChange: (of) => setFilters({ of }),
                },
              ]
            : []
        }
      >
        <Switch
          label={say.onlyErrors}
          checked={filters.errors === 'true'}
          onChange={({ currentTarget: { checked } }) =>
            setFilters({ errors: checked ? 'true' : undefined })
          }
        />
      </FilterBar>
      <DataTable
        caption={say.title}
        columns={columns}
        pages={pages}
        keyOf={({ id }) => id}
        height="calc(100dvh - 260px)"
        empty={
          filters.errors === 'true' ? (
            <Empty icon="check" title={say.noErrors}>
              {say.noErrorsMore}
            </Empty>
          ) : (
            <Empty icon="list" title={say.none}>
              {say.noneMore}
            </Empty>
          )
        }
      />
    </>
  )
}

function Result({ result, status, error, said }: Sync) {
  const say = useWords(words)
  return (
    <>
      <ResultPill result={result} word={say.results[result]} />
      {result !== 'accepted' && (
        <Text span size="sm" c="dimmed" ml="xs">
          {said === undefined ? (error ?? (status === 0 ? '' : `HTTP ${status}`)) : saidIn(said)}
        </Text>
      )}
    </>
  )
}
