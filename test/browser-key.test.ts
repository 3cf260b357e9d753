import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, test, vi } from 'vitest'
import type { JsonObject } from '../src/core/index.ts'
import { startBoth } from './harness.ts'

const hourS = 3600

/** As the shop's server makes it, with any library for JSON Web Tokens. */
function tokenOf(claims: JsonObject, secret: string, algorithm = 'HS256'): string {
  const signed = `${part({ alg: algorithm, typ: 'JWT' })}.${part(claims)}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

const soon = () => Math.floor(Date.now() / 1000) + hourS
const anonymousId = 'visitor-1'
const order = { order_id: '1042', total: 27.5, currency: 'EUR' }

describe('what a page may say (C14)', () => {
  test('A99 C14 an order is kept with a reason, answered 200 and not sent, whatever it is called', async () => {
    const { server, klaviyo } = await startBoth()
    for (const event of [
      'Order Completed',
      'Purchase',
      ' placed order ',
      'Ordered Product',
      'Order Refunded',
    ]) {
      const { status } = await server.fromPage([
        { type: 'track', event, anonymousId, properties: { ...order, email: 'ada@example.com' } },
      ])
      expect(status).toBe(200)
    }
    await server.settle()
    expect(klaviyo.events()).toEqual([])
    expect((await server.standing()).counts).toEqual({ browser_unsigned: 5 })
  })

  test('A99 C14 it names one address and changes nothing that is known of the person', async () => {
    const { server, klaviyo } = await startBoth()
    const ada = { email: 'ada@example.com', phone: '+4915112345678', firstName: 'Ada' }
    await server.identify({ userId: 'u-1', traits: ada })
    await server.settle()
    await server.fromPage([
      {
        type: 'identify',
        anonymousId,
        userId: 'u-1',
        traits: { email: ada.email, phone: '+4915199999999', firstName: 'Mallory', vip: true },
      },
      { type: 'track', event: 'Product Viewed', anonymousId, userId: 'u-1' },
      { type: 'track', event: 'Product Viewed', anonymousId, userId: 'u-2' },
      { type: 'alias', anonymousId, userId: 'u-1', previousId: 'u-3' },
    ])
    // What a page said of `u-3` and `u-2` is nobody's: they stay who they are, or unknown.
    await server.track('Gift Wrapped', { userId: 'u-3' })
    await server.settle()
    expect(klaviyo.profiles()).toMatchObject([
      { email: ada.email, phone_number: ada.phone, external_id: 'u-1', first_name: 'Ada' },
      { email: null, external_id: 'u-3' },
    ])
    expect(klaviyo.profile(ada.email)?.properties).toEqual({})
    expect(klaviyo.events('Viewed Product').map(({ profile }) => profile.email)).toEqual([
      ada.email,
      ada.email,
    ])
  })

  test('C14 a subscription is left out, with a note; the visitor is known all the same', async () => {
    const { server, klaviyo } = await startBoth()
    const list = klaviyo.account().addList({ name: 'News', optIn: 'single_opt_in' })
    const before = klaviyo.requests().length
    await server.fromPage([
      {
        type: 'identify',
        messageId: 'm1',
        anonymousId,
        traits: { email: 'ada@example.com', properties: { subscribe: true, listId: list.id } },
      },
      {
        type: 'group',
        anonymousId,
        groupId: list.id,
        traits: { email: 'a@b.co', subscribe: true },
      },
    ])
    await server.settle()
    expect(klaviyo.profile('ada@example.com')).toMatchObject({ email: 'ada@example.com' })
    const asked = klaviyo.requests().slice(before)
    expect(asked.map(({ path }) => path)).toEqual(['/api/profile-import'])
    const { body } = await server.get('/api/events/m1')
    expect(body).toMatchObject({ explanation: { notes: ['unsigned_left_out'] } })
    expect((await server.standing()).counts).toMatchObject({ browser_unsigned: 1 })
  })

  test('C14 what the shop’s server has signed is believed: the person, and an order at its amount', async () => {
    const { server, klaviyo } = await startBoth()
    const claims = { sub: 'u-1', email: 'ada@example.com', exp: soon() }
    await server.fromPage([
      {
        type: 'identify',
        messageId: 'm1',
        anonymousId,
        traits: { email: 'other@example.com', firstName: 'Ada' },
        context: { token: tokenOf(claims, server.writeKey) },
      },
      {
        type: 'track',
        event: 'Order Completed',
        anonymousId,
        properties: { ...order, email: 'ada@example.com' },
        context: {
          token: tokenOf({ ...claims, order_id: '1042', total: 27.5 }, server.writeKey),
        },
      },
      {
        type: 'track',
        event: 'Order Completed',
        anonymousId,
        properties: { ...order, order_id: '1043', total: 9999 },
        context: {
          token: tokenOf({ ...claims, order_id: '1043', total: 27.5 }, server.writeKey),
        },
      },
    ])
    await server.settle()
    expect(klaviyo.profiles()).toMatchObject([
      { email: 'ada@example.com', external_id: 'u-1', first_name: 'Ada' },
    ])
    expect(klaviyo.events('Placed Order')).toMatchObject([{ value: 27.5 }])
    expect((await server.standing()).counts).toMatchObject({ browser_unsigned: 1 })
    // The token itself is kept nowhere.
    expect((await server.story('m1'))?.body).not.toContain('token')
  })

  test.each([
    [
      'made with another secret',
      () => tokenOf({ email: 'ada@example.com', exp: soon() }, 'guessed'),
    ],
    ['past its end', (secret: string) => tokenOf({ email: 'ada@example.com', exp: 1 }, secret)],
    ['without an end', (secret: string) => tokenOf({ email: 'ada@example.com' }, secret)],
    [
      'of another procedure',
      (secret: string) => tokenOf({ email: 'ada@example.com', exp: soon() }, secret, 'none'),
    ],
    ['that is none', () => 'a.b.c'],
    ['that is no text', () => 7],
  ])('C14 a token %s counts for nothing', async (_what, make) => {
    const { server, klaviyo } = await startBoth()
    await server.fromPage([
      {
        type: 'identify',
        anonymousId,
        traits: { email: 'ada@example.com', firstName: 'Mallory' },
        context: { token: make(server.writeKey) },
      },
    ])
    await server.settle()
    expect(klaviyo.profile('ada@example.com')?.first_name ?? null).toBeNull()
  })

  test('C14 nobody marks his own events as signed, and the server’s key needs no signature', async () => {
    const { server, klaviyo } = await startBoth()
    const browser = { person: true, order: true }
    const claimed = { type: 'track', event: 'Order Completed', anonymousId, browser }
    await server.fromPage([{ ...claimed, properties: { ...order, email: 'ada@example.com' } }])
    await server.track('Order Completed', {
      browser: { person: false, order: false },
      properties: { ...order, email: 'ada@example.com' },
    })
    await server.settle()
    expect(klaviyo.events('Placed Order')).toHaveLength(1)
  })

  test('C14 in the stream and hub presets a page may say everything', async () => {
    const { server, klaviyo } = await startBoth({ preset: 'stream' })
    await server.fromPage([
      {
        type: 'track',
        event: 'Order Completed',
        userId: 'u-1',
        context: { traits: { email: 'ada@example.com', firstName: 'Ada' } },
        properties: order,
      },
    ])
    await server.settle()
    expect(klaviyo.events('Placed Order')).toHaveLength(1)
    expect(klaviyo.profile('ada@example.com')).toMatchObject({ first_name: 'Ada' })
    const { body } = await server.get('/')
    expect(body).toContain('anybody who reads it in a page can report orders')
  })
})

function bought(id: string): JsonObject {
  return {
    type: 'track',
    event: 'Order Completed',
    anonymousId,
    properties: { ...order, order_id: id, email: 'ada@example.com' },
  }
}

test('C14 the say of a browser key is changed at a local address, for what comes from then on', async () => {
  const { server, klaviyo } = await startBoth()
  const path = `/api/connections/${server.installation.connection.id}/browser-key`
  await server.fromPage([bought('1')])
  expect(await server.post(path, { may: 'all' })).toMatchObject({ status: 400 })
  expect(await server.post(path, { may: 'everything' })).toMatchObject({ status: 200 })
  // What was found of a key is remembered for some seconds.
  await vi.waitFor(async () => {
    await server.fromPage([bought('2')])
    await server.settle()
    const ids = klaviyo.events('Placed Order').map(({ unique_id }) => unique_id)
    expect(ids).toEqual(['acme:order:2'])
  }, 20_000)
})

describe('the script with a shop’s settings', () => {
  test('it is 3 KB at most as it goes over the wire, settings included', async () => {
    const { server } = await startBoth({ settings: { trackingConsent: 'opt-in' } })
    const response = await fetch(`${server.url}/sdk/${server.browserKey}.js`)
    expect(response.headers.get('content-encoding')).toBe('gzip')
    const text = await response.text()
    expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(3072)
    expect(text).toContain('"consent":"opt-in"')
    expect(text).toContain(`/onsite/js/${server.installation.destination.accountId}/klaviyo.js`)
    // No page may learn what signs.
    expect(text).not.toContain(server.writeKey)
  })

  test('it may be kept, and is not sent again while it is the same', async () => {
    const { server } = await startBoth()
    const url = `${server.url}/sdk/${server.browserKey}.js`
    const first = await fetch(url)
    expect(first.headers.get('cache-control')).toContain('max-age=300')
    expect(first.headers.get('access-control-allow-origin')).toBe('*')
    const etag = first.headers.get('etag') ?? ''
    const again = await fetch(url, { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const plain = await fetch(url, { headers: { 'accept-encoding': 'identity' } })
    expect(await plain.text()).toBe(await first.text())
  })

  test('the server’s key is refused in a page, and one that nobody has', async () => {
    const { server } = await startBoth()
    expect(await server.get(`/sdk/${server.writeKey}.js`)).toMatchObject({
      status: 403,
      body: expect.stringContaining('Use the browser key'),
    })
    expect(await server.get('/sdk/pub_none.js')).toMatchObject({ status: 404 })
  })

  test('what other SDKs fetch first names the key that was asked with, never the server’s', async () => {
    const { server } = await startBoth()
    const { browserKey, writeKey } = server
    const answers = [
      await server.get(`/v1/projects/${browserKey}/settings`),
      await server.get(`/sourceConfig?writeKey=${browserKey}`),
    ]
    for (const answer of answers) {
      expect(JSON.stringify(answer)).toContain(browserKey)
      expect(JSON.stringify(answer)).not.toContain(writeKey)
    }
  })

  test('a source from before there were browser keys gets one at the next start', async () => {
    const { server, klaviyo } = await startBoth()
    const { workspaceId, id, ...source } = server.installation.source
    const old = { workspaceId, id: 'src_old', storeId: source.storeId, name: 'Old', enabled: true }
    await server.parts.config.addSource({ ...old, writeKey: 'wk_old' })
    await server.parts.config.addConnection({
      ...server.installation.connection,
      id: 'con_old',
      sourceId: 'src_old',
    })
    await server.stop()
    const again = await startBoth({ klaviyo, dataDir: server.dataDir })
    const sources = await again.server.parts.config.sources(workspaceId)
    expect(sources.find((one) => one.id === 'src_old')).toMatchObject({
      browserKey: expect.stringMatching(/^pub_/),
      browserMay: 'behaviour',
    })
    expect(sources.find((one) => one.id === id)).toMatchObject({ browserKey: server.browserKey })
  })
})
