import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Action, Clock, Destination, SendResult, Way } from '../core/index.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator/index.ts'
import { readAccount } from './accounts.ts'
import { findEvent } from './find-event.ts'
import { createGovernors } from './governor.ts'
import { readList, readLists } from './lists.ts'
import { findMetric } from './metrics.ts'
import type { Reader } from './read.ts'
import { openAt, orderOf, realClock, shopperOf, subscribeOf } from './stub.suite.ts'

let klaviyo: Simulator
let destination: Destination
let reader: Reader

async function open(options: SimulatorOptions = {}): Promise<void> {
  await klaviyo?.close()
  klaviyo = await startSimulator({
    accounts: [{ id: 'AcmeUS', name: 'Acme US', privateKey: 'pk_acme' }],
    ...options,
  })
  const auth = { type: 'key', key: 'pk_acme' } as const
  destination = openAt(klaviyo.url, { auth, accountId: 'AcmeUS' })
  reader = { baseUrl: klaviyo.url, auth, clock: realClock }
}

beforeEach(() => open())
afterEach(() => klaviyo.close())

async function send(way: Way, ...actions: readonly Action[]): Promise<SendResult> {
  for (let waitMs = 1; waitMs > 0;) {
    waitMs = destination.waitMs(way)
    await new Promise<void>((resolve) => void realClock.after(waitMs, resolve))
  }
  return destination.send(way, actions, { timeoutMs: 5_000 })
}

const withKey = (key: string): Reader => ({ ...reader, auth: { type: 'key', key } })

describe('a key is checked when it is saved', () => {
  const writes = ['events:write', 'profiles:write', 'lists:write', 'subscriptions:write']
  const reads = ['lists:read', 'metrics:read', 'events:read', 'profiles:read']

  test('S4 a key that Klaviyo does not know is refused, and nothing is sent with it', async () => {
    const check = await readAccount(withKey('pk_wrong'))
    expect(check).toMatchObject({ type: 'refused', message: expect.stringContaining('401') })
    expect(klaviyo.events()).toEqual([])
    expect(klaviyo.profiles()).toEqual([])
  })

  test('S5 a good key names its account, and the check leaves nothing behind', async () => {
    expect(await readAccount(reader)).toEqual({
      type: 'valid',
      account: { id: 'AcmeUS', name: 'Acme US', timezone: 'UTC', currency: 'USD' },
      granted: [...writes, ...reads, 'accounts:read'],
      missing: [],
    })
    expect(klaviyo.events()).toEqual([])
    expect(klaviyo.profiles()).toEqual([])
  })

  test('S5 a key without accounts:read is good, and the public key is asked for', async () => {
    klaviyo.account().addKey('pk_narrow', [...writes, ...reads])
    expect(await readAccount(withKey('pk_narrow'))).toEqual({
      type: 'valid',
      granted: [...writes, ...reads],
      missing: [
        {
          scope: 'accounts:read',
          needed: false,
          message: expect.stringContaining('public key'),
        },
      ],
    })
  })

  test.each(['events:write', 'profiles:write'])(
    'S6 a key that lacks %s is reported with that name',
    async (scope) => {
      const all = ['accounts:read', 'events:write', 'profiles:write', 'lists:write']
      klaviyo.account().addKey(
        'pk_lacks',
        [...all, 'subscriptions:write'].filter((one) => one !== scope),
      )
      const check = await readAccount(withKey('pk_lacks'))
      const missing = check.type === 'valid' ? check.missing : []
      expect(missing.filter(({ needed }) => needed)).toEqual([
        { scope, needed: true, message: expect.stringContaining(`lacks ${scope}`) },
      ])
    },
  )

  test('S6 consent’s missing permissions are named one by one', async () => {
    klaviyo.account().addKey('pk_lacks', ['accounts:read', 'profiles:write', 'events:write'])
    const check = await readAccount(withKey('pk_lacks'))
    expect(check.type === 'valid' && check.missing.map(({ scope }) => scope)).toContain(
      'lists:write subscriptions:write',
    )
  })

  test('S4 while Klaviyo is away nothing is said about the key', async () => {
    klaviyo.outage(60_000)
    expect(await readAccount(reader)).toMatchObject({ type: 'failed', status: 503 })
    await klaviyo.close()
    expect(await readAccount(reader)).toMatchObject({
      type: 'failed',
      status: 0,
      message: expect.stringContaining('cannot be reached'),
    })
    await open()
  })
})

describe('events', () => {
  test('S39 an accepted event is read back by metric, person and unique id', async () => {
    const order = orderOf('ana@example.com')
    expect((await send('event', order)).answer.type).toBe('accepted')
    const wanted = {
      metric: 'Placed Order',
      uniqueId: order.uniqueId,
      identifiers: { email: 'ana@example.com' },
      time: order.time,
    }
    expect(await findEvent(reader, wanted)).toMatchObject({
      type: 'found',
      value: { metricId: klaviyo.metrics()[0]!.id },
    })
    expect(await findEvent(reader, { ...wanted, uniqueId: 'other' })).toEqual({ type: 'missing' })
    expect(await findEvent(reader, { ...wanted, metric: 'Refunded' })).toEqual({ type: 'missing' })
    const ben = { email: 'ben@example.com' }
    expect(await findEvent(reader, { ...wanted, identifiers: ben })).toEqual({ type: 'missing' })
    expect(await findMetric(reader, 'Placed Order', 'api')).toMatchObject({ type: 'found' })
    expect(await findMetric(reader, 'Placed Order', 'an-app')).toEqual({ type: 'missing' })
  })

  test('a thousand events of two hundred people arrive with one request', async () => {
    const orders = Array.from({ length: 1_000 }, (_, n) =>
      orderOf(`p${n % 200}@example.com`, { uniqueId: `order:${n}` }),
    )
    expect((await send('events', ...orders)).answer).toEqual({ type: 'accepted' })
    expect(klaviyo.requests()).toHaveLength(1)
    expect(new Set(klaviyo.events().map((event) => event.unique_id)).size).toBe(1_000)
    expect(klaviyo.profiles()).toHaveLength(200)
  })

  test('S22 events and profiles with the same email end up as one profile', async () => {
    await send('event', orderOf('ana@example.com'))
    await send('profile', shopperOf({ email: 'ana@example.com', externalId: 'c7' }))
    await send('events', orderOf('ana@example.com', { uniqueId: '2' }))
    await send('profiles', shopperOf({ email: 'ana@example.com' }, { tier: 'gold' }))
    expect(klaviyo.profiles()).toMatchObject([
      { email: 'ana@example.com', external_id: 'c7', properties: { tier: 'gold' } },
    ])
  })

  test('C6 of many events, Klaviyo’s pointer leads to the one at fault', async () => {
    const orders = [0, 1, 2, 3].map((n) =>
      orderOf(`p${n % 2}@example.com`, {
        uniqueId: `${n}`,
        ...(n === 2 ? { time: Date.parse('1980-01-01T00:00:00Z') } : {}),
      }),
    )
    const { answer, detail } = await send('events', ...orders)
    expect(answer).toMatchObject({ type: 'rejected', index: 2 })
    expect(detail).toBeTruthy()
    expect(klaviyo.events()).toEqual([])
  })

  test('M4 a bulk request that had worked is told from one that is wrong', async () => {
    await open({ repeats: 'history' })
    const orders = [orderOf('a@b.co'), orderOf('c@d.co')]
    expect((await send('events', ...orders)).answer.type).toBe('accepted')
    expect((await send('events', ...orders)).answer).toEqual({
      type: 'rejected',
      reason: 'klaviyo_rejected',
      index: 0,
      indexes: [0, 1],
      repeated: true,
    })
    expect(klaviyo.events()).toHaveLength(2)
  })

  test('S33 the simulator’s 429 is a wait, and the way stays closed as long', async () => {
    klaviyo.answer('/api/events', 429, { times: 1, retryAfter: 3 })
    expect((await send('event', orderOf('a@b.co'))).answer).toEqual({
      type: 'throttled',
      afterMs: 3_000,
    })
    expect(destination.waitMs('event')).toBeGreaterThan(2_000)
  })

  test.each([500, 502, 503, 504, 524, 'reset-after', 'reset-before', 'half'] as const)(
    'S34 after %s the same event goes again and counts once',
    async (fault) => {
      klaviyo.answer('/api/events', fault, { times: 1 })
      expect((await send('event', orderOf('a@b.co'))).answer).toMatchObject({ type: 'retry' })
      expect((await send('event', orderOf('a@b.co'))).answer.type).toBe('accepted')
      expect(klaviyo.events()).toHaveLength(1)
    },
  )

  test('S30 a revoked key and a missing permission are told apart', async () => {
    klaviyo.account().addKey('pk_reads', ['events:read'])
    const auth = { type: 'key', key: 'pk_reads' } as const
    const reads = openAt(klaviyo.url, { auth })
    const forbidden = await reads.send('event', [orderOf('a@b.co')], { timeoutMs: 5_000 })
    expect(forbidden.answer).toEqual({ type: 'forbidden', scope: 'events:write' })
    klaviyo.revokeKey('pk_acme')
    expect((await send('event', orderOf('a@b.co'))).answer).toEqual({
      type: 'refused',
      reason: 'key_invalid',
    })
  })

  test('M13 an invalid phone number does not cost the event', async () => {
    const identifiers = { email: 'a@b.co', phone: '12' }
    const order = orderOf('', { profile: { identifiers } })
    const single = await send('event', order)
    expect(single).toMatchObject({
      answer: { type: 'accepted' },
      notes: [{ index: 0, note: 'phone_left_out' }],
    })
    const bulk = await send('events', orderOf('c@d.co'), { ...order, uniqueId: '2' })
    expect(bulk).toMatchObject({
      answer: { type: 'accepted' },
      notes: [{ index: 1, note: 'phone_left_out' }],
    })
    expect(klaviyo.events()).toHaveLength(3)
  })
})

describe('profiles', () => {
  test('S21 S32 two profiles that share identifiers: the one that Klaviyo names is updated', async () => {
    await send('profile', shopperOf({ email: 'a@b.co' }))
    await send('profile', shopperOf({ phone: '+12025550123' }))
    const both = shopperOf({ email: 'a@b.co', phone: '+12025550123' }, { tier: 'gold' })
    expect(await send('profile', both)).toMatchObject({
      answer: { type: 'accepted' },
      notes: [{ index: 0, note: 'profile_conflict' }],
    })
    expect(klaviyo.profiles()).toHaveLength(2)
    const gold = klaviyo.profiles().filter(({ properties }) => properties['tier'] === 'gold')
    expect(gold).toHaveLength(1)
  })

  test('null clears a property when it goes singly', async () => {
    await send('profile', shopperOf({ email: 'a@b.co' }, { tier: 'gold', size: 'M' }))
    await send('profile', shopperOf({ email: 'a@b.co' }, { tier: null }))
    expect(klaviyo.profile('a@b.co')?.properties).not.toHaveProperty('tier', 'gold')
    expect(klaviyo.profile('a@b.co')?.properties).toHaveProperty('size', 'M')
  })
})

describe('consent', () => {
  test('R10 a list with double opt-in has the person once they confirm', async () => {
    const { id } = klaviyo.account().addList({ name: 'News', optIn: 'double_opt_in' })
    const { answer } = await send('subscribe', subscribeOf('a@b.co', { listId: id }))
    expect(answer.type).toBe('accepted')
    expect(klaviyo.lists()[0]!.members).toEqual([])
    expect(klaviyo.account().confirmOptIn('a@b.co')).toBe(true)
    expect(klaviyo.lists()[0]!.members).toHaveLength(1)
  })

  test('R11 a list with single opt-in has the person at once', async () => {
    const { id } = klaviyo.account().addList({ name: 'News', optIn: 'single_opt_in' })
    await send('subscribe', subscribeOf('a@b.co', { listId: id, source: 'Checkout' }))
    expect(klaviyo.lists()[0]!.members).toHaveLength(1)
    expect(klaviyo.subscriptions('a@b.co')).toMatchObject({
      email: { marketing: { consent: 'SUBSCRIBED', custom_method_detail: 'Checkout' } },
    })
  })

  test('R12 a list says which of the two it uses', async () => {
    const double = klaviyo.account().addList({ name: 'News', optIn: 'double_opt_in' })
    const single = klaviyo.account().addList({ name: 'Offers', optIn: 'single_opt_in' })
    expect(await readList(reader, double.id)).toEqual({
      type: 'found',
      value: { id: double.id, name: 'News', optIn: 'double' },
    })
    expect(await readLists(reader)).toMatchObject({
      type: 'found',
      value: expect.arrayContaining([{ id: single.id, name: 'Offers', optIn: 'single' }]),
    })
    expect(await readList(reader, 'NoList')).toEqual({ type: 'missing' })
  })

  test('consent withdrawn in the shop is withdrawn at Klaviyo', async () => {
    const { id } = klaviyo.account().addList({ name: 'News', optIn: 'single_opt_in' })
    await send('subscribe', subscribeOf('a@b.co', { listId: id }))
    const { answer } = await send('unsubscribe', {
      type: 'unsubscribe',
      profile: { identifiers: { email: 'a@b.co' } },
      channels: ['email'],
    })
    expect(answer.type).toBe('accepted')
    expect(klaviyo.subscriptions('a@b.co')).toMatchObject({
      email: { marketing: { consent: 'UNSUBSCRIBED' } },
    })
  })
})

describe('Klaviyo’s limits', () => {
  // Both sides go by a clock that only this test moves.
  test.each([0, 137, 30_000, 59_993])(
    'S37 with windows that begin %i ms off, bulk requests use them to 98 % and meet no 429',
    async (windowPhaseMs) => {
      let passed = 0
      const start = Date.parse('2026-07-01T10:00:00Z')
      const clock: Clock = {
        now: () => start + passed,
        monotonic: () => 77 + passed,
        after: () => () => undefined,
        random: () => 0.5,
      }
      await open({ now: () => start + passed, windowPhaseMs })
      const auth = { type: 'key', key: 'pk_acme' } as const
      const governors = createGovernors(clock)
      const paced = openAt(klaviyo.url, { auth, clock, governors })
      let sent = 0
      while (passed < 3 * 60_000) {
        const waitMs = paced.waitMs('events')
        passed += waitMs
        if (waitMs > 0) continue
        sent += 1
        const order = orderOf('a@b.co', { uniqueId: `${sent}`, time: clock.now() })
        const { answer } = await paced.send('events', [order], { timeoutMs: 5_000 })
        expect(answer).toEqual({ type: 'accepted' })
      }
      expect(sent).toBeGreaterThanOrEqual(3 * 147 * 0.98)
    },
  )

  test('S37 singles sent as fast as it allows meet no 429 either', async () => {
    await open({ windowPhaseMs: 433 })
    const answers: string[] = []
    for (const until = performance.now() + 2_500; performance.now() < until;) {
      const burst: Promise<SendResult>[] = []
      while (destination.waitMs('event') === 0) {
        const order = orderOf('a@b.co', { uniqueId: `${answers.length}-${burst.length}` })
        burst.push(destination.send('event', [order], { timeoutMs: 5_000 }))
      }
      answers.push(...(await Promise.all(burst)).map(({ answer }) => answer.type))
      await new Promise<void>((resolve) => void realClock.after(5, resolve))
    }
    expect(answers.length).toBeGreaterThan(350)
    expect(new Set(answers)).toEqual(new Set(['accepted']))
  })
})
