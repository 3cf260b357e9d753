import { describe, expect, test } from 'vitest'
import type { EventAction } from '../action.ts'
import { connectionOf, eventsOf, happenedAt, kit, planOf, sent } from '../sample.suite.ts'

const lines = [
  {
    line_id: 'l-1',
    product_id: 'p-1',
    sku: 's-1',
    name: 'Mug',
    price: 10,
    quantity: 2,
    brand: 'Acme',
    categories: ['Cups'],
  },
  {
    line_id: 'l-2',
    product_id: 'p-2',
    sku: 's-2',
    name: 'Tea',
    price: 5,
    quantity: 1,
    brand: 'Leaf',
    categories: ['Tea', 'Cups'],
  },
]
const order = {
  order_id: 1042,
  total: 27.5,
  revenue: 25,
  currency: 'eur',
  coupon: 'WINTER',
  discount: 2.5,
  products: lines,
  shipping_address: { City: 'Berlin' },
}

function ordered(
  properties: Record<string, unknown>,
  connection = connectionOf(),
): readonly EventAction[] {
  return eventsOf(planOf({ event: 'Order Completed', properties }, connection)).filter(
    ({ metric }) => metric === 'Ordered Product',
  )
}

/** Nothing but what the mapping makes. */
const bare = connectionOf('storefront', { storeDetails: false })

const idsOf = (products: unknown[], connection = connectionOf()): string[] =>
  ordered({ order_id: 7, products }, connection).map(({ uniqueId }) => uniqueId)

describe('the events of a shop', () => {
  test.each([
    ['Z8 W27', 'Active on Site', 'Active on Site'],
    ['Z9 W21', 'Viewed Product', 'Viewed Product'],
    ['Z10 W22', 'Added to Cart', 'Added to Cart'],
    ['Z11 W23', 'Started Checkout', 'Started Checkout'],
    ['Z12 W24', 'Placed Order', 'Placed Order'],
    ['W20', 'Logged In', 'Logged In'],
    ['W26', 'Products Searched', 'Searched Site'],
  ])('%s %s arrives as %s', (_ids, name, metric) => {
    expect(sent(name, { a: 1 })).toMatchObject({ metric, time: happenedAt, properties: { a: 1 } })
  })

  // The ids stand in a title of their own, so that a count of titles finds them.
  test('Z8-Z12 W20-W24 W26 W27 the names of the shop’s own vocabulary pass unchanged', () => {
    for (const name of [
      'Active on Site',
      'Viewed Product',
      'Added to Cart',
      'Started Checkout',
      'Placed Order',
      'Logged In',
      'Searched Site',
    ]) {
      expect(sent(name, { ProductName: 'Mug' })).toMatchObject({
        metric: name,
        properties: { ProductName: 'Mug' },
      })
    }
  })

  test('S8-S12 pixel names become the same metrics', () => {
    const metrics = [
      'Purchase',
      'AddToCart',
      'ViewContent',
      'InitiateCheckout',
      'BeginCheckout',
    ].map((name) => sent(name, { email: 'a@b.co' }, connectionOf('hub')).metric)
    expect(metrics).toEqual([
      'Placed Order',
      'Added to Cart',
      'Viewed Product',
      'Started Checkout',
      'Started Checkout',
    ])
  })

  test('S10 what a pixel says of a product is found', () => {
    const properties = {
      content_ids: ['p-1'],
      content_name: 'Mug',
      content_category: 'Cups',
      contents: [{ id: 'p-1', quantity: 1, item_price: 9.5 }],
      value: 9.5,
      currency: 'EUR',
    }
    expect(sent('ViewContent', properties)).toMatchObject({
      value: 9.5,
      currency: 'EUR',
      properties: { ProductID: 'p-1', ProductName: 'Mug', Categories: 'Cups', Price: 9.5 },
    })
    expect(sent('AddToCart', properties)).toMatchObject({
      value: 9.5,
      properties: {
        AddedItemProductID: 'p-1',
        AddedItemQuantity: 1,
        Items: [{ ProductID: 'p-1', Quantity: 1, ItemPrice: 9.5, Price: 9.5 }],
      },
    })
  })

  test('W28 Z12 an order carries its lines, names, discount and addresses', () => {
    const action = sent('Order Completed', order)
    expect(action).toMatchObject({
      metric: 'Placed Order',
      value: 27.5,
      currency: 'EUR',
      uniqueId: 'acme:order:1042',
      properties: {
        OrderId: 1042,
        DiscountCode: 'WINTER',
        DiscountValue: 2.5,
        ItemNames: ['Mug', 'Tea'],
        Categories: ['Cups', 'Tea'],
        Brands: ['Acme', 'Leaf'],
        ShippingAddress: { City: 'Berlin' },
        Items: [
          {
            ProductID: 'p-1',
            SKU: 's-1',
            ProductName: 'Mug',
            ItemPrice: 10,
            Price: 10,
            Quantity: 2,
          },
          { ProductID: 'p-2' },
        ],
      },
    })
  })

  test('total wins over revenue: Klaviyo reports what the customer paid', () => {
    expect(
      sent('Order Completed', { order_id: 1, total: 27.5, value: 26, revenue: 25 }).value,
    ).toBe(27.5)
  })

  test('S13 Z13 W25 one Ordered Product for each line, with the line’s value', () => {
    const actions = ordered(order)
    expect(actions.map(({ value, currency }) => ({ value, currency }))).toEqual([
      { value: 20, currency: 'EUR' },
      { value: 5, currency: 'EUR' },
    ])
  })

  test('S14 product id, SKU and name of a line are top-level properties', () => {
    expect(ordered(order)[0]!.properties).toMatchObject({
      OrderId: 1042,
      ProductID: 'p-1',
      SKU: 's-1',
      ProductName: 'Mug',
      Quantity: 2,
      ProductBrand: 'Acme',
      Categories: ['Cups'],
    })
  })

  test('S13 a pixel’s Purchase with nothing but product ids has its lines too', () => {
    const plan = planOf({
      event: 'Purchase',
      properties: { content_ids: ['p-1', 'p-2'], value: 3 },
    })
    expect(eventsOf(plan).map(({ properties }) => properties['ProductID'])).toEqual([
      undefined,
      'p-1',
      'p-2',
    ])
  })

  test('Z14 no event goes without anything to look at', () => {
    expect(sent('Logged In', {}, bare).properties).toEqual({ Store: 'acme.example' })
    expect(ordered({ products: [{}] }, bare)[0]!.properties).toEqual({ Store: 'acme.example' })
  })
})

describe('M6 language, currency, store and country', () => {
  const told = {
    event: 'Product Viewed',
    properties: { currency: 'CHF' },
    context: { locale: 'fr-CH', location: { country: 'Switzerland' } },
  }

  test('M6 are on every event and every line of an order, for segments and templates', () => {
    expect(eventsOf(planOf(told))[0]!.properties).toMatchObject({
      Language: 'fr',
      Currency: 'CHF',
      Store: 'acme.example',
      Country: 'Switzerland',
    })
    expect(ordered(order)[0]!.properties).toMatchObject({
      Currency: 'EUR',
      Store: 'acme.example',
      Country: 'DE',
    })
  })

  test('M6 what the event says itself stays, what nobody knows is absent', () => {
    const own = { Language: 'Französisch', Country: 'CH' }
    const properties = eventsOf(planOf({ ...told, properties: own }))[0]!.properties
    expect(properties).toMatchObject(own)
    expect(sent('Product Viewed').properties).not.toHaveProperty('Language')
  })

  test('M6 a connection may do without', () => {
    expect(sent('Product Viewed', { sku: 's' }, bare).properties).toEqual({ SKU: 's' })
  })
})

describe('M1 L11 the whole life of an order, and of a customer', () => {
  test.each([
    ['Order Paid', 'Paid Order'],
    ['Order Fulfilled', 'Fulfilled Order'],
    ['Order Partially Fulfilled', 'Fulfilled Partial Order'],
    ['Order Shipped', 'Confirmed Shipment'],
    ['Order Delivered', 'Delivered Shipment'],
    ['Order Cancelled', 'Cancelled Order'],
    ['Canceled Order', 'Cancelled Order'],
    ['Order Refunded', 'Refunded Order'],
    ['Product Removed', 'Removed from Cart'],
    ['Product List Viewed', 'Viewed Category'],
    ['Cart Viewed', 'Viewed Cart'],
    ['Coupon Applied', 'Applied Coupon'],
    ['Product Reviewed', 'Reviewed Product'],
    ['Product Added to Wishlist', 'Added to Wishlist'],
    ['Back in Stock Subscribed', 'Subscribed to Back in Stock'],
    ['Signed Up', 'Created Account'],
    ['Subscription Started', 'Subscription Started'],
    ['Subscription Renewed', 'Subscription Renewed'],
    ['Subscription Canceled', 'Subscription Cancelled'],
  ])('%s becomes %s, which also passes under its own name', (name, metric) => {
    expect(sent(name, { a: 1 })).toMatchObject({ metric, properties: { a: 1 } })
    expect(sent(metric, { a: 1 }).metric).toBe(metric)
  })

  test('M2 a cancelled or refunded order carries reason and amount, under the order’s own id', () => {
    const properties = { order_id: 1042, total: 27.5, reason: 'Too late', currency: 'EUR' }
    for (const name of ['Order Cancelled', 'Order Refunded']) {
      expect(sent(name, properties)).toMatchObject({
        value: 27.5,
        uniqueId: 'acme:order:1042',
        properties: { Reason: 'Too late', OrderId: 1042 },
      })
    }
  })

  test('W4 W5 W6 login and signup identify the buyer by email, phone and name', () => {
    const traits = { email: 'Ana@Shop.example', phone: '0151 12345678', name: 'Ana Costa' }
    for (const event of ['Logged In', 'Signed Up']) {
      expect(eventsOf(planOf({ event, traits }))[0]!.profile).toEqual({
        identifiers: { email: 'ana@shop.example', phone: '+4915112345678', externalId: 'u-1' },
        attributes: { first_name: 'Ana', last_name: 'Costa' },
      })
    }
  })

  test('C13 Active on Site goes for a known shopper; a guest’s is held in a storefront only', () => {
    const visit = { type: 'page', context: { page: { url: 'https://x/' } } }
    const guest = { identifiers: { anonymousId: 'a-1' } }
    expect(eventsOf(planOf(visit))[0]).toMatchObject({ metric: 'Active on Site' })
    expect(planOf(visit, connectionOf(), guest)).toMatchObject({ reason: 'anonymous_waiting' })
    expect(planOf(visit, connectionOf('platform'), guest)).toMatchObject({
      reason: 'no_identifier',
    })
  })

  test('a property under Klaviyo’s own name goes before what would be read for it', () => {
    const properties = { name: 'mug-01', ProductName: 'Mug', sku: 's', SKU: null }
    const mapped = sent('Product Viewed', properties, bare).properties
    expect(mapped).toEqual({ ProductName: 'Mug', SKU: 's' })
    const turned = { ProductName: 'Mug', name: 'mug-01' }
    expect(sent('Product Viewed', turned, bare).properties).toEqual({ ProductName: 'Mug' })
  })
})

describe('unique ids', () => {
  test('M3 each line has its own id: order id and line id', () => {
    expect(ordered(order).map(({ uniqueId }) => uniqueId)).toEqual([
      'acme:order:1042:l-1',
      'acme:order:1042:l-2',
    ])
  })

  test('M3 without a line id the product and a count of equal ones tell lines apart', () => {
    expect(idsOf([{ sku: 'a' }, { sku: 'b' }, { sku: 'a' }, { product_id: 'p', id: 9 }])).toEqual([
      'acme:order:7:a',
      'acme:order:7:b',
      'acme:order:7:a:2',
      'acme:order:7:9',
    ])
  })

  test('M3 a line sent by the shop itself has the id that it would have out of its order', () => {
    const own = sent('Ordered Product', { order_id: 1042, line_id: 'l-1', name: 'Mug' })
    expect(own.uniqueId).toBe(ordered(order)[0]!.uniqueId)
    expect(own.properties).toMatchObject({ OrderId: 1042, line_id: 'l-1', ProductName: 'Mug' })
    expect(sent('Ordered Product', { order_id: 1042 }).uniqueId).toBe('acme:order:1042:m-1')
  })

  test('M3 a line that is called what a count makes of another has its own id', () => {
    const ids = idsOf([{ sku: 'a' }, { sku: 'a' }, { sku: 'a:2' }, { sku: 'a' }])
    expect(new Set(ids).size).toBe(4)
  })

  test('M4 lines in another order keep their ids', () => {
    const there = idsOf([{ sku: 'a' }, { sku: 'b' }, { note: 'x' }])
    const back = idsOf([{ note: 'x' }, { sku: 'b' }, { sku: 'a' }])
    expect(back.toSorted()).toEqual(there.toSorted())
  })

  test('M4 the same event gives the same ids, whichever way it came', () => {
    const once = sent('Order Completed', { order_id: 1042 }).uniqueId
    expect(sent('Purchase', { transaction_id: '1042' }).uniqueId).toBe(once)
    expect(sent('Placed Order', { OrderId: '1042' }).uniqueId).toBe(once)
  })

  test('C16 the order’s id holds over its whole life; several parts of one have their own', () => {
    expect(sent('Order Cancelled', { order_id: 1042 }).uniqueId).toBe('acme:order:1042')
    expect(sent('Order Refunded', { order_id: 1042 }).uniqueId).toBe('acme:order:1042')
    expect(sent('Order Refunded', { order_id: 1042, refund_id: 3 }).uniqueId).toBe(
      'acme:order:1042:3',
    )
  })

  test('C16 the message id where a source has no id of its own', () => {
    expect(sent('Product Viewed', { sku: 's' }).uniqueId).toBe('m-1')
  })

  test('C16 the stream sends the given id unchanged', () => {
    const stream = connectionOf('stream')
    expect(sent('Order Completed', { order_id: 1042 }, stream).uniqueId).toBe('1042')
    expect(idsOf([{ sku: 'a' }], stream)).toEqual(['7:a'])
  })

  test('C16 an id that is too long or unfit is told apart by its digest', () => {
    const long = 'x'.repeat(300)
    expect(sent('Order Completed', { order_id: long }).uniqueId).toBe(
      kit.digest(`acme:order:${long}`),
    )
    expect(sent('Order Completed', { order_id: 'a\u0007b' }).uniqueId).toHaveLength(64)
  })
})

describe('amounts', () => {
  test.each([
    ['12.50', 'EUR', 12.5],
    ['1,234.50', 'USD', 1234.5],
    [0.1 + 0.2, 'EUR', 0.3],
    [1.005, 'EUR', 1.01],
    [1234.4, 'JPY', 1234],
    [1.2345, 'KWD', 1.235],
    [-5, 'EUR', -5],
    [0, 'EUR', 0],
  ])('M5 %j %s is %d', (total, currency, value) => {
    expect(sent('Order Completed', { order_id: 1, total, currency })).toMatchObject({
      value,
      currency,
    })
  })

  test.each(['12,50', 'NaN', 'Infinity', '$5', {}, true, '9'.repeat(400)])(
    'M5 %j is no amount: left out, with a note',
    (total) => {
      const plan = planOf({ event: 'Order Completed', properties: { order_id: 1, total } })
      expect(plan).toMatchObject({ notes: ['value_left_out'] })
      expect(eventsOf(plan)[0]).not.toHaveProperty('value')
    },
  )

  test('a currency that is no code is left out, with a note; a missing one is the store’s', () => {
    const properties = { order_id: 1, total: 5, currency: 'Euro' }
    const plan = planOf({ event: 'Order Completed', properties })
    expect(plan).toMatchObject({ notes: ['currency_left_out'] })
    expect(eventsOf(plan)[0]).not.toHaveProperty('currency')
    const store = { id: 's', key: 'acme', currency: 'CHF' }
    const connection = connectionOf('storefront', {}, { store })
    expect(sent('Order Completed', { order_id: 1, total: 5 }, connection).currency).toBe('CHF')
  })

  test.each([
    ['a price in words', 'Product Viewed', { price: 'abc' }, ['amount_is_text']],
    ['under Klaviyo’s name', 'Viewed Product', { Price: ['1'] }, ['amount_is_text']],
    ['a price in German', 'Product Added', { price: '19,90' }, ['amount_is_text']],
    [
      'a quantity of a line',
      'Order Completed',
      { products: [{ quantity: 'two' }] },
      ['amount_is_text'],
    ],
    ['a number as text', 'Product Viewed', { price: '19.90' }, []],
    ['an empty text', 'Product Viewed', { price: '', compare_at_price: null }, []],
    ['a word for a list', 'Order Completed', { products: 'none' }, ['no_list']],
    ['one product for a list', 'Cart Viewed', { products: { name: 'Mug' } }, ['no_list']],
    ['no list at all', 'Order Completed', { products: null, discount: '' }, []],
  ])('%s: what is no amount or no list is told', (_, event, properties, notes) => {
    const plan = planOf({ event, properties: { order_id: 1, ...properties } })
    expect(plan).toMatchObject({ notes })
  })

  test('what is no list goes as it is', () => {
    const properties = { order_id: 1, products: 'none' }
    const [placed] = eventsOf(planOf({ event: 'Order Completed', properties }))
    expect(placed?.properties).toMatchObject({ products: 'none' })
    expect(placed?.properties).not.toHaveProperty('Items')
  })

  test('C3 value and id are always at the top level; as properties only with legacy names on', () => {
    const properties = { order_id: 1, total: 5, currency: 'EUR' }
    const plain = sent('Order Completed', properties)
    expect(plain).toMatchObject({ value: 5, currency: 'EUR', uniqueId: 'acme:order:1' })
    expect(plain.properties).not.toHaveProperty('$value')
    expect(plain.properties).not.toHaveProperty('$event_id')
    const legacy = sent(
      'Order Completed',
      properties,
      connectionOf('storefront', { legacyNames: true }),
    )
    expect(legacy.properties).toMatchObject({ $value: 5, $event_id: 'acme:order:1' })
  })
})

describe('visit and attribution', () => {
  const context = {
    campaign: { source: 'mail', medium: 'email', name: 'winter', term: 't', content: 'c' },
    page: { referrer: 'https://other.example/' },
    session: { session_count: 3, is_new_visitor: false, landing_page: '/sale' },
    _fbp: 'fb.1',
    gclid: 'g1',
  }
  const visit = {
    session_count: 3,
    is_new_visitor: false,
    utm_source: 'mail',
    utm_medium: 'email',
    utm_campaign: 'winter',
    referrer: 'https://other.example/',
    landing_page: '/sale',
  }

  test('S23-S29 every event says where the visit came from', () => {
    const plan = planOf(
      { event: 'Order Completed', context, properties: order },
      connectionOf('hub'),
    )
    for (const action of eventsOf(plan)) expect(action.properties).toMatchObject(visit)
  })

  test('S23-S29 what the shop itself says of the visit goes before what the SDK says', () => {
    const plan = planOf({ event: 'x', context, properties: { utm_source: 'shop' } })
    expect(eventsOf(plan)[0]!.properties).toMatchObject({ ...visit, utm_source: 'shop' })
  })

  test('S18 S19 S20 the profile keeps latest and first touch, browser ids and session', () => {
    const plan = planOf({ event: 'Purchase', context, properties: {} }, connectionOf('hub'))
    expect(eventsOf(plan)[0]!.profile.groups).toEqual([
      {
        name: 'utm',
        keep: 'latest',
        properties: {
          utm_source: 'mail',
          utm_medium: 'email',
          utm_campaign: 'winter',
          utm_term: 't',
          utm_content: 'c',
        },
      },
      {
        name: 'initial_utm',
        keep: 'first',
        properties: {
          initial_utm_source: 'mail',
          initial_utm_medium: 'email',
          initial_utm_campaign: 'winter',
          initial_utm_term: 't',
          initial_utm_content: 'c',
        },
      },
      {
        name: 'session',
        keep: 'latest',
        properties: {
          session_count: 3,
          is_new_visitor: false,
          landing_page: '/sale',
          referrer: 'https://other.example/',
          _fbp: 'fb.1',
          gclid: 'g1',
        },
      },
    ])
  })
})

describe('Klaviyo’s limits', () => {
  test('an order of 10,000 lines: Items is cut with a note, every line is still sent', () => {
    const products = Array.from({ length: 10_000 }, (_, index) => ({
      sku: `s-${index}`,
      price: 1,
      quantity: 1,
    }))
    const plan = planOf({ event: 'Order Completed', properties: { order_id: 1, products } })
    const actions = eventsOf(plan)
    expect(plan).toMatchObject({ notes: ['items_cut'] })
    expect(actions[0]!.properties['Items']).toHaveLength(4_000)
    expect(new Set(actions.slice(1).map(({ uniqueId }) => uniqueId)).size).toBe(10_000)
  })

  test('a list of half a million ids does not become half a million events', () => {
    const properties = { content_ids: Array.from({ length: 400_000 }, () => 7) }
    const plan = planOf({ event: 'Purchase', properties })
    expect(eventsOf(plan)).toHaveLength(25_001)
    expect(plan).toMatchObject({ notes: expect.arrayContaining(['lines_cut']) })
    const ids = new Set(eventsOf(plan).map(({ uniqueId }) => uniqueId))
    expect(ids.size).toBe(25_001)
  })

  test('400 properties at most, 100 KB a text, 10 levels, whole characters', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`p${index}`, index]))
    const plan = planOf({ event: 'x', properties: many })
    expect(plan).toMatchObject({ notes: ['properties_cut'] })
    expect(Object.keys(eventsOf(plan)[0]!.properties)).toHaveLength(400)

    const long = planOf({ event: 'x', properties: { text: '€'.repeat(50_000), in: ['a\uD800'] } })
    expect(long).toMatchObject({ notes: ['text_cut'] })
    const { text, in: list } = eventsOf(long)[0]!.properties
    expect(Buffer.byteLength(JSON.stringify(text)), 'with its quotes').toBeLessThanOrEqual(102_402)
    expect(list).toEqual(['a\uFFFD'])

    let deep: unknown = 1
    for (let level = 0; level < 15; level += 1) deep = { in: deep }
    const cut = planOf({ event: 'x', properties: { deep } })
    expect(cut).toMatchObject({ notes: ['depth_cut'] })
    expect(JSON.stringify(eventsOf(cut)[0]!.properties)).toContain('{\\"in\\"')
  })
})
