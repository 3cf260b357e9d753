import { describe, expect, test } from 'vitest'
import { findPostgres } from '../postgres.ts'
import { type BothOptions, startBoth } from '../harness.ts'
import { type Client, ownerOf } from './client.ts'
import { join } from './workspace.ts'

/** With so many orders that Klaviyo rejects. */
async function start(count: number, options: BothOptions = {}) {
  const { server, klaviyo } = await startBoth(options)
  const owner = await ownerOf(server.parts)
  const { workspaceId, id } = server.installation.connection
  const base = `/workspaces/${workspaceId}`
  const connection = `${base}/connections/${id}`
  for (let number = 1; number <= count; number += 1) {
    klaviyo.answer('/api/events', 400, { times: 1 })
    await server.track('Order Completed', {
      messageId: `m${number}`,
      userId: `c-${number % 2}`,
      context: { traits: { email: `ana${number % 2}@shop.example` } },
      properties: { order_id: String(number), total: 10 },
    })
    await server.settle()
  }
  const get = async (path: string, by: Client = owner) => (await by.ask('GET', path)).body
  const post = (path: string, body?: unknown, by: Client = owner, headers = {}) =>
    by.ask('POST', path, body, headers)
  const trail = async () =>
    (await get(`${base}/audit`)).data
      .filter(({ action }: { action: string }) => action.startsWith('failed.'))
      .map(({ action, by, after }: { action: string; by: { type: string }; after: unknown }) => [
        action,
        by.type,
        after,
      ])
  return { server, klaviyo, owner, base, workspaceId, connection, get, post, trail }
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

describe.for(engines)('M25 what failed, on %s', ([, isThere, options]) => {
  test.skipIf(!isThere)(
    'M25 Z43 is grouped by cause, replayed as a whole, counts once, and the trail says who did it',
    async () => {
      const { server, klaviyo, connection, get, post, trail } = await start(3, await options())
      const failed = await get(`${connection}/failed`)
      expect(failed).toMatchObject({
        total: 3,
        causes: [{ reason: 'klaviyo_rejected', events: 3, people: 2, isMorePeople: false }],
        runs: [],
      })
      const [cause] = failed.causes
      expect(cause.firstAt <= cause.lastAt).toBe(true)
      expect(cause.todo).not.toBe('')

      const estimate = await get(`${connection}/runs/estimate?act=replay&reason=klaviyo_rejected`)
      expect(estimate.count).toBe(3)
      const asked = { act: 'replay', reason: 'klaviyo_rejected' }
      const first = await post(`${connection}/runs`, asked)
      expect(first).toMatchObject({ status: 202, body: { count: 3, begun: true } })
      await server.settle()
      const run = await get(`${connection}/runs/${first.body.run.id}`)
      expect(run).toMatchObject({ state: 'done', total: 3, taken: 3, accepted: 3, ended: 0 })
      expect((await get(`${connection}/failed`)).total).toBe(0)
      const orders = klaviyo.events('Placed Order').map(({ unique_id }) => unique_id)
      expect(new Set(orders).size).toBe(3)
      expect(orders).toHaveLength(3)

      // There is nothing left to do.
      expect((await post(`${connection}/runs`, asked)).body).toEqual({ count: 0, begun: false })
      expect(await trail()).toEqual([
        ['failed.replay', 'member', { run: run.id, reason: 'klaviyo_rejected', events: 3 }],
      ])
    },
  )

  test.skipIf(!isThere)(
    'M25 one cause page by page; some of it sent again, the rest let go of',
    async () => {
      const { server, connection, get, post, trail } = await start(5, await options())
      const ids: string[] = []
      let next = ''
      do {
        const page = await get(`${connection}/failed/klaviyo_rejected?limit=2${next}`)
        ids.push(...page.data.map(({ messageId }: { messageId: string }) => messageId))
        next = page.next === undefined ? '' : `&cursor=${encodeURIComponent(page.next)}`
      } while (next !== '')
      expect(ids).toEqual(['m5', 'm4', 'm3', 'm2', 'm1'])

      const some = await post(`${connection}/replays`, { messageIds: ['m1', 'm2', 'gone'] })
      expect(some.body).toEqual({ count: 2, unknown: ['gone'], left: [] })
      await server.settle()
      expect((await get(`${connection}/failed`)).total).toBe(3)

      const one = await post(`${connection}/discards`, { messageIds: ['m3'] })
      expect(one.body).toEqual({ count: 1, unknown: [], left: [] })
      const all = await post(`${connection}/runs`, { act: 'discard' })
      expect(all.body).toMatchObject({ count: 2, begun: true })
      await server.settle()
      expect((await get(`${connection}/failed`)).total).toBe(0)
      // What was let go of can still be sent.
      const undone = await post(`${connection}/runs`, { act: 'replay', reason: 'discarded' })
      expect(undone.body).toMatchObject({ count: 3, begun: true })
      await server.settle()
      expect(await get(`${connection}/runs/${undone.body.run.id}`)).toMatchObject({ accepted: 3 })
      expect((await trail()).map(([action]: [string]) => action)).toEqual([
        'failed.replay',
        'failed.discard',
        'failed.discard',
        'failed.replay',
      ])
    },
  )
})

describe('M25 what failed', () => {
  test('M25 the same request again is the same run; while one goes on nobody begins another', async () => {
    const { server, connection, get, post, klaviyo, trail } = await start(2)
    klaviyo.answer('/api/events', 503, { times: 1 })
    const key = { 'idempotency-key': 'once' }
    const body = { act: 'replay' }
    const first = await post(`${connection}/runs`, body, undefined, key)
    const again = await post(`${connection}/runs`, body, undefined, key)
    expect(again.body).toEqual(first.body)
    await server.settle()
    expect((await get(`${connection}/runs`)).data).toHaveLength(1)
    expect(await trail()).toHaveLength(1)
  })

  test('M25 a run is cancelled: what it has not come to stays failed', async () => {
    const { owner, connection, get, post, trail } = await start(3)
    // Held, so that it waits.
    await owner.ask('POST', `${connection}/pause`)
    const { body } = await post(`${connection}/runs`, { act: 'replay' })
    // Why it gets no further.
    expect(body.run).toMatchObject({ waitsFor: 'paused' })
    expect(await get(`${connection}/runs/${body.run.id}`)).toMatchObject({ waitsFor: 'paused' })
    const cancelled = await post(`${connection}/runs/${body.run.id}/cancel`)
    expect(cancelled.body).toMatchObject({ state: 'cancelled', accepted: 0 })
    expect(cancelled.body).not.toHaveProperty('waitsFor')
    expect((await get(`${connection}/failed`)).total).toBe(3)
    expect((await trail()).map(([action]: [string]) => action)).toEqual([
      'failed.cancel',
      'failed.replay',
    ])
    expect((await post(`${connection}/runs/run_none/cancel`)).status).toBe(404)
  })

  test('A10 A12 M25 causes are shown without people’s details until somebody says why; a viewer replays nothing', async () => {
    const { server, owner, workspaceId, connection, get, post } = await start(1)
    const viewer = await join(server, owner, workspaceId, 'viewer')
    expect((await get(`${connection}/failed`, viewer)).total).toBe(1)
    for (const one of [viewer, owner]) {
      const [masked] = (await get(`${connection}/failed/klaviyo_rejected`, one)).data
      expect(masked).toMatchObject({ name: 'Order Completed', person: 'email:a•••@s•••.example' })
      expect(JSON.stringify(masked)).not.toContain('ana1')
    }
    await owner.ask('POST', `/workspaces/${workspaceId}/reveal`, { reason: 'support' })
    const [whole] = (await get(`${connection}/failed/klaviyo_rejected`)).data
    expect(whole).toMatchObject({ person: 'email:ana1@shop.example', said: expect.any(String) })
    for (const path of ['runs', 'replays', 'discards']) {
      const refused = await post(`${connection}/${path}`, { act: 'replay' }, viewer)
      expect([refused.status, refused.body.code]).toEqual([403, 'forbidden'])
    }
  })

  test('M25 what the command line does is in the trail too', async () => {
    const { server, connection, get, trail } = await start(1)
    const answer = await fetch(`${server.url}/api/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ all: true }),
    })
    expect(answer.status).toBe(200)
    await server.settle()
    expect((await get(`${connection}/failed`)).total).toBe(0)
    expect((await trail())[0].slice(0, 2)).toEqual(['failed.replay', 'local'])
  })
})
