import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../src/core/index.ts'
import { reasons } from '../src/core/index.ts'
import { startBoth } from './harness.ts'

/** What shops get wrong: the right fields with anything in them. */
const oddity = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    'NaN',
    '12,50',
    -0,
    1e308,
    Number.MAX_SAFE_INTEGER + 2,
    '9999-12-31T23:59:59.999Z',
    '0000-00-00',
    'ana@example.com',
    'ana@',
    '+4915112345678',
    '\ud800',
    'a\u0000b',
    [],
    {},
    [[[[]]]],
    'x'.repeat(10_240),
  ),
  fc.double(),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 4 }),
)
const line = fc.dictionary(
  fc.constantFrom('product_id', 'sku', 'name', 'price', 'quantity', 'url', 'categories'),
  oddity,
  { maxKeys: 5, noNullPrototype: true },
)
const properties = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      'order_id',
      'value',
      'revenue',
      'total',
      'currency',
      'product_id',
      'price',
      'email',
      'subscribe',
      'consent',
      'listId',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  ),
  oddity,
  { maxKeys: 6, noNullPrototype: true },
)
const call = fc.record(
  {
    type: fc.constantFrom(
      'track',
      'track',
      'track',
      'identify',
      'page',
      'screen',
      'group',
      'alias',
    ),
    event: fc.oneof(
      fc.constantFrom<unknown>(
        'Order Completed',
        'Product Viewed',
        'Product Added',
        'Checkout Started',
        'Order Refunded',
        'Purchase',
        'AddToCart',
      ),
      oddity,
    ),
    userId: fc.oneof(fc.constantFrom<unknown>('u1', 7), oddity),
    anonymousId: fc.oneof(fc.constantFrom<unknown>('v1', 'v2'), oddity),
    groupId: oddity,
    timestamp: oddity,
    properties: fc.oneof(
      properties,
      oddity,
      fc.tuple(properties, fc.array(line, { maxLength: 4 })).map(([given, products]) => ({
        ...given,
        products,
      })),
    ),
    traits: fc.oneof(properties, oddity),
    context: fc.oneof(
      fc.record({ traits: fc.oneof(properties, oddity) }, { requiredKeys: [] }),
      oddity,
    ),
  },
  { requiredKeys: ['type'] },
)

const runs = Number(process.env['FUZZ_RUNS'] ?? 60)

test('M24 whatever comes in beside them, good events reach Klaviyo once, and each odd one ends with a reason', async () => {
  const { server, klaviyo } = await startBoth({ klaviyo: { limits: false } })
  let batches = 0
  let handed = 0
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 6 }), async (calls) => {
      batches += 1
      const number = batches
      const odd = calls.map((one, index) => ({ ...one, messageId: `odd-${number}-${index}` }))
      handed += odd.length
      const good: JsonObject = {
        type: 'track',
        event: 'Order Completed',
        messageId: `good-${number}`,
        userId: `good-${number}`,
        context: { traits: { email: `good${number}@example.com` } },
        properties: { order_id: `good-${number}`, total: 1, currency: 'EUR' },
      }
      const batch = [...odd, good] as readonly JsonObject[]
      const { status, body } = await server.batch(batch)
      expect({ status, body }).toMatchObject({ status: 200 })
    }),
    { numRuns: runs },
  )
  await server.settle()

  const arrived = klaviyo
    .events('Placed Order')
    .map(({ unique_id }) => unique_id)
    .filter((id) => /^acme:order:good-\d+$/u.test(id))
  expect(arrived).toHaveLength(batches)
  expect(new Set(arrived).size).toBe(batches)

  const { waiting, counts } = await server.standing()
  expect(waiting).toBe(0)
  const { workspaceId } = server.installation.connection
  const refused = await server.parts.journal.refusedCounts(workspaceId)
  const ended = [...Object.entries(counts), ...Object.entries(refused)]
  for (const [reason] of ended) expect(reasons).toHaveProperty(reason)
  expect(ended.reduce((sum, [, count]) => sum + count, 0)).toBe(handed + batches)
  // Ours is to send what Klaviyo can take: what it finds invalid is our fault.
  expect(counts.klaviyo_rejected).toBeUndefined()
  expect(counts.invalid_payload).toBeUndefined()
})
