import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Budget, type BudgetRule } from './budget.ts'

const minute = 60_000
const bulk: BudgetRule = {
  windows: [
    { limit: 10, ms: 1_000 },
    { limit: 150, ms: minute },
  ],
  even: true,
}
const single: BudgetRule = {
  windows: [
    { limit: 350, ms: 1_000 },
    { limit: 3_500, ms: minute },
  ],
  even: false,
}

/** The most requests that any window of that length holds. */
function fullest(times: readonly number[], ms: number): number {
  let most = 0
  let from = 0
  for (let to = 0; to < times.length; to += 1) {
    while (times[from]! <= times[to]! - ms) from += 1
    most = Math.max(most, to - from + 1)
  }
  return most
}

/** A request that is answered at once. */
function pass(budget: Budget, now: number): void {
  budget.take(now)
  budget.answered(now)
}

/** Sends whenever it may, as late as `lateMs()` after that. */
function sendAll(budget: Budget, fromMs: number, toMs: number, lateMs: () => number): number[] {
  const times: number[] = []
  let now = fromMs
  while (now < toMs) {
    const wait = budget.waitMs(now)
    if (wait === 0) {
      pass(budget, now)
      times.push(now)
      now += lateMs() / 50
    } else now += wait + lateMs()
  }
  return times
}

const rule = fc
  .record({
    burst: fc.integer({ min: 1, max: 20 }),
    steady: fc.integer({ min: 1, max: 100 }),
    daily: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
    even: fc.boolean(),
  })
  .map(({ burst, steady, daily, even }): BudgetRule => ({
    windows: [
      { limit: burst, ms: 1_000 },
      { limit: steady, ms: minute },
      ...(daily === undefined ? [] : [{ limit: daily, ms: 86_400_000 }]),
    ],
    even,
  }))

const pauses = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: 0, max: 20_000 }),
    fc.constant(0),
    fc.integer({ min: 0, max: 20_000_000 }),
  ),
  { maxLength: 400 },
)

describe('a budget', () => {
  test('S37 no window of a second, a minute or a day ever holds more than its limit, wherever it begins', () => {
    fc.assert(
      fc.property(
        rule,
        pauses,
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        (r, steps, start) => {
          const budget = new Budget(r)
          const times: number[] = []
          let now = start
          for (const step of steps) {
            now += step
            if (budget.waitMs(now) > 0) continue
            pass(budget, now)
            times.push(now)
          }
          for (const window of r.windows) {
            expect(fullest(times, window.ms)).toBeLessThanOrEqual(window.limit)
          }
        },
      ),
    )
  })

  test('S37 however late requests arrive and are answered, they stay within fixed windows of every phase', () => {
    const late = fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 0, max: 300 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 12_000 }) },
    )
    fc.assert(
      fc.property(
        fc.constantFrom(bulk, single),
        fc.infiniteStream(late),
        fc.infiniteStream(late),
        (r, toKlaviyo, back) => {
          const budget = new Budget(r)
          const arrived: number[] = []
          const answers = new Set<number>()
          for (let now = 0; now < 130_000; now += 1) {
            for (const at of answers) {
              if (at > now) continue
              budget.answered(now)
              answers.delete(at)
            }
            // A tick’s worth; the answers of one tick come apart by less than it.
            for (let n = 0; n < 3 && budget.waitMs(now) === 0; n += 1) {
              budget.take(now)
              const at = now + toKlaviyo.next().value!
              arrived.push(at)
              answers.add(at + back.next().value! + n / 4 + arrived.length / 1e6)
            }
          }
          const times = arrived.toSorted((a, b) => a - b)
          for (const window of r.windows) {
            expect(fullest(times, window.ms)).toBeLessThanOrEqual(window.limit)
          }
        },
      ),
      { numRuns: 15 },
    )
  })

  test('S37 a request without an answer takes room until it has failed', () => {
    const budget = new Budget({ windows: [{ limit: 1, ms: 1_000 }], even: false })
    budget.take(0)
    expect(budget.waitMs(30_000)).toBeGreaterThan(0)
    expect(budget.isIdle(30_000)).toBe(false)
    budget.answered(30_000)
    expect(budget.waitMs(30_900)).toBeGreaterThan(0)
    expect(budget.waitMs(31_200)).toBe(0)
  })

  test('after the wait that it names, a request may go out', () => {
    fc.assert(
      fc.property(rule, pauses, (r, steps) => {
        const budget = new Budget(r)
        let now = 0
        for (const step of steps.slice(0, 50)) {
          now += step
          now += budget.waitMs(now)
          expect(budget.waitMs(now)).toBe(0)
          pass(budget, now)
        }
      }),
    )
  })

  test('bulk requests use at least 98 % of 147 a minute, also when timers fire late', () => {
    const random = mulberry(7)
    const times = sendAll(new Budget(bulk), 123_456.7, 123_456.7 + 10 * minute, () => random() * 8)
    expect(times.length / 10).toBeGreaterThanOrEqual(0.98 * 147)
    expect(fullest(times, minute)).toBeLessThanOrEqual(150)
  })

  test('bulk requests go out at even distances', () => {
    const times = sendAll(new Budget(bulk), 0, 5 * minute, () => 0)
    const gaps = times.slice(1).map((time, index) => time - times[index]!)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(460)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(350)
  })

  test('single requests use at least 98 % of their minute', () => {
    const times = sendAll(new Budget(single), 0, 10 * minute, () => 1)
    expect(times.length / 10).toBeGreaterThanOrEqual(0.98 * 3_500)
  })

  test('headroom is what is left of the minute', () => {
    const budget = new Budget(single)
    for (let n = 0; n < 100; n += 1) pass(budget, n * 10)
    expect(budget.headroom(1_000)).toBe(3_400)
    expect(budget.headroom(2 * minute)).toBe(3_500)
  })

  test('S33 a closed way opens when Klaviyo said so', () => {
    const budget = new Budget(single)
    budget.close(0, 7_000)
    expect(budget.waitMs(0)).toBe(7_000)
    expect(budget.waitMs(6_999.5)).toBe(1)
    expect(budget.waitMs(7_000)).toBe(0)
  })

  test('the next owner stays within the windows that the former one began', () => {
    fc.assert(
      fc.property(rule, pauses, fc.integer({ min: 0, max: 90_000 }), (r, steps, gap) => {
        const former = new Budget(r)
        const times: number[] = []
        let now = 0
        for (const step of steps) {
          now += step
          if (former.waitMs(now) > 0) continue
          pass(former, now)
          times.push(now)
        }
        const held = former.held(now)
        const next = new Budget(r)
        next.resume(held, now + gap, gap)
        now += gap
        for (const step of steps) {
          now += step
          if (next.waitMs(now) > 0) continue
          pass(next, now)
          times.push(now)
        }
        for (const window of r.windows) {
          expect(fullest(times, window.ms)).toBeLessThanOrEqual(window.limit)
        }
      }),
    )
  })

  test('an owner that knows nothing waits one minute, not a day', () => {
    const budget = new Budget({
      windows: [...bulk.windows, { limit: 1_000, ms: 86_400_000 }],
      even: true,
    })
    budget.assumeUsed(0)
    budget.assumeUsed(5)
    expect(budget.waitMs(10)).toBeGreaterThanOrEqual(minute)
    expect(budget.waitMs(10)).toBeLessThan(62_000)
    expect(budget.headroom(10)).toBe(0)
    expect(budget.waitMs(62_000)).toBe(0)
  })

  test('what it hands on is short, and nothing is left of it once it is quiet', () => {
    const budget = new Budget(single)
    sendAll(budget, 0, minute, () => 0)
    expect(JSON.stringify(budget.held(minute)).length).toBeLessThan(300)
    expect(budget.isIdle(minute)).toBe(false)
    expect(budget.isIdle(2 * minute + 1_000)).toBe(true)
  })
})

function mulberry(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
