import { describe, expect, test } from 'vitest'
import type { Clock } from '../core/index.ts'
import { createGovernors, type Governor } from './governor.ts'

/** A clock that a test moves; two machines share the hour but not what counts since start. */
function clockAt(start: number, monotonicStart: number): Clock & { pass(ms: number): void } {
  let passed = 0
  return {
    now: () => start + passed,
    monotonic: () => monotonicStart + passed,
    after: () => () => undefined,
    random: () => 0.5,
    pass: (ms) => void (passed += ms),
  }
}

function takeAll(governor: Governor): number {
  let taken = 0
  while (governor.waitMs('profile') === 0) {
    governor.take('profile')
    governor.answered('profile')
    taken += 1
  }
  return taken
}

describe('the governor of an account', () => {
  test('S37 is one for all private keys, and another for an app', () => {
    const clock = clockAt(1e12, 5)
    const governors = createGovernors(clock)
    expect(takeAll(governors.of('A', 'key'))).toBe(75)
    expect(takeAll(governors.of('A', 'key'))).toBe(0)
    expect(takeAll(governors.of('A', 'app'))).toBe(75)
    expect(takeAll(governors.of('B', 'key'))).toBe(75)
  })

  test('a fresh installation does not wait', () => {
    const governor = createGovernors(clockAt(1e12, 5)).of('A', 'key')
    expect(governor.waitMs('events')).toBe(0)
    expect(governor.headroom('events')).toBe(150)
    expect(governor.headroom('event')).toBe(3_500)
  })

  test('the next owner counts what the former one sent, on either auth class', () => {
    const former = createGovernors(clockAt(1e12, 5))
    takeAll(former.of('A', 'key'))
    former.of('A', 'app').close('event', 30_000)
    const kept = former.snapshot('A')

    const next = createGovernors(clockAt(1e12 + 3_000, 999_999))
    next.resume('A', 'key', kept, { ageMs: 3_000 })
    expect(next.of('A', 'key').headroom('profile')).toBe(750 - 75)
    expect(next.of('A', 'app').waitMs('event')).toBeGreaterThan(26_000)
    expect(next.of('A', 'app').waitMs('profile')).toBe(0)
  })

  test('the same counts handed in by each of an account’s destinations count once', () => {
    const former = createGovernors(clockAt(1e12, 5))
    takeAll(former.of('A', 'key'))
    const kept = former.snapshot('A')
    const next = createGovernors(clockAt(1e12, 7))
    next.resume('A', 'key', kept, { ageMs: 0 })
    next.resume('A', 'key', kept, { ageMs: 0 })
    expect(next.of('A', 'key').headroom('profile')).toBe(675)
  })

  test.each([undefined, '', 'null', '{"at":', '{"at":"x"}'])(
    'taken over with the counts %j, a minute counts as used',
    (kept) => {
      const clock = clockAt(1e12, 5)
      const governors = createGovernors(clock)
      governors.resume('A', 'key', kept, { ageMs: 0 })
      const governor = governors.of('A', 'key')
      expect(governor.headroom('events')).toBe(0)
      expect(governor.waitMs('event')).toBeGreaterThan(59_000)
      clock.pass(62_000)
      expect(governor.waitMs('event')).toBe(0)
    },
  )

  test('counts that hold nonsense do no harm', () => {
    const governors = createGovernors(clockAt(1e12, 5))
    const events = { takes: [[-1, 'x', null], 7], closedMs: 0 }
    governors.resume('A', 'key', JSON.stringify({ key: { events, odd: 1 } }), { ageMs: 0 })
    expect(governors.of('A', 'key').headroom('events')).toBe(150)
  })

  test('an account that another node ran meanwhile counts what comes back, and nothing twice', () => {
    const governors = createGovernors(clockAt(1e12, 5))
    takeAll(governors.of('A', 'key'))
    const kept = governors.snapshot('A')
    governors.forget('A')
    governors.resume('A', 'key', kept, { ageMs: 0 })
    expect(governors.of('A', 'key').headroom('profile')).toBe(675)
  })

  test('an owner that died may have sent a second’s worth more than it kept', () => {
    const former = createGovernors(clockAt(1e12, 5))
    takeAll(former.of('A', 'key'))
    const clock = clockAt(1e12, 7)
    const next = createGovernors(clock)
    const since = { ageMs: 30_000, orphaned: true }
    next.resume('A', 'key', former.snapshot('A'), since)
    next.resume('A', 'key', former.snapshot('A'), since)
    expect(next.of('A', 'key').headroom('profile')).toBe(750 - 75 - 75)
    expect(next.of('A', 'key').waitMs('profile')).toBeGreaterThan(1000)
    clock.pass(2000)
    expect(next.of('A', 'key').waitMs('profile')).toBe(0)
  })

  test('what a quiet account hands on is next to nothing', () => {
    const clock = clockAt(1e12, 5)
    const governors = createGovernors(clock)
    takeAll(governors.of('A', 'key'))
    clock.pass(120_000)
    expect(governors.snapshot('A').length).toBeLessThan(60)
  })
})
