import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { startBoth } from './harness.ts'

const paths = [
  '/v1/track',
  '/v1/identify',
  '/v1/page',
  '/v1/group',
  '/v1/alias',
  '/v1/batch',
  '/v1/import',
]
const answers = new Set([200, 400, 401, 404, 413])

/** Bodies that look like events from afar, so that more than the JSON parser is reached. */
const fields = fc.constantFrom(
  'type',
  'event',
  'name',
  'userId',
  'anonymousId',
  'previousId',
  'groupId',
  'messageId',
  'properties',
  'traits',
  'context',
  'timestamp',
  'originalTimestamp',
  'sentAt',
  'integrations',
  'products',
  'email',
  'phone',
  'total',
  'currency',
  'order_id',
  'subscribe',
  'writeKey',
  '__proto__',
  'constructor',
)
const values = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      'track',
      'identify',
      'page',
      'group',
      'Order Completed',
      'a@b.co',
      '+4915112345678',
      '',
    ),
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fields, tie('any'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).any
const events = fc.dictionary(fields, values, { maxKeys: 12, noNullPrototype: true })

test('no bytes and no JSON whatever make the server fail, and what comes beside them is still taken', async () => {
  const { server } = await startBoth()
  const authorization = `Basic ${Buffer.from(`${server.writeKey}:`).toString('base64')}`
  const post = async (path: string, body: Uint8Array | string, headers = {}) => {
    const response = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { authorization, ...headers },
      body: new Uint8Array(Buffer.from(body)),
    })
    await response.arrayBuffer()
    return response.status
  }
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.uint8Array({ maxLength: 300 }), (path, bytes) =>
      check(post(path, bytes)),
    ),
    { numRuns: 100 },
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.json(), (path, text) => check(post(path, text))),
    { numRuns: 100 },
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), events, (path, event) =>
      check(post(path, JSON.stringify(event))),
    ),
    { numRuns: 150 },
  )
  let number = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(events, values), { maxLength: 5 }), async (batch) => {
      number += 1
      const neighbour = { type: 'track', event: 'Neighbour', userId: '7', messageId: `n${number}` }
      const text = JSON.stringify({ batch: [...batch, neighbour] })
      const status = await post('/v1/batch', gzipSync(text), { 'content-encoding': 'gzip' })
      if (status !== 200) throw new Error(`It was answered ${status}.`)
    }),
    { numRuns: 150 },
  )

  const taken = new Set((await server.events()).map(({ messageId }) => messageId))
  for (let one = 1; one <= number; one += 1) expect(taken.has(`n${one}`)).toBe(true)
  // None of it stops the delivery either.
  await server.settle()
  const standing = await server.standing()
  expect(standing.waiting).toBe(0)
})

async function check(answer: Promise<number>): Promise<void> {
  const status = await answer
  if (!answers.has(status)) throw new Error(`It was answered ${status}.`)
}
