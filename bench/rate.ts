/**
 * Runs `round` (which handles `events` events) for at least `ms`; events in a second of processor time, that of
 * the garbage collector's own threads included. So what else runs on the machine counts for little.
 */
export function rateFor(ms: number, events: number, round: () => void): number {
  const start = performance.now()
  const before = process.cpuUsage()
  let done = 0
  do {
    round()
    done += events
  } while (performance.now() - start < ms)
  const { user, system } = process.cpuUsage(before)
  return (done * 1e6) / (user + system)
}

export interface Pairs {
  readonly ours: number
  readonly floor: number
  /** The median of the pairs' ratios: what disturbs the machine meets both of a pair. */
  readonly ratio: number
}

/** Measures ours and the floor beside each other, in turns; the medians. */
export async function inPairs(
  pairs: number,
  measure: (which: 'ours' | 'floor') => number | Promise<number>,
): Promise<Pairs> {
  const ours: number[] = []
  const floor: number[] = []
  for (let pair = 0; pair < pairs; pair += 1) {
    const order = pair % 2 === 0 ? (['floor', 'ours'] as const) : (['ours', 'floor'] as const)
    for (const which of order) (which === 'ours' ? ours : floor).push(await measure(which))
  }
  const ratios = ours.map((rate, pair) => rate / (floor[pair] ?? Number.NaN))
  return { ours: median(ours), floor: median(floor), ratio: median(ratios) }
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
