import { describe, expect, onTestFinished, test } from 'vitest'
import type { App, Simulator } from '../../src/simulator/index.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import { type BothOptions, startBoth, type TestServer } from '../harness.ts'
import { type Client, clientOf, ownerOf, password } from './client.ts'
import { movableClock } from './clock.ts'
import { join } from './workspace.ts'

const tryOnScopes =
  'accounts:read campaigns:read campaigns:write events:read events:write lists:read metrics:read profiles:read segments:read segments:write'

interface Started {
  readonly server: TestServer
  readonly klaviyo: Simulator
  readonly app: App
  readonly owner: Client
  readonly workspaceId: string
  readonly storeId: string
}

/** A Tillpost with an app registered at Klaviyo, whose store sends with a private key, unless `unconnected`. */
async function start(
  options: BothOptions & {
    readonly unconnected?: true
    readonly unnamedScopes?: true
  } = {},
): Promise<Started> {
  const klaviyo = await startSimulator({
    accounts: [
      { id: 'TEST01', name: 'Acme GmbH', privateKey: 'pk_test' },
      { id: 'OTHER1', name: 'Other' },
    ],
  })
  onTestFinished(() => klaviyo.close())
  const publicUrl = 'http://localhost:4499'
  const app = klaviyo.addApp({
    name: 'Tillpost',
    redirectUris: [`${publicUrl}/oauth/klaviyo/callback`],
    unnamedScopes: options.unnamedScopes === true,
  })
  const { clientId, clientSecret } = app
  const { server } = await startBoth({
    ...options,
    klaviyo,
    environment: {
      klaviyoApp: { clientId, clientSecret },
      publicUrl,
      support: 'mailto:help@host.example',
    },
  })
  const owner = await ownerOf(server.parts)
  const { connection } = server.installation
  if (options.unconnected === true) {
    await server.parts.config.changeState(connection.workspaceId, connection.id, 'disconnected')
    await server.parts.reload()
  }
  const { workspaceId, store } = connection
  return { server, klaviyo, app, owner, workspaceId, storeId: store.id }
}

/** What a browser would get, without following where it is sent. */
async function open(
  client: Client,
  address: string,
): Promise<{ readonly status: number; readonly to: string; readonly text: string }> {
  const whole = new URL(address, client.url).href
  const { status, headers, body } = await client.ask('GET', whole, undefined, {
    accept: 'text/html',
  })
  return { status, to: headers.get('location') ?? '', text: String(body) }
}

/** On Klaviyo's page, and back. */
async function approve(
  { klaviyo, owner }: Pick<Started, 'klaviyo' | 'owner'>,
  address: string,
  how: { readonly deny?: boolean; readonly account?: string } = {},
): Promise<{ readonly callback: string; readonly to: string }> {
  const { to: authorize } = await open(owner, address)
  const callback = new URL(klaviyo.consent(authorize, how))
  const { to } = await open(owner, callback.pathname + callback.search)
  return { callback: callback.pathname + callback.search, to }
}

describe('connecting a store at Klaviyo’s own page', () => {
  test('T2 T3 the entry asks for sign-in first, and goes on by itself afterwards', async () => {
    const { server, storeId } = await start({ unconnected: true })
    const stranger = clientOf(server.url)
    const entry = `/install/klaviyo?store=${storeId}`
    expect(await open(stranger, entry)).toMatchObject({
      status: 303,
      to: `/sign-in?next=${encodeURIComponent(entry)}`,
    })
    await stranger.ask('POST', '/session', { email: 'olga@shop.example', password })
    const { status, to } = await open(stranger, entry)
    expect([status, new URL(to).pathname]).toEqual([303, '/oauth/authorize'])
  })

  test('T4 Z2 who is signed in gets straight to Klaviyo’s page, with PKCE and a state of its own', async () => {
    const { owner, app } = await start({ unconnected: true })
    const asked = async (): Promise<URLSearchParams> =>
      new URL((await open(owner, '/install/klaviyo')).to).searchParams
    const [first, second] = [await asked(), await asked()]
    expect(Object.fromEntries(first)).toMatchObject({
      response_type: 'code',
      client_id: app.clientId,
      redirect_uri: app.redirectUris[0],
      code_challenge_method: 'S256',
    })
    for (const name of ['state', 'code_challenge']) {
      expect(first.get(name)).toMatch(/^[\w-]{43}$/)
      expect(first.get(name)).not.toBe(second.get(name))
    }
  })

  test('T6 the try-on preset asks for exactly its scopes', async () => {
    const { owner } = await start({ unconnected: true })
    const { to } = await open(owner, '/install/klaviyo?preset=try-on')
    expect(new URL(to).searchParams.get('scope')).toBe(tryOnScopes)
  })

  test('T8 T9 T10 T13 W32 approved, the store is connected, with the account’s name and where to ask', async () => {
    const started = await start({ unconnected: true })
    const { to } = await approve(started, '/install/klaviyo')
    const { status, text } = await open(started.owner, to)
    expect(status).toBe(200)
    for (const words of ['Connected', 'Acme GmbH', 'help@host.example', 'Events flow from']) {
      expect(text).toContain(words)
    }
    const { server, klaviyo } = started
    await server.track('Order Completed', {
      userId: 'c-1',
      context: { traits: { email: 'ana@shop.example' } },
      properties: { order_id: '7' },
    })
    await server.settle()
    expect(klaviyo.events('Placed Order')).toHaveLength(1)
    expect(klaviyo.requests().at(-1)?.auth).toMatch(/^app:/)
  })

  test('T7 a token answer that names no scopes grants what was asked for', async () => {
    const started = await start({ unconnected: true, unnamedScopes: true })
    await approve(started, '/install/klaviyo?preset=try-on')
    const destinations = await started.server.parts.config.destinations()
    const install = destinations.find(({ auth }) => auth === 'oauth')
    expect(install?.scopes).toEqual(tryOnScopes.split(' '))
  })

  test('T10 an account whose name cannot be read is connected all the same', async () => {
    const started = await start({ unconnected: true })
    started.klaviyo.answer('/api/accounts', 403)
    const { to } = await approve(started, '/install/klaviyo')
    expect((await open(started.owner, to)).text).toContain('is connected to')
  })

  test('T11 T12 refused, the store stays as it was; what to do is said, and a new attempt works', async () => {
    const started = await start({ unconnected: true })
    const failed = await approve(started, '/install/klaviyo', { deny: true })
    const { text } = await open(started.owner, failed.to)
    expect(text).toContain('Start the connection again')
    expect(text).toContain('may approve apps')
    const { config } = started.server.parts
    expect((await config.connections()).filter(({ state }) => state === 'connected')).toEqual([])
    const { to } = await approve(started, '/install/klaviyo')
    expect(to).toContain('/install/klaviyo/done')
    // The redirect of the first attempt leads nowhere.
    expect((await open(started.owner, failed.callback)).to).toContain('why=over')
  })

  test('T8 a store without a source gets one, and where its keys are is said', async () => {
    const started = await start({ unconnected: true })
    const { owner, server } = started
    const { workspaceId } = server.installation.connection
    const stores = `/workspaces/${workspaceId}/stores`
    const { id } = (await owner.ask('POST', stores, { name: 'Second' })).body
    const { to } = await approve(started, `/install/klaviyo?workspace=${workspaceId}&store=${id}`)
    const { text } = await open(owner, to)
    expect(text).toContain('The store had no source, so one was made.')
    expect(text).toContain(`href="/admin/${workspaceId}/stores"`)
    const first = await approve(started, `/install/klaviyo?store=${started.storeId}`)
    expect((await open(owner, first.to)).text).not.toContain('had no source')
  })

  test('T12 two begun attempts: only the newer one’s redirect works, and once', async () => {
    const started = await start({ unconnected: true })
    const { klaviyo, owner } = started
    const older = new URL(klaviyo.consent((await open(owner, '/install/klaviyo')).to))
    const newer = await approve(started, '/install/klaviyo')
    expect(newer.to).toContain('/done')
    for (const address of [older.pathname + older.search, newer.callback]) {
      expect((await open(owner, address)).to).toContain('why=over')
    }
    const { config } = started.server.parts
    expect((await config.connections()).filter(({ state }) => state === 'connected')).toHaveLength(
      1,
    )
  })

  test('T5 A44 A45 whoever may not connect is refused, and another browser cannot finish', async () => {
    const { server, klaviyo, owner, workspaceId } = await start({ unconnected: true })
    const marketer = await join(server, owner, workspaceId, 'marketer')
    const refused = await open(marketer, '/install/klaviyo')
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringContaining('may not connect'),
    ])

    const callback = new URL(klaviyo.consent((await open(owner, '/install/klaviyo')).to))
    const stolen = callback.pathname + callback.search
    expect((await open(marketer, stolen)).to).toContain('why=over')
    expect((await open(clientOf(server.url), stolen)).to).toContain('why=over')
    const { config } = server.parts
    expect((await config.connections()).filter(({ state }) => state === 'connected')).toEqual([])
  })

  test('A44 a redirect without a state, with another, or after a quarter of an hour connects nothing, and no token is asked for', async () => {
    const clock = movableClock()
    const { klaviyo, owner, server } = await start({ unconnected: true, clock })
    const back = async () => {
      const { to } = await open(owner, '/install/klaviyo')
      return new URL(klaviyo.consent(to))
    }
    const [bare, other, late] = [await back(), await back(), await back()]
    bare.searchParams.delete('state')
    other.searchParams.set('state', 'x'.repeat(43))
    clock.forward(15 * 60_000 + 1)
    for (const { pathname, search } of [bare, other, late])
      expect((await open(owner, pathname + search)).to).toContain('why=over')
    expect(klaviyo.requests().filter(({ path }) => path === '/oauth/token')).toEqual([])
    const { text } = await open(owner, '/install/klaviyo/failed?why=over')
    expect(text).toContain('Start the connection again')
    const { config } = server.parts
    expect((await config.connections()).filter(({ state }) => state === 'connected')).toEqual([])
  })

  test('A46 whoever may not connect any more when Klaviyo sends them back connects nothing', async () => {
    const { server, klaviyo, owner, workspaceId } = await start({ unconnected: true })
    const admin = await join(server, owner, workspaceId, 'admin')
    const callback = new URL(klaviyo.consent((await open(admin, '/install/klaviyo')).to))
    await owner.ask('PATCH', `/workspaces/${workspaceId}/members/${admin.id}`, { role: 'viewer' })
    expect((await open(admin, callback.pathname + callback.search)).to).toContain('why=over')
    expect(klaviyo.requests().filter(({ path }) => path === '/oauth/token')).toEqual([])
    const { config } = server.parts
    expect((await config.connections()).filter(({ state }) => state === 'connected')).toEqual([])
  })

  test('C10 changing from a key to the app is warned of first, and then keeps what waits', async () => {
    const started = await start()
    const { owner, server, klaviyo } = started
    const warned = await open(owner, '/install/klaviyo')
    expect(warned.text).toContain('each metric will be there twice')
    klaviyo.revokeKey('pk_test')
    await server.track('Order Completed', {
      userId: 'c-1',
      context: { traits: { email: 'ana@shop.example' } },
      properties: { order_id: '7' },
    })
    await server.settle()
    expect(klaviyo.events()).toEqual([])
    const { to } = await approve(started, '/install/klaviyo?change=yes')
    expect(to).toContain('/done')
    await server.settle()
    expect(klaviyo.events('Placed Order')).toHaveLength(1)
    const [connection, ...more] = await server.parts.config.connections()
    expect([connection?.id, more]).toEqual([server.installation.connection.id, []])
  })

  test('another account than the one that is connected is not taken in its place', async () => {
    const started = await start()
    const { to } = await approve(started, '/install/klaviyo?change=yes', { account: 'OTHER1' })
    expect((await open(started.owner, to)).text).toContain('connected to another Klaviyo account')
    const [destination] = await started.server.parts.config.destinations()
    expect([destination?.accountId, destination?.auth]).toEqual(['TEST01', undefined])
  })

  test('Z2 of two browsers that finish at once for one store, one connection comes out', async () => {
    const started = await start({ unconnected: true })
    const { owner, klaviyo, server } = started
    const callback = new URL(klaviyo.consent((await open(owner, '/install/klaviyo')).to))
    const address = callback.pathname + callback.search
    const results = await Promise.all(Array.from({ length: 5 }, () => open(owner, address)))
    expect(results.filter(({ to }) => to.includes('/done'))).toHaveLength(1)
    const live = (await server.parts.config.connections()).filter(
      ({ state }) => state === 'connected',
    )
    expect(live).toHaveLength(1)
  })

  test('when the app is removed in Klaviyo, events wait and the reason is shown; connecting again sends them', async () => {
    const started = await start({ unconnected: true })
    const { server, klaviyo, app } = started
    await approve(started, '/install/klaviyo')
    klaviyo.uninstall(app.clientId)
    await server.track('Order Completed', {
      userId: 'c-1',
      context: { traits: { email: 'ana@shop.example' } },
      properties: { order_id: '7' },
    })
    await server.settle()
    const install = async () =>
      (await server.parts.config.destinations()).find(({ auth }) => auth === 'oauth')
    await expect
      .poll(install)
      .toMatchObject({ state: 'error', error: { reason: 'app_uninstalled' } })
    expect((await approve(started, '/install/klaviyo')).to).toContain('/done')
    await server.settle()
    expect(klaviyo.events('Placed Order')).toHaveLength(1)
  })

  test('T65 T67 T68 the last connection of an install ends it at Klaviyo; nothing there is deleted, no other store is touched', async () => {
    const started = await start({ unconnected: true })
    const { server, klaviyo, owner, workspaceId } = started
    await approve(started, '/install/klaviyo')
    const order = (id: string) =>
      server.track('Order Completed', {
        userId: 'c-1',
        context: { traits: { email: 'ana@shop.example' } },
        properties: { order_id: id },
      })
    await order('1')
    await server.settle()
    const { config } = server.parts
    const live = async () =>
      (await config.connections()).filter(({ state }) => state === 'connected')
    const [first] = await live()

    // A second store of the workspace, on the same install.
    const stores = await owner.ask('POST', `/workspaces/${workspaceId}/stores`, { name: 'Second' })
    const sources = await owner.ask('POST', `/workspaces/${workspaceId}/sources`, {
      storeId: stores.body.id,
      name: 'SDK',
    })
    const second = await owner.ask('POST', `/workspaces/${workspaceId}/connections`, {
      sourceId: sources.body.id,
      destinationId: first!.destinationId,
      preset: 'storefront',
    })
    expect(second.status).toBe(201)
    const revoked = () => klaviyo.requests().filter(({ path }) => path === '/oauth/revoke').length
    const end = (id: string) =>
      owner.ask('POST', `/workspaces/${workspaceId}/connections/${id}/disconnect`)

    expect((await end(first!.id)).status).toBe(200)
    expect(revoked()).toBe(0)
    expect((await live()).map(({ id }) => id)).toEqual([second.body.id])
    expect((await end(second.body.id)).status).toBe(200)
    expect(revoked()).toBe(1)

    await order('2')
    await server.settle()
    expect(klaviyo.events('Placed Order')).toHaveLength(1)
    expect(klaviyo.profile('ana@shop.example')).toBeDefined()
    // And it can be connected again.
    expect((await approve(started, `/install/klaviyo?store=${started.storeId}`)).to).toContain(
      '/done',
    )
  })

  test('without an app of its own the installation says how a store is connected then', async () => {
    const { server } = await startBoth()
    const owner = await ownerOf(server.parts)
    expect(await open(owner, '/install/klaviyo')).toMatchObject({
      status: 409,
      text: expect.stringContaining('private key'),
    })
  })
})
