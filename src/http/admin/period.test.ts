import { describe, expect, test } from 'vitest'
import { hourMs } from '../../core/index.ts'
import { periodOf } from './period.ts'

const at = (text: string) => Date.parse(text)

describe('a period for charts', () => {
  test('24 hours: the running hour and the 23 before', () => {
    const { starts, from, before } = periodOf('24h', 'UTC', at('2026-06-02T10:30:00Z'))
    expect(starts).toHaveLength(24)
    expect(from).toBe(at('2026-06-01T11:00:00Z'))
    expect(before).toEqual({ from: at('2026-05-31T11:00:00Z'), to: at('2026-06-01T10:30:00Z') })
  })

  test('days begin at midnight in the store’s zone, not in ours', () => {
    const { starts, step } = periodOf('7d', 'Europe/Berlin', at('2026-06-02T22:30:00Z'))
    expect(step).toBe('day')
    expect(starts.map((start) => new Date(start).toISOString())).toEqual([
      '2026-05-27T22:00:00.000Z',
      '2026-05-28T22:00:00.000Z',
      '2026-05-29T22:00:00.000Z',
      '2026-05-30T22:00:00.000Z',
      '2026-05-31T22:00:00.000Z',
      '2026-06-01T22:00:00.000Z',
      '2026-06-02T22:00:00.000Z',
    ])
  })

  test.each(['Europe/Berlin', 'America/New_York', 'Pacific/Apia', 'UTC'])(
    'in %s every day has 23, 24 or 25 hours, also when the clocks change',
    (zone) => {
      for (const now of [at('2026-03-31T12:00:00Z'), at('2026-11-03T12:00:00Z')]) {
        const { starts } = periodOf('30d', zone, now)
        const lengths = starts.slice(1).map((start, place) => (start - starts[place]!) / hourMs)
        expect(lengths.every((hours) => hours >= 23 && hours <= 25)).toBe(true)
        expect(lengths.reduce((sum, hours) => sum + hours, 0)).toBeGreaterThan(29 * 24 - 2)
        expect(starts.at(-1)!).toBeLessThanOrEqual(now)
      }
    },
  )

  test('a zone that nobody knows is told as that', () => {
    expect(() => periodOf('7d', 'Mars/Olympus', 0)).toThrow('time zone')
  })
})
