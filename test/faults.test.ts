import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { JsonObject } from '../src/core/index.ts'
import { startBoth } from './harness.ts'
import type { TestServer } from './harness.ts'

// What whoever sends to us may do wrong, or bad on purpose. See docs/reliability.md.

const buyer = { userId: '7', context: { traits: { email: 'ada@example.com' } } }

/** Good for an event, if odd; each must arrive or end with a reason, and harm nobody beside it. */
const odd: readonly (readonly [name: string, properties: JsonObject])[] = [
  ['a text with NUL in it', { note: 'a\u0000b' }],
  ['NUL in a name', { 'a\u0000b': 1 }],
  ['lone surrogates', { note: '\ud800 and \udc00', '\udfff': 'name' }],
  ['a text of 100 KB', { note: 'x'.repeat(100 * 1024) }],
  ['400 properties', Object.fromEntries(keys(400))],
  ['5,000 properties', Object.fromEntries(keys(5000))],
  ['a hundred levels', nested(100)],
  ['two thousand levels', nested(2000)],
  ['names of objects', { constructor: 1, ['__proto__x']: 2, toString: 'no function' }],
  ['numbers at the edge', { small: 5e-324, large: 1.797e308, zero: -0, long: 2 ** 53 + 2 }],
  ['a megabyte', { note: Array.from({ length: 200 }, (_, n) => `${n}`.repeat(1500)) }],
]

test.each(odd)(
  'F14 %s: it arrives or ends with a reason, and its neighbours arrive',
  async (_, properties) => {
    const { server, klaviyo } = await startBoth()
    const answer = await server.batch([
      { ...step(1), ...buyer },
      { ...step(2), ...buyer, properties: { n: 2, ...properties } },
      { ...step(3), ...buyer },
    ])
    expect(answer.status).toBe(200)
    await server.settle()
    const seen = klaviyo.events('Step').map((event) => event.properties['n'])
    expect(seen.filter((n) => n !== 2)).toEqual([1, 3])
    // Refused at the door, sent, or ended: never nowhere, and never still waiting.
    const rows = await server.events()
    const refused = await server.parts.journal.refusedCounts(
      server.installation.connection.workspaceId,
    )
    const ends = rows.map(({ outcome, reason }) => `${outcome} ${reason ?? ''}`)
    const ended = ends.filter((end) => /^(?:accepted|dropped) \S/u.test(end))
    const turnedAway = Object.values(refused).reduce((sum, count) => sum + count, 0)
    expect([ended.length + turnedAway, ends]).toEqual([3, ended])
  },
)

test('F14 5 MB is refused at the door, and what comes after it is taken', async () => {
  const { server, klaviyo } = await startBoth()
  const large = { ...step(1), ...buyer, properties: { note: 'x'.repeat(5 * 1024 * 1024) } }
  expect((await server.batch([large])).status).toBe(413)
  expect((await server.batch([{ ...step(2), ...buyer }])).status).toBe(200)
  await server.settle()
  expect(klaviyo.events('Step').map((event) => event.properties['n'])).toEqual([2])
})

test('F15 the same message many times at once, and with another body, is one event: the first', async () => {
  const { server, klaviyo } = await startBoth()
  expect((await server.batch([sameMessage(1)])).status).toBe(200)
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, n) => server.batch([sameMessage(n + 1), sameMessage(n + 2)])),
  )
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  await server.settle()
  expect(klaviyo.events('Step').map((event) => event.properties['n'])).toEqual([1])
  expect(await server.events()).toHaveLength(1)
})

test('F12 two hundred senders that never finish are cut off, and nobody waits for them', async () => {
  const { server, klaviyo } = await startBoth()
  const slow = await Promise.all(
    Array.from({ length: 200 }, (_, n) => openSlowly(server, n % 2 === 0)),
  )
  const start = performance.now()
  for (let n = 1; n <= 20; n += 1)
    expect((await server.batch([{ ...step(n), ...buyer }])).status).toBe(200)
  expect(performance.now() - start).toBeLessThan(10_000)
  await server.settle()
  expect(klaviyo.events('Step')).toHaveLength(20)
  // 15 s for a head, 30 s for all of a request, looked at every 5 s.
  await expect
    .poll(() => slow.filter(({ destroyed }) => !destroyed).length, { timeout: 45_000 })
    .toBe(0)
}, 60_000)

/** A connection that sends the beginning of a request, and no more. */
async function openSlowly({ url, writeKey }: TestServer, isInHead: boolean): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const head =
    'POST /v1/track HTTP/1.1\r\nhost: x\r\n' +
    `authorization: Basic ${Buffer.from(`${writeKey}:`).toString('base64')}\r\n`
  const socket = connect(Number(port), hostname)
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  socket.resume()
  await new Promise((resolve) => {
    socket.write(isInHead ? head : `${head}content-length: 1000\r\n\r\n{"event":`, resolve)
  })
  return socket
}

function sameMessage(n: number): JsonObject {
  return { ...step(n), messageId: 'once', ...buyer }
}

function step(n: number): JsonObject {
  return { type: 'track', event: 'Step', messageId: `step-${n}`, properties: { n } }
}

function keys(count: number): (readonly [string, number])[] {
  return Array.from({ length: count }, (_, n) => [`key${n}`, n] as const)
}

function nested(levels: number): JsonObject {
  let value: JsonObject = { end: true }
  for (let level = 0; level < levels; level += 1) value = { deeper: value }
  return value
}
