import { afterEach, describe, expect, test } from 'vitest'
import type { Bench, EngineOptions } from './engine.ts'
import { order, startEngine, until, view } from './engine.ts'

let bench: Bench
afterEach(async () => bench.close())

async function open(options?: EngineOptions): Promise<Bench> {
  bench = await startEngine(options)
  return bench
}

function identify(n: number, traits: object): object {
  return {
    type: 'identify',
    userId: 'u1',
    messageId: `identify-${n}`,
    traits: { email: 'ada@example.com', ...traits },
  }
}

async function reasons(): Promise<(string | undefined)[]> {
  return (await bench.outcomes()).map(({ reason }) => reason)
}

describe('C11 paused, off, disconnected', () => {
  test('C11 paused: events are held, and sent when it goes on', async () => {
    await open()
    await bench.state('paused')
    await bench.send(order(1), order(2))
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toEqual([])
    expect(bench.engine.live('con_1')).toMatchObject({ state: 'held', reason: 'paused' })
    await bench.state('connected')
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(2)
  })

  test('Z4 C11 switched off: what arrives ends as not sent, and nothing is sent on return', async () => {
    await open()
    await bench.change({ enabled: false })
    await bench.send(order(1))
    await bench.idle()
    await bench.change({ enabled: true })
    await bench.send(order(2))
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toMatchObject([{ unique_id: 'acme:order:2' }])
    expect(await reasons()).toEqual(['connection_off', 'accepted'])
  })

  test('T66 C11 disconnected: what waits ends as not sent, also while the key is refused', async () => {
    await open()
    bench.klaviyo.revokeKey(bench.klaviyo.account().privateKey)
    await bench.send(order(1), order(2))
    await bench.idle()
    await bench.state('disconnected')
    await bench.send(order(3))
    await bench.idle()
    expect(await reasons()).toEqual(['disconnected', 'disconnected', 'disconnected'])
    expect(bench.klaviyo.events('Placed Order')).toEqual([])
  })

  test('Z7 C11 a function switched off while events wait ends exactly those', async () => {
    await open()
    await bench.state('paused')
    await bench.send(
      order(1),
      view(1, { context: { traits: { email: 'ada@example.com' } }, userId: 'u1' }),
    )
    await bench.change({ switches: { 'Viewed Product': false } })
    await bench.state('connected')
    await bench.idle()
    expect(await reasons()).toEqual(['accepted', 'event_disabled'])
  })
})

describe('late binding', () => {
  test('a changed mapping holds for what waits', async () => {
    await open()
    bench.klaviyo.answer('/api/events', 429, { times: 1, retryAfter: 2 })
    await bench.state('paused')
    await bench.send({ ...order(1), event: 'Gift Wrapped' })
    await bench.change({
      switches: {},
      rules: [{ name: 'No gifts', events: ['Gift*'], decision: 'drop' }],
    })
    await bench.state('connected')
    await bench.idle()
    expect(await reasons()).toEqual(['rule_dropped'])
  })
})

describe('late binding, of what is at Klaviyo and not settled yet', () => {
  const bought = { metric: 'Bought', events: ['Order Completed'], object: 'order' }
  const renamed = { mappings: { 'Order Completed': { ...bought, id: 'properties.order_id' } } }

  test('an order that arrived behind one that fails does not count again under the name a pause brought', async () => {
    let failing = true
    await open({
      before: (destination) => ({
        ...destination,
        send: async (way, actions, options) => {
          const hit = actions.some((one) => one.type === 'event' && /:1(:|$)/.test(one.uniqueId))
          if (!failing || !hit) return destination.send(way, actions, options)
          const answer = { type: 'retry', reason: 'klaviyo_unavailable', ambiguous: true } as const
          return { answer, exchanges: [], notes: [] }
        },
      }),
    })
    await bench.send(order(1), order(2, 'bob@example.com'))
    await until(() => bench.klaviyo.events('Placed Order').length === 1)
    await bench.state('paused')
    await bench.change(renamed as never)
    failing = false
    await bench.state('connected')
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toMatchObject([{ unique_id: 'acme:order:2' }])
    expect(bench.klaviyo.events('Bought')).toMatchObject([{ unique_id: 'acme:order:1' }])
    expect(await reasons()).toEqual(['accepted', 'accepted'])
  })

  test('what a rule ended stays so when the rule goes before it is settled', async () => {
    let failing = true
    const rules = [{ name: 'No gifts', events: ['Gift*'], decision: 'drop' as const }]
    await open({
      settings: { rules },
      before: (destination) => ({
        ...destination,
        send: async (way, actions, options) => {
          if (!failing) return destination.send(way, actions, options)
          const answer = { type: 'retry', reason: 'klaviyo_unavailable', ambiguous: true } as const
          return { answer, exchanges: [], notes: [] }
        },
      }),
    })
    await bench.send(order(1), order(2, 'bob@example.com', { event: 'Gift Wrapped' }))
    await bench.change({ rules: [] })
    failing = false
    await bench.idle()
    expect(await reasons()).toEqual(['accepted', 'rule_dropped'])
  })
})

describe('C11 late events', () => {
  test('C11 what goes out more than 24 hours after it happened goes as backfill, so that no flow starts', async () => {
    await open()
    const twoDaysAgo = new Date(bench.clock.now() - 48 * 3_600_000).toISOString()
    await bench.send(order(1), order(2, 'bob@example.com', { timestamp: twoDaysAgo }))
    await bench.idle()
    const orders = bench.klaviyo.events('Placed Order')
    expect(new Map(orders.map(({ unique_id, backfill }) => [unique_id, backfill]))).toEqual(
      new Map([
        ['acme:order:1', false],
        ['acme:order:2', true],
      ]),
    )
  })
})

describe('C5 retries', () => {
  test('C5 Z41 platform: what the quick tries do not bring through waits for the retry cycle, then goes', async () => {
    await open({ preset: 'platform', settings: { retryCycleMs: 120_000 } })
    const stop = bench.klaviyo.answer('/api/*', 503)
    await bench.send(order(1))
    await until(async () => (await reasons())[0] === 'retry_cycle')
    expect((await bench.outcomes())[0]).toMatchObject({ outcome: 'retry' })
    stop()
    await until(async () => (await reasons())[0] === 'accepted')
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(1)
  })

  test('C5 elsewhere an outage of the account makes its events wait for as long as it takes', async () => {
    await open()
    bench.klaviyo.outage(90_000)
    await bench.send(order(1))
    await bench.idle()
    expect(await reasons()).toEqual(['accepted'])
    expect((await bench.standing()).exceptions).toEqual({ retry: 0, replay: 0, kept: 0 })
  })
})

describe('limits', () => {
  test('S37 a cap of 5 requests a second is held', async () => {
    await open({ settings: { requestsPerSecond: 5 }, speed: 1 })
    await bench.send(...Array.from({ length: 9 }, (_, n) => order(n, `p${n}@example.com`)))
    await bench.send(...Array.from({ length: 9 }, (_, n) => order(n + 20, `q${n}@example.com`)))
    await bench.idle()
    const times = bench.klaviyo.requests().map(({ at }) => at)
    const sixths = times.slice(5).map((at, index) => at - (times[index] ?? 0))
    expect(sixths.length).toBeGreaterThan(5)
    // What left within a second may arrive a little closer together.
    expect(Math.min(...sixths)).toBeGreaterThan(850)
  })

  test('an order of 1,500 lines is sent whole, each line once', async () => {
    await open()
    const products = Array.from({ length: 1500 }, (_, n) => ({
      product_id: `p${n}`,
      price: 1,
      quantity: 1,
    }))
    await bench.send({ ...order(1), properties: { order_id: 1, total: 1500, products } })
    await bench.idle()
    expect(bench.klaviyo.events('Ordered Product')).toHaveLength(1500)
    expect(
      new Set(bench.klaviyo.events('Ordered Product').map(({ unique_id }) => unique_id)).size,
    ).toBe(1500)
  })
})

describe('profiles', () => {
  test('S18 the latest touch wins by when it happened, and the first stays the first', async () => {
    await open({ preset: 'hub', settings: { rules: [], withoutRule: 'send' } })
    const visit = (n: number, source: string, ageMs: number) =>
      view(
        n,
        { userId: 'u1' },
        {
          context: { traits: { email: 'ada@example.com' }, campaign: { source } },
          timestamp: new Date(bench.clock.now() - ageMs).toISOString(),
        },
      )
    await bench.send(visit(1, 'newsletter', 60_000))
    await bench.send(visit(2, 'search', 10_000))
    await bench.send(visit(3, 'social', 30_000))
    await bench.idle()
    expect(bench.klaviyo.profile('ada@example.com')?.properties).toMatchObject({
      utm_source: 'search',
      initial_utm_source: 'newsletter',
    })
  })

  test('R4 the latest identify wins, in bulk as singly', async () => {
    await open()
    const others = Array.from({ length: 100 }, (_, n) => order(n, `p${n}@example.com`))
    await bench.send(
      identify(1, { tier: 'bronze' }),
      ...others,
      identify(2, { tier: 'silver' }),
      order(500),
      identify(3, { tier: 'gold' }),
    )
    await bench.idle()
    expect(bench.klaviyo.profile('ada@example.com')?.properties).toMatchObject({ tier: 'gold' })
  })

  test('R7 R11 subscribe: true joins the list of the settings', async () => {
    await open({ settings: { emailConsent: true } })
    const list = bench.klaviyo.account().addList({ name: 'Newsletter', optIn: 'single_opt_in' })
    await bench.change({ listId: list.id })
    await bench.send({
      type: 'identify',
      userId: 'u1',
      messageId: 'identify-1',
      traits: { email: 'ada@example.com', properties: { subscribe: true } },
    })
    await bench.idle()
    expect(bench.klaviyo.profile('ada@example.com')?.lists).toEqual([list.id])
    expect(bench.klaviyo.subscriptions('ada@example.com')).toMatchObject({
      email: { marketing: { consent: 'SUBSCRIBED' } },
    })
  })

  test('R10 a double opt-in list is not worked around: the person is on it only after confirming', async () => {
    await open({ settings: { emailConsent: true } })
    const list = bench.klaviyo.account().addList({ name: 'Newsletter', optIn: 'double_opt_in' })
    await bench.change({ listId: list.id })
    await bench.send({
      type: 'identify',
      userId: 'u1',
      messageId: 'identify-1',
      traits: { email: 'ada@example.com', properties: { subscribe: true } },
    })
    await bench.idle()
    expect(bench.klaviyo.profile('ada@example.com')?.lists).toEqual([])
    bench.klaviyo.account().confirmOptIn('ada@example.com')
    expect(bench.klaviyo.profile('ada@example.com')?.lists).toEqual([list.id])
  })

  test('S21 S32 409: the event is linked to the profile that Klaviyo names, and no second one appears', async () => {
    await open()
    await bench.send({
      type: 'identify',
      userId: 'u1',
      messageId: 'a',
      traits: { email: 'ada@example.com' },
    })
    await bench.send({
      type: 'identify',
      userId: 'u2',
      messageId: 'b',
      traits: { phone: '+4915112345678' },
    })
    await bench.idle()
    await bench.send({
      type: 'identify',
      userId: 'u1',
      messageId: 'c',
      traits: { email: 'ada@example.com', phone: '+4915112345678', tier: 'gold' },
    })
    await bench.idle()
    expect((await bench.outcomes()).at(-1)).toMatchObject({ outcome: 'accepted' })
    expect(bench.klaviyo.profiles()).toHaveLength(2)
  })

  test('C15 T7 without profiles:write an identify is kept, and its traits travel with the next event', async () => {
    await open({ scopes: ['accounts:read', 'events:read', 'events:write', 'profiles:read'] })
    await bench.send(
      identify(1, { firstName: 'Ada', tier: 'silver' }),
      identify(2, { tier: 'gold' }),
    )
    await bench.idle()
    expect(bench.klaviyo.profile('ada@example.com')).toBeUndefined()
    expect(await reasons()).toEqual(['kept_for_next_event', 'kept_for_next_event'])
    await bench.restart()
    await bench.send(order(1))
    await bench.idle()
    expect(bench.klaviyo.profile('ada@example.com')).toMatchObject({
      first_name: 'Ada',
      properties: { tier: 'gold' },
    })
    expect(await reasons()).toEqual(['accepted', 'accepted', 'accepted'])
    expect(bench.klaviyo.requests().every(({ path }) => path.startsWith('/api/event'))).toBe(true)
  })
})
