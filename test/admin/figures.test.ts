import { expect, test } from 'vitest'
import { summaryLines } from '../../src/cli/summary.ts'
import type { ControlStatus } from '../../src/cli/control.ts'
import type { Totals } from '../../src/core/index.ts'
import { findPostgres } from '../postgres.ts'
import { type BothOptions, startBoth } from '../harness.ts'
import { ownerOf } from './client.ts'

const postgres = await findPostgres()
const engines: readonly (readonly [string, boolean, () => Promise<BothOptions>])[] = [
  ['SQLite', true, async () => ({})],
  [
    'PostgreSQL',
    postgres !== undefined,
    async () => ({ environment: { databaseUrl: await postgres!.newDatabase() } }),
  ],
]

/** Two of each: taken, rejected, not to be sent, of a guest, held by a pause; and one call that is no event. */
async function start(options: BothOptions) {
  const { server, klaviyo } = await startBoth({
    ...options,
    settings: { switches: { 'Started Checkout': false } },
  })
  const owner = await ownerOf(server.parts)
  const { workspaceId, id } = server.installation.connection
  const base = `/workspaces/${workspaceId}`
  const known = { context: { traits: { email: 'ana@shop.example' } } }
  const order = async (number: number) => {
    const properties = { order_id: String(number), total: 10 }
    await server.track('Order Completed', { userId: `c-${number}`, ...known, properties })
    await server.settle()
  }
  for (const number of [1, 2]) await order(number)
  for (const number of [3, 4]) {
    klaviyo.answer('/api/events', 400, { times: 1 })
    await order(number)
  }
  for (const number of [5, 6]) {
    const properties = { product_id: `p${number}`, name: 'Scarf' }
    await server.track('Checkout Started', { userId: `c-${number}`, ...known, properties })
    await server.track('Product Viewed', { anonymousId: `v-${number}`, properties })
  }
  await server.settle()
  await server.post('/v1/track', { userId: 'c-1' })
  await owner.ask('POST', `${base}/connections/${id}/pause`)
  for (const number of [7, 8]) await order(number)
  const get = async (path: string) => (await owner.ask('GET', `${base}${path}`)).body
  return { server, get, connection: `/connections/${id}` }
}

test.for(engines)(
  'every door tells the same count of the same events, on %s',
  async ([, isThere, options], { skip }) => {
    if (!isThere) skip()
    const { server, get, connection } = await start(await options())
    const wanted: Omit<Totals, 'forShopper'> = {
      received: 10,
      accepted: 2,
      notSent: 2,
      failed: 2,
      waiting: 4,
    }
    const apart = { forShopper: 2, toSend: 2 }

    // The API: a connection by itself, the overview, what failed, and the lists.
    expect(await get(`${connection}/standing`)).toMatchObject({ ...wanted, ...apart })
    for (const period of ['24h', '7d', '30d']) {
      const overview = await get(`/overview?period=${period}`)
      expect(overview.totals).toEqual(wanted)
      expect(overview.connections).toMatchObject([{ waiting: 4, toSend: 2, failed: 2 }])
      expect(overview.attention).toContainEqual(
        expect.objectContaining({ kind: 'paused', events: 2 }),
      )
      expect(overview.attention).toContainEqual(
        expect.objectContaining({ kind: 'failed', events: 2 }),
      )
    }
    expect((await get(`${connection}/failed`)).total).toBe(wanted.failed)

    // The command line, by what it asks the server.
    const status = (await server.get('/api/status')).body as ControlStatus
    const [one] = status.connections
    expect(one).toMatchObject({ totals: { ...wanted, forShopper: 2 }, toSend: 2 })
    const lines = summaryLines(one!.totals, one!.counts, status.refused).map((line) => line.trim())
    expect(lines).toEqual(
      expect.arrayContaining([
        '2  accepted by Klaviyo',
        '4  waiting',
        '2  not sent',
        '2  failed',
        '1  refused at the door: no events',
      ]),
    )

    // The status page of the machine itself.
    const page = await (await fetch(server.url, { headers: { accept: 'text/html' } })).text()
    const shown = [...page.matchAll(/<dt>(\w[\w ]*)<\/dt>\s*<dd>(?:<a[^>]*>)?([\d,]+)/g)]
    expect(
      Object.fromEntries(shown.map(([, name, figure]) => [name, Number(figure)])),
    ).toMatchObject({ Received: 10, Accepted: 2, 'Not sent': 2, Failed: 2, Waiting: 4 })
  },
)

test('an invalid phone number that Klaviyo alone finds is not sent, and failed nowhere', async () => {
  const { server, klaviyo } = await startBoth({ settings: { identity: 'any-identifier' } })
  klaviyo.answer('/api/events', 400, {
    body: {
      errors: [
        {
          status: 400,
          code: 'invalid',
          title: 'Invalid input.',
          detail: 'Invalid phone number format (Example of a valid format: +12345678901).',
          source: { pointer: '/data/attributes/profile/data/attributes/phone_number' },
        },
      ],
    },
  })
  await server.track('Order Completed', {
    context: { traits: { phone: '+4915112345678' } },
    properties: { order_id: '1', total: 10 },
  })
  await server.settle()
  const owner = await ownerOf(server.parts)
  const { workspaceId, id } = server.installation.connection
  const path = `/workspaces/${workspaceId}/connections/${id}`
  expect((await owner.ask('GET', `${path}/standing`)).body).toMatchObject({ notSent: 1, failed: 0 })
  expect((await owner.ask('GET', `${path}/failed`)).body.total).toBe(0)
})
