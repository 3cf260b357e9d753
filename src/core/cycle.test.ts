import { afterEach, describe, expect, test } from 'vitest'
import { nextCycle } from './cycle.ts'

const zone = process.env['TZ']
afterEach(() => {
  if (zone === undefined) delete process.env['TZ']
  else process.env['TZ'] = zone
})

const minutes = 60_000
const hours = 60 * minutes

function next(at: string, everyMs: number): string {
  return new Date(nextCycle(Date.parse(at), everyMs)).toISOString()
}

describe('Z38 Z39 the boundaries of a cycle', () => {
  test('Z38 every ten minutes, on the minute; what comes on a boundary waits for the next', () => {
    expect(next('2026-11-21T10:03:59.999Z', 10 * minutes)).toBe('2026-11-21T10:10:00.000Z')
    expect(next('2026-11-21T10:10:00Z', 10 * minutes)).toBe('2026-11-21T10:20:00.000Z')
  })

  test('Z39 every ten hours: one boundary follows the other after exactly ten hours, also over midnight', () => {
    let at = Date.parse('2026-03-28T00:00:00Z')
    const boundaries = Array.from({ length: 30 }, () => (at = nextCycle(at, 10 * hours)))
    const gaps = boundaries.slice(1).map((one, place) => one - boundaries[place]!)
    expect(new Set(gaps)).toEqual(new Set([10 * hours]))
    expect(boundaries[0]! % (10 * hours)).toBe(0)
  })

  // The nights of 2026 and 2027 in which these zones change their clocks, and one that does so by half an hour.
  test.each([
    ['UTC', '2026-03-29T00:59:00Z'],
    ['Europe/Berlin', '2026-03-29T00:59:00Z'],
    ['Europe/Berlin', '2026-10-25T00:59:00Z'],
    ['America/New_York', '2026-11-01T05:59:00Z'],
    ['Australia/Lord_Howe', '2027-04-03T14:59:00Z'],
    ['Asia/Kathmandu', '2026-03-29T00:59:00Z'],
  ])('Z40 in %s around %s they are those of UTC', (tz, at) => {
    const expected = [10 * minutes, hours, 10 * hours, 24 * hours].map((every) => next(at, every))
    process.env['TZ'] = tz
    expect([10 * minutes, hours, 10 * hours, 24 * hours].map((every) => next(at, every))).toEqual(
      expected,
    )
    expect(new Date(nextCycle(Date.parse(at), 24 * hours)).getUTCHours()).toBe(0)
  })
})
