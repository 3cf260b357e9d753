import { Button, Group, Text, VisuallyHidden } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useWords } from '../language.ts'
import { DataTable } from '../parts/DataTable.tsx'
import { Empty } from '../parts/Empty.tsx'
import { useEventColumns } from '../parts/events/columns.tsx'
import { EventDrawer } from '../parts/events/EventDrawer.tsx'
import { EventFilters, FilterFaults, outcomeOf } from '../parts/events/EventFilters.tsx'
import look from '../parts/events/events.module.css'
import { type Stream, useStream } from '../parts/events/stream.ts'
import { Icon } from '../parts/Icon.tsx'
import { useNumbers } from '../parts/Money.tsx'
import { PageHead } from '../parts/PageHead.tsx'
import { useFilters } from '../place.ts'
import { words } from '../words/events.ts'

const names = ['outcome', 'event', 'who', 'test'] as const

/** What happens now. */
export function Live() {
  const say = useWords(words)
  const { count } = useNumbers()
  const [filters, setFilters] = useFilters(names)
  const { event, who, test } = filters
  const outcome = outcomeOf(filters.outcome)
  const stream = useStream({
    ...(outcome === undefined ? {} : { outcome }),
    ...(event === undefined ? {} : { event }),
    ...(who === undefined ? {} : { who }),
    ...(test === 'true' ? { test } : {}),
  })
  const columns = useEventColumns('clock')
  const active = Object.keys(filters).length
  return (
    <>
      <PageHead title={say.live} lead={say.liveLead} actions={<Control stream={stream} />} />
      <EventFilters
        filters={filters}
        onChange={setFilters}
        active={active}
        onClear={() => setFilters(Object.fromEntries(names.map((name) => [name, undefined])))}
      />
      <FilterFaults filters={filters} />
      {stream.state === 'over' && (
        <Text mb="sm" role="alert">
          {say.over} {say.overTodo}
        </Text>
      )}
      {stream.skipped > 0 && (
        <Text size="sm" c="dimmed" mb="sm">
          {say.skipped(stream.skipped, count(stream.skipped))}
        </Text>
      )}
      <DataTable
        caption={say.live}
        columns={columns}
        isLive
        pages={{
          rows: stream.rows,
          problem: null,
          more: undefined,
          isLoadingMore: false,
          retry: () => undefined,
        }}
        keyOf={({ seq }) => String(seq)}
        height="calc(100dvh - 260px)"
        className={look['list']}
        empty={
          active > 0 ? (
            <Empty icon="live" title={say.noneFound}>
              {say.noneFoundMore}
            </Empty>
          ) : (
            <Empty icon="live" title={say.noneLive}>
              {say.noneLiveMore}
            </Empty>
          )
        }
      />
      <Heard heard={stream.heard} />
      <EventDrawer />
    </>
  )
}

function Control({ stream }: { readonly stream: Stream }) {
  const say = useWords(words)
  const { count } = useNumbers()
  const { state, isPaused, fresh, pause, resume } = stream
  return (
    <Group gap="sm">
      {isPaused && fresh > 0 && (
        <Button size="sm" variant="light" onClick={resume}>
          {say.newWhilePaused(count(fresh))} · {say.show}
        </Button>
      )}
      <span className={look['state']}>
        <span
          className={look['beat']}
          data-off={isPaused || state !== 'live' ? true : undefined}
          aria-hidden="true"
        />
        <Text span size="sm">
          {isPaused ? say.paused : state === 'live' ? say.streaming : say.connecting}
        </Text>
      </span>
      <Button
        size="sm"
        variant="default"
        leftSection={<Icon name={isPaused ? 'play' : 'pause'} size={15} />}
        onClick={isPaused ? resume : pause}
      >
        {isPaused ? say.resume : say.pause}
      </Button>
    </Group>
  )
}

const sayEveryMs = 10_000

/** For readers: how many came, now and then, and never each of them. */
function Heard({ heard }: { readonly heard: number }) {
  const say = useWords(words)
  const { count } = useNumbers()
  const [told, setTold] = useState('')
  const before = useRef(heard)
  const now = useRef(heard)
  now.current = heard
  useEffect(() => {
    const timer = setInterval(() => {
      const fresh = now.current - before.current
      before.current = now.current
      if (fresh > 0) setTold(say.heard(fresh, count(fresh)))
    }, sayEveryMs)
    return () => clearInterval(timer)
  }, [say, count])
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {told}
    </VisuallyHidden>
  )
}
