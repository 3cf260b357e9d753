import { describe, expect, onTestFinished, test } from 'vitest'
import { findPostgres } from '../postgres.ts'
import { type BothOptions, startBoth } from '../harness.ts'
import { type Client, ownerOf } from './client.ts'
import { join } from './workspace.ts'

async function start(options: BothOptions = {}) {
  const { server, klaviyo } = await startBoth(options)
  const owner = await ownerOf(server.parts)
  const { workspaceId, id } = server.installation.connection
  const base = `/workspaces/${workspaceId}`
  const order = async (orderId: string, traits: object = { email: 'ana@shop.example' }) => {
    await server.track('Order Completed', {
      userId: `c-${orderId}`,
      context: { traits: traits as never },
      properties: { order_id: orderId },
    })
    await server.settle()
  }
  const diagnose = async (query: Record<string, string> = {}, by: Client = owner) =>
    (await by.ask('GET', `${base}/connections/${id}/diagnosis?${new URLSearchParams(query)}`)).body
  const syncs = async (query = '') => (await owner.ask('GET', `${base}/syncs${query}`)).body
  return { server, klaviyo, owner, base, workspaceId, connectionId: id, order, diagnose, syncs }
}

// oxlint-disable-next-line typescript/no-explicit-any -- as the API answers it
function stepOf(found: any, name: string) {
  return found.steps.find(({ step }: { step: string }) => step === name)
}

describe('why is my event not in Klaviyo?', () => {
  test('T69 W29 it is: connected, running, received, known, accepted', async () => {
    const { order, diagnose } = await start()
    await order('1')
    const found = await diagnose({ who: 'Ana@shop.example', metric: 'Placed Order' })
    expect(found).toMatchObject({
      answer: 'Klaviyo accepted it.',
      events: [{ name: 'Order Completed', outcome: 'accepted' }],
    })
    const results = found.steps.map((one: { step: string; result: string }) => [
      one.step,
      one.result,
    ])
    expect(results).toEqual([
      ['flag', 'ok'],
      ['connected', 'ok'],
      ['consumer', 'ok'],
      ['switch', 'ok'],
      ['received', 'ok'],
      ['person', 'ok'],
      ['outcome', 'ok'],
      ['doubles', 'ok'],
    ])
  })

  test('T70 S35 the shopper has no email address', async () => {
    const { order, diagnose } = await start({ preset: 'hub' })
    await order('1', {})
    const found = await diagnose({ who: 'c-1', metric: 'Placed Order' })
    expect(found.answer).toContain('no email address or other identifier')
    expect(found.todo).toContain('Identify shoppers')
  })

  test('T71 M26 nothing came: of any kind, of that metric, of that time', async () => {
    const { order, diagnose } = await start()
    expect((await diagnose({ metric: 'Placed Order' })).answer).toContain('No event of any kind')
    await order('1')
    const other = await diagnose({ metric: 'Generated OnYou TryOn' })
    expect(other.answer).toBe('No event "Generated OnYou TryOn" has ever come from this store.')
    const early = await diagnose({ metric: 'Placed Order', to: '2020-01-01T00:00:00Z' })
    expect(early.steps).toContainEqual(
      expect.objectContaining({ step: 'received', result: 'failed' }),
    )
    expect(early.answer).toBe('No event "Placed Order" has come in that time, though others have.')
    const stranger = await diagnose({ who: 'nobody@shop.example' })
    expect(stranger.answer).toContain('of this shopper')
    const both = await diagnose({ who: 'nobody@shop.example', metric: 'Placed Order' })
    expect(both.answer).toBe(
      'No event "Placed Order" of this shopper has come in that time, though others have.',
    )
  })

  test('T71 M26 a name that never came is told so, with those that did and are like it', async () => {
    const { order, diagnose } = await start()
    await order('1')
    const found = await diagnose({ metric: 'placed ordr' })
    expect(found.answer).toBe('No event "placed ordr" has ever come from this store.')
    expect(found.near).toEqual(['Placed Order'])
    expect(found.todo).toBe('Did you mean "Placed Order"? That has come.')
    expect(stepOf(found, 'switch')).toMatchObject({ result: 'unknown' })
    const nothingLike = await diagnose({ metric: 'Xyzzy' })
    expect(nothingLike.near).toEqual([])
    expect(nothingLike.todo).toContain('Look under Events')
  })

  test('T69 T71 an order is found by its number, whoever else and however much else came', async () => {
    const { order, diagnose } = await start()
    await order('FW-1')
    await order('FW-2', { email: 'ben@shop.example' })
    const found = await diagnose({ metric: ' FW-1 ', from: new Date().toISOString() })
    expect(found.answer).toBe('Klaviyo accepted it.')
    expect(found.events).toMatchObject([{ name: 'Order Completed' }])
    expect(stepOf(found, 'received').says).toBe('The order FW-1 came.')
    expect(stepOf(found, 'switch').says).toBe('Placed Order is switched on.')
    expect((await diagnose({ metric: 'FW-1', who: 'ana@shop.example' })).events).toHaveLength(1)
    const elses = await diagnose({ metric: 'FW-1', who: 'ben@shop.example' })
    expect(elses.answer).toBe('The order FW-1 came, but not of this shopper.')
    const none = await diagnose({ metric: 'FW-3' })
    expect(none.answer).toBe(
      'No event "FW-3" and no order of this number has ever come from this store.',
    )
  })

  test('T69 those that wait for their shopper are counted beside what is to be sent', async () => {
    const { server, diagnose } = await start()
    await server.track('Product Viewed', { anonymousId: 'a-1', properties: { product_id: 'p' } })
    const found = await diagnose({ metric: 'Viewed Product' })
    expect(stepOf(found, 'consumer').says).toMatch(
      /Nothing waits to be sent\. 1 event waits until the shopper is known\.$/,
    )
  })

  test('T71 M26 a store that is silent because its calls are refused is told so', async () => {
    const { server, diagnose } = await start()
    await server.post('/v1/track', { userId: 'c-1' })
    const found = await diagnose({ who: 'c-1' })
    expect(found.answer).toMatch(/refused at the door: A track call needs the name of the event/)
  })

  test('T71 M26 what was refused once is not what came last, where others were taken since', async () => {
    const { server, order, diagnose } = await start()
    await server.post('/v1/track', { userId: 'c-1' })
    expect((await diagnose({ metric: 'Checkout Started' })).answer).toContain('refused at the door')
    await order('1')
    const since = await diagnose({ metric: 'Checkout Started' })
    expect(since.answer).toMatch(/^No event "Checkout Started" has ever come from this store\.$/)
    await server.post('/v1/track', { userId: 'c-1' })
    expect((await diagnose({ metric: 'Checkout Started' })).answer).toContain('refused at the door')
  })

  test('T69 M26 the connection’s own cap is named where that holds events back, with its number', async () => {
    const { server, order, diagnose } = await start({ settings: { requestsPerSecond: 0.01 } })
    await order('1')
    await server.track('Order Completed', {
      userId: 'c-2',
      context: { traits: { email: 'ben@shop.example' } },
      properties: { order_id: '2' },
    })
    const found = await diagnose({ who: 'ben@shop.example', metric: 'Placed Order' })
    expect(found.answer).toBe(
      'The connection’s own cap of 0.01 requests a second holds events back. 1 event waits to be sent.',
    )
    expect(found.todo).toContain('requestsPerSecond')
    expect(stepOf(found, 'consumer')).toMatchObject({ result: 'warning' })
    expect(Date.parse(stepOf(found, 'outcome').at)).toBeGreaterThan(Date.now())
    expect(found.events).toMatchObject([{ outcome: 'waiting', reason: 'own_cap' }])
  })

  test('T69 without a shopper and an event there is no answer, but what to ask', async () => {
    const { order, owner, base, connectionId } = await start()
    await order('1')
    const { status, body } = await owner.ask('GET', `${base}/connections/${connectionId}/diagnosis`)
    expect([status, body.code]).toEqual([400, 'nothing_asked'])
    expect(body.detail).toContain('Say whose event is missing')
  })

  test('W32 times stand in fields, and sentences can be read', async () => {
    const { order, diagnose } = await start()
    await order('1')
    const found = await diagnose({ metric: 'Placed Order' })
    for (const { says, todo = '' } of found.steps) expect(says + todo).not.toMatch(/\d{4}-\d\d/)
    for (const step of ['connected', 'received']) {
      expect(Date.parse(stepOf(found, step).at)).toBeLessThanOrEqual(Date.now())
    }
  })

  test('T69 W29 M26 the first thing that is broken is the answer: flag, connection, key, switch', async () => {
    const { server, klaviyo, owner, base, workspaceId, connectionId, order, diagnose } =
      await start()
    const asked = { metric: 'Placed Order' }
    await server.changeSettings({ switches: { 'Placed Order': false, 'Ordered Product': false } })
    expect((await diagnose(asked)).answer).toContain('switched off for the connection')
    await server.changeSettings({ switches: {} })

    klaviyo.revokeKey('pk_test')
    await order('1')
    const refused = await diagnose(asked)
    expect(refused).toMatchObject({ answer: expect.stringContaining('refused the key') })
    expect(refused.todo).toContain('Connect the account again')

    await server.parts.config.changeState(workspaceId, connectionId, 'paused')
    await server.parts.config.markDestination(
      workspaceId,
      server.installation.destination.id,
      undefined,
    )
    expect((await diagnose(asked)).answer).toBe('The connection is paused.')
    await server.changeSettings({ enabled: false })
    expect((await diagnose(asked)).answer).toBe('The connection is switched off.')
    await owner.ask('PATCH', base, { flags: { klaviyo: false } })
    expect((await diagnose(asked)).answer).toContain('whole workspace')
  })

  test('a viewer may ask; another workspace’s is not there', async () => {
    const { server, owner, workspaceId, diagnose } = await start()
    const viewer = await join(server, owner, workspaceId, 'viewer')
    expect((await diagnose({ who: 'c-1' }, viewer)).steps).toHaveLength(8)
  })
})

describe('the audit log of all syncs', () => {
  test('Z30 Z31 Z32 every exchange: what, how many, when, with which result; errors by themselves', async () => {
    const { order, syncs, klaviyo, owner, base } = await start()
    await order('1')
    klaviyo.answer('/api/events', 503, { times: 1 })
    await order('2')
    klaviyo.answer('/api/events', 400, { times: 1 })
    await order('3')
    const all = await syncs()
    expect(all.data.at(-1)).toMatchObject({
      what: 'events',
      result: 'accepted',
      status: 202,
      count: 1,
      at: expect.stringMatching(/^\d{4}-/),
    })
    const errors = (await syncs('?errors=true')).data
    expect(new Set(errors.map(({ result }: { result: string }) => result))).toEqual(
      new Set(['trouble', 'refused']),
    )
    expect(errors.length).toBeLessThan(all.data.length)

    // Page by page, each once.
    const ids: string[] = []
    let next = ''
    do {
      const page = await syncs(`?limit=2${next}`)
      ids.push(...page.data.map(({ id }: { id: string }) => id))
      next = page.next === undefined ? '' : `&cursor=${encodeURIComponent(page.next)}`
    } while (next !== '')
    expect(ids).toEqual(all.data.map(({ id }: { id: string }) => id))

    const csv = await owner.ask('GET', `${base}/syncs.csv?errors=true`)
    expect(csv.body.split('\r\n')).toHaveLength(errors.length + 2)
  })

  test('Z32 what Klaviyo said is shown only to who may see people’s details', async () => {
    const { order, klaviyo, owner, server, workspaceId, base, syncs } = await start()
    klaviyo.answer('/api/events', 400, { times: 1 })
    await order('1')
    expect((await syncs('?errors=true')).data[0].said).toContain('errors')
    const viewer = await join(server, owner, workspaceId, 'viewer')
    const [masked] = (await viewer.ask('GET', `${base}/syncs?errors=true`)).body.data
    expect(masked).toMatchObject({ result: 'refused' })
    expect(masked).not.toHaveProperty('said')
  })
})

const postgres = await findPostgres()

describe.runIf(postgres !== undefined)('the admin side on PostgreSQL', () => {
  test('members, trail, settings, syncs and diagnosis work there as well', async () => {
    onTestFinished(() => postgres!.stop())
    const { server, owner, base, workspaceId, connectionId, order, diagnose, syncs } = await start({
      environment: { databaseUrl: await postgres!.newDatabase() },
    })
    await order('1')
    expect((await diagnose({ who: 'ana@shop.example' })).answer).toBe('Klaviyo accepted it.')
    expect((await syncs()).data).toHaveLength(1)
    const marketer = await join(server, owner, workspaceId, 'marketer')
    const changed = await marketer.ask('PATCH', `${base}/connections/${connectionId}/settings`, {
      settings: { pages: false },
    })
    expect(changed.body).toMatchObject({ version: 2 })
    const token = await owner.ask('POST', `${base}/tokens`, {
      name: 'CI',
      scopes: ['read'],
      expiresInDays: 30,
    })
    expect(token.status).toBe(201)
    const trail = await owner.ask('GET', `${base}/audit`)
    expect(trail.body.data.length).toBeGreaterThan(2)
    expect((await owner.ask('GET', `${base}/audit/check`)).body).toMatchObject({ whole: true })
    expect((await owner.ask('DELETE', '/session')).status).toBe(204)
  })
})
