import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/**
 * Holds memory to what is needed. Left alone, V8 collects the garbage when the heap is up to four times what was
 * in use after the last time, and gives what is new 128 MB, where there is much memory: hundreds of megabytes
 * that nobody needs.
 */
export function boundHeap(): void {
  // Twice what was in use. V8 reads this whenever it has collected.
  setFlagsFromString('--heap-growing-percent=100')
  boundYoung()
  const observer = new PerformanceObserver(boundYoung)
  observer.observe({ entryTypes: ['gc'] })
}

/** What is new is kept in two halves of at most 16 MB. With less, what is needed for a moment grows old. */
const youngBytes = 32 * 1024 * 1024

/**
 * The size can be given only to a process that starts, so its growth is stopped: what is new grows by this factor
 * when it has filled up, and shrinks by itself when there is little to do.
 */
function boundYoung(): void {
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
  const isFull = young === undefined || young.space_size * 2 > youngBytes
  setFlagsFromString(`--semi-space-growth-factor=${isFull ? 1 : 2}`)
}
