import { describe, expect, test } from 'vitest'
import { dayIn, dayStart } from './zone.ts'

describe('days by the clock of a place', () => {
  test.each([
    ['2026-11-21', 'Asia/Tokyo', '2026-11-20T15:00'],
    ['2026-11-21', 'Asia/Kolkata', '2026-11-20T18:30'],
    // The days on which clocks change, and those after.
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00'],
    ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00'],
    ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00'],
    ['2026-10-26', 'Europe/Berlin', '2026-10-25T23:00'],
    ['2026-11-01', 'America/New_York', '2026-11-01T04:00'],
    ['2026-11-02', 'America/New_York', '2026-11-02T05:00'],
    // Its clocks go from midnight to one.
    ['2025-04-25', 'Africa/Cairo', '2025-04-24T22:00'],
    ['2025-04-26', 'Africa/Cairo', '2025-04-25T21:00'],
    ['2025-10-31', 'Africa/Cairo', '2025-10-30T22:00'],
    // Midnight comes twice: the day begins with the first.
    ['2026-11-01', 'America/Havana', '2026-11-01T04:00'],
  ])('%s in %s begins at %s UTC', (day, zone, begins) => {
    expect(dayStart(day, zone)).toBe(`${begins}:00.000Z`)
    expect(dayIn(zone, `${begins}:00.000Z`)).toBe(day)
  })

  test('days follow one another without a gap through a whole year, wherever it is', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Africa/Cairo', 'Australia/Lord_Howe']
    for (const zone of zones) {
      for (let place = 0; place < 365; place += 1) {
        const day = new Date(Date.UTC(2025, 0, 1 + place)).toISOString().slice(0, 10)
        const start = dayStart(day, zone)!
        expect([zone, dayIn(zone, start)]).toEqual([zone, day])
        expect([zone, day, dayIn(zone, Date.parse(start) - 1) < day]).toEqual([zone, day, true])
      }
    }
  })

  test('what is no day has no beginning', () => {
    expect(dayStart('', 'UTC')).toBeUndefined()
    expect(dayStart('yesterday', 'UTC')).toBeUndefined()
  })
})
