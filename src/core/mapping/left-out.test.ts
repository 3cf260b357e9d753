import { expect, test } from 'vitest'
import { connectionOf, sent } from '../sample.suite.ts'
import type { MappingChange } from './own-mappings.ts'
import type { Fault } from './fault.ts'
import { faultOfMappings } from './mapping-fault.ts'

const secret = 'SECRET'

function propertiesOf(
  event: string,
  given: Record<string, unknown>,
  change: MappingChange,
  settings: object = {},
): object {
  return sent(
    event,
    given,
    connectionOf('storefront', { ...settings, mappings: { [event]: change } }),
  ).properties
}

test('L12 what is left out does not go, under whichever name the shop sends it', () => {
  for (const [name, given] of [
    ['ItemNames', { item_names: [secret] }],
    ['ItemNames', { ItemNames: [secret] }],
    ['Items', { products: [{ sku: secret }] }],
    ['Items', { items: [{ sku: secret }] }],
    ['Items', { products: secret }],
    ['CheckoutURL', { checkout_url: secret }],
    // One that the mapping does not know.
    ['coupon', { coupon: secret }],
  ] as const) {
    const whole = { order_id: 1, note: 'stays', ...given }
    const kept = propertiesOf('Checkout Started', whole, { properties: { [name]: null } })
    expect(JSON.stringify(kept)).not.toContain(secret)
    expect(kept).toMatchObject({ order_id: 1, note: 'stays' })
    for (const gone of [name, ...Object.keys(given)]) expect(kept).not.toHaveProperty(gone)
  }
})

test('L12 of what is left out, the first name and all that stand for it stay away', () => {
  const given = { order_id: 1, name: secret, title: secret, content_name: secret, price: 5 }
  const change = { properties: { ProductName: null } }
  for (const event of ['Product Viewed', 'ViewContent']) {
    expect(propertiesOf(event, { sku: 's', name: secret }, change)).toEqual(
      expect.not.objectContaining({ name: secret }),
    )
  }
  expect(propertiesOf('ViewContent', given, change)).toMatchObject({ Price: 5 })
  expect(propertiesOf('ViewContent', given, change)).not.toHaveProperty('content_name')
})

test('L12 another property may still take what one was left out of', () => {
  expect(
    propertiesOf(
      'Checkout Started',
      { item_names: ['Mug'], products: [{ name: 'Mug' }] },
      { properties: { ItemNames: null, Names: 'properties.item_names' } },
    ),
  ).toEqual(expect.objectContaining({ Names: ['Mug'], Items: [{ ProductName: 'Mug' }] }))
  // Which is taken only for want of a better one does not go on beside it.
  const change = {
    properties: {
      Code: 'properties.code',
      Voucher: { first: ['properties.voucher', 'properties.code'] },
    },
  }
  const given = { voucher: 'V', code: secret }
  expect(propertiesOf('Quiz', given, change)).toMatchObject({ Code: secret, Voucher: 'V' })
  const left = { properties: { ...change.properties, Code: { leftOut: 'properties.code' } } }
  const sentOf = propertiesOf('Quiz', given, left)
  expect(sentOf).toMatchObject({ Voucher: 'V' })
  expect(JSON.stringify(sentOf)).not.toContain(secret)
  expect(propertiesOf('Quiz', { code: 'C' }, left)).toMatchObject({ Voucher: 'C' })
})

test('L12 a property of one’s own is left out with where it came from', () => {
  const given = {
    order_id: 1,
    vendor: secret,
    gift_code: secret,
    deal: { code: secret, kind: 'gift' },
  }
  const sentOf = propertiesOf('Order Completed', given, {
    properties: {
      Voucher: { leftOut: 'properties.gift_code' },
      Deal: { leftOut: 'properties.deal.code' },
      Brand: { leftOut: { first: ['properties.vendor', 'properties.maker'] } },
    },
  })
  expect(JSON.stringify(sentOf)).not.toContain(secret)
  expect(sentOf).toMatchObject({ deal: { kind: 'gift' } })
})

test('L12 nor does the store or the visit bring back what is left out', () => {
  const change = { properties: { Currency: null, Store: null } }
  const sentOf = propertiesOf('Product Viewed', { sku: 's' }, change, { storeDetails: true })
  expect(sentOf).not.toHaveProperty('Currency')
  expect(sentOf).not.toHaveProperty('Store')
})

test('L12 all of a mapping’s properties may be left out', () => {
  const properties = { Categories: null, ItemNames: null, CheckoutURL: null, Items: null }
  const given = { order_id: 1, item_names: [secret], products: [{ name: secret }] }
  const alone = { storeDetails: false }
  expect(propertiesOf('Checkout Started', given, { properties }, alone)).toEqual({ order_id: 1 })
})

test('L12 what is left out is checked as what is not', () => {
  expect(faultOf('properties.x')).toBeUndefined()
  expect(faultOf({ first: ['properties.x'] })).toBeUndefined()
  expect(faultOf('properties..x')).toMatchObject({ pointer: '/Quiz/properties/X/leftOut' })
  expect(faultOf(null)).toMatchObject({ pointer: '/Quiz/properties/X/leftOut' })
})

function faultOf(leftOut: unknown): Fault | undefined {
  return faultOfMappings({ Quiz: { properties: { X: { leftOut } } } })
}
