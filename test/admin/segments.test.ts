import { describe, expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBoth } from '../harness.ts'
import { ownerOf } from './client.ts'
import { join } from './workspace.ts'

async function start() {
  const klaviyo = await startSimulator({
    limits: false,
    accounts: [{ id: 'TEST01', name: 'Acme', privateKey: 'pk_test' }],
  })
  onTestFinished(() => klaviyo.close())
  const { server } = await startBoth({ klaviyo })
  const owner = await ownerOf(server.parts)
  const { workspaceId, destinationId } = server.installation.connection
  const base = `/workspaces/${workspaceId}/destinations/${destinationId}`
  const tryOn = async (email: string) => {
    await server.track('Generated OnYou TryOn', {
      userId: email,
      context: { traits: { email } },
      properties: { tryonImageUrl: 'https://acme.example/t.jpg' },
    })
    await server.settle()
  }
  const create = (name = 'OnYou Customers') => owner.ask('POST', `${base}/segments`, { name })
  const list = async () => (await owner.ask('GET', `${base}/segments`)).body.data
  return { server, klaviyo, owner, workspaceId, base, tryOn, create, list }
}

const onYou = expect.objectContaining({ name: 'OnYou Customers' })

describe('Customer Segments', () => {
  test('T49 T53 T54 created once, shown the second time, with its number of people', async () => {
    const { klaviyo, create, list, tryOn } = await start()
    expect(await list()).toContainEqual(
      expect.objectContaining({ name: 'OnYou Customers', state: 'absent' }),
    )
    expect(await list()).toContainEqual(
      expect.objectContaining({ metric: 'Generated OnYou TryOn', ready: false }),
    )
    const early = await create()
    expect([early.status, early.body.code]).toEqual([409, 'metric_missing'])
    expect(early.body.detail).toContain('test shopper’s email address')

    await tryOn('ana@shop.example')
    // The event is there now: nothing is needed first.
    expect(await list()).toContainEqual(
      expect.objectContaining({ name: 'OnYou Customers', state: 'absent', ready: true }),
    )
    const first = await create()
    expect([first.status, first.body.created]).toEqual([200, true])
    const second = await create()
    expect(second.body).toMatchObject({ created: false, segment: { id: first.body.segment.id } })
    expect(await list()).toContainEqual(
      expect.objectContaining({ name: 'OnYou Customers', state: 'there', members: 1 }),
    )
    const posts = klaviyo
      .requests()
      .filter(
        ({ method, path, status }) =>
          method === 'POST' && path === '/api/segments' && status === 201,
      )
    expect(posts).toHaveLength(1)
  })

  test('T54 an empty one says why, and what to do', async () => {
    const { create, list, klaviyo, server } = await start()
    // Somebody without an address did it, elsewhere: Klaviyo knows the metric, and nobody to count.
    await fetch(new URL('/api/events', klaviyo.url), {
      method: 'POST',
      headers: {
        authorization: 'Klaviyo-API-Key pk_test',
        revision: '2026-07-15',
        'content-type': 'application/vnd.api+json',
      },
      body: JSON.stringify({
        data: {
          type: 'event',
          attributes: {
            properties: {},
            metric: { data: { type: 'metric', attributes: { name: 'Generated OnYou TryOn' } } },
            profile: { data: { type: 'profile', attributes: { external_id: 'x-1' } } },
          },
        },
      }),
    })
    await server.settle()
    expect((await create()).status).toBe(200)
    const [segment] = (await list()).filter((one: unknown) => onYou.asymmetricMatch(one))
    expect(segment).toMatchObject({ members: 0, why: expect.any(Array) })
    expect(segment.why.join(' ')).toMatch(/email address.*test shopper.*minutes/s)
  })

  test('T52 only while Klaviyo is connected, and only by who may', async () => {
    const { server, owner, workspaceId, base, create } = await start()
    const viewer = await join(server, owner, workspaceId, 'viewer')
    const denied = await viewer.ask('POST', `${base}/segments`, { name: 'OnYou Customers' })
    expect(denied.status).toBe(403)
    expect((await create('Made up')).body.code).toBe('unknown_segment')
    const { connection } = server.installation
    await server.parts.config.changeState(workspaceId, connection.id, 'disconnected')
    const refused = await create()
    expect([refused.status, refused.body.code]).toEqual([409, 'not_connected'])
  })

  test('T52 a key that Klaviyo refuses is named as that, with what to do', async () => {
    const { klaviyo, owner, base, create, tryOn } = await start()
    klaviyo.revokeKey('pk_test')
    await tryOn('ana@shop.example')
    for (const refused of [await create(), await owner.ask('GET', `${base}/segments`)]) {
      expect([refused.status, refused.body.code]).toEqual([409, 'klaviyo_refuses'])
      expect(refused.body.detail).toMatch(/refused the key.*Connect the account again/)
    }
  })

  test('what Klaviyo refuses is told in its words', async () => {
    const { create, klaviyo, tryOn } = await start()
    await tryOn('ana@shop.example')
    klaviyo.answer('/api/segments', 403)
    const refused = await create()
    expect([refused.status, refused.body.code]).toEqual([502, 'klaviyo_refused'])
  })
})

test('mapped metrics are set on request, and each act is in the trail', async () => {
  const { owner, base, server, workspaceId } = await start()
  await server.track('Order Completed', {
    userId: 'c-1',
    context: { traits: { email: 'ana@shop.example' } },
    properties: { order_id: '1', total: 5 },
  })
  await server.settle()
  const { body } = await owner.ask('POST', `${base}/mapped-metrics`)
  expect(body.data).toContainEqual({ slot: 'revenue', metric: 'Placed Order', outcome: 'mapped' })
  expect(body.data).toContainEqual({
    slot: 'viewed_product',
    metric: 'Viewed Product',
    outcome: 'metric_missing',
  })
  const trail = await owner.ask('GET', `/workspaces/${workspaceId}/audit`)
  expect(JSON.stringify(trail.body)).toContain('metrics.map')
})
