/** What happens by chance in a round: the same seed gives the same again, as far as processes can be timed. */
export interface Chance {
  /** From 0 up to 1. */
  readonly next: () => number
  /** A whole number from `from` to `to`, both possible. */
  readonly whole: (from: number, to: number) => number
  readonly of: <T>(some: readonly T[]) => T
  readonly shuffled: <T>(some: readonly T[]) => readonly T[]
}

/** mulberry32 */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return {
    next,
    whole,
    of<T>(some: readonly T[]): T {
      if (some.length === 0) throw new Error('There is nothing to choose from.')
      return some.at(whole(0, some.length - 1))!
    },
    shuffled: (some) =>
      some
        .map((one) => ({ one, place: next() }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ one }) => one),
  }
}
