import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EventAction } from '../core/index.ts'
import { eventBody, eventBytes, eventsBody } from './events.ts'
import { orderOf } from './stub.suite.ts'

const none = new Map()

/** What a bulk request says: who, and the unique ids of their events. */
function entriesOf(text: string): { profile: Record<string, unknown>; ids: string[] }[] {
  const body = JSON.parse(text)
  return body.data.attributes['events-bulk-create'].data.map((entry: any) => ({
    profile: entry.attributes.profile.data.attributes,
    ids: entry.attributes.events.data.map((event: any) => event.attributes.unique_id),
  }))
}

describe('an event for Klaviyo', () => {
  test('M4 carries metric, value, currency, time and the unique id that makes it count once', () => {
    const { data } = JSON.parse(eventBody(orderOf('ana@example.com'), undefined).text)
    expect(data).toEqual({
      type: 'event',
      attributes: {
        properties: { OrderId: '1042', ItemNames: ['Mug'] },
        time: '2026-07-01T10:00:00.123Z',
        value: 27.5,
        value_currency: 'EUR',
        unique_id: 'acme:order:1042',
        metric: { data: { type: 'metric', attributes: { name: 'Placed Order' } } },
        profile: {
          data: { type: 'profile', attributes: { email: 'ana@example.com', first_name: 'Ana' } },
        },
      },
    })
  })

  test('C11 history is marked, so that no flow starts from it', () => {
    const old = orderOf('ana@example.com', { backfill: true })
    expect(JSON.parse(eventBody(old, undefined).text).data.attributes.backfill).toBe(true)
    expect(eventsBody([old], none).text).toContain('"backfill":true')
  })

  test('half a surrogate pair becomes a character that UTF-8 has, a backslash stays one', () => {
    const odd = orderOf('ana@example.com', {
      properties: { 'a\ud83d': 'b\udc00c', path: 'C:\\ud83d', fine: '🛒' },
    })
    const { text } = eventBody(odd, undefined)
    expect(JSON.parse(text).data.attributes.properties).toEqual({
      'a\ufffd': 'b\ufffdc',
      path: 'C:\\ud83d',
      fine: '🛒',
    })
    expect(text.isWellFormed()).toBe(true)
  })

  test('a value that is no number is left out instead of breaking the request', () => {
    const { text } = eventBody(orderOf('ana@example.com', { value: Number.NaN }), undefined)
    expect(JSON.parse(text).data.attributes).not.toHaveProperty('value')
  })
})

const onDevice = (anonymousId: string, tier: string, uniqueId: string): EventAction =>
  orderOf('', {
    uniqueId,
    profile: { identifiers: { email: 'a@b.co', anonymousId }, properties: { tier } },
  })

const said = (first_name: string, tier: string, uniqueId: string): EventAction =>
  orderOf('ana@example.com', {
    uniqueId,
    profile: {
      identifiers: { email: 'ana@example.com' },
      attributes: { first_name },
      properties: { tier, [uniqueId]: true },
    },
  })

describe('a bulk request', () => {
  test('groups by person, keeps each one’s events in order, and the later detail wins', () => {
    const ben = orderOf('ben@example.com', { uniqueId: 'b' })
    const { text } = eventsBody([said('Ana', 'gold', 'a1'), ben, said('Anna', 'blue', 'a2')], none)
    expect(entriesOf(text)).toEqual([
      {
        profile: {
          email: 'ana@example.com',
          first_name: 'Anna',
          properties: { tier: 'blue', a1: true, a2: true },
        },
        ids: ['a1', 'a2'],
      },
      { profile: { email: 'ben@example.com', first_name: 'Ana' }, ids: ['b'] },
    ])
  })

  test('each device of a person gets its entry, and what is said of the person goes once', () => {
    const { text } = eventsBody(
      [onDevice('d1', 'x', '1'), onDevice('d2', 'y', '2'), onDevice('d1', 'z', '3')],
      none,
    )
    expect(entriesOf(text)).toEqual([
      { profile: { email: 'a@b.co', anonymous_id: 'd1' }, ids: ['1', '3'] },
      { profile: { email: 'a@b.co', anonymous_id: 'd2', properties: { tier: 'z' } }, ids: ['2'] },
    ])
  })

  test('a pointer into the nested body leads to the action, one at the person to all of theirs', () => {
    const orders = ['a', 'b', 'a', 'a'].map((name, index) =>
      orderOf(`${name}@example.com`, { uniqueId: `${index}` }),
    )
    const body = eventsBody(orders, none)
    const start = '/data/attributes/events-bulk-create/data'
    expect(body.actionsAt(`${start}/0/attributes/events/data/1/attributes/time`)).toEqual([2])
    expect(body.actionsAt(`${start}/1/attributes/events/data/0/attributes/value`)).toEqual([1])
    expect(body.actionsAt(`${start}/0/attributes/profile/data/attributes/email`)).toEqual([0, 2, 3])
    expect(body.actionsAt(`${start}/7/attributes/profile`)).toEqual([])
    expect(body.actionsAt('/data/attributes')).toEqual([])
  })

  const identifiers = fc.record(
    {
      email: fc.constantFrom('a@b.co', 'c@d.co'),
      phone: fc.constantFrom('+4915112345678', '+15005550006'),
      externalId: fc.constantFrom('7', 'ü8'),
      anonymousId: fc.constantFrom('d1', 'd2'),
    },
    { requiredKeys: [] },
  )
  const action = fc
    .record({
      identifiers,
      properties: fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { maxKeys: 3 }),
      profile: fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { maxKeys: 3 }),
    })
    .map(({ identifiers: who, properties, profile }) => ({ who, properties, profile }))

  test('every event is in it once, and it is no larger than the sizes of its events', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 30 }), (made) => {
        const actions = made.map(({ who, properties, profile }, index) =>
          orderOf('', {
            uniqueId: `${index}`,
            properties: properties as EventAction['properties'],
            profile: { identifiers: who, properties: profile as EventAction['properties'] },
          }),
        )
        const { text } = eventsBody(actions, none)
        const ids = entriesOf(text).flatMap((entry) => entry.ids)
        expect(ids.toSorted()).toEqual(actions.map((one) => one.uniqueId).toSorted())
        const most = actions.reduce((sum, one) => sum + eventBytes(one), 200)
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most)
      }),
    )
  })
})
