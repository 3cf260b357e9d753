import { afterEach, describe, expect, test } from 'vitest'
import type { EventStory } from '../src/core/index.ts'
import { order, startEngine, until } from './engine.ts'
import type { Bench, EngineOptions } from './engine.ts'

let bench: Bench
afterEach(async () => bench.close())

async function open(options?: EngineOptions): Promise<Bench> {
  bench = await startEngine(options)
  return bench
}

const minute = 60_000
const hour = 60 * minute

/** A little before the next boundary of that cycle; counted in UTC. */
function skipToBefore(everyMs: number, aheadMs = 20_000): void {
  const into = bench.clock.now() % everyMs
  bench.clock.skip(everyMs - into - aheadMs + (everyMs - into < aheadMs ? everyMs : 0))
}

async function reasons(): Promise<(string | undefined)[]> {
  return (await bench.outcomes()).map(({ reason }) => reason)
}

function story(id: number): Promise<EventStory | undefined> {
  return bench.journal.story({ ...bench.key, messageId: `order-${id}` })
}

describe('Z39 Z41 Z42 Z43 C5 retry cycles, with the defaults of the platform preset', () => {
  test('Z41 Z39 what fails waits for the next boundary of ten hours, in UTC, and goes then', async () => {
    await open({ preset: 'platform' })
    skipToBefore(10 * hour, 5 * hour)
    const stop = bench.klaviyo.answer('/api/*', 503)
    await bench.send(order(1))
    await until(async () => (await reasons())[0] === 'retry_cycle')
    expect((await bench.outcomes())[0]).toMatchObject({ outcome: 'retry' })
    const dueAt = (await story(1))?.exception?.dueAt ?? 0
    expect(dueAt % (10 * hour)).toBe(0)
    expect(dueAt - bench.clock.now()).toBeGreaterThan(4 * hour)
    stop()
    // Whatever else goes out meanwhile: it waits for its cycle.
    await bench.send(order(2))
    await until(async () => (await reasons())[1] === 'accepted')
    bench.clock.skip(dueAt - bench.clock.now() - minute)
    await bench.idle()
    expect((await reasons())[0]).toBe('retry_cycle')
    bench.clock.skip(minute)
    await until(async () => (await reasons())[0] === 'accepted')
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(2)
  })

  test('Z42 Z43 what fails in the retry cycle too has failed, and all that is known of it is kept for good', async () => {
    await open({ preset: 'platform' })
    const stop = bench.klaviyo.answer('/api/*', 503)
    const startedAt = bench.clock.now()
    await bench.send(order(1), order(2, 'ben@example.com'))
    await until(async () => (await reasons()).every((reason) => reason === 'retry_cycle'))
    const before = (await story(1))?.exception
    bench.clock.skip((before?.dueAt ?? 0) - bench.clock.now())
    await until(async () => (await reasons()).every((reason) => reason === 'retries_exhausted'))
    expect(await bench.outcomes()).toMatchObject([{ outcome: 'dead' }, { outcome: 'dead' }])
    stop()

    // Two years later, with everything tidied up that may be tidied up.
    const now = bench.clock.now() + 2 * 365 * 24 * hour
    const day = 24 * hour
    await bench.journal.retain({ now, bodyMs: 30 * day, attemptMs: 14 * day, seenMs: 30 * day })
    const kept = await story(1)
    expect(JSON.parse(kept?.body ?? '{}')).toMatchObject({ properties: { order_id: 1 } })
    expect(kept?.exception).toMatchObject({ state: 'kept', reason: 'retries_exhausted' })
    const { failures = 0, firstAt = 0, lastAt = 0, detail = '' } = kept?.exception ?? {}
    expect(failures).toBeGreaterThan(before?.failures ?? 0)
    expect(firstAt).toBeGreaterThanOrEqual(startedAt)
    expect(lastAt).toBeGreaterThan(firstAt)
    expect(detail).toContain('503')
  })

  test('C5 in an outage what was tried moves to the retry cycle within minutes, not one after the other', async () => {
    await open({ preset: 'platform', speed: 60 })
    skipToBefore(10 * hour, 5 * hour)
    bench.klaviyo.answer('/api/*', 503)
    const startedAt = bench.clock.now()
    await bench.send(...Array.from({ length: 8 }, (_, n) => order(n, `p${n}@example.com`)))
    await until(async () => (await reasons()).every((reason) => reason === 'retry_cycle'))
    expect(bench.clock.now() - startedAt).toBeLessThan(20 * minute)
  })

  test('C5 requests that a moment’s trouble meets together have used up one try, not one each', async () => {
    await open({ preset: 'platform' })
    skipToBefore(10 * hour, 5 * hour)
    bench.klaviyo.answer('/api/events', 503, { times: 8 })
    await bench.send(...Array.from({ length: 8 }, (_, n) => order(n, `p${n}@example.com`)))
    await until(async () => (await reasons()).every((reason) => reason === 'accepted'))
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(8)
  })

  test('C5 a cycle in which Klaviyo is away asks a few times, with pauses, and not once for each event', async () => {
    await open({ preset: 'platform', settings: { retryCycleMs: hour } })
    skipToBefore(hour, 50 * minute)
    const stop = bench.klaviyo.answer('/api/*', 400)
    const many = Array.from({ length: 90 }, (_, n) => order(n, `p${n}@example.com`))
    await bench.send(...many)
    await until(async () => (await reasons()).every((reason) => reason === 'retry_cycle'))
    stop()
    bench.klaviyo.answer('/api/*', 503)
    const asked = bench.klaviyo.requests().length
    bench.clock.skip(((await story(1))?.exception?.dueAt ?? 0) - bench.clock.now())
    await until(async () => (await reasons()).every((reason) => reason === 'retries_exhausted'))
    expect(bench.klaviyo.requests().length - asked).toBeLessThan(45)
  })
})

describe('C5 the end of waiting', () => {
  test('C5 with an end set, what has waited so long for an account that takes nothing has failed', async () => {
    await open({ settings: { waitEndMs: hour } })
    const stop = bench.klaviyo.answer('/api/*', 503)
    await bench.send(order(1))
    await until(() => bench.engine.live('con_1')?.state === 'retrying')
    bench.clock.skip(30 * minute)
    await bench.send(order(2))
    bench.clock.skip(10 * minute)
    await until(() => bench.engine.live('con_1')?.state === 'retrying')
    expect(await reasons()).not.toContain('retries_exhausted')
    bench.clock.skip(21 * minute)
    await until(async () => (await reasons())[0] === 'retries_exhausted')
    expect((await bench.outcomes())[0]).toMatchObject({ outcome: 'dead' })
    expect((await story(1))?.exception).toMatchObject({ state: 'kept' })
    expect((await reasons())[1]).not.toBe('retries_exhausted')
    stop()
    bench.clock.skip(6 * minute)
    await until(async () => (await reasons())[1] === 'accepted')
  })

  test('C5 what waited for another reason, and long, is not counted as waited', async () => {
    await open({ settings: { waitEndMs: hour } })
    await bench.state('paused')
    await bench.send(order(1))
    bench.clock.skip(24 * hour)
    const stop = bench.klaviyo.answer('/api/*', 503)
    await bench.state('connected')
    await until(() => bench.engine.live('con_1')?.state === 'retrying')
    bench.clock.skip(10 * minute)
    stop()
    await until(async () => (await reasons())[0] !== undefined)
    expect(await reasons()).toEqual(['accepted'])
  })
})

describe('C4 Z38 schedule only', () => {
  test('C4 Z38 what has arrived is released every ten minutes, by UTC; what arrives then waits for the next', async () => {
    await open({ settings: { release: 'cycle' } })
    skipToBefore(10 * minute, 5 * minute)
    await bench.send(order(1), order(2))
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toEqual([])
    const { state, reason, nextAt = 0 } = bench.engine.live('con_1')!
    expect({ state, reason }).toEqual({ state: 'waiting', reason: 'release_cycle' })
    expect(nextAt % (10 * minute)).toBe(0)
    // Another node, or a start after a crash: nothing changes about it.
    await bench.restart()
    await bench.send(order(3))
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toEqual([])
    bench.clock.skip(nextAt - bench.clock.now())
    await until(() => bench.klaviyo.events('Placed Order').length === 3)
    await bench.send(order(4))
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(3)
    bench.clock.skip(10 * minute)
    await until(() => bench.klaviyo.events('Placed Order').length === 4)
  })

  test('L7 C4 the cycle is the connection’s own, and on the way back to real time what waits goes at once', async () => {
    await open({ settings: { release: 'cycle', releaseCycleMs: hour } })
    skipToBefore(hour, 40 * minute)
    await bench.send(order(1))
    bench.clock.skip(10 * minute)
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toEqual([])
    await bench.change({ releaseCycleMs: 5 * minute })
    await until(() => bench.klaviyo.events('Placed Order').length === 1)
    await bench.change({ releaseCycleMs: hour })
    await bench.send(order(2))
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(1)
    await bench.change({ release: 'live' })
    await until(() => bench.klaviyo.events('Placed Order').length === 2)
  })
})

describe('W11 W12 held exceptions', () => {
  test('W11 a paused connection’s due retries ask the journal nothing, again and again, while it is paused', async () => {
    let asked = 0
    await open({
      preset: 'platform',
      settings: { retryCycleMs: 10 * minute },
      around: (journal) => ({
        ...journal,
        nextDue(connection) {
          asked += 1
          return journal.nextDue(connection)
        },
      }),
    })
    skipToBefore(10 * minute, 5 * minute)
    const stop = bench.klaviyo.answer('/api/*', 400)
    await bench.send(order(1))
    await until(async () => (await reasons())[0] === 'retry_cycle')
    stop()
    await bench.state('paused')
    bench.clock.skip(15 * minute)
    await bench.idle()
    const before = asked
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(asked - before).toBeLessThan(5)
    await bench.state('connected')
    await until(async () => (await reasons())[0] === 'accepted')
  })
})
