import { describe, expect, test } from 'vitest'
import { findPostgres } from '../postgres.ts'
import { type BothOptions, startBoth } from '../harness.ts'
import { type Client, ownerOf } from './client.ts'
import { join } from './workspace.ts'

async function start(options: BothOptions = {}) {
  const { server, klaviyo } = await startBoth(options)
  const owner = await ownerOf(server.parts)
  const { workspaceId, id } = server.installation.connection
  const base = `/workspaces/${workspaceId}`
  const overview = async (query = '', by: Client = owner) =>
    (await by.ask('GET', `${base}/overview${query}`)).body
  const order = (orderId: string, email?: string) =>
    server.track('Order Completed', {
      userId: `c-${orderId}`,
      ...(email === undefined ? {} : { context: { traits: { email } } }),
      properties: { order_id: orderId, total: 10 },
    })
  return { server, klaviyo, owner, base, workspaceId, connectionId: id, order, overview }
}

const postgres = await findPostgres()
const engines: readonly (readonly [string, boolean, () => Promise<BothOptions>])[] = [
  ['SQLite', true, async () => ({})],
  [
    'PostgreSQL',
    postgres !== undefined,
    async () => ({ environment: { databaseUrl: await postgres!.newDatabase() } }),
  ],
]

describe.for(engines)('the overview of a workspace on %s', ([, isThere, options]) => {
  test.skipIf(!isThere)(
    'what arrived = accepted + not sent + failed + waiting, each with its reasons',
    async () => {
      const { server, klaviyo, order, overview } = await start({
        preset: 'hub',
        ...(await options()),
      })
      expect(await overview()).toMatchObject({
        totals: { received: 0 },
        steps: { source: true, connected: true, received: false, accepted: false },
      })
      await order('1', 'ana@shop.example')
      await order('2', 'ben@shop.example')
      await order('3')
      await server.settle()
      klaviyo.answer('/api/events', 400, { times: 1 })
      await order('4', 'cem@shop.example')
      await server.settle()

      const found = await overview()
      const { received, accepted, notSent, failed, waiting } = found.totals
      expect({ received, accepted, notSent, failed, waiting }).toEqual({
        received: 4,
        accepted: 2,
        notSent: 1,
        failed: 1,
        waiting: 0,
      })
      expect(found.notSent).toMatchObject([{ reason: 'no_identifier', events: 1 }])
      expect(found.failed).toMatchObject([{ reason: 'klaviyo_rejected', events: 1 }])
      expect(found.metrics).toContainEqual({ metric: 'Placed Order', events: 2 })
      expect(found.delay.typicalMs).toBeGreaterThan(0)
      expect(found.delay.slowMs).toBeGreaterThanOrEqual(found.delay.typicalMs)
      expect(found.series).toHaveLength(24)
      expect(found.series.at(-1).accepted + found.series.at(-2).accepted).toBe(2)
      expect(found.steps).toEqual({
        source: true,
        connected: true,
        received: true,
        accepted: true,
      })
      expect(found.attention[0]).toMatchObject({ kind: 'failed', events: 1 })
      expect(found.attention.map(({ kind }: { kind: string }) => kind)).toContain('simulated')
      expect(found.connections).toMatchObject([{ state: 'connected', waiting: 0 }])

      for (const period of ['7d', '30d']) {
        const days = await overview(`?period=${period}&zone=Europe/Berlin`)
        expect(days.totals).toEqual(found.totals)
        expect(days.series.at(-1).failed + days.series.at(-2).failed).toBe(1)
        expect(days).toMatchObject({ step: 'day', zone: 'Europe/Berlin' })
      }
    },
  )

  test.skipIf(!isThere)(
    'M25 a replay moves its event to accepted and counts it in no other place',
    async () => {
      const { server, klaviyo, order, overview, owner, base, connectionId } = await start(
        await options(),
      )
      klaviyo.answer('/api/events', 400, { times: 1 })
      await order('1', 'ana@shop.example')
      await server.settle()
      expect((await overview()).totals).toMatchObject({ received: 1, failed: 1, accepted: 0 })
      const { status } = await owner.ask('POST', `${base}/connections/${connectionId}/runs`, {
        act: 'replay',
      })
      expect(status).toBe(202)
      await server.settle()
      const after = await overview()
      expect(after.totals).toMatchObject({ received: 1, failed: 0, accepted: 1 })
      expect(after.attention).not.toContainEqual(expect.objectContaining({ kind: 'failed' }))
      // Whoever takes its time to press the button makes Klaviyo no slower.
      expect(after.delay).toBeUndefined()
    },
  )
})

describe('the overview', () => {
  test('what waits is told by when it came, and why', async () => {
    const { server, owner, base, connectionId, order, overview } = await start()
    await owner.ask('POST', `${base}/connections/${connectionId}/pause`)
    await order('1', 'ana@shop.example')
    await server.settle()
    const found = await overview()
    expect(found.totals).toMatchObject({ received: 1, waiting: 1, accepted: 0 })
    expect(found.series.at(-1).waiting + found.series.at(-2).waiting).toBe(1)
    expect(found.attention[0]).toMatchObject({ kind: 'paused', events: 1 })
    expect(found.connections[0]).toMatchObject({ state: 'paused', waiting: 1 })
  })

  test('a visitor’s history waits, and counts as accepted in its own hour once the visitor is known', async () => {
    const { server, overview } = await start()
    await server.track('Product Viewed', {
      anonymousId: 'visitor-1',
      properties: { product_id: 'p1', name: 'Shoe' },
    })
    await server.settle()
    const before = await overview()
    expect(before.totals).toMatchObject({ received: 1, waiting: 1, accepted: 0 })
    expect(before.waiting).toMatchObject([{ reason: 'anonymous_waiting', events: 1 }])
    await server.identify({
      anonymousId: 'visitor-1',
      userId: 'c-1',
      traits: { email: 'ana@shop.example' },
    })
    await server.settle()
    const after = await overview()
    expect(after.totals).toMatchObject({ received: 2, waiting: 0, accepted: 2 })
    expect(after.metrics).toContainEqual({ metric: 'Viewed Product', events: 1 })
  })

  test('what is tried again by itself counts once, with the time it took', async () => {
    const { server, klaviyo, order, overview } = await start()
    klaviyo.answer('/api/events', 503, { times: 2 })
    await order('1', 'ana@shop.example')
    await server.settle()
    const { totals, delay, metrics } = await overview()
    expect(totals).toMatchObject({ received: 1, accepted: 1, failed: 0, waiting: 0 })
    expect(delay.slowMs).toBeGreaterThan(300)
    expect(metrics).toContainEqual({ metric: 'Placed Order', events: 1 })
  })

  test('a key that Klaviyo refuses comes first, with what to do', async () => {
    const { server, klaviyo, order, overview } = await start()
    klaviyo.revokeKey('pk_test')
    await order('1', 'ana@shop.example')
    await server.settle()
    const [first] = (await overview()).attention
    expect(first).toMatchObject({ kind: 'broken', reason: 'key_invalid', events: 1 })
    expect(first.todo).toContain('Connect')
  })

  test('A90 one that is paused is not to be connected once more, and the trail says from what to what', async () => {
    const { owner, base, connectionId, overview } = await start()
    const at = `${base}/connections/${connectionId}`
    expect((await owner.ask('POST', `${at}/pause`)).status).toBe(200)
    expect((await overview()).steps.connected).toBe(true)
    await owner.ask('POST', `${at}/disconnect`)
    expect((await overview()).steps.connected).toBe(false)
    const { data } = (await owner.ask('GET', `${base}/audit`)).body
    expect(data).toMatchObject([
      { action: 'connection.disconnect', after: { state: 'disconnected' } },
      {
        action: 'connection.pause',
        before: { state: 'connected' },
        after: { state: 'paused' },
      },
    ])
  })

  test('a viewer sees it; nobody learns of another workspace’s connection; a zone must exist', async () => {
    const { server, owner, workspaceId, overview, base } = await start()
    const viewer = await join(server, owner, workspaceId, 'viewer')
    expect((await overview('', viewer)).totals.received).toBe(0)
    expect((await owner.ask('GET', `${base}/overview?connection=con_other`)).status).toBe(404)
    const wrong = await owner.ask('GET', `${base}/overview?period=7d&zone=Mars/Olympus`)
    expect([wrong.status, wrong.body.code]).toEqual([400, 'unknown_zone'])
  })
})
