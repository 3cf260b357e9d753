import { expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBoth } from '../harness.ts'
import { ownerOf } from './client.ts'

const key = 'pk_test_0123456789abcdef'

/** Klaviyo with its limits, an account whose metrics are known, and a person at the pages. */
async function start() {
  const klaviyo = await startSimulator({
    accounts: [{ id: 'TEST01', name: 'Acme', privateKey: key }],
  })
  onTestFinished(() => klaviyo.close())
  const { server } = await startBoth({ klaviyo })
  // What the set-up asked, outside of the server, is of another minute.
  klaviyo.advance(60_000)
  const owner = await ownerOf(server.parts)
  const { workspaceId, destinationId, id } = server.installation.connection
  const base = `/workspaces/${workspaceId}/destinations/${destinationId}`
  const refused = () => klaviyo.requests().filter(({ status }) => status === 429)
  return { klaviyo, server, owner, workspaceId, connectionId: id, base, refused }
}

function order(n: number) {
  return {
    type: 'track',
    event: 'Order Completed',
    messageId: `m-${n}`,
    userId: `c-${n}`,
    context: { traits: { email: `p${n}@shop.example` } },
    properties: { order_id: String(n), total: 5 },
  }
}

test('S37 what people ask stays within a share of Klaviyo’s windows: no 429, for them or for events', async () => {
  const { klaviyo, server, owner, base, refused } = await start()
  await server.batch([order(0)])
  await server.settle()
  await owner.ask('POST', `${base}/segments`, { name: 'Bought at least once' })
  const events = server.batch(Array.from({ length: 200 }, (_, n) => order(n + 1)))
  const asked = await Promise.all([
    ...Array.from({ length: 5 }, () => owner.ask('GET', `${base}/segments`)),
    owner.ask('POST', `${base}/mapped-metrics`),
    owner.ask('PUT', `${base}/key`, { privateKey: key }),
  ])
  expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([200]))
  await events
  await server.settle()
  expect(klaviyo.events('Placed Order')).toHaveLength(201)
  expect(refused()).toEqual([])
})

test('people are told how long Klaviyo asks to wait, it is not asked meanwhile, and events go on', async () => {
  const { klaviyo, server, owner, base } = await start()
  await server.batch([order(0)])
  await server.settle()
  klaviyo.answer('/api/segments', 429, { retryAfter: 40 })
  const lists = () => klaviyo.requests().filter(({ path }) => path === '/api/segments').length
  const told = expect.stringMatching(/^Klaviyo asks to wait \d+ s\. Try again then\.$/u)
  const { body } = await owner.ask('GET', `${base}/segments`)
  expect(body.data[0]).toMatchObject({ state: 'unknown', why: [told] })
  const made = await owner.ask('POST', `${base}/segments`, { name: 'Bought at least once' })
  expect([made.status, made.body.code, made.body.detail]).toEqual([429, 'klaviyo_busy', told])
  expect(Number(made.headers.get('retry-after'))).toBeGreaterThan(30)
  expect(lists()).toBe(1)
  await server.batch([order(1)])
  await server.settle()
  expect(klaviyo.events('Placed Order')).toHaveLength(2)
})

test('a segment is counted once for all who look at it within 20 seconds', async () => {
  const { klaviyo, server, owner, base } = await start()
  await server.batch([order(0)])
  await server.settle()
  await owner.ask('POST', `${base}/segments`, { name: 'Bought at least once' })
  for (let n = 0; n < 3; n += 1) await owner.ask('GET', `${base}/segments`)
  const counted = klaviyo.requests().filter(({ query }) => query.includes('profile_count'))
  expect(counted).toHaveLength(1)
})
