import { expect, test } from 'vitest'
import { Tempo } from './tempo.ts'

test('the last minute is the last sixty seconds, wherever they begin', () => {
  let now = Date.parse('2026-11-21T10:00:50Z')
  const tempo = new Tempo({ now: () => now } as never)
  tempo.settled(5)
  now += 30_000
  tempo.settled(2)
  expect(tempo.perMinute()).toBe(7)
  now += 29_000
  expect(tempo.perMinute()).toBe(7)
  now += 1_000
  expect(tempo.perMinute()).toBe(2)
  now += 3_600_000
  expect(tempo.perMinute()).toBe(0)
  tempo.settled(1)
  // A clock that was set back.
  now -= 7_200_000
  expect(tempo.perMinute()).toBe(0)
})
