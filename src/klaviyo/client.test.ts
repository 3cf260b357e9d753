import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Action, Log, SendResult, Way } from '../core/index.ts'
import { createGovernors } from './governor.ts'
import {
  errorBody,
  openAt,
  orderOf,
  realClock,
  shopperOf,
  startStub,
  type Stub,
  subscribeOf,
} from './stub.suite.ts'

let stub: Stub

beforeEach(async () => {
  stub = await startStub()
})
afterEach(() => stub.close())

const timeoutMs = 5_000
const send = (way: Way, ...actions: readonly Action[]): Promise<SendResult> =>
  openAt(stub.url).send(way, actions, { timeoutMs })

describe('a request', () => {
  test('shows the key, the revision and who asks, and the exchange holds no credentials', async () => {
    const result = await send('event', orderOf('ana@example.com'))
    expect(result.answer).toEqual({ type: 'accepted' })
    const [request] = stub.requests
    expect(request).toMatchObject({ method: 'POST', path: '/api/events' })
    expect(request?.headers).toMatchObject({
      authorization: 'Klaviyo-API-Key pk_secret_0123456789',
      revision: '2026-07-15',
      accept: 'application/vnd.api+json',
      'content-type': 'application/vnd.api+json',
      'user-agent': expect.stringMatching(/^tillpost\/\d+\.\d+\.\d+/),
    })
    expect(result.exchanges).toMatchObject([
      { method: 'POST', path: '/api/events', status: 202, actions: 1 },
    ])
    expect(JSON.stringify(result)).not.toContain('pk_secret')
  })

  test('an exchange keeps the first 4 KB of what was sent and of what came back', async () => {
    stub.answer(() => ({ status: 400, body: errorBody({ detail: 'ü'.repeat(9_000) }) }))
    const note = '€'.repeat(9_000)
    const { exchanges } = await send('event', orderOf('a@b.co', { properties: { note } }))
    for (const text of [exchanges[0]!.request, exchanges[0]!.response]) {
      expect(Buffer.byteLength(text)).toBeGreaterThan(4_000)
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4_096)
      expect(text).not.toContain('\ufffd')
    }
  })

  test('connections are kept and shared between accounts', async () => {
    const ports = new Set<number | undefined>()
    stub.answer((_request, _response, socket) => {
      ports.add(socket.remotePort)
      return { status: 202 }
    })
    for (let account = 0; account < 20; account += 1) {
      const destination = openAt(stub.url, { accountId: `A${account}` })
      await destination.send('event', [orderOf('a@b.co')], { timeoutMs })
    }
    expect(ports.size).toBeLessThanOrEqual(2)
  })
})

const atEvent = (index: number, field: string): object => ({
  source: {
    pointer: `/data/attributes/events-bulk-create/data/${index}/attributes/events/data/0/attributes/${field}`,
  },
})

const atProfile = (index: number): object => ({
  source: { pointer: `/data/attributes/profiles/data/${index}/attributes/email` },
})

describe('what an answer means', () => {
  const answers: readonly [string, number, object, object][] = [
    ['S33 429 waits as told', 429, { 'retry-after': '7' }, { type: 'throttled', afterMs: 7_000 }],
    ['S33 429 without a readable wait', 429, { 'retry-after': 'soon' }, { type: 'throttled' }],
    [
      'S34 500 is tried again',
      500,
      {},
      { type: 'retry', reason: 'klaviyo_unavailable', ambiguous: true },
    ],
    ['S34 503 says when', 503, { 'retry-after': '30' }, { type: 'retry', afterMs: 30_000 }],
    ['S34 524 comes from the network in front', 524, {}, { type: 'retry', ambiguous: true }],
    ['408 is tried again', 408, {}, { type: 'retry', ambiguous: true }],
    ['413 is too large', 413, {}, { type: 'too_large' }],
    ['S30 401 holds the destination', 401, {}, { type: 'refused', reason: 'key_invalid' }],
    ['S30 403 names the scope', 403, {}, { type: 'forbidden', scope: 'events:write' }],
    ['404 is a rejection', 404, {}, { type: 'rejected', index: 0 }],
    ['410 is a rejection', 410, {}, { type: 'rejected', reason: 'klaviyo_rejected', index: 0 }],
    ['422, which nobody announced, is a rejection', 422, {}, { type: 'rejected', index: 0 }],
    ['a redirect is not followed', 302, { location: 'https://x.example' }, { type: 'retry' }],
  ]
  test.each(answers)('%s', async (_title, status, headers, expected) => {
    stub.answer(() => ({ status, headers, body: errorBody({ status }) }))
    const { answer } = await send('event', orderOf('a@b.co'))
    expect(answer).toMatchObject(expected)
    expect(stub.requests).toHaveLength(1)
  })

  test('a Retry-After date is a wait too', async () => {
    const until = new Date(Date.now() + 20_000).toUTCString()
    stub.answer(() => ({ status: 429, headers: { 'retry-after': until } }))
    const { answer } = await send('event', orderOf('a@b.co'))
    expect(answer.type === 'throttled' && answer.afterMs).toBeGreaterThan(17_000)
    expect(answer.type === 'throttled' && answer.afterMs).toBeLessThanOrEqual(20_000)
  })

  test('S33 a 429 closes its way for everybody on the account, and no other', async () => {
    const governors = createGovernors(realClock)
    const one = openAt(stub.url, { governors })
    const other = openAt(stub.url, { governors, auth: { type: 'key', key: 'pk_other' } })
    const elsewhere = openAt(stub.url, { governors, accountId: 'XyZ987' })
    stub.answer(() => ({ status: 429, headers: { 'retry-after': '9' } }))
    await one.send('event', [orderOf('a@b.co')], { timeoutMs })
    expect(other.waitMs('event')).toBeGreaterThan(8_000)
    expect(other.waitMs('events')).toBe(0)
    expect(elsewhere.waitMs('event')).toBe(0)
  })

  test.each(['<html><body>Bad gateway</body></html>', '{"errors":[{"det', '', 'null', '[]', '42'])(
    'S34 a 502 with the body %j is tried again',
    async (body) => {
      stub.answer(() => ({ status: 502, body }))
      expect((await send('event', orderOf('a@b.co'))).answer).toMatchObject({ type: 'retry' })
    },
  )

  test.each(['{"errors":[{"det', '', 'null', '{"errors":{"a":1}}', '{"errors":[null,7,{}]}'])(
    'a 400 with the body %j is a rejection',
    async (body) => {
      stub.answer(() => ({ status: 400, body }))
      const { answer, detail } = await send('event', orderOf('a@b.co'))
      expect(answer).toEqual({ type: 'rejected', reason: 'klaviyo_rejected', index: 0 })
      expect(detail).toBe('HTTP 400 without an explanation.')
    },
  )

  test.each([200, 403, 404])(
    'a web page with status %i is nothing that Klaviyo said',
    async (status) => {
      stub.answer(() => ({
        status,
        body: '<!doctype html><p>Please log in to the hotel network</p>',
        headers: { 'content-type': 'text/html; charset=utf-8' },
      }))
      const { answer, detail } = await send('event', orderOf('a@b.co'))
      expect(answer).toMatchObject({ type: 'retry', reason: 'klaviyo_unavailable' })
      expect(detail).toContain('web page')
    },
  )

  test('C6 a 400 that points at an entry names the action', async () => {
    stub.answer(() => ({
      status: 400,
      body: errorBody({
        detail: 'Value of ana@example.com (+49 151 1234 5678) is not a number.',
        source: {
          pointer:
            '/data/attributes/events-bulk-create/data/1/attributes/events/data/0/attributes/value',
        },
      }),
    }))
    const orders = ['ben', 'ana'].map((name) => orderOf(`${name}@example.com`))
    const { answer, detail } = await send('events', ...orders)
    expect(answer).toEqual({ type: 'rejected', reason: 'klaviyo_rejected', index: 1 })
    expect(detail).toBe('Value of [hidden] ([number]) is not a number.')
  })

  test('a 400 that points nowhere leaves the action to be found', async () => {
    stub.answer(() => ({ status: 400, body: errorBody({ source: { pointer: '/data' } }) }))
    const { answer } = await send('events', orderOf('a@b.co'), orderOf('c@d.co'))
    expect(answer).toEqual({ type: 'rejected', reason: 'klaviyo_rejected' })
  })

  test.each([
    ['a pointer at the id', 'This is not right.', '/attributes/events/data/0/attributes/unique_id'],
    ['words alone', 'Duplicate unique_id in request.', ''],
  ])('M4 a repeated unique id is told from other rejections: %s', async (_by, detail, rest) => {
    const pointer = `/data/attributes/events-bulk-create/data/0${rest}`
    stub.answer(() => ({ status: 400, body: errorBody({ detail, source: { pointer } }) }))
    const { answer } = await send('events', orderOf('a@b.co'), orderOf('c@d.co'))
    expect(answer).toMatchObject({ type: 'rejected', repeated: true })
  })

  test('M4 an id that is itself at fault is no repeat, and faults go before repeats', async () => {
    const orders = [
      orderOf('a@b.co', { uniqueId: 'x'.repeat(300) }),
      orderOf('c@d.co'),
      orderOf('e@f.co'),
    ]
    stub.answer(() => ({ status: 400, body: errorBody(atEvent(0, 'unique_id')) }))
    const long = await send('events', ...orders)
    expect(long.answer).toEqual({ type: 'rejected', reason: 'klaviyo_rejected', index: 0 })
    const both = errorBody(atEvent(1, 'unique_id'), atEvent(2, 'time'), atEvent(2, 'value'))
    stub.answer(() => ({ status: 400, body: both }))
    const mixed = await send('events', ...orders)
    expect(mixed.answer).toEqual({ type: 'rejected', reason: 'klaviyo_rejected', index: 2 })
  })

  test('several entries at fault are named together', async () => {
    stub.answer(() => ({ status: 400, body: errorBody(atProfile(2), atProfile(0)) }))
    const shoppers = ['a@b.co', 'c@d.co', 'e@f.co'].map((email) => shopperOf({ email }))
    const { answer } = await send('profiles', ...shoppers)
    expect(answer).toMatchObject({ type: 'rejected', index: 2, indexes: [2, 0] })
  })

  test('S30 a 403 for consent names what Klaviyo names, else what was not asked for', async () => {
    stub.answer(() => ({ status: 403, body: errorBody({ detail: 'Needs subscriptions:write.' }) }))
    expect((await send('subscribe', subscribeOf('a@b.co'))).answer).toEqual({
      type: 'forbidden',
      scope: 'subscriptions:write',
    })
    stub.answer(() => ({ status: 403, body: errorBody({ detail: 'No.' }) }))
    const scopes = new Set(['profiles:write', 'subscriptions:write'])
    const narrow = openAt(stub.url, { scopes })
    expect((await narrow.send('subscribe', [subscribeOf('a@b.co')], { timeoutMs })).answer).toEqual(
      {
        type: 'forbidden',
        scope: 'lists:write',
      },
    )
    expect(narrow.scopes).toBe(scopes)
  })
})

describe('when no answer comes', () => {
  test('a timeout ends the request in time and may have worked', async () => {
    stub.answer(() => undefined)
    const started = performance.now()
    const result = await openAt(stub.url).send('event', [orderOf('a@b.co')], { timeoutMs: 80 })
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(result.answer).toEqual({
      type: 'retry',
      reason: 'klaviyo_unavailable',
      ambiguous: true,
    })
    expect(result.exchanges).toMatchObject([{ status: 0, error: 'timeout' }])
  })

  test('an answer that never ends is given up too', async () => {
    stub.answer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.api+json' })
      response.write('{"data":')
    })
    const result = await openAt(stub.url).send('profile', [shopperOf({ email: 'a@b.co' })], {
      timeoutMs: 80,
    })
    expect(result.answer).toMatchObject({ type: 'retry', ambiguous: true })
    expect(result.exchanges).toMatchObject([{ status: 0, error: 'timeout' }])
  })

  test('a connection that breaks off may have worked', async () => {
    stub.answer((_request, _response, socket) => void socket.destroy())
    const { answer, exchanges, detail } = await send('event', orderOf('a@b.co'))
    expect(answer).toMatchObject({ type: 'retry', ambiguous: true })
    expect(exchanges[0]!.error).toBeTruthy()
    expect(detail).toMatch(/^No answer from Klaviyo: /)
  })

  test('an answer cut short is none', async () => {
    stub.answer((_request, response, socket) => {
      response.writeHead(200, { 'content-length': '100', 'content-type': 'application/json' })
      response.write('{"data"', () => socket.destroy())
    })
    const { answer } = await send('profile', shopperOf({ email: 'a@b.co' }))
    expect(answer).toMatchObject({ type: 'retry', ambiguous: true })
  })

  test('nobody listens: surely nothing was sent', async () => {
    await stub.close()
    const { answer } = await send('event', orderOf('a@b.co'))
    expect(answer).toEqual({ type: 'retry', reason: 'klaviyo_unreachable', ambiguous: false })
    stub = await startStub()
  })

  test('a name that does not resolve: surely nothing was sent', async () => {
    const nowhere = openAt('http://klaviyo.invalid')
    const { answer } = await nowhere.send('event', [orderOf('a@b.co')], { timeoutMs })
    expect(answer).toEqual({ type: 'retry', reason: 'klaviyo_unreachable', ambiguous: false })
  })
})

const phoneError = (pointer: string): object => ({
  detail: 'Phone number is valid but is not in a supported region for this account.',
  source: { pointer },
})

describe('a phone number that Klaviyo refuses', () => {
  test('M13 is left out of the event, and that is noted', async () => {
    stub.answer(
      () => ({
        status: 400,
        body: errorBody(phoneError('/data/attributes/profile/data/attributes/phone_number')),
      }),
      () => ({ status: 202 }),
    )
    const identifiers = { email: 'a@b.co', phone: '+4912' }
    const result = await send('event', orderOf('', { profile: { identifiers } }))
    expect(result).toMatchObject({
      answer: { type: 'accepted' },
      notes: [{ index: 0, note: 'phone_left_out' }],
    })
    expect(result.exchanges.map(({ status }) => status)).toEqual([400, 202])
    expect(stub.requests[1]!.text).not.toContain('phone_number')
    expect(stub.requests[1]!.text).toContain('a@b.co')
  })

  test('M13 of one person in many leaves the others’ numbers alone', async () => {
    stub.answer(
      () => ({
        status: 400,
        body: errorBody(phoneError('/data/attributes/profiles/data/1/attributes/phone_number')),
      }),
      () => ({ status: 202 }),
    )
    const { answer, notes } = await send(
      'profiles',
      shopperOf({ email: 'a@b.co', phone: '+15005550001' }),
      shopperOf({ email: 'c@d.co', phone: '+15005550002' }),
    )
    expect(answer.type).toBe('accepted')
    expect(notes).toEqual([{ index: 1, note: 'phone_left_out' }])
    expect(stub.requests[1]!.text).toContain('+15005550001')
    expect(stub.requests[1]!.text).not.toContain('+15005550002')
  })

  test('M13 SMS alone cannot go without it: that action is named', async () => {
    stub.answer(() => ({
      status: 400,
      body: errorBody(phoneError('/data/attributes/profiles/data/1/attributes/phone_number')),
    }))
    const sms = { profile: { identifiers: { phone: '+4912' } }, channels: ['sms'] } as const
    const { answer } = await send('subscribe', subscribeOf('a@b.co'), subscribeOf('', sms))
    expect(answer).toEqual({ type: 'rejected', reason: 'invalid_phone', index: 1 })
    expect(stub.requests).toHaveLength(1)
  })

  test('M13 email consent is kept when the number cannot be subscribed', async () => {
    stub.answer(
      () => ({
        status: 400,
        body: errorBody(phoneError('/data/attributes/profiles/data/0/attributes/phone_number')),
      }),
      () => ({ status: 202 }),
    )
    const identifiers = { email: 'a@b.co', phone: '+4912' }
    const both = subscribeOf('', { profile: { identifiers }, channels: ['email', 'sms'] })
    const { answer, notes } = await send('subscribe', both)
    expect(answer.type).toBe('accepted')
    expect(notes).toEqual([{ index: 0, note: 'phone_left_out' }])
    expect(stub.requests[1]!.json).toMatchObject({
      data: {
        attributes: {
          profiles: {
            data: [
              {
                attributes: {
                  email: 'a@b.co',
                  subscriptions: { email: { marketing: { consent: 'SUBSCRIBED' } } },
                },
              },
            ],
          },
        },
      },
    })
    expect(stub.requests[1]!.text).not.toContain('sms')
  })
})

describe('a profile that exists twice', () => {
  const conflict = errorBody({
    status: 409,
    code: 'duplicate_profile',
    detail: 'A profile already exists with one of these identifiers.',
    source: { pointer: '/data/attributes' },
    meta: { duplicate_profile_id: '01GDDKASAP8TKDDA2GRZDSVP4H' },
  })

  test('S21 S32 a 409 is answered by aiming at the profile that Klaviyo named', async () => {
    stub.answer(
      () => ({ status: 409, body: conflict }),
      () => ({ status: 200, body: { data: {} } }),
    )
    const shopper = shopperOf({ email: 'a@b.co', phone: '+15005550006' }, { tier: 'gold' })
    const result = await send('profile', shopper)
    expect(result).toMatchObject({
      answer: { type: 'accepted' },
      notes: [{ index: 0, note: 'profile_conflict' }],
    })
    expect(stub.requests[1]!.json).toEqual({
      data: {
        type: 'profile',
        id: '01GDDKASAP8TKDDA2GRZDSVP4H',
        attributes: { properties: { tier: 'gold' } },
      },
    })
  })

  test('S21 the event goes to that profile, once', async () => {
    stub.answer(
      () => ({ status: 409, body: conflict }),
      () => ({ status: 202 }),
    )
    const { answer } = await send('event', orderOf('a@b.co'))
    expect(answer.type).toBe('accepted')
    expect(stub.requests[1]!.json).toMatchObject({
      data: { attributes: { profile: { data: { id: '01GDDKASAP8TKDDA2GRZDSVP4H' } } } },
    })
  })

  test('S32 a second conflict ends it', async () => {
    stub.answer(() => ({ status: 409, body: conflict }))
    const { answer } = await send('profile', shopperOf({ email: 'a@b.co' }))
    expect(answer).toEqual({ type: 'rejected', reason: 'klaviyo_rejected', index: 0 })
    expect(stub.requests).toHaveLength(2)
  })
})

describe('an OAuth install', () => {
  test('F16 a refused token is renewed once', async () => {
    const tokens: (string | undefined)[] = []
    stub.answer(
      () => ({ status: 401, body: errorBody({ status: 401 }) }),
      () => ({ status: 202 }),
    )
    const destination = openAt(stub.url, {
      auth: {
        type: 'token',
        token: (refused) => {
          tokens.push(refused)
          return Promise.resolve(refused === undefined ? 'old' : 'new')
        },
      },
    })
    const { answer } = await destination.send('event', [orderOf('a@b.co')], { timeoutMs })
    expect(answer.type).toBe('accepted')
    expect(tokens).toEqual([undefined, 'old'])
    expect(stub.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old',
      'Bearer new',
    ])
  })

  test('a token that is refused again holds the destination', async () => {
    stub.answer(() => ({ status: 401 }))
    const auth = { type: 'token', token: () => Promise.resolve('t') } as const
    const { answer } = await openAt(stub.url, { auth }).send('event', [orderOf('a@b.co')], {
      timeoutMs,
    })
    expect(answer).toEqual({ type: 'refused', reason: 'key_invalid' })
    expect(stub.requests).toHaveLength(2)
  })

  test('an app that was removed in Klaviyo is said to be so', async () => {
    const gone = Object.assign(new Error('refresh failed'), { code: 'invalid_grant' })
    const auth = { type: 'token', token: () => Promise.reject(gone) } as const
    const { answer } = await openAt(stub.url, { auth }).send('event', [orderOf('a@b.co')], {
      timeoutMs,
    })
    expect(answer).toEqual({ type: 'refused', reason: 'app_uninstalled' })
    expect(stub.requests).toHaveLength(0)
  })
})

describe('what is not sent at all', () => {
  test('an action that names nobody', async () => {
    const nobody = orderOf('', { profile: { identifiers: {} } })
    expect((await send('events', orderOf('a@b.co'), nobody)).answer).toEqual({
      type: 'rejected',
      reason: 'no_identifier',
      index: 1,
    })
    const guest = shopperOf({ anonymousId: 'd1' })
    expect((await send('profile', guest)).answer).toMatchObject({ reason: 'no_identifier' })
    expect(stub.requests).toHaveLength(0)
  })

  test('SMS consent without a number, email consent without an address', async () => {
    const sms = subscribeOf('a@b.co', { channels: ['sms'] })
    expect((await send('subscribe', sms)).answer).toMatchObject({ reason: 'invalid_phone' })
    const email = subscribeOf('', { profile: { identifiers: { phone: '+15005550006' } } })
    expect((await send('subscribe', email)).answer).toMatchObject({ reason: 'invalid_email' })
  })

  test('a request beyond the windows', async () => {
    const destination = openAt(stub.url)
    const sent = Array.from({ length: 12 }, () =>
      destination.send('events', [orderOf('a@b.co')], { timeoutMs }),
    )
    const answers = (await Promise.all(sent)).map(({ answer }) => answer.type)
    expect(answers.filter((type) => type === 'accepted')).toHaveLength(stub.requests.length)
    expect(answers).toContain('throttled')
  })

  test('a single event beyond 5 MB', async () => {
    const large = orderOf('a@b.co', { properties: { text: 'x'.repeat(5_000_001) } })
    expect((await send('event', large)).answer).toEqual({ type: 'too_large' })
    expect(stub.requests).toHaveLength(0)
  })
})

test('consent for two lists does not go as one request', async () => {
  const one = subscribeOf('a@b.co', { listId: 'L1' })
  const two = subscribeOf('c@d.co', { listId: 'L2' })
  expect((await send('subscribe', one, two)).answer).toEqual({
    type: 'rejected',
    reason: 'invalid_payload',
  })
  expect(stub.requests).toHaveLength(0)
})

test('a log line about a refusal holds neither address nor key', async () => {
  const lines: string[] = []
  const keep = (fields: object, message: string): void =>
    void lines.push(JSON.stringify(fields) + message)
  const log: Log = { info: keep, warn: keep, error: keep }
  stub.answer(() => ({ status: 400, body: errorBody({ detail: 'ana@example.com is odd' }) }))
  await openAt(stub.url, { log }).send('event', [orderOf('ana@example.com')], { timeoutMs })
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toMatch(/ana@|pk_secret/)
})
