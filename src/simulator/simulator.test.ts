import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { operations } from './generated/tables.ts'
import { type Simulator, startSimulator } from './index.ts'
import { bulk, call, closeAll, event, type Reply, start } from './talk.suite.ts'

afterEach(closeAll)

const person = (attributes: object, rest: object = {}): object => ({
  data: { type: 'profile', attributes, ...rest },
})
const subscribe = (
  profiles: readonly object[],
  { list, ...attributes }: { list?: string; historical_import?: boolean } = {},
): object => ({
  data: {
    type: 'profile-subscription-bulk-create-job',
    attributes: {
      profiles: { data: profiles.map((one) => ({ type: 'profile', attributes: one })) },
      ...attributes,
    },
    ...(list === undefined
      ? {}
      : { relationships: { list: { data: { type: 'list', id: list } } } }),
  },
})
const toEmail = { subscriptions: { email: { marketing: { consent: 'SUBSCRIBED' } } } }
const subscribePath = '/api/profile-subscription-bulk-create-jobs'
const consentOf = (simulator: Simulator, email: string): unknown =>
  (simulator.subscriptions(email)?.['email'] as { marketing: { consent: string } } | undefined)
    ?.marketing.consent
const consentedAt = (consented_at: string): object => ({
  email: 'a@b.co',
  subscriptions: { email: { marketing: { consent: 'SUBSCRIBED', consented_at } } },
})
const numbered = (count: number): object[] =>
  Array.from({ length: count }, (_, n) => ({ unique_id: String(n) }))

describe('who may call', () => {
  let shared: Simulator | undefined
  /** One for all operations; limits are not what is asked here. */
  const scoped = async (): Promise<Simulator> =>
    (shared ??= await startSimulator({ limits: false, accounts: [{ advancedKdp: true }] }))
  afterAll(() => shared?.close())

  test('a wrong key is answered 401 with the recorded body and no limit headers', async () => {
    const simulator = await start()
    const { status, body, headers } = await call(simulator, 'GET', '/api/accounts', undefined, {
      authorization: 'Klaviyo-API-Key pk_wrong',
    })
    expect(status).toBe(401)
    expect(body.errors).toEqual([
      {
        id: expect.any(String),
        status: 401,
        code: 'authentication_failed',
        title: 'Incorrect authentication credentials.',
        detail: 'Incorrect authentication credentials.',
        source: { pointer: '/data/' },
      },
    ])
    expect(headers.get('ratelimit-limit')).toBeNull()
  })

  test('a key without the scope of an operation is answered 403', async () => {
    const simulator = await start()
    simulator.account().addKey('pk_reader', ['accounts:read'])
    const authorization = 'Klaviyo-API-Key pk_reader'
    const refused = await call(simulator, 'POST', '/api/events', event(), { authorization })
    expect(refused).toMatchObject({
      status: 403,
      body: { errors: [{ code: 'permission_denied' }] },
    })
    const { status } = await call(simulator, 'GET', '/api/accounts', undefined, { authorization })
    expect(status).toBe(200)
  })

  test.each(
    Object.entries(operations).filter(
      ([, { scopes, path }]) => scopes.length > 0 && !path.startsWith('/client/'),
    ),
  )('%s needs each of its scopes', async (_id, { method, path, scopes }) => {
    const simulator = await scoped()
    const at = path.replaceAll(/\{\w+\}/g, 'X')
    for (const missing of scopes) {
      const key = `pk_${crypto.randomUUID()}`
      simulator.account().addKey(
        key,
        scopes.filter((scope) => scope !== missing),
      )
      const headers = { authorization: `Klaviyo-API-Key ${key}` }
      const { status, body } = await call(simulator, method, at, undefined, headers)
      expect(status).toBe(403)
      expect(body.errors[0].detail).toContain(missing)
    }
    const key = `pk_${crypto.randomUUID()}`
    simulator.account().addKey(key, scopes)
    const all = { authorization: `Klaviyo-API-Key ${key}` }
    expect((await call(simulator, method, at, undefined, all)).status).not.toBe(403)
  })

  test('a revoked key is a wrong key from then on', async () => {
    const simulator = await start()
    const { privateKey } = simulator.account()
    simulator.revokeKey(privateKey)
    expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status: 401 })
  })

  test('accounts stand side by side, each with its own key', async () => {
    const simulator = await start({ accounts: [{ id: 'FIRST1' }] })
    const second = simulator.addAccount({ id: 'SECND2', privateKey: 'pk_second' })
    const { body } = await call(simulator, 'GET', '/api/accounts', undefined, {
      authorization: `Klaviyo-API-Key ${second.privateKey}`,
    })
    expect(body.data[0]).toMatchObject({
      type: 'account',
      id: 'SECND2',
      attributes: { public_api_key: 'SECND2' },
    })
    await call(simulator, 'POST', '/api/events', event())
    expect(simulator.events(undefined, 'FIRST1')).toHaveLength(1)
    expect(simulator.events(undefined, 'SECND2')).toHaveLength(0)
  })
})

describe('the revision', () => {
  test('is required', async () => {
    const simulator = await start()
    expect(
      await call(simulator, 'GET', '/api/accounts', undefined, { revision: '' }),
    ).toMatchObject({ status: 400, body: { errors: [{ source: { parameter: 'revision' } }] } })
  })

  test('falls forward when it is retired, unless the caller opts out', async () => {
    const simulator = await start()
    const headers = { revision: '2023-02-22' }
    expect(await call(simulator, 'GET', '/api/metrics', undefined, headers)).toMatchObject({
      status: 200,
    })
    expect(
      await call(simulator, 'GET', '/api/metrics', undefined, {
        ...headers,
        'x-klaviyo-revision-fall-forward-opt-out': '1',
      }),
    ).toMatchObject({ status: 410 })
  })
})

describe('limits', () => {
  test('the headers have the recorded form, with the daily window where there is one', async () => {
    const simulator = await start({ now: () => 1_800_000_000_500 })
    const { headers } = await call(simulator, 'POST', '/api/lists', {
      data: { type: 'list', attributes: { name: 'Newsletter' } },
    })
    expect(headers.get('ratelimit-limit')).toBe('10, 10;w=1, 150;w=60, 150;w=86400')
    expect(headers.get('ratelimit-remaining')).toBe('9')
    expect(headers.get('ratelimit-reset')).toBe('0')
  })

  test('a spent second is answered 429 with Retry-After alone, and the next second is free', async () => {
    let now = 1_800_000_000_250
    const simulator = await start({ now: () => now })
    expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status: 200 })
    const throttled = await call(simulator, 'GET', '/api/accounts')
    expect(throttled.status).toBe(429)
    expect(throttled.headers.get('retry-after')).toBe('1')
    expect(throttled.headers.get('ratelimit-limit')).toBeNull()
    expect(throttled.body.errors[0]).toMatchObject({
      code: 'throttled',
      detail: 'Request was throttled. Expected available in 1 second.',
      source: { pointer: '/data' },
    })
    now += 750
    expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status: 200 })
    expect(simulator.counters()).toMatchObject({ throttled: 1, requests: 3 })
  })

  test('a spent minute asks to wait for its end, wherever the windows begin', async () => {
    let now = 1_800_000_000_000
    const simulator = await start({ now: () => now, windowPhaseMs: 20_000 })
    for (let count = 0; count < 15; count += 1) {
      now += 1000
      expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status: 200 })
    }
    now += 1000
    const { status, headers } = await call(simulator, 'GET', '/api/accounts')
    expect({ status, wait: headers.get('retry-after') }).toEqual({ status: 429, wait: '4' })
    now += 4000
    expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status: 200 })
  })

  test('all private keys of an account share them', async () => {
    const simulator = await start({ now: () => 1_800_000_000_000 })
    simulator.account().addKey('pk_other')
    await call(simulator, 'GET', '/api/accounts')
    expect(
      await call(simulator, 'GET', '/api/accounts', undefined, {
        authorization: 'Klaviyo-API-Key pk_other',
      }),
    ).toMatchObject({ status: 429 })
  })

  test('can be switched off', async () => {
    const simulator = await start({ limits: false })
    for (let count = 0; count < 5; count += 1) {
      expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status: 200 })
    }
  })
})

describe('events', () => {
  test('an event is accepted with 202 and an empty body, and makes its metric and profile', async () => {
    const simulator = await start()
    const { status, body } = await call(
      simulator,
      'POST',
      '/api/events',
      event({
        unique_id: '1001',
        value: 9.99,
        value_currency: 'USD',
        time: '2026-07-01T10:00:00.900+02:00',
      }),
    )
    expect({ status, body }).toEqual({ status: 202, body: undefined })
    expect(simulator.events('Placed Order')).toMatchObject([
      {
        metric: 'Placed Order',
        unique_id: '1001',
        value: 9.99,
        value_currency: 'USD',
        properties: { OrderId: '1001' },
        time: '2026-07-01T08:00:00+00:00',
        backfill: false,
        profile: { email: 'ada@example.com' },
      },
    ])
    expect(simulator.metrics()).toMatchObject([
      { name: 'Placed Order', integration: { key: 'api' } },
    ])
  })

  test('the first event of a profile, metric and unique id is kept, and later ones are accepted silently', async () => {
    const simulator = await start()
    await call(simulator, 'POST', '/api/events', event({ unique_id: '1', value: 1 }))
    const again = await call(simulator, 'POST', '/api/events', event({ unique_id: '1', value: 2 }))
    expect(again.status).toBe(202)
    await call(
      simulator,
      'POST',
      '/api/events',
      event({ unique_id: '1' }, { email: 'bob@example.com' }),
    )
    expect(simulator.events().map(({ value, profile }) => [value, profile.email])).toEqual([
      [1, 'ada@example.com'],
      [null, 'bob@example.com'],
    ])
  })

  test('without a unique id one event is kept per profile, metric and second', async () => {
    const simulator = await start()
    const at = (time: string): Promise<Reply> =>
      call(simulator, 'POST', '/api/events', event({ time }))
    await at('2026-07-01T10:00:00.100Z')
    await at('2026-07-01T10:00:00.900Z')
    await at('2026-07-01T10:00:01Z')
    expect(simulator.events().map(({ unique_id }) => unique_id)).toEqual([
      '1782900000',
      '1782900001',
    ])
  })

  test('a bulk request with a repeated unique id fails whole, with a pointer to the repeat', async () => {
    const simulator = await start()
    const refused = await call(
      simulator,
      'POST',
      '/api/event-bulk-create-jobs',
      bulk([{ unique_id: '1' }, { unique_id: '2' }, { unique_id: '1' }]),
    )
    expect(refused).toMatchObject({
      status: 400,
      body: {
        errors: [
          {
            source: {
              pointer:
                '/data/attributes/events-bulk-create/data/0/attributes/events/data/2/attributes/unique_id',
            },
          },
        ],
      },
    })
    expect(simulator.events()).toEqual([])
  })

  test('by switch a bulk request fails for a unique id that is known already', async () => {
    for (const repeats of ['within-request', 'history'] as const) {
      const simulator = await start({ repeats })
      await call(simulator, 'POST', '/api/events', event({ unique_id: '1' }))
      const { status } = await call(
        simulator,
        'POST',
        '/api/event-bulk-create-jobs',
        bulk([{ unique_id: '1' }, { unique_id: '2' }]),
      )
      expect({ repeats, status, kept: simulator.events().length }).toEqual(
        repeats === 'history'
          ? { repeats, status: 400, kept: 1 }
          : { repeats, status: 202, kept: 2 },
      )
    }
  })

  test('backfill holds for a group or a single event', async () => {
    const simulator = await start()
    await call(
      simulator,
      'POST',
      '/api/event-bulk-create-jobs',
      bulk([{ unique_id: '1', backfill: true }, { unique_id: '2' }]),
    )
    expect(simulator.events().map(({ backfill }) => backfill)).toEqual([true, false])
  })

  test('what was accepted is seen after a while only', async () => {
    const simulator = await start({ visibleAfterMs: 5000 })
    await call(simulator, 'POST', '/api/events', event())
    expect(simulator.events()).toEqual([])
    simulator.advance(5000)
    expect(simulator.events()).toHaveLength(1)
  })

  test.each([
    [
      'no identifier',
      event({}, { first_name: 'Ada' }),
      '/data/attributes/profile/data/attributes',
      'identifiers',
    ],
    [
      'an invalid phone number',
      event({}, { phone_number: '0171 123' }),
      '/data/attributes/profile/data/attributes/phone_number',
      'Invalid phone number format (Example of a valid format: +12345678901)',
    ],
    [
      'an invalid email address',
      event({}, { email: 'ada@@example' }),
      '/data/attributes/profile/data/attributes/email',
      'Invalid email address',
    ],
    [
      'no metric',
      {
        data: {
          type: 'event',
          attributes: {
            properties: {},
            profile: { data: { type: 'profile', attributes: { email: 'a@b.co' } } },
          },
        },
      },
      '/data/attributes/metric',
      "'metric' is a required field for the resource 'event'.",
    ],
    [
      'a member that Klaviyo does not know',
      event({ color: 'red' }),
      '/data/attributes/color',
      "'color' is not a valid field for the resource 'event'.",
    ],
    [
      'a time before 1990',
      event({ time: '1989-12-31T00:00:00Z' }),
      '/data/attributes/time',
      '1990',
    ],
    [
      'a time in three years',
      event({ time: new Date(Date.now() + 3 * 31_536_000_000).toISOString() }),
      '/data/attributes/time',
      'a year ahead',
    ],
    [
      'a metric name of 128 characters',
      event({ metric: { data: { type: 'metric', attributes: { name: 'x'.repeat(128) } } } }),
      '/data/attributes/metric/data/attributes/name',
      '128',
    ],
    [
      '401 properties',
      event({
        properties: Object.fromEntries(Array.from({ length: 401 }, (_, n) => [`p${n}`, n])),
      }),
      '/data/attributes/properties',
      '400',
    ],
    [
      'a string over 100 KB',
      event({ properties: { text: 'x'.repeat(102_401) } }),
      '/data/attributes/properties',
      '100 KB',
    ],
    [
      'a unique id of 256 characters',
      event({ unique_id: 'x'.repeat(256) }),
      '/data/attributes/unique_id',
      '255',
    ],
    [
      'another type',
      { data: { ...(event() as { data: object }).data, type: 'profile' } },
      '/data/type',
      "'event'",
    ],
  ])('%s is refused with a pointer', async (_what, body, pointer, detail) => {
    const simulator = await start()
    const { status, body: answer } = await call(simulator, 'POST', '/api/events', body)
    expect(status).toBe(400)
    expect(answer.errors[0]).toMatchObject({
      status: 400,
      code: 'invalid',
      title: 'Invalid input.',
      detail: expect.stringContaining(detail),
      source: { pointer },
    })
    expect(simulator.events()).toEqual([])
  })

  test('1,000 events make a full bulk request, and one more is too many', async () => {
    const simulator = await start()
    expect(
      await call(simulator, 'POST', '/api/event-bulk-create-jobs', bulk(numbered(1001))),
    ).toMatchObject({ status: 400 })
    expect(
      await call(simulator, 'POST', '/api/event-bulk-create-jobs', bulk(numbered(1000))),
    ).toMatchObject({ status: 202 })
    expect(simulator.eventCount()).toBe(1000)
  })

  test('a body over 5 MB is refused, by switch with 413 or 400', async () => {
    for (const tooLarge of [413, 400] as const) {
      const simulator = await start({ choices: { tooLarge } })
      const text = JSON.stringify(event({ properties: { text: 'x'.repeat(5 * 1024 * 1024) } }))
      expect(await call(simulator, 'POST', '/api/events', text)).toMatchObject({ status: tooLarge })
    }
  })

  test('reading them back shows the keys that Klaviyo adds, pages by cursor and includes profiles', async () => {
    const simulator = await start()
    await call(
      simulator,
      'POST',
      '/api/event-bulk-create-jobs',
      bulk([
        { unique_id: 'a', time: '2026-07-01T00:00:00Z' },
        { unique_id: 'b', time: '2026-07-02T00:00:00Z', value: 3 },
        { unique_id: 'c', time: '2026-07-03T00:00:00Z' },
      ]),
    )
    const [metric] = simulator.metrics()
    const filter = encodeURIComponent(
      `equals(metric_id,"${metric?.id}"),greater-than(datetime,2026-07-01T00:00:00Z)`,
    )
    const first = await call(
      simulator,
      'GET',
      `/api/events?filter=${filter}&sort=datetime&page[size]=1&include=profile,metric`,
    )
    expect(first.body.data[0].attributes.event_properties).toEqual({ $event_id: 'b', $value: 3 })
    expect(first.body.included).toMatchObject([
      { type: 'metric', attributes: { name: 'Placed Order' } },
      { type: 'profile', attributes: { email: 'ada@example.com' } },
    ])
    const next = first.body.links.next.slice(simulator.url.length)
    const second = await call(simulator, 'GET', next)
    expect(second.body.data[0].attributes.event_properties.$event_id).toBe('c')
    expect(second.body.links.next).toBeNull()
  })
})

describe('profiles', () => {
  test('an import creates with 201 and updates with 200; absent leaves, null clears', async () => {
    const simulator = await start()
    const created = await call(
      simulator,
      'POST',
      '/api/profile-import',
      person({
        email: 'Ada@Example.com',
        first_name: 'Ada',
        last_name: 'L',
        properties: { tier: 'gold' },
      }),
    )
    expect(created.status).toBe(201)
    const updated = await call(
      simulator,
      'POST',
      '/api/profile-import',
      person({ email: 'ada@example.com', first_name: null }),
    )
    expect(updated.status).toBe(200)
    expect(updated.body.data.id).toBe(created.body.data.id)
    expect(simulator.profile('ada@example.com')).toMatchObject({
      first_name: null,
      last_name: 'L',
      properties: { tier: 'gold' },
    })
  })

  test('a second profile of one address is refused with the id of the first', async () => {
    const simulator = await start()
    const { body } = await call(
      simulator,
      'POST',
      '/api/profiles',
      person({ email: 'ada@example.com' }),
    )
    expect(
      await call(simulator, 'POST', '/api/profiles', person({ email: 'ada@example.com' })),
    ).toMatchObject({
      status: 409,
      body: {
        errors: [
          {
            code: 'duplicate_profile',
            detail: 'A profile already exists with one of these identifiers.',
            source: { pointer: '/data/attributes' },
            meta: { duplicate_profile_id: body.data.id },
          },
        ],
      },
    })
  })

  test('an import whose identifiers belong to two people is refused', async () => {
    const simulator = await start()
    await call(simulator, 'POST', '/api/profiles', person({ email: 'ada@example.com' }))
    const { body } = await call(simulator, 'POST', '/api/profiles', person({ external_id: 'c1' }))
    expect(
      await call(
        simulator,
        'POST',
        '/api/profile-import',
        person({ email: 'ada@example.com', external_id: 'c1' }),
      ),
    ).toMatchObject({
      status: 409,
      body: { errors: [{ meta: { duplicate_profile_id: body.data.id } }] },
    })
  })

  test('properties are appended, taken out and unset', async () => {
    const simulator = await start()
    const send = (meta: object): Promise<Reply> =>
      call(
        simulator,
        'POST',
        '/api/profile-import',
        person({ email: 'a@b.co' }, { meta: { patch_properties: meta } }),
      )
    await send({ append: { skus: ['1', '2'] } })
    await send({ append: { skus: '3' } })
    await send({ unappend: { skus: '2' } })
    expect(simulator.profile('a@b.co')?.properties).toEqual({ skus: ['1', '3'] })
    await send({ unset: ['skus'] })
    expect(simulator.profile('a@b.co')?.properties).toEqual({})
  })

  test('an anonymous visitor becomes the person whom an event names beside the anonymous id', async () => {
    const simulator = await start()
    await call(
      simulator,
      'POST',
      '/api/events',
      event({ unique_id: '1' }, { anonymous_id: 'visitor' }),
    )
    await call(
      simulator,
      'POST',
      '/api/events',
      event({ unique_id: '2' }, { email: 'ada@example.com', anonymous_id: 'visitor' }),
    )
    expect(simulator.profiles()).toHaveLength(1)
    expect(simulator.events().map(({ profile: { email } }) => email)).toEqual([
      'ada@example.com',
      'ada@example.com',
    ])
  })

  test('are found by filter and read page by page', async () => {
    const simulator = await start()
    for (const name of ['a', 'b', 'c'])
      await call(simulator, 'POST', '/api/profiles', person({ email: `${name}@b.co` }))
    const found = await call(
      simulator,
      'GET',
      `/api/profiles?filter=${encodeURIComponent('equals(email,"b@b.co")')}&additional-fields[profile]=subscriptions`,
    )
    expect(found.body.data).toMatchObject([
      {
        attributes: {
          email: 'b@b.co',
          subscriptions: {
            email: {
              marketing: { consent: 'NEVER_SUBSCRIBED', can_receive_email_marketing: true },
            },
          },
        },
      },
    ])
    const emails: string[] = []
    let next: string | null = '/api/profiles?page[size]=2&sort=-email'
    while (next !== null) {
      const { body }: Reply = await call(simulator, 'GET', next)
      emails.push(
        ...body.data.map((one: { attributes: { email: string } }) => one.attributes.email),
      )
      next = body.links.next?.slice(simulator.url.length) ?? null
    }
    expect(emails).toEqual(['c@b.co', 'b@b.co', 'a@b.co'])
  })

  test.each([
    [
      'filter',
      '/api/lists?filter=contains(name,"x")',
      "'contains' is not an allowed filter operator for name.  Allowed operators are any, equals",
    ],
    [
      'include',
      '/api/lists?include=profiless',
      "'profiless' is not an allowed include parameter for this resource.",
    ],
    [
      'page[size]',
      '/api/metrics?page[size]=10',
      "'page_size' is not a valid field for the resource 'metric'.",
    ],
    [
      'page[size]',
      '/api/profiles?page[size]=101',
      'Page size must be an integer between 1 and 100.',
    ],
  ])('a wrong %s is refused in the words of Klaviyo', async (parameter, path, detail) => {
    const simulator = await start()
    expect(await call(simulator, 'GET', path)).toMatchObject({
      status: 400,
      body: { errors: [{ detail, source: { parameter } }] },
    })
  })

  test('a bulk import tells of its job, and passes over nulls', async () => {
    const simulator = await start({ visibleAfterMs: 1000 })
    const list = simulator.account().addList({ name: 'Imported' })
    await call(simulator, 'POST', '/api/profiles', person({ email: 'a@b.co', first_name: 'Ada' }))
    const { status, body } = await call(simulator, 'POST', '/api/profile-bulk-import-jobs', {
      data: {
        type: 'profile-bulk-import-job',
        attributes: {
          profiles: {
            data: [
              person({ email: 'a@b.co', first_name: null, last_name: 'L' }),
              person({ email: 'new@b.co' }),
            ].map((one) => (one as { data: object }).data),
          },
        },
        relationships: { lists: { data: [{ type: 'list', id: list.id }] } },
      },
    })
    expect(status).toBe(202)
    expect(body.data.attributes).toMatchObject({
      status: 'queued',
      total_count: 2,
      completed_count: 0,
    })
    simulator.advance(1000)
    const job = await call(simulator, 'GET', `/api/profile-bulk-import-jobs/${body.data.id}`)
    expect(job.body.data.attributes).toMatchObject({
      status: 'complete',
      completed_count: 2,
      failed_count: 0,
    })
    expect(simulator.profile('a@b.co')).toMatchObject({
      first_name: 'Ada',
      last_name: 'L',
      lists: [list.id],
    })
  })
})

describe('consent', () => {
  test('a list with single opt-in subscribes at once', async () => {
    const simulator = await start()
    const { id } = simulator.account().addList({ name: 'News', optIn: 'single_opt_in' })
    const { status, body } = await call(
      simulator,
      'POST',
      subscribePath,
      subscribe([{ email: 'a@b.co', ...toEmail }], { list: id }),
    )
    expect({ status, body }).toEqual({ status: 202, body: undefined })
    expect(consentOf(simulator, 'a@b.co')).toBe('SUBSCRIBED')
    expect(simulator.lists()[0]?.members).toHaveLength(1)
    expect(simulator.events('Subscribed to Email Marketing')).toHaveLength(1)
  })

  test('double opt-in withholds: someone new is no profile until the link is followed', async () => {
    const simulator = await start()
    await call(simulator, 'POST', subscribePath, subscribe([{ email: 'a@b.co', ...toEmail }]))
    expect(simulator.profile('a@b.co')).toBeUndefined()
    expect(simulator.account().confirmOptIn('a@b.co')).toBe(true)
    expect(consentOf(simulator, 'a@b.co')).toBe('SUBSCRIBED')
  })

  test('a historical import asks nobody, and needs a date in the past', async () => {
    const simulator = await start()
    expect(
      await call(
        simulator,
        'POST',
        subscribePath,
        subscribe([{ email: 'a@b.co', ...toEmail }], { historical_import: true }),
      ),
    ).toMatchObject({ status: 400 })
    expect(
      await call(
        simulator,
        'POST',
        subscribePath,
        subscribe([consentedAt('2024-01-01T00:00:00Z')]),
      ),
    ).toMatchObject({ status: 400 })
    expect(
      await call(
        simulator,
        'POST',
        subscribePath,
        subscribe([consentedAt('2024-01-01T00:00:00Z')], { historical_import: true }),
      ),
    ).toMatchObject({ status: 202 })
    expect(consentOf(simulator, 'a@b.co')).toBe('SUBSCRIBED')
  })

  test('one phone number of an unsupported region fails the whole batch, with its place', async () => {
    const simulator = await start()
    const toSms = { subscriptions: { sms: { marketing: { consent: 'SUBSCRIBED' } } } }
    const { status, body } = await call(
      simulator,
      'POST',
      subscribePath,
      subscribe([
        { phone_number: '+15005550006', ...toSms },
        { phone_number: '+8613812345678', ...toSms },
      ]),
    )
    expect(status).toBe(400)
    expect(body.errors[0]).toMatchObject({
      detail: 'Phone number is valid but is not in a supported region for this account.',
      source: { pointer: '/data/attributes/profiles/data/1/attributes/phone_number' },
    })
    expect(simulator.profiles()).toEqual([])
  })

  test('unsubscribing from a list that someone is not in unsubscribes them everywhere', async () => {
    const simulator = await start()
    const news = simulator.account().addList({ name: 'News' })
    const other = simulator.account().addList({ name: 'Other' })
    await call(
      simulator,
      'POST',
      subscribePath,
      subscribe([{ email: 'a@b.co', ...toEmail }], { list: news.id }),
    )
    const unsubscribe = (list: string): Promise<Reply> =>
      call(simulator, 'POST', '/api/profile-subscription-bulk-delete-jobs', {
        data: {
          type: 'profile-subscription-bulk-delete-job',
          attributes: {
            profiles: {
              data: [
                {
                  type: 'profile',
                  attributes: {
                    email: 'a@b.co',
                    subscriptions: { email: { marketing: { consent: 'UNSUBSCRIBED' } } },
                  },
                },
              ],
            },
          },
          relationships: { list: { data: { type: 'list', id: list } } },
        },
      })
    expect(await unsubscribe(news.id)).toMatchObject({ status: 202 })
    expect(consentOf(simulator, 'a@b.co')).toBe('SUBSCRIBED')
    await unsubscribe(other.id)
    expect(consentOf(simulator, 'a@b.co')).toBe('UNSUBSCRIBED')
  })
})

describe('faults', () => {
  test('a status is answered as often as asked, without the work', async () => {
    const simulator = await start()
    simulator.answer('/api/events', 503, { times: 2, retryAfter: 7 })
    const first = await call(simulator, 'POST', '/api/events', event({ unique_id: '1' }))
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '7'])
    await call(simulator, 'POST', '/api/events', event({ unique_id: '2' }))
    expect(await call(simulator, 'POST', '/api/events', event({ unique_id: '3' }))).toMatchObject({
      status: 202,
    })
    expect(simulator.events().map(({ unique_id }) => unique_id)).toEqual(['3'])
  })

  test.each([
    ['reset-before', 0],
    ['reset-after', 1],
    ['half', 1],
  ] as const)('%s breaks the connection off when %i event was taken', async (fault, taken) => {
    const simulator = await start()
    simulator.answer('create_event', fault, { times: 1 })
    await expect(call(simulator, 'POST', '/api/events', event())).rejects.toThrow('fetch failed')
    expect(simulator.events()).toHaveLength(taken)
    expect(simulator.requests().at(-1)).toMatchObject({ status: 0, fault })
  })

  test('the work may be done and the answer bad', async () => {
    const simulator = await start()
    simulator.answer('/api/events', 500, { afterWork: true })
    expect(await call(simulator, 'POST', '/api/events', event())).toMatchObject({ status: 500 })
    expect(simulator.events()).toHaveLength(1)
  })

  test('a slow drip and a delay answer whole in the end', async () => {
    const simulator = await start()
    simulator.answer('/api/accounts', { drip: 60 }, { times: 1 })
    simulator.answer('/api/metrics', { delay: 30 }, { times: 1 })
    expect((await call(simulator, 'GET', '/api/accounts')).body.data).toHaveLength(1)
    expect(await call(simulator, 'GET', '/api/metrics')).toMatchObject({ status: 200 })
  })

  test('an outage ends by the clock', async () => {
    const simulator = await start({ limits: false })
    simulator.outage(60_000)
    expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status: 503 })
    simulator.advance(60_000)
    expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status: 200 })
  })

  test('a fault can look for a text in the body, packed or not: one event out of many', async () => {
    const simulator = await start()
    simulator.answer('/api/event*', 400, { match: 'poison@' })
    const send = (path: string, body: object): Promise<unknown> =>
      call(simulator, 'POST', path, body)
    expect(await send('/api/events', event())).toMatchObject({ status: 202 })
    expect(await send('/api/events', event({}, { email: 'poison@example.com' }))).toMatchObject({
      status: 400,
    })
    expect(
      await send('/api/event-bulk-create-jobs', bulk([{}], { email: 'poison@example.com' })),
    ).toMatchObject({ status: 400 })
    const packed = await fetch(`${simulator.url}/api/events`, {
      method: 'POST',
      headers: {
        authorization: `Klaviyo-API-Key ${simulator.account().privateKey}`,
        revision: '2026-07-15',
        'content-type': 'application/vnd.api+json',
        'content-encoding': 'gzip',
      },
      body: gzipSync(JSON.stringify(event({}, { email: 'poison@example.com' }))),
    })
    expect(packed.status).toBe(400)
    expect(simulator.eventCount()).toBe(1)
  })

  test('a fault meets one account, one method and a share of the calls', async () => {
    const dice = [0.1, 0.9, 0.1]
    const simulator = await start({
      accounts: [{ id: 'FIRST1' }, { id: 'SECND2', privateKey: 'pk_second' }],
      random: () => dice.shift() ?? 1,
    })
    simulator.answer('/api/*', 503, { account: 'FIRST1', method: 'POST', share: 0.5 })
    const statuses: number[] = []
    for (let count = 0; count < 3; count += 1) {
      statuses.push((await call(simulator, 'POST', '/api/events', event())).status)
    }
    expect(statuses).toEqual([503, 202, 503])
    expect(await call(simulator, 'GET', '/api/events')).toMatchObject({ status: 200 })
    const authorization = 'Klaviyo-API-Key pk_second'
    expect(await call(simulator, 'POST', '/api/events', event(), { authorization })).toMatchObject({
      status: 202,
    })
  })

  test('what is switched on can be switched off', async () => {
    const simulator = await start({ limits: false })
    const off = simulator.answer('/api/*', 500)
    simulator.answer('/api/metrics', 502)
    off()
    expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status: 200 })
    expect(await call(simulator, 'GET', '/api/metrics')).toMatchObject({ status: 502 })
    simulator.clearFaults()
    expect(await call(simulator, 'GET', '/api/metrics')).toMatchObject({ status: 200 })
  })
})
