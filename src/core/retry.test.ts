import { describe, expect, test } from 'vitest'
import { backoffMs, nextOf, quickTries } from './retry.ts'

const wait = { patience: 'wait', retryCycleMs: 36_000_000 } as const
const cycle = { patience: 'cycle', retryCycleMs: 36_000_000 } as const
const failure = {
  fault: 'account',
  tries: 1,
  inCycle: false,
  now: 36_000_001,
  random: 0.5,
} as const

describe('what follows a failure', () => {
  test('S33 S34 the wait doubles from a second to five minutes, and is drawn from all of it', () => {
    expect(backoffMs(1, 0.999)).toBe(999)
    expect(backoffMs(2, 0.5)).toBe(1_000)
    expect(backoffMs(9, 0.5)).toBe(128_000)
    expect(backoffMs(10, 0.5)).toBe(150_000)
    expect(backoffMs(1_000_000, 0.5)).toBe(150_000)
    expect(backoffMs(5, 0)).toBe(0)
  })

  test('C5 an account’s fault is waited out for as long as it takes', () => {
    expect(nextOf({ ...failure, tries: 500 }, wait)).toEqual({ type: 'again', afterMs: 150_000 })
  })

  test('C5 an event’s own fault ends it after its quick tries', () => {
    expect(nextOf({ ...failure, fault: 'event', tries: quickTries - 1 }, wait).type).toBe('again')
    expect(nextOf({ ...failure, fault: 'event', tries: quickTries }, wait)).toEqual({
      type: 'end',
      reason: 'single_failure',
    })
  })

  test('S31 C6 what Klaviyo calls invalid is not sent again unchanged', () => {
    expect(nextOf({ ...failure, fault: 'rejected' }, wait)).toEqual({
      type: 'end',
      reason: 'klaviyo_rejected',
    })
  })

  test('Z41 Z42 in retry cycles whatever fails is tried once more, then it has failed', () => {
    const due = { type: 'cycle', reason: 'retry_cycle', dueAt: 72_000_000 }
    expect(nextOf({ ...failure, tries: quickTries }, cycle)).toEqual(due)
    expect(nextOf({ ...failure, fault: 'rejected' }, cycle)).toEqual(due)
    expect(nextOf({ ...failure, inCycle: true }, cycle)).toEqual({
      type: 'end',
      reason: 'retries_exhausted',
    })
    expect(nextOf({ ...failure, fault: 'rejected', inCycle: true }, cycle)).toEqual({
      type: 'end',
      reason: 'rejected_after_retry',
    })
  })
})
