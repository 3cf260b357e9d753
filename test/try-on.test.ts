import { describe, expect, onTestFinished, test } from 'vitest'
import { startEngine } from './engine.ts'
import { startBoth } from './harness.ts'

const at = (minute: number): string => new Date(Date.now() - (30 - minute) * 60_000).toISOString()

function product(id: string): Record<string, string> {
  return {
    productId: id,
    productTitle: `Shirt ${id}`,
    productUrl: `https://acme.example/${id}`,
    productImageUrl: `https://acme.example/${id}.jpg`,
    tryonImageUrl: `https://acme.example/t/${id}.jpg`,
  }
}

const made = (anonymousId: string, rest: object = {}): object => ({
  type: 'track',
  event: 'Try-On Generated',
  anonymousId,
  ...rest,
})

/** Those of the app (T6). */
const scopes = [
  'accounts:read',
  'campaigns:read',
  'campaigns:write',
  'events:read',
  'events:write',
  'lists:read',
  'metrics:read',
  'profiles:read',
  'segments:read',
  'segments:write',
]

describe('the try-on vocabulary, from the shop to Klaviyo', () => {
  test('T15 T16 T17 T19 the address comes from the session, a form, an identify or the call itself', async () => {
    const { server, klaviyo } = await startBoth({ preset: 'try-on' })
    // The signed-in shopper's session: the SDK gives it with each call.
    const session = { context: { traits: { email: 'session@shop.example' } } }
    await server.batch([made('a-1', session)] as never)
    // A form, as an event of its own with the address in it.
    await server.batch([
      {
        type: 'track',
        event: 'Form Submitted',
        anonymousId: 'a-2',
        properties: { email: 'form@shop.example' },
      },
      made('a-2'),
    ] as never)
    // An identify of the browser or of a server.
    await server.identify({
      anonymousId: 'a-3',
      userId: 'c-3',
      traits: { email: 'call@shop.example' },
    })
    await server.batch([made('a-3'), { ...made('a-9'), userId: 'c-3' }] as never)
    await server.settle()

    const byProfile = Object.fromEntries(
      ['session@shop.example', 'form@shop.example', 'call@shop.example'].map((email) => [
        email,
        klaviyo
          .events('Generated OnYou TryOn')
          .filter(({ profileId }) => profileId === klaviyo.profile(email)?.id).length,
      ]),
    )
    expect(byProfile).toEqual({
      'session@shop.example': 1,
      'form@shop.example': 1,
      'call@shop.example': 2,
    })
    const bodies = klaviyo
      .requests()
      .filter(({ method, path }) => method === 'POST' && path === '/api/events')
      .map(({ body }) => JSON.parse(body ?? '') as object)
    // The first is the check of the key's permissions.
    expect(bodies[1]).toMatchObject({
      data: {
        type: 'event',
        attributes: {
          metric: { data: { type: 'metric', attributes: { name: 'Generated OnYou TryOn' } } },
          profile: { data: { type: 'profile', attributes: { email: 'session@shop.example' } } },
        },
      },
    })
  })

  test('T18 without an address nothing is sent, and the event list says why', async () => {
    const { server, klaviyo } = await startBoth({ preset: 'try-on' })
    await server.track('Try-On Generated', { anonymousId: 'a-1' })
    await server.settle()
    expect(await server.events()).toMatchObject([
      { name: 'Try-On Generated', outcome: 'dropped', reason: 'no_identifier' },
    ])
    expect(klaviyo.events()).toEqual([])
  })

  test('T42 T48 the profile has the latest of each kind; a late event overwrites nothing newer', async () => {
    const { server, klaviyo } = await startBoth({ preset: 'try-on' })
    const call = async (event: string, minute: number, properties: object): Promise<void> => {
      await server.track(event, {
        userId: 'c-1',
        timestamp: at(minute),
        context: { traits: { email: 'ana@shop.example' } },
        properties: properties as never,
      })
      await server.settle()
    }
    await call('Try-On Completed', 10, product('B'))
    await call('Try-On Product Viewed', 11, product('C'))
    await call('In-Store Try-On Completed', 12, product('D'))
    await call('Follow-Up Try-On Generated', 13, product('E'))
    // Late ones, of each kind.
    await call('Try-On Completed', 1, product('old'))
    await call('Try-On Product Viewed', 2, product('old'))
    await call('In-Store Try-On Completed', 3, product('old'))
    await call('Follow-Up Try-On Generated', 4, product('old'))

    expect(klaviyo.profile('ana@shop.example')?.properties).toMatchObject({
      lastTryonProductId: 'B',
      lastTryonCompletedAt: expect.any(String),
      lastViewedProductId: 'C',
      lastInStoreTryonProductId: 'D',
      lastFollowupTryonProductId: 'E',
    })
    expect(klaviyo.events()).toHaveLength(8)
  })

  test('T42 of events that race, the newest decides, however many go at once', async () => {
    const { server, klaviyo } = await startBoth({ preset: 'try-on' })
    const count = 200
    const newest = 137
    await Promise.all(
      Array.from({ length: count }, async (_, n) =>
        server.track('Try-On Completed', {
          userId: 'c-1',
          // Each comes at its own time, the newest somewhere in the middle.
          timestamp: new Date(
            Date.now() - 60_000 - ((newest - n + count) % count) * 1000,
          ).toISOString(),
          context: { traits: { email: 'ana@shop.example' } },
          properties: product(String(n)) as never,
        }),
      ),
    )
    await server.settle()
    expect(klaviyo.events('OnYou Tryon Completed')).toHaveLength(count)
    expect(klaviyo.profile('ana@shop.example')?.properties).toMatchObject({
      lastTryonProductId: String(newest),
      lastTryonProductTitle: `Shirt ${newest}`,
    })
  })

  test('T7 with the permissions of the try-on app alone, events and profile details arrive', async () => {
    expect(scopes).not.toContain('profiles:write')
    const bench = await startEngine({
      preset: 'try-on',
      scopes,
      simulator: { accounts: [{ id: 'TEST01', name: 'Test', privateKey: 'pk_test', scopes }] },
    })
    onTestFinished(() => bench.close())
    await bench.send({
      type: 'track',
      event: 'Try-On Completed',
      messageId: 'm-1',
      userId: 'c-1',
      context: { traits: { email: 'ana@shop.example', firstName: 'Ana' } },
      properties: product('B'),
    })
    await bench.idle()
    expect(bench.klaviyo.profile('ana@shop.example')).toMatchObject({
      first_name: 'Ana',
      properties: { lastTryonProductId: 'B' },
    })
  })
})
