import { describe, expect, test } from 'vitest'
import {
  actionsOf,
  connectionOf,
  endOf,
  eventsOf,
  happenedAt,
  planOf,
  sent as sentBy,
} from '../sample.suite.ts'

const stream = connectionOf('stream')
/** Without `$value` and `$event_id`, so that nothing but the mapping is seen. */
const bare = connectionOf('stream', { legacyNames: false })

const sent = (
  event: string,
  properties?: Record<string, unknown>,
  connection = bare,
): ReturnType<typeof sentBy> => sentBy(event, properties, connection)

const identify = (properties: Record<string, unknown>): Record<string, unknown> => ({
  type: 'identify',
  traits: { phone: '+4915112345678', tier: 1, properties },
})

const subscribed = (
  raw: Record<string, unknown>,
  connection = connectionOf('stream', { listId: 'LIST' }),
): object | undefined => actionsOf(planOf(raw, connection)).find(({ type }) => type === 'subscribe')

describe('the event stream: names and values', () => {
  test('R13 R18 any event becomes a metric of its name with its properties', () => {
    const action = sent('Checked Out', { table: 5, note: 'window' }, stream)
    expect(action).toMatchObject({
      metric: 'Checked Out',
      time: happenedAt,
      properties: { table: 5, note: 'window' },
    })
  })

  test('R17 a screen is sent like a track, under its own name', () => {
    const plan = planOf({ type: 'screen', name: 'Home', properties: { tab: 1 } }, stream)
    expect(eventsOf(plan)[0]).toMatchObject({ metric: 'Home', properties: { tab: 1 } })
  })

  test('R19 revenue is the value; where both are given, value goes before revenue', () => {
    expect(sent('Item Purchased', { revenue: 12 }, stream)).toMatchObject({
      value: 12,
      properties: { $value: 12, revenue: 12 },
    })
    expect(sent('Item Purchased', { revenue: 12, value: 15 }, stream).value).toBe(15)
  })

  test('R19 products goes before items', () => {
    const properties = { products: [{ sku: 'new' }], items: [{ sku: 'old' }] }
    expect(sent('Product Added', properties, stream).properties['Items']).toEqual([{ SKU: 'new' }])
  })

  test.each([
    ['Product Viewed', 'Viewed Product'],
    ['Product Clicked', 'Viewed Product'],
    ['Product Added', 'Added to Cart'],
    ['Checkout Started', 'Started Checkout'],
  ])('R22-R25 %s becomes %s', (name, metric) => {
    expect(sent(name, { sku: 's' }, stream).metric).toBe(metric)
  })

  test('R26 case and surrounding spaces of a name do not matter', () => {
    expect(sent('  pRODUCT vIEWED ', {}, stream).metric).toBe('Viewed Product')
  })
})

describe('R27-R35 fields of Viewed Product', () => {
  test.each([
    ['name', 'ProductName', 'Mug'],
    ['product_id', 'ProductID', 'p-1'],
    ['sku', 'SKU', 's-1'],
    ['image_url', 'ImageURL', 'https://x/i.jpg'],
    ['url', 'URL', 'https://x/p'],
    ['brand', 'Brand', 'Acme'],
    ['price', 'Price', 9.5],
    ['compare_at_price', 'CompareAtPrice', 12],
    ['categories', 'Categories', ['Cups', 'New']],
  ])('%s becomes %s', (from, to, value) => {
    expect(sent('Product Viewed', { [from]: value }).properties).toEqual({ [to]: value })
  })
})

describe('R37-R46 fields of Added to Cart', () => {
  test.each([
    ['name', 'AddedItemProductName', 'Mug'],
    ['product_id', 'AddedItemProductID', 'p-1'],
    ['sku', 'AddedItemSKU', 's-1'],
    ['image_url', 'AddedItemImageURL', 'https://x/i.jpg'],
    ['url', 'AddedItemURL', 'https://x/p'],
    ['price', 'AddedItemPrice', 9.5],
    ['quantity', 'AddedItemQuantity', 2],
    ['categories', 'AddedItemCategories', ['Cups']],
    ['item_names', 'ItemNames', ['Mug', 'Cup']],
    ['checkout_url', 'CheckoutURL', 'https://x/c'],
  ])('%s becomes %s', (from, to, value) => {
    expect(sent('Product Added', { [from]: value }).properties).toEqual({ [to]: value })
  })

  test('R36 R50 value becomes $value and the value', () => {
    for (const name of ['Product Added', 'Checkout Started']) {
      const action = sent(name, { value: 30 }, stream)
      expect(action.value).toBe(30)
      expect(action.properties).toEqual({ $value: 30, $event_id: 'm-1' })
    }
  })

  test('R47 products becomes Items', () => {
    expect(sent('Product Added', { products: [{ sku: 's' }] }).properties).toEqual({
      Items: [{ SKU: 's' }],
    })
  })

  test('R48 R54 items becomes Items, with a note that the name is deprecated', () => {
    for (const event of ['Product Added', 'Checkout Started']) {
      const plan = planOf({ event, properties: { items: [{ sku: 's' }] } }, bare)
      expect(plan).toMatchObject({ notes: ['deprecated_items'] })
      expect(eventsOf(plan)[0]!.properties).toEqual({ Items: [{ SKU: 's' }] })
    }
  })
})

describe('R51-R55 fields of Started Checkout', () => {
  test('R49 order_id is the unique id, unchanged', () => {
    const action = sent('Checkout Started', { order_id: 'No 7/ä' }, stream)
    expect(action.uniqueId).toBe('No 7/ä')
    expect(action.properties['$event_id']).toBe('No 7/ä')
  })

  test.each([
    ['categories', 'Categories', ['Cups']],
    ['item_names', 'ItemNames', ['Mug', 'Cup']],
    ['checkout_url', 'CheckoutURL', 'https://x/c'],
  ])('%s becomes %s', (from, to, value) => {
    expect(sent('Checkout Started', { [from]: value }).properties).toEqual({ [to]: value })
  })

  test('R53 products becomes Items', () => {
    expect(sent('Checkout Started', { products: [{ sku: 's' }] }).properties).toEqual({
      Items: [{ SKU: 's' }],
    })
  })
})

describe('R56-R64 fields of an entry of Items', () => {
  test.each([
    ['product_id', { ProductID: 'x' }],
    ['sku', { SKU: 'x' }],
    ['quantity', { Quantity: 'x' }],
    ['total', { RowTotal: 'x' }],
    ['image_url', { ImageURL: 'x' }],
    ['categories', { ProductCategories: 'x' }],
  ])('%s becomes %j', (from, entry) => {
    for (const event of ['Product Added', 'Checkout Started']) {
      expect(sent(event, { products: [{ [from]: 'x' }] }).properties['Items']).toEqual([entry])
    }
  })

  test('R58 name becomes ProductName', () => {
    expect(sent('Product Added', { products: [{ name: 'Mug' }] }).properties).toEqual({
      ItemNames: ['Mug'],
      Items: [{ ProductName: 'Mug' }],
    })
  })

  test('R60 R62 C2 both spellings of price and URL, with equal values', () => {
    expect(sent('Product Added', { products: [{ price: 9.5, url: 'u' }] }).properties).toEqual({
      Items: [{ Price: 9.5, ItemPrice: 9.5, URL: 'u', ProductURL: 'u' }],
    })
  })

  test('R65 what is absent does not appear, and what is not mapped goes on under its own name', () => {
    const properties = {
      sku: 's',
      colour: 'blue',
      size: null,
      products: [{ sku: 't', gift: true }],
    }
    const mapped = sent('Product Added', properties).properties
    expect(mapped).toEqual({
      AddedItemSKU: 's',
      colour: 'blue',
      size: null,
      Items: [{ SKU: 't', gift: true }],
    })
    expect(Object.keys(mapped)).not.toContain('AddedItemPrice')
  })
})

describe('the event stream: people', () => {
  test('R1 R2 traits become attributes, and custom properties under their own names', () => {
    const traits = {
      email: 'ana@shop.example',
      firstName: 'Ana',
      last_name: 'Costa',
      company: { name: 'Acme' },
      title: 'Dr',
      address: {
        street: 'Main St 1',
        city: 'Berlin',
        state: 'BE',
        country: 'DE',
        postalCode: '10115',
      },
      loyalty_tier: 'gold',
      sizes: { shoe: 42 },
    }
    const [action] = actionsOf(planOf({ type: 'identify', traits }, stream))
    expect(action).toMatchObject({
      type: 'profile',
      profile: {
        identifiers: { email: 'ana@shop.example', externalId: 'u-1' },
        attributes: {
          first_name: 'Ana',
          last_name: 'Costa',
          organization: 'Acme',
          title: 'Dr',
          location: {
            address1: 'Main St 1',
            city: 'Berlin',
            region: 'BE',
            country: 'DE',
            zip: '10115',
          },
        },
        properties: { loyalty_tier: 'gold', sizes: { shoe: 42 } },
      },
    })
  })

  test('R1 a full name is read as first and last name', () => {
    const [action] = actionsOf(planOf({ type: 'identify', traits: { name: 'Ana Maria Costa' } }))
    expect(action!.profile.attributes).toEqual({ first_name: 'Ana', last_name: 'Maria Costa' })
  })

  test('R3 an identify without any identifier is not sent, and says why', () => {
    const plan = planOf({ type: 'identify', anonymousId: 'a', userId: undefined }, stream, {
      identifiers: { anonymousId: 'a' },
    })
    expect(endOf(plan)).toBe('no_identifier')
  })

  test.each([{ externalId: '7' }, { email: 'a@b.co' }, { phone: '+4915112345678' }])(
    'R3 R14 C12 %j is enough to be sent',
    (identifiers) => {
      expect(endOf(planOf({ type: 'identify' }, stream, { identifiers }))).toBeUndefined()
      expect(endOf(planOf({ event: 'x' }, stream, { identifiers }))).toBeUndefined()
    },
  )

  test('R4 the profile carries the newest traits each time', () => {
    const plan = planOf({ type: 'identify', traits: { tier: 'silver' } }, stream)
    expect(actionsOf(plan)[0]!.profile.properties).toEqual({ tier: 'silver' })
  })

  test('R14 R15 C7 a track of nobody known is not sent, nor kept to be sent', () => {
    const identifiers = { anonymousId: 'a-1' }
    expect(endOf(planOf({ event: 'x' }, stream, { identifiers }))).toBe('no_identifier')
  })

  test('R16 R20 S15 S17 an event carries its person from context.traits', () => {
    const plan = planOf(
      {
        event: 'x',
        context: {
          traits: { email: 'ana@shop.example', phone: '0151 12345678', firstName: 'Ana', tier: 1 },
        },
      },
      stream,
    )
    expect(eventsOf(plan)[0]!.profile).toEqual({
      identifiers: { email: 'ana@shop.example', phone: '+4915112345678', externalId: 'u-1' },
      attributes: { first_name: 'Ana' },
      properties: { tier: 1 },
    })
  })

  test('RudderStack’s browser identify has its traits in context.traits only', () => {
    const plan = planOf({ type: 'identify', context: { traits: { firstName: 'Ana' } } }, stream)
    expect(actionsOf(plan)[0]!.profile.attributes).toEqual({ first_name: 'Ana' })
  })
})

function aimed(id: unknown): string | undefined {
  const context = { externalId: [{ type: 'klaviyo-profileId', id }] }
  return actionsOf(planOf({ type: 'identify', context }, stream))[0]!.profile.id
}

describe('the event stream: what RudderStack’s users have set', () => {
  const nested = {
    type: 'identify',
    traits: { sizes: { shoe: 42, top: { eu: 'M' } }, tags: ['a'], tier: 'gold' },
  }

  test('nested traits and properties go flat where that is set', () => {
    const flat = connectionOf('stream', { flatten: true })
    expect(actionsOf(planOf(nested, flat))[0]!.profile.properties).toEqual({
      'sizes.shoe': 42,
      'sizes.top.eu': 'M',
      tags: ['a'],
      tier: 'gold',
    })
    expect(actionsOf(planOf(nested, stream))[0]!.profile.properties).toMatchObject({
      sizes: { shoe: 42 },
    })
    expect(sent('x', { a: { b: 1 }, c: [{ d: 1 }] }, flat).properties).toMatchObject({
      'a.b': 1,
      c: [{ d: 1 }],
    })
  })

  test('email as primary: the userId goes as `_id`, and alone it names nobody', () => {
    const primary = connectionOf('stream', { emailAsPrimary: true })
    expect(eventsOf(planOf({ event: 'x' }, primary))[0]!.profile).toMatchObject({
      identifiers: { email: 'ana@shop.example' },
      properties: { _id: 'u-1' },
    })
    const identifiers = { externalId: 'u-1' }
    expect(endOf(planOf({ event: 'x' }, primary, { identifiers }))).toBe('no_identifier')
  })

  test.each(['Klaviyo', 'KLAVIYO'])(
    'fieldsToAppend, fieldsToUnappend and fieldsToUnset under %s change what the profile holds',
    (name) => {
      const raw = {
        type: 'identify',
        traits: { tags: 'new', sizes: ['M'], old: 1, tier: 'gold' },
        integrations: {
          [name]: {
            fieldsToAppend: ['tags', 'missing'],
            fieldsToUnappend: ['sizes'],
            fieldsToUnset: ['old', '__proto__', 7],
          },
        },
      }
      expect(actionsOf(planOf(raw, stream))[0]!.profile).toMatchObject({
        properties: { tier: 'gold' },
        patch: { append: { tags: 'new' }, unappend: { sizes: ['M'] }, unset: ['old'] },
      })
      expect(actionsOf(planOf(raw, stream))[0]!.profile.properties).toEqual({ tier: 'gold' })
    },
  )

  test('the profile’s own id at Klaviyo, in context.externalId', () => {
    expect(aimed('01GDDKASAP8TKDDA2GRZDSVP4H')).toBe('01GDDKASAP8TKDDA2GRZDSVP4H')
    expect(aimed('../x')).toBeUndefined()
    expect(aimed({})).toBeUndefined()
  })
})

describe('the event stream: consent', () => {
  test('R7 R5 subscribe with the connection’s list and channels', () => {
    expect(subscribed(identify({ subscribe: true }))).toMatchObject({
      listId: 'LIST',
      channels: ['email'],
      profile: { identifiers: { email: 'ana@shop.example', phone: '+4915112345678' } },
    })
  })

  test('R5 consent of the call overrides the setting, as text or as list', () => {
    expect(subscribed(identify({ subscribe: true, consent: ['email', 'sms'] }))).toMatchObject({
      channels: ['email', 'sms'],
    })
    expect(subscribed(identify({ subscribe: true, consent: 'sms' }))).toMatchObject({
      channels: ['sms'],
    })
    const none = connectionOf('stream', { emailConsent: false })
    expect(subscribed(identify({ subscribe: true, consent: 'email' }), none)).toMatchObject({
      channels: ['email'],
    })
  })

  test('R5 consent is read from context.traits.properties and from properties as well', () => {
    const said = { subscribe: true, consent: ['sms'] }
    const phone = '+4915112345678'
    expect(
      subscribed({ type: 'identify', context: { traits: { phone, properties: said } } }),
    ).toMatchObject({ channels: ['sms'] })
    expect(subscribed({ type: 'identify', traits: { phone }, properties: said })).toMatchObject({
      channels: ['sms'],
    })
  })

  test('R5 nothing that is said of consent is copied into the profile', () => {
    const said = { subscribe: true, consent: 'email', smsConsent: false, listId: 'X', size: 'M' }
    const [action] = actionsOf(planOf(identify(said), stream))
    expect(action!.profile.properties).toEqual({ tier: 1, size: 'M' })
  })

  test('R6 smsConsent of the call overrides the setting, both ways', () => {
    expect(subscribed(identify({ subscribe: true, smsConsent: true }))).toMatchObject({
      channels: ['email', 'sms'],
    })
    const sms = connectionOf('stream', { smsConsent: true })
    expect(subscribed(identify({ subscribe: true }), sms)).toMatchObject({
      channels: ['email', 'sms'],
    })
    expect(subscribed(identify({ subscribe: true, smsConsent: false }), sms)).toMatchObject({
      channels: ['email'],
    })
  })

  test('R8 listId of the call goes before the connection’s, for that call', () => {
    expect(subscribed(identify({ subscribe: true, listId: 'OTHER' }))).toMatchObject({
      listId: 'OTHER',
    })
    expect(subscribed(identify({ subscribe: true }))).toMatchObject({ listId: 'LIST' })
  })

  test('R9 C8 without subscribe: true nobody is subscribed', () => {
    for (const said of [
      {},
      { subscribe: false },
      { consent: ['email', 'sms'] },
      { subscribe: 1 },
    ]) {
      expect(subscribed(identify(said))).toBeUndefined()
    }
    const order = { event: 'Order Completed', properties: { order_id: 1, subscribe: true } }
    expect(subscribed(order)).toBeUndefined()
  })

  test('a repeated trait on a later event does not subscribe a second time', () => {
    const context = { traits: { properties: { subscribe: true } } }
    expect(subscribed({ event: 'Product Viewed', context })).toBeUndefined()
  })

  test('a channel without an address is left out, and that is noted', () => {
    const raw = {
      type: 'identify',
      traits: { properties: { subscribe: true, consent: ['email', 'sms'] } },
    }
    const plan = planOf(raw, stream)
    expect(plan).toMatchObject({ notes: ['subscription_left_out'] })
    expect(actionsOf(plan)[1]).toMatchObject({ channels: ['email'] })
  })

  test('M31 a group with subscribe joins the list that the group’s id names', () => {
    const plan = planOf({ type: 'group', groupId: 'GROUP', traits: { subscribe: true } }, stream)
    expect(actionsOf(plan)).toEqual([
      expect.objectContaining({ type: 'subscribe', listId: 'GROUP', channels: ['email'] }),
    ])
  })

  test('M31 a group without subscribe, and an alias, have nothing to send', () => {
    expect(endOf(planOf({ type: 'group', groupId: 'G' }, stream))).toBe('nothing_to_send')
    expect(endOf(planOf({ type: 'alias', previousId: 'a' }, stream))).toBe('nothing_to_send')
  })

  test('M31 a page call is sent where pages are, as Active on Site', () => {
    const page = { type: 'page', name: 'Home', properties: { url: 'https://x/', title: 'Hi' } }
    expect(eventsOf(planOf(page, stream))[0]).toMatchObject({
      metric: 'Active on Site',
      properties: { PageURL: 'https://x/', PageTitle: 'Hi' },
    })
    expect(endOf(planOf(page, connectionOf('stream', { pages: false })))).toBe('event_disabled')
  })
})
