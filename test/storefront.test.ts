import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../src/core/index.ts'
import { startBoth } from './harness.ts'

const traits = { email: 'ana@shop.example', phone: '+4915112345678', firstName: 'Ana' }
const known = { userId: '7', context: { traits } }
const mug = {
  product_id: 'p-1',
  sku: 's-1',
  name: 'Mug',
  price: 10,
  quantity: 2,
  url: 'https://acme.example/mug',
  image_url: 'https://acme.example/mug.jpg',
  categories: ['Cups'],
}
const checkout: JsonObject = {
  checkout_id: 'c-1',
  value: 20,
  currency: 'EUR',
  checkout_url: 'https://acme.example/checkout/c-1',
  products: [mug],
}

describe('what a storefront’s flows need', () => {
  test('W1 each action is at Klaviyo while the shopper is still there', async () => {
    const { server, klaviyo } = await startBoth()
    const delays: number[] = []
    for (const [event, properties] of [
      ['Product Viewed', mug],
      ['Product Added', mug],
      ['Checkout Started', checkout],
      ['Order Completed', { ...checkout, order_id: '1042' }],
    ] as const) {
      const before = performance.now()
      await server.track(event, { ...known, properties })
      await server.settle()
      delays.push(performance.now() - before)
    }
    expect(klaviyo.events().map(({ metric }) => metric)).toEqual([
      'Viewed Product',
      'Added to Cart',
      'Started Checkout',
      'Placed Order',
      'Ordered Product',
    ])
    // A schedule would take minutes; a busy machine gets some room.
    expect(Math.max(...delays)).toBeLessThan(5_000)
  })

  test('W2 abandonment, post-purchase and win-back flows find what they show, and whom to write to', async () => {
    const { server, klaviyo } = await startBoth()
    await server.track('Product Added', { ...known, properties: mug })
    await server.track('Checkout Started', { ...known, properties: checkout })
    await server.track('Order Completed', {
      ...known,
      properties: { ...checkout, order_id: '1042', coupon: 'WINTER' },
    })
    await server.settle()
    expect(klaviyo.profile('ana@shop.example')).toMatchObject({
      email: 'ana@shop.example',
      phone_number: '+4915112345678',
      first_name: 'Ana',
    })
    expect(klaviyo.events('Added to Cart')[0]?.properties).toMatchObject({
      AddedItemProductName: 'Mug',
      AddedItemImageURL: mug.image_url,
      AddedItemURL: mug.url,
      AddedItemPrice: 10,
    })
    expect(klaviyo.events('Started Checkout')[0]).toMatchObject({
      value: 20,
      value_currency: 'EUR',
      properties: {
        CheckoutURL: checkout['checkout_url'],
        ItemNames: ['Mug'],
        Items: [{ ProductName: 'Mug', ItemPrice: 10, Quantity: 2, ImageURL: mug.image_url }],
      },
    })
    expect(klaviyo.events('Placed Order')[0]).toMatchObject({
      value: 20,
      properties: { OrderId: '1042', ItemNames: ['Mug'], DiscountCode: 'WINTER' },
    })
    expect(klaviyo.events('Ordered Product')[0]?.properties).toMatchObject({
      ProductID: 'p-1',
      ProductName: 'Mug',
      Categories: ['Cups'],
    })
  })

  test('M9 a checkout starts once, also when a guest begins it and gives the address in its first step', async () => {
    const { server, klaviyo } = await startBoth()
    const anonymousId = 'guest-1'
    // The shop tells it when the page opens, and again when the address is there.
    await server.track('Checkout Started', { anonymousId, properties: checkout })
    await server.track('Checkout Started', {
      anonymousId,
      properties: { ...checkout, email: 'ana@shop.example' },
    })
    // The platform's own notice of the same checkout, by another way.
    await server.track('Checkout Started', { ...known, properties: checkout })
    await server.track('Checkout Started', {
      ...known,
      properties: { ...checkout, checkout_id: 'c-2' },
    })
    await server.settle()
    expect(klaviyo.events('Started Checkout').map(({ unique_id: id }) => id)).toEqual([
      'acme:checkout:c-1',
      'acme:checkout:c-2',
    ])
    expect(klaviyo.profile('ana@shop.example')).toMatchObject({ email: 'ana@shop.example' })
  })
})
