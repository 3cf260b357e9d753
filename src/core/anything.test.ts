import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from './event.ts'
import { mapperOf } from './mapping/route.ts'
import { readEvent } from './read-event.ts'
import { reasons } from './reason.ts'
import { connectionOf, kit, receivedAt } from './sample.suite.ts'

const mappers = (['storefront', 'platform', 'hub', 'stream', 'try-on'] as const).map((preset) =>
  mapperOf(connectionOf(preset), kit),
)

/** Reads and maps it in every preset, and looks at all that would leave. */
function check(raw: unknown): void {
  const reading = readEvent(raw, { receivedAt, kit, newId: () => 'id', maxBytes: 1_000_000 })
  if (reading.type === 'refused') {
    if (reasons[reading.reason].number < 60) throw new Error(`no refusal: ${reading.reason}`)
    return
  }
  expect(reading.body).not.toContain('\n')
  expect(Number.isSafeInteger(reading.occurredAt)).toBe(true)
  for (const mapper of mappers) {
    const plan = mapper.plan({
      workspaceId: 'w',
      sourceId: 's',
      lane: 'live',
      seq: 1,
      messageId: reading.event.messageId,
      name: reading.name,
      event: reading.event,
      bodyBytes: reading.body.length,
      identifiers: { email: 'ana@shop.example', ...reading.identifiers },
      occurredAt: reading.occurredAt,
      receivedAt,
    })
    if (plan.type === 'end') {
      if (!(plan.reason in reasons)) throw new Error(`no reason: ${plan.reason}`)
      continue
    }
    expect(plan.actions.length).toBeGreaterThan(0)
    for (const action of plan.actions) {
      expect(Object.keys(action.profile.identifiers).length).toBeGreaterThan(0)
      isClean(action.profile.properties ?? {}, 0)
      isClean(action.profile.attributes ?? {}, 0)
      for (const group of action.type === 'event' ? (action.profile.groups ?? []) : []) {
        isClean(group.properties, 0)
      }
      if (action.type !== 'event') continue
      expect(action.uniqueId.length).toBeGreaterThanOrEqual(1)
      expect(action.uniqueId.length).toBeLessThanOrEqual(255)
      expect(action.metric.length).toBeLessThan(128)
      expect(action.value === undefined || Number.isFinite(action.value)).toBe(true)
      const names = Object.keys(action.properties)
      expect(names.length).toBeGreaterThan(0)
      expect(names.length).toBeLessThanOrEqual(400)
      isClean(action.properties, 0)
    }
  }
}

function isClean(value: Json | undefined, depth: number): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new Error('a number is not finite')
  if (typeof value === 'string' && !value.isWellFormed()) throw new Error('half a character')
  if (typeof value !== 'object' || value === null) return
  if (depth >= 10) throw new Error('too deep')
  if (Array.isArray(value) && value.length > 4_000) throw new Error('too long')
  for (const entry of Object.values(value)) isClean(entry, depth + 1)
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\uD800',
    'a\0b',
    '__proto__',
    'NaN',
    '9999-12-31T23:59:59Z',
    '1e999',
    ' ',
    '+1',
    'a@b.co',
  ),
)
const anything = fc.jsonValue({ maxDepth: 6 })
const scalar = fc.oneof(
  text,
  fc.double(),
  fc.constantFrom(Number.POSITIVE_INFINITY, 1e308, null, true, 253_402_300_799_000),
)
const loose = fc.oneof(scalar, anything)

const keys = [
  'order_id',
  'product_id',
  'sku',
  'name',
  'price',
  'quantity',
  'total',
  'value',
  'revenue',
  'currency',
  'products',
  'items',
  'contents',
  'content_ids',
  'email',
  'phone',
  'categories',
  'line_id',
  '$value',
  '$event_id',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'k'.repeat(10_000),
]
const record = fc.dictionary(fc.oneof(fc.constantFrom(...keys), text), loose, { maxKeys: 12 })
const properties = fc.oneof(
  loose,
  record,
  fc.record(
    { products: fc.array(fc.oneof(record, loose)), order_id: loose, total: loose, currency: loose },
    { requiredKeys: [] },
  ),
)
const traits = fc.oneof(
  loose,
  fc.record(
    {
      email: loose,
      phone: loose,
      name: loose,
      firstName: loose,
      address: fc.oneof(loose, record),
      company: loose,
      timezone: loose,
      locale: loose,
      properties: fc.oneof(
        loose,
        fc.record({ subscribe: fc.boolean(), consent: loose, listId: loose }),
      ),
    },
    { requiredKeys: [] },
  ),
)
const names = [
  'Product Viewed',
  'Product Added',
  'Checkout Started',
  'Order Completed',
  'Purchase',
  'AddToCart',
  'ViewContent',
  'Order Refunded',
  'Ordered Product',
  'Products Searched',
  'Anything',
]
const event = fc.record(
  {
    type: fc.oneof(fc.constantFrom('track', 'identify', 'page', 'screen', 'group', 'alias'), loose),
    event: fc.oneof(fc.constantFrom(...names), loose),
    name: loose,
    messageId: loose,
    userId: fc.oneof(fc.constant('u-1'), loose),
    anonymousId: loose,
    previousId: loose,
    groupId: loose,
    timestamp: loose,
    originalTimestamp: loose,
    sentAt: loose,
    properties,
    traits,
    context: fc.oneof(
      loose,
      fc.record(
        { traits, campaign: loose, page: loose, session: loose, locale: loose },
        { requiredKeys: [] },
      ),
    ),
    integrations: loose,
  },
  { requiredKeys: ['type', 'userId'] },
)

describe('whatever comes', () => {
  test('M24 any JSON is read and mapped, or ends with a reason; nothing throws', () => {
    fc.assert(fc.property(anything, check), { numRuns: 300 })
  })

  test('M24 an event with wrong types everywhere is sent within Klaviyo’s limits, or ends with a reason', () => {
    fc.assert(fc.property(event, check), { numRuns: 1_500 })
  })

  test('the same event gives the same plan, whenever', () => {
    fc.assert(
      fc.property(event, (raw) => {
        const plans = [1, 2].map(() => {
          const reading = readEvent(raw, {
            receivedAt,
            kit,
            newId: () => 'id',
            maxBytes: 1_000_000,
          })
          if (reading.type === 'refused') return reading.reason
          const journaled = {
            workspaceId: 'w',
            sourceId: 's',
            lane: 'live' as const,
            seq: 1,
            messageId: reading.event.messageId,
            name: reading.name,
            event: reading.event,
            bodyBytes: 1,
            identifiers: { email: 'a@b.co' },
            occurredAt: reading.occurredAt,
            receivedAt,
          }
          return mapperOf(connectionOf('hub'), kit).plan(journaled)
        })
        expect(plans[1]).toEqual(plans[0])
      }),
      { numRuns: 300 },
    )
  })
})
