import { afterEach, describe, expect, test } from 'vitest'
import { settingsOf } from '../src/core/index.ts'
import { order, startEngine, until } from './engine.ts'
import type { Bench, EngineOptions } from './engine.ts'

let bench: Bench
afterEach(async () => bench.close())

const minute = 60_000
const sampled = { confirmEveryMs: 5 * minute } as const

/** Looks that are not answered yet. */
let looking = 0

async function open(options?: EngineOptions): Promise<Bench> {
  looking = 0
  const before: EngineOptions['before'] = (destination) => ({
    ...destination,
    async find(sought) {
      looking += 1
      return destination.find(sought).finally(() => (looking -= 1))
    },
  })
  bench = await startEngine({ settings: sampled, before, ...options })
  return bench
}

async function reasons(): Promise<(string | undefined)[]> {
  return (await bench.outcomes()).map(({ reason }) => reason)
}

function looks(): number {
  return bench.klaviyo.requests().filter(({ method }) => method === 'GET').length
}

/** Lets so much time pass, in steps that leave room for what is due in them; no look is cut off by its time limit. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 20_000) {
    await until(() => looking === 0)
    bench.clock.skip(Math.min(left, 20_000))
    await new Promise((resolve) => setTimeout(resolve, 15))
  }
}

describe('S39 accepted events are read back from Klaviyo', () => {
  test('S39 a sample is found and confirmed; the others stay accepted and cost no request', async () => {
    await open()
    await bench.send(order(1), order(2), order(3))
    await bench.idle()
    expect(await reasons()).toEqual(['accepted', 'accepted', 'accepted'])
    await pass(minute)
    await until(async () => (await reasons()).includes('confirmed'))
    await pass(40 * minute)
    expect(await reasons()).toEqual(['confirmed', 'accepted', 'accepted'])
    expect(looks()).toBe(1)
    expect((await bench.standing()).counts).toEqual({ confirmed: 1, accepted: 2 })
  })

  test('S39 what Klaviyo took and dropped silently is found, kept with what failed, and replayed', async () => {
    await open()
    const stop = bench.klaviyo.answer('/api/events', 202, { method: 'POST' })
    await bench.send(order(1))
    await bench.idle()
    stop()
    expect(await reasons()).toEqual(['accepted'])
    await pass(20 * minute)
    // It is looked for several times before anything is said.
    expect(await reasons()).toEqual(['accepted'])
    await pass(15 * minute)
    await until(async () => (await reasons())[0] === 'not_seen')
    expect(looks()).toBe(4)
    expect(await bench.journal.causes(bench.key)).toEqual([{ reason: 'not_seen', count: 1 }])
    await bench.replay('not_seen')
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(1)
    expect(await reasons()).toEqual(['accepted'])
  })

  test('S39 without the permission it says so, looks no further, and delivers on', async () => {
    await open()
    bench.klaviyo.answer('/api/events', 403, { method: 'GET' })
    await bench.send(order(1))
    await bench.idle()
    await pass(minute)
    await until(() => bench.engine.live('con_1')?.cannotConfirm === true)
    expect(bench.logged.map(({ message }) => message).join()).toContain('events:read')
    await pass(10 * minute)
    await bench.send(order(2))
    await bench.idle()
    await pass(40 * minute)
    expect(looks()).toBe(1)
    expect(await reasons()).toEqual(['accepted', 'accepted'])
  })

  test('an outage of reading settles nothing: it is looked for again when Klaviyo is back', async () => {
    await open()
    await bench.send(order(1))
    await bench.idle()
    const stop = bench.klaviyo.answer('/api/events', 503, { method: 'GET' })
    await pass(45 * minute)
    expect(await reasons()).toEqual(['accepted'])
    stop()
    await pass(3 * minute)
    await until(async () => (await reasons())[0] === 'confirmed')
    expect(bench.engine.live('con_1')?.state).toBe('waiting')
  })

  test('S39 one in ten minutes is read back where nobody has decided otherwise', async () => {
    await open({ settings: settingsOf('storefront') })
    await bench.send(order(1), order(2))
    await bench.idle()
    await pass(minute)
    await until(async () => (await reasons()).includes('confirmed'))
    await bench.send(order(3))
    await bench.idle()
    await pass(10 * minute)
    await bench.send(order(4))
    await bench.idle()
    await pass(minute)
    await until(async () => (await reasons()).at(-1) === 'confirmed')
    expect(await reasons()).toEqual(['confirmed', 'accepted', 'accepted', 'confirmed'])
  })

  test('with 0 nothing is read back', async () => {
    await open({ settings: { confirmEveryMs: 0 } })
    await bench.send(order(1))
    await bench.idle()
    await pass(35 * minute)
    expect(looks()).toBe(0)
    expect(await reasons()).toEqual(['accepted'])
  })
})
