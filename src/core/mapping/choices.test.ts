import { expect, test } from 'vitest'
import type { PresetName, Store } from '../settings.ts'
import { connectionOf, eventsOf, planOf, sent } from '../sample.suite.ts'

const presets: readonly PresetName[] = ['storefront', 'platform', 'hub', 'stream', 'try-on']
const store: Store = { id: 'sto_1', key: 'acme', country: 'DE', currency: 'EUR' }
/** Without rules, so that every preset sends what a shop tells. */
const open = { withoutRule: 'send', rules: [] } as const

const shirt = { product_id: 'p-1', variant_id: 'v-1', sku: 'S-1', name: 'Shirt', price: 10 }

test.each(presets)(
  'M7 %s: the chosen id is ProductID wherever an event names a product, and the others go along',
  (preset) => {
    const bySku = connectionOf(preset, { ...open, productIds: 'sku' })
    const byVariant = connectionOf(preset, { ...open, productIds: 'variant_id' })
    expect(sent('Product Viewed', shirt, bySku).properties).toMatchObject({
      ProductID: 'S-1',
      SKU: 'S-1',
      product_id: 'p-1',
    })
    expect(sent('Product Viewed', shirt, byVariant).properties['ProductID']).toBe('v-1')
    expect(
      sent('Product Added', { ...shirt, products: [shirt] }, byVariant).properties,
    ).toMatchObject({
      AddedItemProductID: 'v-1',
      Items: [{ ProductID: 'v-1', SKU: 'S-1' }],
    })
    const order = { order_id: 1, total: 10, products: [shirt] }
    const [placed, line] = eventsOf(planOf({ event: 'Order Completed', properties: order }, bySku))
    expect(placed!.properties).toMatchObject({ Items: [{ ProductID: 'S-1' }] })
    expect(line!.properties).toMatchObject({ ProductID: 'S-1', SKU: 'S-1' })
    // Which id is shown does not change what counts once.
    const [, before] = eventsOf(
      planOf({ event: 'Order Completed', properties: order }, connectionOf(preset, open)),
    )
    expect(line!.uniqueId).toBe(before!.uniqueId)
    expect(before!.properties['ProductID']).toBe('p-1')
  },
)

test('M7 a product without the chosen id keeps its own, and a mapping of one’s own is left as it is', () => {
  const bySku = connectionOf('storefront', { productIds: 'sku' })
  expect(sent('Product Viewed', { product_id: 'p-1' }, bySku).properties['ProductID']).toBe('p-1')
  const own = connectionOf('storefront', {
    productIds: 'sku',
    mappings: { Looked: { metric: 'Looked', properties: { ProductID: 'properties.handle' } } },
  })
  expect(sent('Looked', { handle: 'shirt', sku: 'S-1' }, own).properties['ProductID']).toBe('shirt')
})

const inDollars = {
  order_id: 1,
  total: 30,
  currency: 'USD',
  products: [
    { product_id: 'p-1', price: 20, quantity: 1, shop_money: { amount: '18.5', currency: 'EUR' } },
    { product_id: 'p-2', price: 10, quantity: 1 },
  ],
}

test.each(presets)(
  'M5 %s: amounts are what the shopper saw, or the same in the store’s currency',
  (preset) => {
    const amountsOf = (amounts: 'shopper' | 'store', properties: object) =>
      eventsOf(
        planOf(
          { event: 'Order Completed', properties },
          connectionOf(preset, { ...open, amounts }, { store }),
        ),
      ).map(({ value, currency }) => `${value} ${currency}`)
    expect(amountsOf('shopper', inDollars)).toEqual(['30 USD', '20 USD', '10 USD'])
    const told = {
      ...inDollars,
      shop_money: { amount: 27.75, currency: 'EUR' },
      exchange_rate: 0.925,
    }
    expect(amountsOf('store', told)).toEqual(['27.75 EUR', '18.5 EUR', '9.25 EUR'])
    expect(amountsOf('store', { ...inDollars, exchange_rate: '0.925' })[0]).toBe('27.75 EUR')
    // In the store's own currency there is nothing to choose.
    expect(amountsOf('store', { ...inDollars, currency: 'EUR' })[2]).toBe('10 EUR')
  },
)

test('M5 an amount that cannot be told in the store’s currency goes as it is, with a note', () => {
  const plan = planOf(
    { event: 'Order Completed', properties: { order_id: 1, total: 30, currency: 'USD' } },
    connectionOf('storefront', { amounts: 'store' }, { store }),
  )
  expect(plan).toMatchObject({
    notes: ['currency_not_store'],
    actions: [{ value: 30, currency: 'USD' }],
  })
})

test('M5 amounts in the store’s currency have its number of decimals', () => {
  const yen = connectionOf(
    'storefront',
    { amounts: 'store' },
    { store: { ...store, currency: 'JPY' } },
  )
  const order = { order_id: 1, total: 10, currency: 'EUR', exchange_rate: 163.456 }
  expect(sent('Order Completed', order, yen)).toMatchObject({ value: 1635, currency: 'JPY' })
})
