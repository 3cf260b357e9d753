import { afterEach, describe, expect, test } from 'vitest'
import { type OperationId, operations } from './generated/tables.ts'
import { Limiter, limitsWithSurcharge } from './limits.ts'
import { call, closeAll, start } from './talk.suite.ts'

afterEach(closeAll)

const noon = Date.UTC(2026, 6, 1, 12)

/** How many of many calls at one time are let in. */
function admitted(limiter: Limiter, operation: OperationId, now: number): number {
  let count = 0
  while (limiter.admit(operation, operations[operation], now).type === 'admitted') count += 1
  return count
}

test.each(Object.keys(operations) as OperationId[])(
  '%s holds its burst, steady and daily limit',
  (operation) => {
    const { burst, steady, daily } = operations[operation]
    const limiter = new Limiter(0)
    expect(admitted(limiter, operation, noon)).toBe(Math.min(burst, steady))
    let inMinute = Math.min(burst, steady)
    for (let second = 1; second < 60; second += 1) {
      inMinute += admitted(limiter, operation, noon + second * 1000)
    }
    expect(inMinute).toBe(Math.min(steady, burst * 60))
    if (daily === undefined) return
    let inDay = inMinute
    for (let minute = 1; minute < 12 * 60; minute += 1) {
      for (let second = 0; second < 60 && inDay < daily; second += 1) {
        inDay += admitted(limiter, operation, noon + minute * 60_000 + second * 1000)
      }
    }
    expect(inDay).toBe(daily)
    const late = limiter.admit(operation, operations[operation], noon + 11 * 3_600_000)
    expect(late).toEqual({ type: 'throttled', retryAfter: 3600 })
  },
)

describe('query parameters that cost more', () => {
  test.each([
    ['get_profiles', 'additional-fields[profile]', 'predictive_analytics', 10, 150],
    ['get_profiles', 'additional-fields[profile]', 'subscriptions', 75, 750],
    ['get_list', 'additional-fields[list]', 'profile_count', 1, 15],
    ['get_profile', 'include', 'lists', 1, 15],
  ] as const)(
    '%s with %s=%s is let in %i times a second',
    (operation, name, value, burst, steady) => {
      expect(
        limitsWithSurcharge(operations[operation], new Map([[name, value]]), operation),
      ).toMatchObject({ burst, steady })
    },
  )

  test('are counted so', async () => {
    const simulator = await start({ now: () => noon })
    const list = simulator.account().addList({ name: 'News' })
    const path = `/api/lists/${list.id}?additional-fields[list]=profile_count`
    const first = await call(simulator, 'GET', path)
    expect(first.body.data.attributes.profile_count).toBe(0)
    expect(first.headers.get('ratelimit-limit')).toBe('1, 1;w=1, 15;w=60')
    expect(await call(simulator, 'GET', path)).toMatchObject({ status: 429 })
  })
})
