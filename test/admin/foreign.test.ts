import { expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBoth } from '../harness.ts'
import { type Client, ownerOf } from './client.ts'
import { join, newWorkspace } from './workspace.ts'

const keys = { ACME01: 'pk_acme_0123456789abcdef', BETA01: 'pk_beta_0123456789abcdef' }

/** Two workspaces, each with a connected store, and an admin of the first alone. */
async function twoWorkspaces() {
  const klaviyo = await startSimulator({
    limits: false,
    accounts: Object.entries(keys).map(([id, privateKey]) => ({ id, name: id, privateKey })),
  })
  onTestFinished(() => klaviyo.close())
  const { server } = await startBoth({ klaviyo })
  const owner = await ownerOf(server.parts)
  const own = await connected(owner, 'Own', keys.ACME01)
  const other = await connected(owner, 'Other', keys.BETA01)
  const admin = await join(server.parts, owner, own.id, 'admin')
  const order = async (writeKey: string, messageId: string) => {
    const taken = await fetch(`${server.url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` },
      body: JSON.stringify({
        event: 'Order Completed',
        messageId,
        userId: 'u-1',
        context: { traits: { email: 'ana@shop.example' } },
        properties: { order_id: messageId },
      }),
    })
    expect(taken.status).toBe(200)
  }
  /** All that can be seen of the other workspace. */
  const seen = async () => {
    const lists = ['', '/stores', '/sources', '/destinations', '/connections', '/members', '/audit']
    return Promise.all(
      lists.map(async (list) => (await owner.ask('GET', `${other.path}${list}`)).body),
    )
  }
  return { server, klaviyo, owner, admin, own, other, order, seen }
}

async function connected(owner: Client, name: string, privateKey: string) {
  const id = await newWorkspace(owner, name)
  const path = `/workspaces/${id}`
  const store = await owner.ask('POST', `${path}/stores`, { name })
  const source = await owner.ask('POST', `${path}/sources`, { storeId: store.body.id, name })
  const destination = await owner.ask('POST', `${path}/destinations`, { privateKey })
  const connection = await owner.ask('POST', `${path}/connections`, {
    sourceId: source.body.id,
    destinationId: destination.body.id,
    preset: 'storefront',
  })
  return {
    id,
    path,
    storeId: store.body.id as string,
    sourceId: source.body.id as string,
    writeKey: source.body.writeKey as string,
    destinationId: destination.body.id as string,
    connectionId: connection.body.id as string,
  }
}

test('A2 another workspace’s id in body, query or header is refused or means nothing: nothing is written there', async () => {
  const { admin, own, other, seen } = await twoWorkspaces()
  const before = await seen()
  const refused: readonly (readonly [string, string, object?])[] = [
    ['POST', `${own.path}/stores`, { name: 'X', workspaceId: other.id }],
    ['POST', `${own.path}/stores`, { name: 'X', workspace_id: other.id }],
    ['POST', `${own.path}/stores?workspaceId=${other.id}`, { name: 'X' }],
    ['PATCH', own.path, { name: 'X', id: other.id }],
    ['GET', `${own.path}/stores?workspaceId=${other.id}`],
    ['POST', `${own.path}/sources`, { storeId: other.storeId, name: 'X' }],
    [
      'POST',
      `${own.path}/connections`,
      { sourceId: other.sourceId, destinationId: own.destinationId, preset: 'hub' },
    ],
    [
      'POST',
      `${own.path}/connections`,
      { sourceId: own.sourceId, destinationId: other.destinationId, preset: 'hub' },
    ],
    ['POST', `${own.path}/connections/${other.connectionId}/pause`],
    ['PATCH', `${own.path}/stores/${other.storeId}`, { name: 'X' }],
  ]
  for (const [method, path, body] of refused) {
    const { status } = await admin.ask(method as 'POST', path, body)
    expect([method, path, body, [400, 404, 409, 422].includes(status), status]).toEqual([
      method,
      path,
      body,
      true,
      status,
    ])
  }
  const headers = { 'x-workspace-id': other.id, 'x-tenant-id': other.id }
  const made = await admin.ask('POST', `${own.path}/stores`, { name: 'Mine' }, headers)
  expect(made.status).toBe(201)
  const { body } = await admin.ask('GET', `${own.path}/stores`)
  expect(body.data.map(({ name }: { name: string }) => name).toSorted()).toEqual(['Mine', 'Own'])
  expect(await seen()).toEqual(before)
})

test('A5 of many events to send again or to discard, another workspace’s are not known, and stay as they are', async () => {
  const { server, klaviyo, owner, admin, own, other, order } = await twoWorkspaces()
  for (const [writeKey, messageId] of [
    [own.writeKey, 'own-1'],
    [own.writeKey, 'own-2'],
    [other.writeKey, 'other-1'],
    [other.writeKey, 'other-2'],
  ] as const) {
    klaviyo.answer('/api/events', 400, { times: 1 })
    await order(writeKey, messageId)
    await server.settle()
  }
  const of = (workspace: typeof own) => `${workspace.path}/connections/${workspace.connectionId}`
  const total = async (workspace: typeof own) =>
    (await owner.ask('GET', `${of(workspace)}/failed`)).body.total
  expect([await total(own), await total(other)]).toEqual([2, 2])

  const replayed = await admin.ask('POST', `${of(own)}/replays`, {
    messageIds: ['own-1', 'other-1', 'nobodys'],
  })
  expect(replayed.body).toEqual({ count: 1, unknown: ['other-1', 'nobodys'], left: [] })
  const discarded = await admin.ask('POST', `${of(own)}/discards`, {
    messageIds: ['other-2', 'own-2'],
  })
  expect(discarded.body).toEqual({ count: 1, unknown: ['other-2'], left: [] })
  await server.settle()
  expect([await total(own), await total(other)]).toEqual([0, 2])
  expect(klaviyo.events('Placed Order', 'ACME01')).toHaveLength(1)
  expect(klaviyo.events('Placed Order', 'BETA01')).toHaveLength(0)
  // By its whole address it is not there either.
  const foreign = await admin.ask('POST', `${of(other)}/replays`, { messageIds: ['other-1'] })
  expect(foreign.status).toBe(404)
})
