import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isoOf } from './json.ts'

test('a time is written as the platform writes it, in any year', () => {
  const times = fc.oneof(
    fc.integer({ min: -8.64e15, max: 8.64e15 }),
    fc.integer({ min: 1.7e12, max: 1.7e12 + 3 * 86_400_000 }),
  )
  fc.assert(
    fc.property(times, (ms) => {
      expect(isoOf(ms)).toBe(new Date(ms).toISOString())
    }),
  )
})

test('a time out of range is refused, as the platform refuses it', () => {
  expect(() => isoOf(Number.NaN)).toThrow(RangeError)
  expect(() => isoOf(8.65e15)).toThrow(RangeError)
})
