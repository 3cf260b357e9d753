import { describe, expect, test } from 'vitest'
import type { Connection } from '../connection.ts'
import type { PresetName } from '../settings.ts'
import {
  actionsOf,
  connectionOf,
  endOf,
  eventsOf,
  journaled,
  planOf,
  receivedAt,
  sent,
} from '../sample.suite.ts'
import { allOn, presets } from './presets.ts'
import { joinProfiles, keptProfileOf } from './profile.ts'

const view = { event: 'Product Viewed', properties: { sku: 's' } }
const order = { event: 'Order Completed', properties: { order_id: 1, products: [{ sku: 'a' }] } }

const without = (...names: string[]): Connection =>
  connectionOf('storefront', {
    switches: Object.fromEntries(names.map((name) => [name, false])),
  })

const policiesOf = (preset: PresetName): object => {
  const { identity, legacyNames, uniqueIds, patience, onForbidden } = presets[preset]
  return { identity, legacyNames, uniqueIds, patience, onForbidden }
}

describe('what lets an event through', () => {
  test('Z3 Z4 a connection that is off sends nothing, nor does a disconnected one', () => {
    expect(endOf(planOf(view, connectionOf('storefront', { enabled: false })))).toBe(
      'connection_off',
    )
    const gone = connectionOf('storefront', {}, { state: 'disconnected' })
    expect(endOf(planOf(view, gone))).toBe('disconnected')
  })

  test('C11 a clock that was set back after the connection was made stops nothing', () => {
    const young = connectionOf('storefront', {}, { since: receivedAt + 1 })
    expect(endOf(planOf(order, young))).toBeUndefined()
  })

  test('S7 rules decide; an event that none names is not sent', () => {
    const rules = [
      { name: 'No tests', events: ['*test*'], decision: 'drop' as const },
      { name: 'Sales', events: ['purchase', 'Order *'], decision: 'send' as const },
    ]
    const connection = connectionOf('hub', { rules, withoutRule: 'drop' })
    expect(endOf(planOf({ event: ' PURCHASE ' }, connection))).toBeUndefined()
    expect(endOf(planOf(order, connection))).toBeUndefined()
    expect(endOf(planOf(view, connection))).toBe('no_rule')
    expect(planOf({ event: 'Order Test 1' }, connection)).toEqual({
      type: 'end',
      reason: 'rule_dropped',
      detail: 'No tests',
    })
  })

  test('S7 a pattern’s pieces must be there in their order, without overlap', () => {
    const connection = connectionOf('storefront', {
      rules: [{ name: 'r', events: ['a*b*ba'], decision: 'drop' }],
    })
    expect(endOf(planOf({ event: 'aXbXba' }, connection))).toBe('rule_dropped')
    expect(endOf(planOf({ event: 'aba' }, connection))).toBeUndefined()
  })

  test('S1 the hub forwards a shop’s events by itself, and nothing else', () => {
    expect(endOf(planOf(view, connectionOf('hub')))).toBeUndefined()
    expect(endOf(planOf({ event: 'Something Else' }, connectionOf('hub')))).toBe('no_rule')
  })

  test('Z5 Z7 a switch stops its function and no other; Ordered Product has its own', () => {
    expect(endOf(planOf(view, without('Viewed Product')))).toBe('event_disabled')
    expect(endOf(planOf(order, without('Viewed Product')))).toBeUndefined()
    const metrics = (connection: Connection): string[] =>
      eventsOf(planOf(order, connection)).map(({ metric }) => metric)
    expect(metrics(without('Ordered Product'))).toEqual(['Placed Order'])
    expect(metrics(without('Placed Order'))).toEqual(['Ordered Product'])
    expect(endOf(planOf(order, without('Placed Order', 'Ordered Product')))).toBe('event_disabled')
    expect(endOf(planOf({ type: 'identify' }, without('profiles')))).toBe('event_disabled')
    const subscribe = { type: 'identify', traits: { properties: { subscribe: true } } }
    expect(actionsOf(planOf(subscribe, without('subscriptions')))).toHaveLength(1)
    expect(actionsOf(planOf(subscribe, without('profiles')))[0]!.type).toBe('subscribe')
  })

  test('Z6 one action switches every function on', () => {
    const off = connectionOf('storefront', { switches: { 'Viewed Product': false }, pages: false })
    const on = { ...off, settings: allOn(off.settings) }
    expect(endOf(planOf(view, on))).toBeUndefined()
    expect(endOf(planOf({ type: 'page' }, on))).toBeUndefined()
  })

  test('a name like one of JavaScript’s own is a name like any other', () => {
    for (const event of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(sent(event, { toString: 1, valueOf: 2 })).toMatchObject({ metric: event })
    }
  })

  test('a call that leaves Klaviyo out is not sent', () => {
    const ends = [
      { All: false },
      { All: true, Klaviyo: false },
      { All: false, Klaviyo: true },
      {},
    ].map((integrations) => endOf(planOf({ ...view, integrations })))
    expect(ends).toEqual(['event_not_listed', 'event_not_listed', undefined, undefined])
  })

  test('a date before 1990 or more than a year ahead is not sent', () => {
    for (const occurredAt of [Date.UTC(1989, 11, 31), Date.UTC(9999, 0, 1)]) {
      expect(endOf(planOf(view, connectionOf(), { occurredAt }))).toBe('time_out_of_range')
    }
    expect(
      endOf(planOf(view, connectionOf(), { occurredAt: Date.UTC(1990, 0, 2) })),
    ).toBeUndefined()
  })

  test('a metric’s name has at most 127 characters', () => {
    expect(endOf(planOf({ event: 'n'.repeat(127) }))).toBeUndefined()
    expect(endOf(planOf({ event: 'n'.repeat(128) }))).toBe('metric_name_invalid')
  })
})

describe('C1 who must be known', () => {
  const guest = { anonymousId: 'a-1' }
  const byId = { externalId: '7', anonymousId: 'a-1' }
  const byPhone = { phone: '+4915112345678' }
  const byEmail = { email: 'a@b.co', anonymousId: 'a-1' }

  test.each([
    ['hub', [undefined, 'no_identifier', 'no_identifier', 'no_identifier']],
    ['try-on', [undefined, 'no_identifier', 'no_identifier', 'no_identifier']],
    ['stream', [undefined, undefined, undefined, 'no_identifier']],
    ['platform', [undefined, undefined, undefined, 'no_identifier']],
    ['storefront', [undefined, undefined, undefined, 'anonymous_waiting']],
  ] as const)('C1 C7 Z18 in %s, by email, phone, id, as a guest', (preset, expected) => {
    const event = preset === 'try-on' ? { event: 'Try-On Generated' } : view
    for (const raw of [event, { type: 'identify' }]) {
      const ends = [byEmail, byPhone, byId, guest].map((identifiers) =>
        endOf(planOf(raw, connectionOf(preset), { identifiers })),
      )
      expect(ends).toEqual(expected)
    }
  })

  test('S16 S35 without an email the hub does not send, and says so', () => {
    expect(endOf(planOf(view, connectionOf('hub'), { identifiers: byPhone }))).toBe('no_identifier')
  })

  test('S36 once an identify made the email known, following events are sent', () => {
    const identifiers = { ...guest, email: 'a@b.co' }
    expect(endOf(planOf(view, connectionOf('hub'), { identifiers }))).toBeUndefined()
  })

  test('guests can be sent at once, with their anonymous id', () => {
    const atOnce = connectionOf('storefront', { sendGuestsAtOnce: true })
    const [action] = eventsOf(planOf(view, atOnce, { identifiers: guest }))
    expect(action!.profile.identifiers).toEqual(guest)
  })

  test('a visitor id does not go along with a known person: two people may share a browser', () => {
    const [action] = eventsOf(planOf(view, connectionOf(), { identifiers: byEmail }))
    expect(action!.profile.identifiers).toEqual({ email: 'a@b.co' })
  })

  test('an address that is not valid is said to be so', () => {
    const identifiers = {}
    const bad = { ...view, traits: { email: 'jane@' } }
    expect(endOf(planOf(bad, connectionOf('hub'), { identifiers }))).toBe('invalid_email')
    expect(endOf(planOf(bad, connectionOf('stream'), { identifiers }))).toBe('invalid_email')
    const call = { event: 'x', traits: { phone: '12' } }
    expect(endOf(planOf(call, connectionOf('stream'), { identifiers }))).toBe('invalid_phone')
  })

  test('M13 an invalid phone number or email is left out with a note, and stays a property', () => {
    const raw = { event: 'x', properties: { phone: 'call me', email: 'jane@' } }
    const plan = planOf(raw, connectionOf(), { identifiers: { externalId: '7' } })
    expect(plan).toMatchObject({ notes: ['email_left_out', 'phone_left_out'] })
    expect(eventsOf(plan)[0]).toMatchObject({
      properties: { phone: 'call me', email: 'jane@' },
      profile: { identifiers: { externalId: '7' } },
    })
  })
})

describe('permissions that were never asked for', () => {
  const scopes = new Set(['events:write', 'lists:read'])

  test('C15 an identify is kept for the person’s next event, which carries its traits', () => {
    const identify = { type: 'identify', traits: { tier: 1 } }
    expect(endOf(planOf(identify, connectionOf(), {}, scopes))).toBe('kept_for_next_event')
    expect(endOf(planOf(view, connectionOf(), {}, scopes))).toBeUndefined()
    const kept = keptProfileOf(journaled(identify))
    expect(kept).toMatchObject({ properties: { tier: 1 } })
    const next = eventsOf(planOf({ ...view, traits: { size: 'M' } }))[0]!.profile
    expect(joinProfiles(kept, next)).toEqual({
      identifiers: next.identifiers,
      properties: { tier: 1, size: 'M' },
    })
  })

  test('C15 an event needs events:write, a subscription subscriptions:write', () => {
    const none = new Set<string>()
    expect(endOf(planOf(view, connectionOf(), {}, none))).toBe('scope_not_asked')
    const group = { type: 'group', groupId: 'G', traits: { subscribe: true } }
    expect(endOf(planOf(group, connectionOf(), {}, scopes))).toBe('scope_not_asked')
  })
})

describe('what an operator can change', () => {
  test('R13 L12 a metric’s name and properties can be changed, and a mapping removed', () => {
    const connection = connectionOf('storefront', {
      mappings: {
        'product viewed': { metric: 'Looked at Product' },
        'Order Completed': null,
        'Quiz Finished': {
          metric: 'Quiz',
          others: false,
          properties: { Score: 'properties.points' },
        },
      },
    })
    expect(sent('Product Viewed', { sku: 's' }, connection)).toMatchObject({
      metric: 'Looked at Product',
      properties: { SKU: 's' },
    })
    expect(sent('Order Completed', { order_id: 1 }, connection)).toMatchObject({
      metric: 'Order Completed',
      properties: { order_id: 1 },
    })
    expect(sent('Quiz Finished', { points: 3, secret: 1 }, connection)).toMatchObject({
      metric: 'Quiz',
      properties: { Score: 3 },
    })
    expect(
      sent('Quiz Finished', { points: 3, secret: 1 }, connection).properties,
    ).not.toHaveProperty('secret')
  })

  test('events without a mapping can be kept back', () => {
    const connection = connectionOf('stream', { passUnknown: false })
    expect(endOf(planOf({ event: 'Anything' }, connection))).toBe('no_rule')
    expect(endOf(planOf(view, connection))).toBeUndefined()
  })

  test('a mapping’s profile groups travel with the event', () => {
    const mapping = {
      metric: 'Seen',
      profile: [
        { name: 'seen', keep: 'latest' as const, properties: { lastSeen: 'properties.sku' } },
      ],
    }
    const connection = connectionOf('storefront', { mappings: { Seen: mapping } })
    expect(sent('Seen', { sku: 's' }, connection).profile.groups).toEqual([
      { name: 'seen', keep: 'latest', properties: { lastSeen: 's' } },
    ])
    expect(sent('Seen', {}, connection).profile).not.toHaveProperty('groups')
  })

  test('C9 a product view sends Viewed Product alone', () => {
    expect(eventsOf(planOf(view)).map(({ metric }) => metric)).toEqual(['Viewed Product'])
  })

  test('C1 C3 C5 C16 the presets’ policies', () => {
    expect(policiesOf('storefront')).toEqual({
      identity: 'anonymous-allowed',
      legacyNames: false,
      uniqueIds: 'store',
      patience: 'wait',
      onForbidden: 'narrow',
    })
    expect(policiesOf('platform')).toMatchObject({ identity: 'any-identifier', patience: 'cycle' })
    expect(policiesOf('hub')).toMatchObject({ identity: 'email-only', onForbidden: 'hold' })
    expect(policiesOf('stream')).toMatchObject({
      identity: 'any-identifier',
      legacyNames: true,
      uniqueIds: 'given',
    })
    expect(policiesOf('try-on')).toMatchObject({ identity: 'email-only' })
  })
})
