/** Runs `round` (which handles `events` events) for at least `ms`, several times; the median rate in events/s. */
export function rateOf(events: number, round: () => void, { ms = 1200, rounds = 5 } = {}): number {
  round()
  const rates: number[] = []
  for (let i = 0; i < rounds; i += 1) {
    const start = performance.now()
    let done = 0
    while (performance.now() - start < ms) {
      round()
      done += events
    }
    rates.push((done * 1000) / (performance.now() - start))
  }
  return median(rates)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
