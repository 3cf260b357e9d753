import { describe, expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBoth } from '../harness.ts'
import { type Client, ownerOf } from './client.ts'
import { join, newWorkspace } from './workspace.ts'

async function start() {
  const klaviyo = await startSimulator({
    accounts: [
      { id: 'ACME01', name: 'Acme', privateKey: 'pk_acme_0123456789abcdef' },
      { id: 'BETA01', name: 'Beta', privateKey: 'pk_beta_0123456789abcdef' },
    ],
  })
  onTestFinished(() => klaviyo.close())
  const { server } = await startBoth({ klaviyo })
  const owner = await ownerOf(server.parts)
  const order = async (writeKey: string, n: number) => {
    const response = await fetch(`${server.url}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` },
      body: JSON.stringify({
        event: 'Order Completed',
        messageId: `m${n}`,
        userId: 'u1',
        context: { traits: { email: 'ana@example.com' } },
        properties: { order_id: n, total: 10 },
      }),
    })
    return response.status
  }
  const placed = (account: string) =>
    klaviyo.events('Placed Order', account).map(({ unique_id }) => unique_id)
  return { klaviyo, server, owner, order, placed }
}

/** A store with a source, made over the API. */
async function newSource(owner: Client, workspace: string, name: string) {
  const path = `/workspaces/${workspace}`
  const store = await owner.ask('POST', `${path}/stores`, { name, country: 'DE' })
  const source = await owner.ask('POST', `${path}/sources`, { storeId: store.body.id, name })
  return source.body as { id: string; writeKey: string }
}

async function newDestination(owner: Client, workspace: string, privateKey: string) {
  const { body } = await owner.ask('POST', `/workspaces/${workspace}/destinations`, { privateKey })
  return body.id as string
}

async function connect(owner: Client, workspace: string, sourceId: string, destinationId: string) {
  const { body } = await owner.ask('POST', `/workspaces/${workspace}/connections`, {
    sourceId,
    destinationId,
    preset: 'storefront',
  })
  return body as { id: string; since: string }
}

async function connected() {
  const started = await start()
  const { owner } = started
  const workspace = await newWorkspace(owner, 'Acme')
  const source = await newSource(owner, workspace, 'Acme')
  const destination = await newDestination(owner, workspace, 'pk_acme_0123456789abcdef')
  const { id } = await connect(owner, workspace, source.id, destination)
  return { ...started, workspace, source, path: `/workspaces/${workspace}/connections/${id}` }
}

function dropping(pattern: string) {
  return {
    name: 'Skip test orders',
    events: ['Order*'],
    when: [{ type: 'pattern', path: 'properties.coupon', value: pattern }],
    decision: 'drop',
  }
}

describe('setting up over the API', () => {
  test('L1 L8 W9 W10 W15 two stores and two accounts in every combination, one account shared by two workspaces', async () => {
    const { owner, server, order, placed } = await start()
    const acme = await newWorkspace(owner, 'Acme')
    const beta = await newWorkspace(owner, 'Beta')
    const north = await newSource(owner, acme, 'North')
    const south = await newSource(owner, acme, 'South')
    const other = await newSource(owner, beta, 'Other')
    const a = await newDestination(owner, acme, 'pk_acme_0123456789abcdef')
    const b = await newDestination(owner, acme, 'pk_beta_0123456789abcdef')
    const shared = await newDestination(owner, beta, 'pk_acme_0123456789abcdef')
    await connect(owner, acme, north.id, a)
    await connect(owner, acme, north.id, b)
    await connect(owner, acme, south.id, b)
    await connect(owner, beta, other.id, shared)
    await order(north.writeKey, 1)
    await order(south.writeKey, 2)
    await order(other.writeKey, 3)
    await server.settle()
    expect(placed('ACME01').toSorted()).toEqual(['north:order:1', 'other:order:3'])
    expect(placed('BETA01').toSorted()).toEqual(['north:order:1', 'south:order:2'])

    // Nothing of one workspace can be joined to the other's.
    const path = `/workspaces/${beta}/connections`
    for (const [sourceId, destinationId] of [
      [north.id, shared],
      [other.id, a],
    ]) {
      const crossed = await owner.ask('POST', path, { sourceId, destinationId, preset: 'stream' })
      expect(crossed.status).toBe(404)
    }
    const double = await owner.ask('POST', path, {
      sourceId: other.id,
      destinationId: shared,
      preset: 'stream',
    })
    expect(double.body.code).toBe('connected_already')
  })

  test('S4 S5 a wrong key is refused with what to do and is not kept; the account’s name is shown, the key never', async () => {
    const { owner } = await start()
    const workspace = await newWorkspace(owner, 'Acme')
    const path = `/workspaces/${workspace}/destinations`
    const wrong = await owner.ask('POST', path, { privateKey: 'pk_wrong_0123456789abcdef' })
    expect(wrong.status).toBe(422)
    expect(wrong.body.detail).toContain('not saved')
    const right = await owner.ask('POST', path, { privateKey: 'pk_acme_0123456789abcdef' })
    expect(right.body).toMatchObject({ accountId: 'ACME01', accountName: 'Acme' })
    const listed = await owner.ask('GET', path)
    expect(listed.body.data).toHaveLength(1)
    expect(JSON.stringify([right.body, listed.body])).not.toContain('pk_acme')
    const other = await owner.ask('PUT', `${path}/${right.body.id}/key`, {
      privateKey: 'pk_beta_0123456789abcdef',
    })
    expect(other.body.code).toBe('other_account')
  })

  test('S3 W18 W32 a source that is off is told so; a connection begins with what happens from then on, and says since when', async () => {
    const { owner, server, order, placed } = await start()
    const workspace = await newWorkspace(owner, 'Acme')
    const source = await newSource(owner, workspace, 'Acme')
    const destination = await newDestination(owner, workspace, 'pk_acme_0123456789abcdef')
    await order(source.writeKey, 1)
    const path = `/workspaces/${workspace}/sources/${source.id}`
    await owner.ask('PATCH', path, { enabled: false })
    const refused = await owner.ask('POST', `/workspaces/${workspace}/connections`, {
      sourceId: source.id,
      destinationId: destination,
      preset: 'storefront',
    })
    expect([refused.status, refused.body.code]).toEqual([409, 'source_off'])
    await owner.ask('PATCH', path, { enabled: true })
    const before = Date.now()
    const { since } = await connect(owner, workspace, source.id, destination)
    expect(Date.parse(since)).toBeGreaterThanOrEqual(before - 1)
    await order(source.writeKey, 2)
    await server.settle()
    expect(placed('ACME01')).toEqual(['acme:order:2'])
  })

  test('a write key is rolled with an overlap: both are taken, then the new one alone', async () => {
    const { owner, order } = await start()
    const workspace = await newWorkspace(owner, 'Acme')
    const source = await newSource(owner, workspace, 'Acme')
    const path = `/workspaces/${workspace}/sources/${source.id}/roll`
    const rolled = await owner.ask('POST', path, { overlapHours: 1 })
    expect(await order(source.writeKey, 1)).toBe(200)
    expect(await order(rolled.body.writeKey, 2)).toBe(200)
    const last = await owner.ask('POST', path, { overlapHours: 0 })
    // The first one had not to be asked for again: it is forgotten within seconds.
    await expect.poll(() => order(source.writeKey, 3), { timeout: 10_000 }).toBe(401)
    await expect.poll(() => order(rolled.body.writeKey, 4), { timeout: 10_000 }).toBe(401)
    expect(await order(last.body.writeKey, 5)).toBe(200)
  })
})

describe('settings', () => {
  test('Z3 Z4 Z5 Z7 Is Enabled and each function can be switched; one action switches all on (Z6)', async () => {
    const { owner, server, path, source, order, klaviyo } = await connected()
    await owner.ask('PATCH', `${path}/settings`, {
      settings: { switches: { 'Placed Order': false } },
    })
    await order(source.writeKey, 1)
    await server.settle()
    expect(klaviyo.events('Placed Order', 'ACME01')).toEqual([])
    await owner.ask('PATCH', `${path}/settings`, { settings: { enabled: false } })
    expect((await owner.ask('GET', path)).body.state).toBe('off')
    await owner.ask('PATCH', `${path}/settings`, {
      settings: { enabled: true, switches: { profiles: false } },
    })
    const all = await owner.ask('POST', `${path}/all-on`)
    expect(all.body.settings.switches).toEqual({})
    await order(source.writeKey, 2)
    await server.settle()
    expect(klaviyo.events('Placed Order', 'ACME01')).toHaveLength(1)
  })

  test('every change is a version; undo makes an earlier one the newest, and a change on an old one is refused', async () => {
    const { owner, path } = await connected()
    const set = (settings: object, version?: number) =>
      owner.ask('PATCH', `${path}/settings`, {
        settings,
        ...(version === undefined ? {} : { version }),
      })
    expect((await set({ requestsPerSecond: 5, identity: 'email-only' }, 1)).body.version).toBe(2)
    expect((await set({ identity: 'any-identifier' }, 1)).body.code).toBe('version_old')
    expect((await set({ requestsPerSecond: null })).body.settings.requestsPerSecond).toBeUndefined()
    const undone = await owner.ask('POST', `${path}/versions/2/restore`)
    expect(undone.body).toMatchObject({
      version: 4,
      settings: { requestsPerSecond: 5, identity: 'email-only' },
    })
    const first = await owner.ask('GET', `${path}/versions?limit=3`)
    const rest = await owner.ask('GET', `${path}/versions?limit=3&cursor=${first.body.next}`)
    const versions = [...first.body.data, ...rest.body.data].map(({ version }) => version)
    expect(versions).toEqual([4, 3, 2, 1])
    expect(rest.body.next).toBeUndefined()
    expect((await owner.ask('POST', `${path}/versions/99/restore`)).status).toBe(404)
  })

  test('S7 rules are kept as they were written, and refused with the place that is wrong', async () => {
    const { owner, path } = await connected()
    const kept = await owner.ask('PATCH', `${path}/settings`, {
      settings: { rules: [dropping('^TEST')] },
    })
    expect(kept.body.settings.rules).toEqual([dropping('^TEST')])
    const refused = await owner.ask('PATCH', `${path}/settings`, {
      settings: { rules: [dropping('^TEST'), dropping('(unclosed')] },
    })
    expect(refused.status).toBe(422)
    expect(refused.body.errors).toMatchObject([{ pointer: '/body/settings/rules/1/when/0/value' }])
  })

  test('A11 a marketer switches functions, and nothing more', async () => {
    const { server, owner, workspace, path } = await connected()
    const marketer = await join(server.parts, owner, workspace, 'marketer')
    const toggled = await marketer.ask('PATCH', `${path}/settings`, {
      settings: { enabled: false },
    })
    expect(toggled.status).toBe(200)
    const rule = { settings: { rules: [{ name: 'a', events: ['*'], decision: 'drop' }] } }
    expect((await marketer.ask('PATCH', `${path}/settings`, rule)).body.code).toBe('forbidden')
    const token = { name: 'Mine', scopes: ['read'], expiresInDays: 1 }
    for (const [where, body] of [
      [`/workspaces/${workspace}/tokens`, token],
      [`/workspaces/${workspace}/invites`, { email: 'eve@example.com', role: 'viewer' }],
      [`${path}/preset`, { preset: 'hub' }],
      [`${path}/disconnect`, undefined],
    ] as const) {
      expect((await marketer.ask('POST', where, body)).body.code).toBe('forbidden')
    }
  })

  test('T65 T66 T67 T68 disconnecting ends what waits of that connection alone, and deletes nothing', async () => {
    const { owner, server, klaviyo, path, source, order, placed } = await connected()
    await order(source.writeKey, 1)
    await server.settle()
    const back = klaviyo.answer('/api/*', 503)
    await order(source.writeKey, 2)
    const ended = await owner.ask('POST', `${path}/disconnect`)
    expect(ended.body.state).toBe('disconnected')
    back()
    await server.settle()
    expect(placed('ACME01')).toEqual(['acme:order:1'])
    expect((await owner.ask('POST', `${path}/resume`)).body.code).toBe('disconnected')
  })
})

function destinationsOf(workspace: string): string {
  return `/workspaces/${workspace}/destinations`
}

describe('keys of an account', () => {
  test('W16 W19 private key and public key are set for each workspace, and the Klaviyo id is told', async () => {
    const { owner, klaviyo } = await start()
    klaviyo.addAccount({
      id: 'GAMMA1',
      privateKey: 'pk_gamma_0123456789abcdef',
      scopes: ['events:write', 'profiles:write'],
    })
    const [acme, gamma] = [await newWorkspace(owner, 'Acme'), await newWorkspace(owner, 'Gamma')]
    // This key may read whose it is; that one may not.
    const known = await owner.ask('POST', destinationsOf(acme), {
      privateKey: 'pk_acme_0123456789abcdef',
    })
    expect(known.body.publicKey).toBe('ACME01')
    const wrong = await owner.ask('POST', destinationsOf(acme), {
      privateKey: 'pk_acme_0123456789abcdef',
      publicKey: 'BETA01',
    })
    expect([wrong.status, wrong.body.detail]).toEqual([422, expect.stringContaining('of another')])

    const unknown = await owner.ask('POST', destinationsOf(gamma), {
      privateKey: 'pk_gamma_0123456789abcdef',
    })
    expect(unknown.body.publicKey).toBeUndefined()
    const set = await owner.ask('PUT', `${destinationsOf(gamma)}/${unknown.body.id}/public-key`, {
      publicKey: 'GAMMA1',
    })
    expect([set.status, set.body.publicKey]).toEqual([200, 'GAMMA1'])
    const listed = await owner.ask('GET', destinationsOf(gamma))
    expect(listed.body.data).toMatchObject([{ publicKey: 'GAMMA1' }])
    const other = await owner.ask('PUT', `${destinationsOf(acme)}/${known.body.id}/public-key`, {
      publicKey: 'GAMMA1',
    })
    expect([other.status, other.body.code]).toEqual([409, 'other_account'])
  })

  test('S6 C10 a key is changed while events flow; another account’s, and one that may too little, are refused by name', async () => {
    const { owner, server, klaviyo, order, placed, workspace, source } = await connected()
    const path = `/workspaces/${workspace}/destinations`
    const [{ id }] = (await owner.ask('GET', path)).body.data
    const change = (privateKey: string) => owner.ask('PUT', `${path}/${id}/key`, { privateKey })
    await order(source.writeKey, 1)
    await server.settle()
    klaviyo.revokeKey('pk_acme_0123456789abcdef')
    await order(source.writeKey, 2)
    await server.settle()
    const handle = klaviyo.account('ACME01')
    handle.addKey('pk_little_0123456789abcdef', ['accounts:read', 'events:write'])
    handle.addKey('pk_second_0123456789abcdef')
    const little = await change('pk_little_0123456789abcdef')
    expect([little.status, little.body.code]).toEqual([422, 'key_refused'])
    expect(little.body.detail).toContain('profiles:write')
    expect((await change('pk_beta_0123456789abcdef')).body.code).toBe('other_account')
    expect((await change('pk_nobody_0123456789abcdef')).body.code).toBe('key_refused')
    expect(placed('ACME01')).toHaveLength(1)
    expect((await change('pk_second_0123456789abcdef')).status).toBe(200)
    await server.settle()
    expect(placed('ACME01')).toHaveLength(2)
  })
})
