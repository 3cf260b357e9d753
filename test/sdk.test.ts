import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { Analytics as SegmentAnalytics } from '@segment/analytics-node'
import { expect, test, vi } from 'vitest'
import { startBoth } from './harness.ts'

// The SDKs as they are published: each is told our address and its write key, nothing else of us.

const order = {
  order_id: '1042',
  total: 27.5,
  currency: 'EUR',
  products: [{ product_id: 'p1', sku: 'S1', name: 'Scarf', price: 27.5, quantity: 1 }],
}
const everyType = ['alias', 'group', 'identify', 'page', 'screen', 'track', 'track']

test('@segment/analytics-node sends unchanged, and its events are on the buyer’s profile (W3, R1, R13, R17, M31)', async () => {
  const { server, klaviyo } = await startBoth()
  const failures: unknown[] = []
  const analytics = new SegmentAnalytics({ writeKey: server.writeKey, host: server.url })
  analytics.on('error', (error) => failures.push(error))
  const userId = 'u-1'
  analytics.identify({ userId, traits: { email: 'jane@example.com', firstName: 'Jane' } })
  analytics.track({ userId, event: 'Order Completed', properties: order })
  analytics.track({ userId, event: 'Item Purchased', properties: { colour: 'red' } })
  analytics.screen({ userId, name: 'Start' })
  analytics.page({ userId, name: 'Home' })
  analytics.group({ userId, groupId: 'g-1', traits: { name: 'Acme' } })
  analytics.alias({ userId, previousId: 'visitor-1' })
  await analytics.closeAndFlush()
  expect(failures).toEqual([])

  expect((await server.events()).map(({ type }) => type).toSorted()).toEqual(everyType)
  await server.settle()
  expect(klaviyo.events('Placed Order')).toMatchObject([
    { value: 27.5, profile: { email: 'jane@example.com', external_id: userId } },
  ])
  expect(klaviyo.events('Item Purchased')).toMatchObject([{ properties: { colour: 'red' } }])
  expect(klaviyo.events('Start')).toHaveLength(1)
  expect(klaviyo.profile('jane@example.com')).toMatchObject({ first_name: 'Jane' })
})

test.each([
  ['with gzip, as it comes', {}],
  ['without gzip', { gzip: false }],
])(
  '@rudderstack/rudder-sdk-node sends unchanged %s, and its events are on the buyer’s profile (W3, R1, R13, R17, M31)',
  async (_how, options) => {
    const { server, klaviyo } = await startBoth()
    const failures: unknown[] = []
    const analytics = new RudderAnalytics(server.writeKey, {
      dataPlaneUrl: server.url,
      flushInterval: 50,
      errorHandler: (error: unknown) => failures.push(error),
      ...options,
    })
    const userId = 'u-1'
    const context = { traits: { email: 'jane@example.com' } }
    analytics.identify({ userId, traits: { email: 'jane@example.com', firstName: 'Jane' } })
    analytics.track({ userId, context, event: 'Order Completed', properties: order })
    analytics.track({ userId, context, event: 'Item Purchased', properties: { colour: 'red' } })
    analytics.screen({ userId, name: 'Start' })
    analytics.page({ userId, name: 'Home' })
    analytics.group({ userId, groupId: 'g-1', traits: { name: 'Acme' } })
    analytics.alias({ userId, previousId: 'visitor-1' })
    await vi.waitFor(async () => expect(await server.events()).toHaveLength(7), 10_000)
    expect(failures).toEqual([])

    expect((await server.events()).map(({ type }) => type).toSorted()).toEqual(everyType)
    await server.settle()
    expect(klaviyo.events('Placed Order')).toMatchObject([
      { value: 27.5, profile: { email: 'jane@example.com', external_id: userId } },
    ])
    expect(klaviyo.events('Item Purchased')).toMatchObject([{ properties: { colour: 'red' } }])
    expect(klaviyo.events('Start')).toHaveLength(1)
    expect(klaviyo.profile('jane@example.com')).toMatchObject({ first_name: 'Jane' })
  },
)

test('an SDK with a wrong write key is told so, and nothing is kept', async () => {
  const { server } = await startBoth()
  const failures: { code?: string }[] = []
  const analytics = new SegmentAnalytics({ writeKey: 'wk_wrong', host: server.url })
  analytics.on('error', (error) => failures.push(error))
  analytics.track({ userId: 'u-1', event: 'Item Purchased' })
  await analytics.closeAndFlush()
  expect(failures).toHaveLength(1)
  expect(await server.events()).toEqual([])
})
