import { expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBoth } from '../harness.ts'
import { ownerOf } from './client.ts'
import { join, newWorkspace } from './workspace.ts'

const key = 'pk_canary_0123456789abcdef0123456789abcdef'

/** A workspace with all there may be, and an empty one whose Klaviyo account is connected. */
async function twoWorkspaces() {
  const klaviyo = await startSimulator({
    accounts: [{ id: 'ACME01', name: 'Acme GmbH', privateKey: key }],
  })
  onTestFinished(() => klaviyo.close())
  klaviyo.account('ACME01').addList({ id: 'L1', name: 'News' })
  const { server } = await startBoth({ klaviyo })
  const owner = await ownerOf(server.parts)
  const from = `/workspaces/${await newWorkspace(owner, 'From')}`
  const into = `/workspaces/${await newWorkspace(owner, 'Into')}`
  const ask = async (method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown) => {
    const answer = await owner.ask(method, path, body)
    expect([path, answer.status < 300, answer.body]).toEqual([path, true, answer.body])
    return answer.body
  }
  const store = await ask('POST', `${from}/stores`, {
    name: 'Acme',
    domain: 'acme.example',
    currency: 'EUR',
  })
  const source = await ask('POST', `${from}/sources`, { storeId: store.id, name: 'Web' })
  const destination = await ask('POST', `${from}/destinations`, { privateKey: key })
  const connection = await ask('POST', `${from}/connections`, {
    sourceId: source.id,
    destinationId: destination.id,
    preset: 'hub',
  })
  const settings = {
    rules: [
      {
        name: 'Skip test orders',
        events: ['Order*'],
        when: [{ type: 'greater', path: 'properties.total', value: 5 }],
        decision: 'drop',
      },
    ],
    mappings: { 'Order Completed': { properties: { Voucher: 'properties.coupon' } } },
    switches: { 'Viewed Product': false },
    listId: 'L1',
    attribution: false,
  }
  await ask('PATCH', `${from}/connections/${connection.id}/settings`, { settings })
  await ask('PATCH', from, { flags: { klaviyo: false } })
  return { server, owner, ask, from, into, secrets: [key, source.writeKey, source.browserKey] }
}

test('M28 what was set up is exported as one file, and imported into another workspace in full', async () => {
  const { ask, from, into } = await twoWorkspaces()
  const file = await ask('GET', `${from}/configuration`)
  const plan = await ask('POST', `${into}/configuration/plan`, file)
  expect(plan.data.map(({ what, does }: Record<string, string>) => `${what} ${does}`)).toEqual([
    'workspace change',
    'store add',
    'source add',
    'account blocked',
    'connection blocked',
  ])
  expect((await ask('GET', `${into}/stores`)).data).toEqual([])

  // Without the account: as far as it goes. Then the account is connected, and the rest follows.
  await ask('POST', `${into}/configuration`, file)
  expect((await ask('GET', `${into}/connections`)).data).toEqual([])
  await ask('POST', `${into}/destinations`, { privateKey: key })
  const rest = await ask('POST', `${into}/configuration`, file)
  expect(rest.data.map(({ does }: Record<string, string>) => does)).toEqual([
    'leave',
    'leave',
    'leave',
    'leave',
    'add',
  ])
  const again = await ask('POST', `${into}/configuration`, file)
  expect(again.data.every(({ does }: Record<string, string>) => does === 'leave')).toBe(true)
  const copy = await ask('GET', `${into}/configuration`)
  expect(copy).toEqual({ ...file, workspace: { ...file.workspace, name: 'Into' } })
  const trail = await ask('GET', `${into}/audit`)
  const acts = trail.data.map(({ action }: Record<string, string>) => action)
  expect(acts.filter((act: string) => act === 'connection.add')).toHaveLength(1)
  expect(acts).toContain('store.add')
})

test('M28 what differs is changed as a new version, and can be undone', async () => {
  const { ask, from } = await twoWorkspaces()
  const file = await ask('GET', `${from}/configuration`)
  const [{ id, version }] = (await ask('GET', `${from}/connections`)).data
  file.connections[0].settings.flatten = true
  file.stores[0].currency = 'USD'
  const plan = await ask('POST', `${from}/configuration`, file)
  expect(plan.data.filter(({ does }: Record<string, string>) => does === 'change')).toMatchObject([
    { what: 'store', changes: [{ field: 'currency', from: 'EUR', to: 'USD' }] },
    { what: 'connection', changes: [{ field: 'flatten', from: false, to: true }] },
  ])
  expect((await ask('GET', `${from}/connections/${id}`)).settings.flatten).toBe(true)
  await ask('POST', `${from}/connections/${id}/versions/${version}/restore`)
  expect((await ask('GET', `${from}/connections/${id}`)).settings.flatten).toBe(false)
})

test('M28 no secret is ever in the file', async () => {
  const { ask, from, secrets } = await twoWorkspaces()
  const text = JSON.stringify(await ask('GET', `${from}/configuration`))
  for (const secret of secrets) expect(text).not.toContain(secret)
  expect(text).not.toContain('canary')
})

test('a file that cannot be is refused before anything is done, with its place', async () => {
  const { owner, ask, from, into } = await twoWorkspaces()
  const file = await ask('GET', `${from}/configuration`)
  const [connection] = file.connections
  const rule = {
    name: 'r',
    events: ['*'],
    decision: 'drop',
    when: [{ type: 'pattern', path: 'event', value: '(' }],
  }
  for (const [change, pointer] of [
    [{ sources: [...file.sources, ...file.sources] }, '/body/sources/1'],
    [{ connections: [{ ...connection, source: 'None' }] }, '/body/connections/0/source'],
    [
      { connections: [{ ...connection, settings: { rules: [rule] } }] },
      '/body/connections/0/settings/rules/0/when/0/value',
    ],
  ] as const) {
    const refused = await owner.ask('POST', `${into}/configuration`, { ...file, ...change })
    expect([refused.status, refused.body.errors?.[0].pointer]).toEqual([422, pointer])
  }
  expect((await ask('GET', `${into}/stores`)).data).toEqual([])
})

test('A11 only who manages the workspace imports', async () => {
  const { server, owner, ask, from } = await twoWorkspaces()
  const file = await ask('GET', `${from}/configuration`)
  const developer = await join(server.parts, owner, from.split('/').at(-1)!, 'developer')
  expect((await developer.ask('GET', `${from}/configuration`)).status).toBe(200)
  expect((await developer.ask('POST', `${from}/configuration`, file)).status).toBe(403)
})
