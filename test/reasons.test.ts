import { describe, expect, onTestFinished, test } from 'vitest'
import { reasons } from '../src/core/index.ts'
import type { Destination, JsonObject, Outcome, ReasonCode, SendResult } from '../src/core/index.ts'
import { createGovernors, openKlaviyo } from '../src/klaviyo/index.ts'
import { systemClock } from '../src/server/clock.ts'
import { startSimulator } from '../src/simulator/index.ts'
import { order, startEngine, until, view } from './engine.ts'
import type { Bench, EngineOptions } from './engine.ts'
import { startBoth } from './harness.ts'
import type { BothOptions } from './harness.ts'

/**
 * Every reason that an event can be shown with is produced by the running system, by a small scenario each.
 * A reason without a scenario fails: what nothing produces is no reason.
 */

/** What the system says, as a person gets to see it. */
interface Said {
  readonly outcome: Outcome
  readonly reason?: string | undefined
}

type Scenario = () => Promise<readonly Said[]>

const ana = { userId: 'u1', context: { traits: { email: 'ana@example.com' } } }
const visitor = { anonymousId: 'visitor-1' }
const identify = { type: 'identify', messageId: 'identify', userId: 'u1' }

async function open(options?: EngineOptions): Promise<Bench> {
  const bench = await startEngine(options)
  onTestFinished(() => bench.close())
  return bench
}

/** What these events end with. */
function ends(events: readonly object[], options?: EngineOptions): Scenario {
  return async () => {
    const bench = await open(options)
    await bench.send(...events)
    await bench.idle()
    return bench.outcomes()
  }
}

/** What Klaviyo's answer to an order leads to, as the connection and as the order says it. */
function answered(status: number, options?: EngineOptions): Scenario {
  return async () => {
    const bench = await open(options)
    bench.klaviyo.answer('/api/*', status, { retryAfter: 30 })
    await bench.send(order(1))
    await until(() => bench.engine.live('con_1')?.reason !== undefined)
    const { state, reason } = bench.engine.live('con_1')!
    return [{ outcome: state, reason }, ...(await bench.outcomes())]
  }
}

/** Waits until the order has come to that reason. */
function comesTo(reason: ReasonCode, status: number, options: EngineOptions): Scenario {
  return async () => {
    const bench = await open(options)
    bench.klaviyo.answer('/api/*', status)
    await bench.send(order(1))
    await until(async () => (await bench.outcomes())[0]?.reason === reason)
    return bench.outcomes()
  }
}

/** What the connection says while the destination behaves like that. */
function behind(before: NonNullable<EngineOptions['before']>): Scenario {
  return async () => {
    const bench = await open({ before })
    await bench.send(order(1))
    await until(() => bench.engine.live('con_1')?.reason !== undefined)
    const { state, reason } = bench.engine.live('con_1')!
    return [{ outcome: state, reason }]
  }
}

/** What the door says of input that is no event. */
function refused(entry: unknown): Scenario {
  return async () => {
    const { server } = await startBoth()
    await server.post('/v1/batch', { batch: [entry] })
    const counts = await server.parts.journal.refusedCounts(
      server.installation.connection.workspaceId,
    )
    return Object.keys(counts).map((reason) => ({ outcome: 'dropped', reason }))
  }
}

/** The notes that the event's own page shows; the event itself was accepted, with a note. */
function noted(
  event: object,
  options?: BothOptions,
  way: 'batch' | 'fromPage' = 'batch',
): Scenario {
  return async () => {
    const { server } = await startBoth(options)
    await server[way]([{ messageId: 'm', timestamp: new Date().toISOString(), ...event }])
    await server.settle()
    const { body } = await server.get('/api/events/m')
    const { outcome, reason, explanation } = body as Said & {
      readonly explanation: { readonly notes: readonly string[] }
    }
    expect(reason).toBe('accepted_with_note')
    return explanation.notes.map((note) => ({ outcome, reason: note }))
  }
}

function bought(properties: object): object {
  return {
    type: 'track',
    event: 'Order Completed',
    ...ana,
    properties: { order_id: 1, ...properties },
  }
}

/** What becomes of an event that a page sent. */
function fromPage(event: object): Scenario {
  return async () => {
    const { server } = await startBoth()
    await server.fromPage([event as JsonObject])
    await server.settle()
    return server.events()
  }
}

const lines = (count: number) => Array.from({ length: count }, (_, n) => ({ product_id: n }))

const unknownPlace = (destination: Destination, url: string) =>
  openKlaviyo({
    ...destination,
    baseUrl: url,
    auth: { type: 'key', key: 'pk' },
    accountId: 'A',
    governors: createGovernors(systemClock),
    clock: systemClock,
  })

const soon = { preset: 'platform', settings: { retryCycleMs: 10_000 } } as const
const late = { preset: 'platform', settings: { retryCycleMs: 36_000_000 } } as const

const scenarios: Readonly<Record<ReasonCode, Scenario>> = {
  accepted: ends([order(1)]),
  accepted_with_note: ends([
    { ...order(1), context: { traits: { email: 'a@b.co', phone: '12' } } },
  ]),
  nothing_to_send: ends([{ type: 'alias', userId: 'u1', previousId: 'u0' }]),
  no_identifier: ends([view(1, visitor)], { preset: 'stream' }),
  anonymous_waiting: ends([view(1, visitor)]),
  async anonymous_expired() {
    const bench = await open()
    await bench.send(view(1, visitor))
    await bench.idle()
    const dayMs = 86_400_000
    const now = bench.clock.now() + 31 * dayMs
    const ages = { bodyMs: 30 * dayMs, attemptMs: 30 * dayMs, seenMs: 30 * dayMs }
    await bench.journal.retain({ now, ...ages })
    return Object.keys((await bench.standing()).counts).map((reason) => ({
      outcome: 'dropped',
      reason,
    }))
  },
  event_disabled: ends([order(1)], {
    settings: { switches: { 'Placed Order': false, 'Ordered Product': false } },
  }),
  rule_dropped: ends([order(1)], {
    settings: { rules: [{ name: 'None', events: ['Order*'], decision: 'drop' }] },
  }),
  no_rule: ends([order(1)], { settings: { withoutRule: 'drop' } }),
  browser_unsigned: fromPage(order(1)),
  consent_denied: ends([{ ...order(1), context: { consent: { analytics: false } } }]),
  consent_missing: ends([order(1)], { settings: { consentSignal: 'all' } }),
  staff_traffic: ends([{ ...order(1), context: { staff: true } }]),
  bot_traffic: ends([
    {
      type: 'track',
      event: 'Product Viewed',
      ...ana,
      context: { ...ana.context, userAgent: 'Googlebot/2.1' },
    },
  ]),
  active_elsewhere: ends([{ type: 'page', ...ana, context: { activeOnSite: false } }]),
  browser_report: ends([{ type: 'track', event: 'klaviyo.identify', ...ana }]),
  connection_off: ends([order(1)], { settings: { enabled: false } }),
  async workspace_off() {
    const { server } = await startBoth()
    const { config } = server.parts
    const { workspaceId } = server.installation.connection
    const by = { type: 'local' } as const
    const act = { workspaceId, at: 0, by, address: '', action: 'workspace.change' } as const
    await config.changeWorkspace(workspaceId, { flags: { klaviyo: false } }, act)
    await server.parts.reload()
    await server.track('Order Completed', { messageId: 'm1', ...ana })
    await server.settle()
    return [(await server.story('m1'))!]
  },
  async own_cap() {
    const bench = await open({ settings: { requestsPerSecond: 0.01 } })
    await bench.send(order(1))
    await bench.idle()
    await bench.send(order(2))
    await until(() => bench.engine.live('con_1')?.reason !== undefined)
    const { state, reason } = bench.engine.live('con_1')!
    return [{ outcome: state, reason }]
  },
  async release_cycle() {
    const bench = await open({ settings: { release: 'cycle' } })
    await bench.send(order(1))
    await bench.idle()
    const { state, reason } = bench.engine.live('con_1')!
    return [{ outcome: state, reason }]
  },
  async discarded() {
    const bench = await open()
    bench.klaviyo.answer('/api/*', 400)
    await bench.send(order(1))
    await bench.idle()
    await bench.journal.discard(bench.key, [1], bench.clock.now())
    return bench.outcomes()
  },
  async failed_expired() {
    const bench = await open()
    bench.klaviyo.answer('/api/*', 400)
    await bench.send(order(1))
    await bench.idle()
    const dayMs = 86_400_000
    const now = bench.clock.now()
    await bench.journal.expireFailed(bench.key, dayMs, now)
    await bench.journal.expireFailed(bench.key, dayMs, now + 2 * dayMs)
    return bench.outcomes()
  },
  async confirmed() {
    const bench = await open({ settings: { confirmEveryMs: 60_000 } })
    await bench.send(order(1))
    await bench.idle()
    bench.clock.skip(31_000)
    await until(async () => (await bench.outcomes())[0]?.reason === 'confirmed')
    return bench.outcomes()
  },
  async not_seen() {
    const bench = await open({ settings: { confirmEveryMs: 60_000 } })
    bench.klaviyo.answer('/api/events', 202, { method: 'POST' })
    await bench.send(order(1))
    await bench.idle()
    const looks = () => bench.klaviyo.requests().filter(({ method }) => method === 'GET').length
    for (const ms of [31_000, 91_000, 481_000, 1_201_000]) {
      const before = looks()
      bench.clock.skip(ms)
      await until(() => looks() > before)
      // Its answer is still on the way.
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await until(async () => (await bench.outcomes())[0]?.reason === 'not_seen')
    return bench.outcomes()
  },
  async disconnected() {
    const bench = await open()
    await bench.state('disconnected')
    await bench.send(order(1))
    await bench.idle()
    return bench.outcomes()
  },
  async before_go_live() {
    const { server } = await startBoth()
    const { connection } = server.installation
    await server.track('Gift Wrapped', ana)
    await server.settle()
    await server.parts.config.addConnection({ ...connection, id: 'con_later', since: Date.now() })
    await server.parts.reload()
    await server.settle()
    const { workspaceId, sourceId } = connection
    const where = { workspaceId, sourceId, connectionId: 'con_later' }
    return server.parts.journal.events({ ...where, limit: 10 })
  },
  scope_not_asked: ends([order(1)], { scopes: ['accounts:read', 'profiles:write'] }),
  kept_for_next_event: ends([{ ...identify, traits: { email: 'ana@example.com' } }], {
    scopes: ['accounts:read', 'events:write'],
  }),
  event_not_listed: ends([{ ...order(1), integrations: { Klaviyo: false } }]),
  invalid_email: ends([view(1, { ...visitor, context: { traits: { email: 'ana@' } } })], {
    preset: 'stream',
  }),
  invalid_phone: ends([view(1, { ...visitor, context: { traits: { phone: '12' } } })], {
    preset: 'stream',
  }),
  // The client says so of what it cannot write: here an event handed to it as a profile.
  invalid_payload: ends([order(1)], {
    before: (destination) => ({
      ...destination,
      send: (_way, actions, options) => destination.send('profile', actions, options),
    }),
  }),
  payload_too_large: ends([order(1)], { before: answering(413) }),
  time_out_of_range: ends([{ ...order(1), timestamp: '1985-01-01T00:00:00Z' }]),
  metric_name_invalid: ends([{ ...order(1), event: 'x'.repeat(128) }]),
  async paused() {
    const bench = await open()
    await bench.state('paused')
    await bench.send(order(1))
    await bench.idle()
    const { state, reason } = bench.engine.live('con_1')!
    return [{ outcome: state, reason }]
  },
  async key_invalid() {
    const bench = await open()
    bench.klaviyo.revokeKey(bench.klaviyo.account().privateKey)
    await bench.send(order(1))
    await bench.idle()
    const { state, reason } = bench.engine.live('con_1')!
    return [{ outcome: state, reason }]
  },
  async scope_missing() {
    const bench = await open({ settings: { emailConsent: true, listId: 'L1' } })
    bench.klaviyo.account().addKey('pk_few', ['events:write', 'profiles:write'])
    await bench.opened.config.changeSecret('wsp_1', 'dst_1', 'pk_few')
    await bench.engine.reload()
    const traits = { email: 'ana@example.com', properties: { subscribe: true } }
    await bench.send({ ...identify, traits })
    await bench.idle()
    return bench.outcomes()
  },
  app_uninstalled: behind((destination) =>
    openKlaviyo({
      ...destination,
      auth: {
        type: 'token',
        token: () => Promise.reject(Object.assign(new Error('gone'), { code: 'invalid_grant' })),
      },
      accountId: 'A',
      governors: createGovernors(systemClock),
      clock: systemClock,
    }),
  ),
  rate_limited: answered(429),
  klaviyo_unavailable: answered(503),
  async klaviyo_unreachable() {
    const gone = await startSimulator()
    await gone.close()
    return behind((destination) => unknownPlace(destination, gone.url))()
  },
  klaviyo_rejected: ends([order(1)], { before: answering(400) }),
  retries_exhausted: comesTo('retries_exhausted', 503, soon),
  rejected_after_retry: comesTo('rejected_after_retry', 400, soon),
  retry_cycle: comesTo('retry_cycle', 503, late),
  async single_failure() {
    const bench = await open({ before: stumblingOver('bad@example.com') })
    await bench.send(order(1, 'bad@example.com'))
    let n = 1
    await until(async () => {
      n += 1
      await bench.send(order(n, `good${n}@example.com`))
      return (await bench.standing()).counts.single_failure === 1
    })
    return bench.journal.events({ ...bench.key, reason: 'single_failure', limit: 1 })
  },
  refused_unreadable: refused(7),
  refused_no_name: refused({ type: 'track', userId: 'u1' }),
  refused_no_id: refused({ type: 'track', event: 'Gift Wrapped' }),
  refused_too_deep: refused({ type: 'track', event: 'Deep', userId: 'u1', properties: nested(40) }),
  refused_too_large: refused({ type: 'track', event: 'x'.repeat(1_100_000), userId: 'u1' }),
  refused_prototype_key: refused(JSON.parse('{"type":"page","userId":"u1","__proto__":{}}')),
  /** The ledger's byte; the event itself shows what its exception says. */
  async exception() {
    const bench = await open(late)
    bench.klaviyo.answer('/api/*', 400)
    await bench.send(order(1))
    await bench.idle()
    return Object.keys((await bench.standing()).counts).map((reason) => ({
      outcome: 'retrying',
      reason,
    }))
  },
  phone_left_out: noted({ ...bought({}), context: { traits: { email: 'a@b.co', phone: '12' } } }),
  unsigned_left_out: noted(
    { type: 'identify', traits: { email: 'ana@example.com', firstName: 'Ana' } },
    {},
    'fromPage',
  ),
  email_left_out: noted({ ...bought({}), context: { traits: { email: 'ana@' } } }),
  async profile_conflict() {
    const notes: string[] = []
    const bench = await open({
      before: (destination) => ({
        ...destination,
        async send(way, actions, options) {
          const result: SendResult = await destination.send(way, actions, options)
          notes.push(...result.notes.map(({ note }) => note))
          return result
        },
      }),
    })
    const phone = '+4915112345678'
    const one = { ...identify, messageId: 'a', traits: { email: 'ana@example.com' } }
    const other = { ...identify, messageId: 'b', userId: 'u2', traits: { phone } }
    await bench.send(one, other)
    await bench.idle()
    await bench.send({ ...one, messageId: 'c', traits: { email: 'ana@example.com', phone } })
    await bench.idle()
    const { outcome, reason } = (await bench.outcomes()).at(-1)!
    expect(reason).toBe('accepted_with_note')
    return notes.map((note) => ({ outcome, reason: note }))
  },
  items_cut: noted(bought({ products: lines(4001) })),
  properties_cut: noted(
    bought(Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`p${n}`, n]))),
  ),
  text_cut: noted(bought({ letter: 'x'.repeat(150_000) })),
  deprecated_items: noted(bought({ items: lines(1) })),
  value_left_out: noted(bought({ total: 'a lot' })),
  currency_not_store: noted(bought({ total: 1, currency: 'USD' }), {
    currency: 'EUR',
    settings: { amounts: 'store' },
  }),
  amount_is_text: noted(bought({ products: [{ product_id: '1', price: 'abc' }] })),
  no_list: noted(bought({ products: 'none' })),
  currency_left_out: noted(bought({ total: 1, currency: 'pounds' })),
  time_left_out: noted({ ...bought({}), timestamp: 'yesterday' }),
  depth_cut: noted(bought({ tree: nested(15) })),
  // Said before it is sent, too: 25,000 events need not go out for it.
  async lines_cut() {
    const { server } = await startBoth()
    const { workspaceId, id } = server.installation.connection
    await server.parts.config.changeState(workspaceId, id, 'paused')
    await server.parts.reload()
    await server.batch([{ messageId: 'm', ...bought({ products: lines(25_001) }) }])
    const { body } = await server.get('/api/events/m')
    const { explanation } = body as { readonly explanation: { readonly notes: readonly string[] } }
    return explanation.notes.map((reason) => ({ outcome: 'accepted', reason }))
  },
  subscription_left_out: noted(
    {
      type: 'identify',
      userId: 'u1',
      traits: { email: 'a@b.co', properties: { subscribe: true, consent: ['email', 'sms'] } },
    },
    { settings: { emailConsent: true } },
  ),
}

describe('every way an event can end or wait', () => {
  test.each(Object.keys(reasons) as ReasonCode[])('S40 M25 is produced: %s', async (code) => {
    const scenario: Scenario | undefined = scenarios[code]
    expect(scenario, `No scenario produces ${code}`).toBeDefined()
    const { outcome } = reasons[code]
    expect(await scenario()).toContainEqual(expect.objectContaining({ outcome, reason: code }))
  })
})

function nested(levels: number): object {
  return levels === 0 ? {} : { in: nested(levels - 1) }
}

/** Klaviyo's answer to whatever is sent, without Klaviyo. */
function answering(status: 400 | 413): NonNullable<EngineOptions['before']> {
  return (destination) => ({
    ...destination,
    send: () =>
      Promise.resolve({
        answer:
          status === 413
            ? { type: 'too_large' }
            : { type: 'rejected', reason: 'klaviyo_rejected', index: 0 },
        exchanges: [],
        notes: [],
      }),
  })
}

/** Whatever concerns this person fails, and nothing else does. */
function stumblingOver(email: string): NonNullable<EngineOptions['before']> {
  const stumbled: SendResult = {
    answer: { type: 'retry', reason: 'klaviyo_unavailable', ambiguous: false },
    exchanges: [
      {
        at: 0,
        durationMs: 1,
        method: 'POST',
        path: '/api/events',
        status: 500,
        actions: 1,
        request: '',
        response: 'stumbled',
      },
    ],
    notes: [],
  }
  return (destination) => ({
    ...destination,
    send: (way, actions, options) =>
      actions.some(({ profile }) => profile.identifiers.email === email)
        ? Promise.resolve(stumbled)
        : destination.send(way, actions, options),
  })
}
