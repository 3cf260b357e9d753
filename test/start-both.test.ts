import { expect, test } from 'vitest'
import { startBoth } from './harness.ts'

const email = 'ana@shop.example'

test('W4 W7 W8 a guest’s events arrive at Klaviyo after the login, in order and once', async () => {
  const { server, klaviyo } = await startBoth()
  await server.track('Product Viewed', { anonymousId: 'a-1', properties: { product_id: 'p-1' } })
  await server.track('Product Added', { anonymousId: 'a-1', properties: { product_id: 'p-1' } })
  await server.settle()
  expect(klaviyo.events()).toHaveLength(0)
  await server.identify({ anonymousId: 'a-1', userId: '7', traits: { email } })
  await server.track('Logged In', { anonymousId: 'a-1', userId: '7' })
  await server.settle()
  const events = klaviyo.events()
  expect(events.map(({ metric }) => metric)).toEqual([
    'Viewed Product',
    'Added to Cart',
    'Logged In',
  ])
  expect(new Set(events.map(({ profile }) => profile.email))).toEqual(new Set([email]))
})

test('M4 M24 what a stopped server left goes on with the next, and counts once', async () => {
  const first = await startBoth()
  const order = {
    messageId: 'm-1',
    userId: '7',
    context: { traits: { email } },
    properties: { order_id: '1042', value: 30, products: [{ product_id: 'p-1', price: 30 }] },
  }
  await first.server.track('Product Viewed', { userId: '7', context: order.context })
  await first.server.settle()
  first.klaviyo.outage(60_000)
  await first.server.track('Order Completed', order)
  await first.server.stop()
  expect(first.klaviyo.events('Placed Order')).toHaveLength(0)
  first.klaviyo.advance(60_000)

  const { server, klaviyo } = await startBoth({
    dataDir: first.server.dataDir,
    klaviyo: first.klaviyo,
  })
  await server.settle()
  expect(await server.track('Order Completed', order)).toMatchObject({ status: 200 })
  await server.settle()
  expect(klaviyo.events('Placed Order')).toHaveLength(1)
  expect(await server.story('m-1')).toMatchObject({ outcome: 'accepted' })
})

test('settings that are changed hold for what waits', async () => {
  const { server, klaviyo } = await startBoth({ preset: 'stream', settings: { enabled: false } })
  await server.track('Order Completed', { userId: '7' })
  await server.settle()
  expect(klaviyo.eventCount()).toBe(0)
  await server.changeSettings({ enabled: true })
  await server.track('Order Completed', { userId: '8' })
  await server.settle()
  expect(klaviyo.eventCount()).toBe(1)
})
