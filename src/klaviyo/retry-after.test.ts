import { expect, test } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const now = Date.parse('2026-07-01T10:00:00Z')

test.each([
  ['7', 7_000],
  [' 1 ', 1_000],
  ['0', 0],
  ['0.25', 250],
  ['Wed, 01 Jul 2026 10:00:30 GMT', 30_000],
  ['Wed, 01 Jul 2026 09:00:00 GMT', 0],
  ['999999999999', 86_400_000],
  ['soon', undefined],
  ['-5', undefined],
  ['', undefined],
  ['NaN', undefined],
  ['1.5.2099', undefined],
  [undefined, undefined],
])('S33 Retry-After %j means %s ms', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms)
})
