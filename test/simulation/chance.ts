/** Chance that can be had again: the same seed gives the same run. */
export interface Chance {
  /** 0 ≤ x < 1 */
  random(): number
  /** Whether something of that probability happens. */
  happens(probability: number): boolean
  /** From `from` to `to`, both included. */
  whole(from: number, to: number): number
  /** Anything from `from` up to `to`; small ones come often, so that what is near each other meets. */
  span(from: number, to: number): number
  pick<T>(from: readonly T[]): T
}

export function chanceOf(seed: number): Chance {
  let state = (seed ^ 0x9e3779b9) >>> 0
  // mulberry32
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  // Neighbouring seeds begin alike.
  for (let turn = 0; turn < 8; turn += 1) random()
  return {
    random,
    happens: (probability) => random() < probability,
    whole: (from, to) => from + Math.floor(random() * (to - from + 1)),
    span: (from, to) => from + (to - from) * random() ** 3,
    pick<T>(from: readonly T[]): T {
      const one = from[Math.floor(random() * from.length)]
      if (one === undefined) throw new Error('There is nothing to pick from.')
      return one
    },
  }
}
