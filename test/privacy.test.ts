import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../src/core/index.ts'
import { startBoth, type TestServer } from './harness.ts'

const ada = { userId: 'u-1', context: { traits: { email: 'ada@example.com' } } }

describe('what the shopper’s browser asks (M14)', () => {
  test('M14 Global Privacy Control counts at the server too, whatever the page says', async () => {
    const { server, klaviyo } = await startBoth()
    const context = {
      ...ada.context,
      gclid: 'g',
      _fbp: 'f',
      _kx: 'k.TEST01',
      consent: { analytics: true, marketing: true },
    }
    const event = { type: 'track', event: 'Gift Wrapped', messageId: 'm1', userId: 'u-1', context }
    await server.post('/v1/batch', { batch: [event] }, { 'sec-gpc': '1' })
    await server.settle()
    const said = (JSON.parse((await server.story('m1'))!.body) as JsonObject)['context']
    expect(said).toEqual({
      ...ada.context,
      consent: { analytics: true, marketing: false, gpc: true },
    })
    expect(klaviyo.events('Gift Wrapped')).toHaveLength(1)
  })

  test.each([
    [
      'pages',
      [{ ...ada, context: { ...ada.context, page: { url: 'https://a.b/' } } }],
      'consent_missing',
    ],
    ['pages', [ada], 'accepted'],
    ['all', [ada], 'consent_missing'],
    ['off', [ada], 'accepted'],
  ] as const)('M14 consentSignal %s: %j is %s', async (consentSignal, [event], reason) => {
    const { server } = await startBoth({ settings: { consentSignal } })
    expect(await outcomeOf(server, event)).toBe(reason)
  })

  test('M14 under opt-in a page has to say it, and a refusal in the words of Segment’s wrappers counts', async () => {
    const { server } = await startBoth({ settings: { trackingConsent: 'opt-in' } })
    const page = { url: 'https://a.b/' }
    const said = (consent: JsonObject) =>
      outcomeOf(server, { ...ada, context: { ...ada.context, page, consent } })
    expect(await said({})).toBe('consent_missing')
    expect(await said({ analytics: true })).toBe('accepted')
    expect(await said({ categoryPreferences: { Analytics: true, Advertising: false } })).toBe(
      'accepted',
    )
    expect(await said({ categoryPreferences: { Analytics: false } })).toBe('consent_denied')
  })
})

test('Z19 a bot is known by what its requests call it, where the page’s events do not say', async () => {
  const { server } = await startBoth()
  const event = { type: 'track', event: 'Gift Wrapped', messageId: 'm1', anonymousId: 'a' }
  const headers = { authorization: '', 'user-agent': 'Googlebot/2.1' }
  await server.post('/v1/batch', { writeKey: server.browserKey, batch: [event] }, headers)
  // What a server calls itself says nothing of its shoppers.
  const agent = { 'user-agent': 'Googlebot/2.1' }
  await server.post('/v1/batch', { batch: [{ ...event, ...ada, messageId: 'm2' }] }, agent)
  await server.settle()
  expect((await server.story('m1'))?.reason).toBe('bot_traffic')
  expect((await server.story('m2'))?.reason).toBe('accepted')
})

describe('origins of a browser key', () => {
  test('A42 pages of other origins, or of none, are refused; the server’s own key is not', async () => {
    const { server } = await startBoth()
    expect(await postFrom(server, 'https://evil.example')).toMatch(/^200/)
    const { workspaceId, id } = server.installation.source
    await server.parts.config.changeSource(workspaceId, id, {
      origins: ['https://shop.example', 'https://*.shop.example'],
    })
    await expect
      .poll(() => postFrom(server, 'https://evil.example'), { timeout: 10_000 })
      .toMatch(/^403 .*not on the list/)
    for (const origin of [
      'null',
      undefined,
      'http://shop.example',
      'https://shop.example.evil.example',
      'https://evil.example/.shop.example',
      'https://shop.example:8443',
    ]) {
      expect(await postFrom(server, origin)).toMatch(/^403/)
    }
    for (const origin of ['https://shop.example', 'https://de.shop.example']) {
      expect(await postFrom(server, origin)).toMatch(/^200/)
    }
    expect(await postFrom(server, undefined, server.writeKey)).toMatch(/^200/)
  })
})

describe('guests who come by a link of a Klaviyo mail', () => {
  const guest = { userId: undefined, anonymousId: 'visitor-1' }
  const on = { settings: { klaviyoLinks: true } } as const

  test('the event goes to the profile that the link was sent to; nothing is joined or said of the person', async () => {
    const { server, klaviyo, _kx } = await openWithAda(on)
    const traits = { firstName: 'Mallory' }
    await server.track('Product Viewed', { ...guest, traits, context: { _kx, traits } })
    await server.settle()
    expect(klaviyo.events('Viewed Product')).toHaveLength(1)
    expect(klaviyo.profiles()).toMatchObject([
      { email: 'ada@example.com', first_name: null, anonymous_id: null },
    ])
    const { request } = (await server.story((await server.events())[0]!.messageId))!.attempts[0]!
    expect(request).toContain(`"attributes":{"_kx":"${_kx}"}`)
  })

  test('who is known otherwise is that person, whatever link was followed', async () => {
    const { server, klaviyo, _kx } = await openWithAda(on)
    await server.track('Product Viewed', {
      anonymousId: 'visitor-2',
      context: { _kx, traits: { email: 'ben@example.com' } },
    })
    await server.settle()
    const people = new Map(klaviyo.profiles().map(({ id, email }) => [id, email]))
    expect(klaviyo.events('Viewed Product').map(({ profileId: id }) => people.get(id))).toEqual([
      'ben@example.com',
    ])
  })

  test('without the switch, under email-only, and with what is no such text, a guest stays one', async () => {
    const { server, _kx } = await openWithAda({})
    const context = { _kx }
    expect(await outcomeOf(server, { ...guest, context })).toBe('anonymous_waiting')
    await server.changeSettings({ klaviyoLinks: true, identity: 'email-only' })
    expect(await outcomeOf(server, { ...guest, context })).toBe('no_identifier')
    await server.changeSettings({ klaviyoLinks: true, identity: 'anonymous-allowed' })
    expect(await outcomeOf(server, { ...guest, context: { _kx: '<b>' } })).toBe('anonymous_waiting')
  })

  test('a link of another account is not sent, and one that Klaviyo refuses ends with its words', async () => {
    const { server, klaviyo, _kx } = await openWithAda(on)
    const other = { _kx: _kx.replace('TEST01', 'OTHER1') }
    expect(await outcomeOf(server, { ...guest, context: other })).toBe('no_identifier')
    klaviyo.answer('/api/events', 400, { method: 'POST' })
    expect(await outcomeOf(server, { ...guest, context: { _kx } })).toBe('klaviyo_rejected')
  })
})

let count = 0

async function outcomeOf(server: TestServer, event: JsonObject): Promise<string | undefined> {
  count += 1
  const messageId = `m-${count}`
  await server.batch([{ type: 'track', event: 'Gift Wrapped', messageId, ...event }])
  await server.settle()
  return (await server.story(messageId))?.reason
}

/** A page's POST, as the browser says where it comes from. */
async function postFrom(server: TestServer, origin: string | undefined, key = server.browserKey) {
  const { status, body } = await server.post(
    '/v1/batch',
    { writeKey: key, batch: [{ type: 'track', event: 'Gift Wrapped', anonymousId: 'a' }] },
    { authorization: '', ...(origin !== undefined && { origin }) },
  )
  return `${status} ${typeof body === 'string' ? body : ''}`
}

/** With Ada at Klaviyo, and the `_kx` of her links. */
async function openWithAda(options: Parameters<typeof startBoth>[0]) {
  const both = await startBoth(options)
  await both.server.identify({ userId: 'u-1', traits: { email: 'ada@example.com' } })
  await both.server.settle()
  const response = await fetch(`${both.klaviyo.url}/client/profiles/?company_id=TEST01`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', revision: '2026-07-15' },
    body: JSON.stringify({
      data: { type: 'profile', attributes: { email: 'ada@example.com' } },
    }),
  })
  const { meta } = (await response.json()) as { readonly meta: { readonly exchange_id: string } }
  return { ...both, _kx: meta.exchange_id }
}
