import { describe, expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../src/simulator/index.ts'
import { type BothOptions, startBoth } from '../harness.ts'
import { ownerOf } from './client.ts'
import { join, newWorkspace } from './workspace.ts'

async function start(options: BothOptions = {}) {
  const { server, klaviyo } = await startBoth(options)
  const owner = await ownerOf(server.parts)
  const { workspaceId, id } = server.installation.connection
  const base = `/workspaces/${workspaceId}/connections/${id}`
  const send = async (body: object, by = owner) => by.ask('POST', `${base}/test-events`, body)
  const life = async (messageId: string, by = owner) =>
    (await by.ask('GET', `${base}/events/${encodeURIComponent(messageId)}`)).body
  const find = async (messageId: string) =>
    (await owner.ask('POST', `${base}/events/${encodeURIComponent(messageId)}/find`)).body
  return { server, klaviyo, owner, workspaceId, base, send, life, find }
}

const email = 'tess@shop.example'

describe('a test event', () => {
  test('S38 S39 S40 an example of a metric is sent, marked, followed and found in Klaviyo', async () => {
    const { server, klaviyo, send, life, find } = await start()
    const sent = await send({ metric: 'Placed Order', email })
    expect(sent.status).toBe(201)
    expect(sent.body).toMatchObject({ name: 'Order Completed', test: true })
    const { messageId } = sent.body
    await server.settle()

    expect(klaviyo.events('Placed Order')).toMatchObject([{ value: 1, properties: { test: true } }])
    expect(await life(messageId)).toMatchObject({
      test: true,
      outcome: 'accepted',
      mapped: { outcome: 'send', events: [{ metric: 'Placed Order', value: 1 }, {}] },
      exchanges: [{ path: '/api/events', status: 202 }, {}],
    })
    expect(await find(messageId)).toMatchObject({
      state: 'found',
      metric: 'Placed Order',
      says: '"Placed Order" is in Klaviyo.',
      id: expect.any(String),
    })
  })

  test('S38 two examples are two orders; one’s own event goes as a shop sends it', async () => {
    const { server, klaviyo, send } = await start()
    await send({ metric: 'Placed Order', email })
    await send({ metric: 'Placed Order', email })
    const own = await send({
      event: { event: 'Spun the wheel', messageId: 'wheel/1', properties: { prize: 'cup' } },
      email,
    })
    expect(own.body).toMatchObject({ messageId: 'wheel/1', name: 'Spun the wheel', test: true })
    await server.settle()
    expect(klaviyo.events('Placed Order')).toHaveLength(2)
    expect(klaviyo.events('Spun the wheel')).toMatchObject([
      { properties: { prize: 'cup', test: true } },
    ])
    const again = await send({
      event: { event: 'Spun the wheel', messageId: 'wheel/1' },
      email,
    })
    expect(again).toMatchObject({ status: 409, body: { code: 'message_id_taken' } })
  })

  test('S38 what cannot be an event, or leads nowhere, is said so at once', async () => {
    const { server, klaviyo, owner, base, send } = await start()
    expect((await send({})).body.errors).toMatchObject([{ pointer: '/body' }])
    expect((await send({ metric: 'Placed Order' })).body.errors).toMatchObject([
      { pointer: '/body/email' },
    ])
    const nameless = await send({ event: { properties: {} }, email })
    expect(nameless).toMatchObject({ status: 422, body: { code: 'refused_no_name' } })
    expect((await send({ event: { event: 'X' } })).body.code).toBe('refused_no_id')
    await owner.ask('POST', `${base}/disconnect`)
    expect((await send({ metric: 'Placed Order', email })).body.code).toBe('not_connected')
    await server.settle()
    expect(klaviyo.events()).toEqual([])
  })

  test('S39 what is not in Klaviyo is told apart from what cannot be asked', async () => {
    const { server, klaviyo, send, find } = await start()
    const stop = klaviyo.answer('/api/events', 202, { method: 'POST' })
    const { messageId } = (await send({ metric: 'Viewed Product', email })).body
    await server.settle()
    stop()
    expect(await find(messageId)).toMatchObject({
      state: 'missing',
      says: '"Viewed Product" is not in Klaviyo yet, though it was accepted.',
    })
    klaviyo.answer('/api/profiles', 403, { method: 'GET', times: 1 })
    expect(await find(messageId)).toMatchObject({
      state: 'unknown',
      todo: expect.stringContaining('profiles:read'),
    })
  })

  test('S40 an event of any kind is followed: waiting, retried, not sent with its reason, failed', async () => {
    const { server, klaviyo, owner, base, workspaceId, send, life, find } = await start()
    await owner.ask('POST', `${base}/pause`)
    const paused = (await send({ metric: 'Viewed Product', email })).body
    expect(paused).toMatchObject({ outcome: 'held', reason: 'paused', exchanges: [] })
    await owner.ask('POST', `${base}/resume`)
    await server.settle()
    expect(await life(paused.messageId)).toMatchObject({ outcome: 'accepted' })

    await server.changeSettings({ switches: { 'Viewed Product': false } })
    const off = (await send({ metric: 'Viewed Product', email })).body
    await server.settle()
    expect(await life(off.messageId)).toMatchObject({
      outcome: 'dropped',
      reason: 'event_disabled',
      mapped: { outcome: 'not sent', events: [] },
    })
    expect((await find(off.messageId)).code).toBe('no_event_sent')

    klaviyo.answer('/api/events', 400, { times: 1 })
    const bad = (await send({ metric: 'Searched Site', email })).body
    await server.settle()
    const refused = await life(bad.messageId)
    expect(refused).toMatchObject({ todo: expect.any(String), exchanges: [{ status: 400 }] })
    expect(refused.exchanges[0].said).toContain('errors')
    // Klaviyo may repeat an address there.
    const viewer = await join(server, owner, workspaceId, 'viewer')
    const masked = await life(bad.messageId, viewer)
    expect(masked.exchanges[0]).not.toHaveProperty('said')
    expect(JSON.stringify(masked)).not.toContain(email)
    expect((await life('never-came')).code).toBe('no_such_event')
  })
})

test('S2 a private key with full access to profiles and events, and nothing else, connects and sends', async () => {
  const privateKey = 'pk_full_0123456789abcdef'
  const scopes = ['profiles:read', 'profiles:write', 'events:read', 'events:write']
  const klaviyo = await startSimulator({
    accounts: [
      { id: 'TEST01', privateKey: 'pk_test' },
      { id: 'FULL01', name: 'Full', privateKey, scopes },
    ],
  })
  onTestFinished(() => klaviyo.close())
  const { server, owner } = await start({ klaviyo })
  const path = `/workspaces/${await newWorkspace(owner, 'Full')}`
  const destination = await owner.ask('POST', `${path}/destinations`, {
    privateKey,
    publicKey: 'FULL01',
  })
  expect(destination).toMatchObject({ status: 201, body: { accountId: 'FULL01' } })
  const store = await owner.ask('POST', `${path}/stores`, { name: 'Full', country: 'DE' })
  const source = await owner.ask('POST', `${path}/sources`, {
    storeId: store.body.id,
    name: 'Full',
  })
  const connection = await owner.ask('POST', `${path}/connections`, {
    sourceId: source.body.id,
    destinationId: destination.body.id,
    preset: 'storefront',
  })
  const at = `${path}/connections/${connection.body.id}`
  await owner.ask('POST', `${at}/test-events`, { metric: 'Placed Order', email })
  await server.settle()
  await expect.poll(() => klaviyo.events('Placed Order', 'FULL01')).toHaveLength(1)
})
