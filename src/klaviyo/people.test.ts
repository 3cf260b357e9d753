import { expect, test } from 'vitest'
import type { Clock } from '../core/index.ts'
import { createGovernors } from './governor.ts'
import { createPeople, type Permits } from './people.ts'

/** Time passes for whoever waits, at once. */
function clockThatWaits(): Clock & { pass(ms: number): void } {
  let now = 0
  return {
    now: () => now,
    monotonic: () => now,
    random: () => 0.5,
    after(ms, work) {
      now += ms
      void Promise.resolve().then(work)
      return () => undefined
    },
    pass: (ms) => void (now += ms),
  }
}

function open() {
  const clock = clockThatWaits()
  const governors = createGovernors(clock)
  return { clock, governors, people: createPeople(clock, governors) }
}

async function calls(permits: Permits, method: string, path: string): Promise<number> {
  for (let taken = 0; ; taken += 1) {
    const answered = await permits.enter(method, path)
    if (typeof answered === 'number') return taken
    answered()
  }
}

test('S37 people have half of an endpoint’s minute; who would have to wait long is told how long', async () => {
  const { people, clock } = open()
  const permits = people.of('A', 'key')
  // Klaviyo: 10 a second, 150 a minute.
  expect(await calls(permits, 'GET', '/api/metrics')).toBe(75)
  expect(await permits.enter('GET', '/api/metrics?page=2')).toBeGreaterThan(40_000)
  expect(await people.of('B', 'key').enter('GET', '/api/metrics')).toBeTypeOf('function')
  clock.pass(60_000)
  expect(await permits.enter('GET', '/api/metrics')).toBeTypeOf('function')
})

test('counting a segment’s people lowers its endpoint, as it does at Klaviyo', async () => {
  const permits = open().people.of('A', 'key')
  const path = '/api/segments/abc?additional-fields[segment]=profile_count'
  expect(await calls(permits, 'GET', path)).toBe(7)
})

test('where events go, people share the one budget that there is', async () => {
  const { people, governors } = open()
  const governor = governors.of('A', 'key')
  while (governor.headroom('profile') > 0) {
    governor.take('profile')
    governor.answered('profile')
  }
  expect(await people.of('A', 'key').enter('POST', '/api/profile-import')).toBeGreaterThan(5_000)
})

test('a pause that Klaviyo asks for holds for everybody who asks the same', async () => {
  const permits = open().people.of('A', 'key')
  permits.close('GET', '/api/lists', 30_000)
  expect(await permits.enter('GET', '/api/lists')).toBe(30_000)
  expect(await permits.enter('GET', '/api/metrics')).toBeTypeOf('function')
})
