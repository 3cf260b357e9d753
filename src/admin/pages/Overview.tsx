import { Group, NativeSelect, SimpleGrid, Stack } from '@mantine/core'
import { useAsk } from '../ask.ts'
import { useNamedConnections } from '../connection-names.ts'
import { useWords } from '../language.ts'
import { ChooseOne } from '../parts/ChooseOne.tsx'
import { Loading } from '../parts/Loading.tsx'
import { useNumbers } from '../parts/Money.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { ProblemNote } from '../parts/ProblemNote.tsx'
import { useZone } from '../parts/Zone.tsx'
import { useFilters } from '../place.ts'
import { words } from '../words/overview.ts'
import { AttentionList } from './overview/AttentionList.tsx'
import { ByTime } from './overview/ByTime.tsx'
import { Funnel } from './overview/Funnel.tsx'
import { SetUp } from './overview/SetUp.tsx'
import { Standing } from './overview/Standing.tsx'
import { TopMetrics } from './overview/TopMetrics.tsx'
import { Why } from './overview/Why.tsx'

const periods = ['24h', '7d', '30d'] as const

/** Where one begins: how it does, in one sentence, and what needs somebody. */
export function Overview() {
  const say = useWords(words)
  const { count } = useNumbers()
  const zone = useZone().name
  const [filters, setFilters] = useFilters(['period', 'of'])
  const period = periods.find((one) => one === filters.period) ?? '24h'
  const query = { period, zone, ...(filters.of === undefined ? {} : { connection: filters.of }) }
  const { data, error, refetch } = useAsk('getOverview', { query }, { everyMs: 10_000, keep: true })
  const all = useNamedConnections()
  const accepted = data?.totals.accepted ?? 0
  return (
    <>
      <PageHead
        title={say.title}
        lead={
          data !== undefined &&
          (accepted === 0
            ? say.nothingYet
            : say.sentence(say.events(accepted, count(accepted)), period))
        }
        actions={
          <Group gap="sm">
            {all.length > 1 && (
              <NativeSelect
                aria-label={say.store}
                value={filters.of ?? ''}
                onChange={({ currentTarget: { value } }) => setFilters({ of: value })}
                data={[
                  { value: '', label: say.allStores },
                  ...all.map(({ connection, name }) => ({ value: connection.id, label: name })),
                ]}
              />
            )}
            <ChooseOne
              label={say.period}
              value={period}
              onChange={(value) => setFilters({ period: value === '24h' ? undefined : value })}
              choices={periods.map((value) => [value, say.periods[value]])}
            />
          </Group>
        }
      />
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : (
          <ProblemNote problem={error} onRetry={() => void refetch()} />
        )
      ) : (
        <Stack gap="lg">
          <ProblemNote problem={error} onRetry={() => void refetch()} />
          <SetUp steps={data.steps} />
          <Funnel overview={data} />
          <AttentionList items={data.attention} steps={data.steps} />
          <ByTime overview={data} />
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
            <TopMetrics metrics={data.metrics} />
            <Why title={say.why} causes={data.notSent} none={say.noWhy} />
          </SimpleGrid>
          {data.waiting.length > 0 && <Why title={say.whyWaiting} causes={data.waiting} none="" />}
          <Standing connections={data.connections} />
        </Stack>
      )}
    </>
  )
}
