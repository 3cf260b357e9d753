import { Badge, Button, CloseButton, Group, Text } from '@mantine/core'
import { useWords } from '../language.ts'
import { DataTable } from '../parts/DataTable.tsx'
import { Empty } from '../parts/Empty.tsx'
import { useEventColumns } from '../parts/events/columns.tsx'
import { EventDrawer } from '../parts/events/EventDrawer.tsx'
import look from '../parts/events/events.module.css'
import { EventFilters, FilterFaults, outcomeOf } from '../parts/events/EventFilters.tsx'
import { Reveal } from '../parts/events/Reveal.tsx'
import { useSearch } from '../parts/events/search.ts'
import { TextFilter } from '../parts/events/TextFilter.tsx'
import { useNumbers } from '../parts/Money.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { useReasons } from '../parts/Reason.tsx'
import { useZone } from '../parts/Zone.tsx'
import { useFilters } from '../place.ts'
import { words } from '../words/events.ts'
import { words as partWords } from '../words/parts.ts'
import { dayStart } from '../zone.ts'

const names = ['outcome', 'reason', 'event', 'who', 'order', 'from', 'to', 'test'] as const

/** Every event that came, and what became of it (S40). */
export function Events() {
  const say = useWords(words)
  const { clearFilters } = useWords(partWords)
  const { count } = useNumbers()
  const zone = useZone().name
  const told = useReasons()
  const [filters, setFilters] = useFilters(names)
  const { outcome, reason, event, who, order, from, to, test } = filters
  const status = outcomeOf(outcome)
  const since = dayStart(from ?? '', zone)
  const until = dayStart(to ?? '', zone, 1)
  const search = useSearch('listEvents', {
    ...(status === undefined ? {} : { outcome: status }),
    ...(reason === undefined ? {} : { reason }),
    ...(event === undefined ? {} : { event }),
    ...(who === undefined ? {} : { who }),
    ...(order === undefined ? {} : { order }),
    ...(since === undefined ? {} : { from: since }),
    ...(until === undefined ? {} : { to: until }),
    ...(test === 'true' ? { test } : {}),
  })
  const columns = useEventColumns('moment')
  const active = Object.keys(filters).length
  const clear = () => setFilters(Object.fromEntries(names.map((name) => [name, undefined])))
  const isShort = search.more !== undefined && (search.rows?.length ?? 0) < 25
  return (
    <>
      <PageHead title={say.events} lead={say.eventsLead} actions={<Reveal />} />
      <EventFilters filters={filters} onChange={setFilters} active={active} onClear={clear}>
        <TextFilter
          label={say.byOrder}
          value={order}
          onChange={(value) => setFilters({ order: value })}
          width={140}
        />
        <TextFilter
          label={say.from}
          type="date"
          value={from}
          onChange={(value) => setFilters({ from: value })}
          width={185}
        />
        <TextFilter
          label={say.to}
          type="date"
          value={to}
          onChange={(value) => setFilters({ to: value })}
          width={185}
        />
      </EventFilters>
      <FilterFaults filters={filters} />
      {reason !== undefined && (
        <Group mb="md">
          <Badge
            variant="light"
            color="gray"
            size="lg"
            tt="none"
            rightSection={
              <CloseButton
                size="xs"
                aria-label={clearFilters}
                onClick={() => setFilters({ reason: undefined })}
              />
            }
          >
            {say.because(told(reason).sentence)}
          </Badge>
        </Group>
      )}
      {active > 0 && isShort && (
        <Group mb="sm" gap="sm" role="status">
          <Text size="sm" c="dimmed">
            {search.isLooking
              ? say.looking(search.looked, count(search.looked))
              : say.lookedThrough(search.looked, count(search.looked))}
          </Text>
          {!search.isLooking && (
            <Button
              size="compact-sm"
              variant="default"
              loading={search.isLoadingMore}
              onClick={search.more}
            >
              {say.lookOn}
            </Button>
          )}
        </Group>
      )}
      <DataTable
        caption={say.events}
        columns={columns}
        pages={search}
        keyOf={({ lane, seq }) => `${lane} ${seq}`}
        height="calc(100dvh - 300px)"
        className={look['list']}
        empty={
          active > 0 ? (
            <Empty
              icon="event"
              title={say.noneFound}
              action={
                <Button variant="default" size="xs" onClick={clear}>
                  {clearFilters}
                </Button>
              }
            >
              {say.noneFoundMore}
            </Empty>
          ) : (
            <Empty icon="event" title={say.none}>
              {say.noneMore}
            </Empty>
          )
        }
      />
      <EventDrawer />
    </>
  )
}
