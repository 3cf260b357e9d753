import { describe, expect, onTestFinished, test } from 'vitest'
import type { JsonObject, Log, Settings } from '../src/core/index.ts'
import { settingsOf } from '../src/core/index.ts'
import { systemClock } from '../src/server/clock.ts'
import { checkKey } from '../src/server/key.ts'
import { changeKey, setUp } from '../src/server/setup.ts'
import type { Installation } from '../src/server/setup.ts'
import { startServer } from '../src/server/start.ts'
import type { Server } from '../src/server/start.ts'
import { startSimulator } from '../src/simulator/index.ts'
import type { Simulator } from '../src/simulator/index.ts'
import { until } from './engine.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** One installation for two workspaces: Acme on the Klaviyo account A, Beta on B. */
interface Installed {
  readonly klaviyo: Simulator
  readonly server: Server
  readonly acme: Installation
  readonly beta: Installation
  readonly logged: readonly object[]
}

async function install(settings: Partial<Settings> = {}): Promise<Installed> {
  const klaviyo = await startSimulator({
    accounts: [
      { id: 'ACME01', name: 'Acme', privateKey: 'pk_acme' },
      { id: 'BETA01', name: 'Beta', privateKey: 'pk_beta' },
    ],
  })
  onTestFinished(() => klaviyo.close())
  const logged: object[] = []
  const note = (fields: object, message: string) => void logged.push({ ...fields, message })
  const log: Log = { info: note, warn: note, error: note }
  const server = await startServer({
    environment: {
      dataDir: await temporaryFolder(),
      host: '127.0.0.1',
      port: { number: 0, given: true },
      klaviyoUrl: klaviyo.url,
      logLevel: 'silent',
    },
    log,
  })
  onTestFinished(() => server.stop())
  const setUpWith = async (storeName: string, given: string) => {
    const key = await checkKey(given, { klaviyoUrl: klaviyo.url, clock: systemClock })
    const wanted = { storeName, preset: 'storefront', key } as const
    const made = await setUp(server.config, server.secrets, wanted, Date.now())
    const { workspaceId, id } = made.connection
    const all = settingsOf('storefront', settings)
    await server.config.changeSettings(workspaceId, id, all, Date.now())
    return made
  }
  const acme = await setUpWith('Acme', 'pk_acme')
  const beta = await setUpWith('Beta', 'pk_beta')
  await server.reload()
  return { klaviyo, server, acme, beta, logged }
}

async function send(server: Server, { source }: Installation, ...batch: JsonObject[]) {
  const response = await fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${source.writeKey}:`).toString('base64')}` },
    body: JSON.stringify({ batch }),
  })
  expect(response.status).toBe(200)
}

function order(n: number, email = `p${n}@example.com`): JsonObject {
  return {
    type: 'track',
    event: 'Order Completed',
    messageId: `m${n}`,
    userId: `u-${email}`,
    context: { traits: { email } },
    properties: { order_id: n, total: 10, currency: 'EUR' },
  }
}

function view(n: number): JsonObject {
  return {
    type: 'track',
    event: 'Product Viewed',
    messageId: `view-${n}`,
    anonymousId: 'visitor-1',
    properties: { product_id: `p${n}` },
  }
}

const orders = (count: number, from = 0) => Array.from({ length: count }, (_, n) => order(from + n))

function standingOf({ journal }: Server, { connection }: Installation) {
  const { workspaceId, id, sourceId } = connection
  return journal.standing({ workspaceId, connectionId: id, sourceId, lane: 'live' })
}

function placed(klaviyo: Simulator, accountId: string): unknown[] {
  return klaviyo.events('Placed Order', accountId).map(({ unique_id }) => unique_id)
}

async function reach(klaviyo: Simulator, accountId: string, count: number): Promise<void> {
  await until(() => placed(klaviyo, accountId).length === count)
}

describe('two workspaces of one installation', () => {
  test('W9 W10 each one’s events go to its own account, also with the same people, visitors and message ids', async () => {
    const { klaviyo, server, acme, beta } = await install()
    await send(server, acme, order(1, 'ana@example.com'), view(1))
    // Who logs in at Beta says nothing of Acme's visitor.
    const login = { type: 'identify', messageId: 'login', anonymousId: 'visitor-1', userId: 'u1' }
    await send(server, beta, order(1, 'ana@example.com'), view(2), {
      ...login,
      traits: { email: 'bea@example.com' },
    })
    await server.idle()
    expect(placed(klaviyo, 'ACME01')).toEqual(['acme:order:1'])
    expect(placed(klaviyo, 'BETA01')).toEqual(['beta:order:1'])
    expect(klaviyo.events('Viewed Product', 'ACME01')).toEqual([])
    expect(klaviyo.events('Viewed Product', 'BETA01')).toMatchObject([
      { profile: { email: 'bea@example.com' }, properties: { ProductID: 'p2' } },
    ])
    expect((await standingOf(server, acme)).counts).toEqual({ accepted: 1, anonymous_waiting: 1 })
    expect((await standingOf(server, beta)).counts).toEqual({ accepted: 3 })
  })

  test('W10 no list, count or replay of the one shows or touches the other', async () => {
    const { klaviyo, server, acme, beta } = await install()
    klaviyo.answer('/api/events', 400, { times: 1, account: 'BETA01' })
    await send(server, acme, order(1))
    await send(server, beta, order(2), 7 as unknown as JsonObject)
    await server.idle()
    const { journal } = server
    const { workspaceId, id: connectionId, sourceId } = acme.connection
    const ours = await journal.events({ workspaceId, connectionId, sourceId, limit: 100 })
    expect(ours.map(({ messageId }) => messageId)).toEqual(['m1'])
    expect(await journal.refusedCounts(workspaceId)).toEqual({})
    expect(await journal.refusedCounts(beta.connection.workspaceId)).toEqual({
      refused_unreadable: 1,
    })
    // Even one who knows the other's ids gets nothing with his own workspace.
    const theirs = { ...beta.connection, workspaceId, connectionId: beta.connection.id }
    expect(await journal.events({ ...theirs, limit: 100 })).toEqual([])
    expect(await journal.story({ ...theirs, messageId: 'm2' })).toBeUndefined()
    expect(await journal.countFor(theirs, { act: 'replay' })).toBe(0)
    expect((await standingOf(server, beta)).exceptions.kept).toBe(1)
    const foreign = await fetch(`${server.url}/api/events/m2?connection=${connectionId}`)
    expect(foreign.status).toBe(404)
  })

  test('F18 W11 W13 while one account is down, the other’s events pass at once; the one’s follow when it is back', async () => {
    const { klaviyo, server, acme, beta } = await install()
    const back = klaviyo.answer('/api/*', 503, { account: 'ACME01' })
    await send(server, acme, ...orders(300))
    await until(() => server.engine.live(acme.connection.id)?.state === 'retrying')
    await send(server, beta, ...orders(20))
    await reach(klaviyo, 'BETA01', 20)
    expect(server.engine.live(beta.connection.id)?.lastError).toBeUndefined()
    expect(await standingOf(server, acme)).toMatchObject({ waiting: 300, counts: {} })
    expect(await standingOf(server, acme)).toMatchObject({ exceptions: { retry: 0, kept: 0 } })
    back()
    await reach(klaviyo, 'ACME01', 300)
  })

  test('F12 I10 W13 while one’s requests are taken and never answered, the other’s events pass at once', async () => {
    const { klaviyo, server, acme, beta } = await install()
    const back = klaviyo.answer('/api/*', 'silence', { account: 'ACME01' })
    await send(server, acme, ...orders(30))
    await until(() => klaviyo.requests('ACME01').length > 0)
    const start = performance.now()
    await send(server, beta, ...orders(20))
    await reach(klaviyo, 'BETA01', 20)
    // None of them had to wait until the other's were given up, after 15 s.
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(placed(klaviyo, 'ACME01')).toEqual([])
    back()
    await reach(klaviyo, 'ACME01', 30)
  })

  test('F18 W13 while one is throttled or sends a flood, the other’s event does not wait', async () => {
    const { klaviyo, server, acme, beta } = await install()
    klaviyo.answer('/api/*', 429, { account: 'ACME01', times: 3, retryAfter: 2 })
    await send(server, acme, ...orders(1500))
    await until(() => server.engine.live(acme.connection.id)?.reason === 'rate_limited')
    await send(server, beta, order(1))
    await reach(klaviyo, 'BETA01', 1)
    expect(placed(klaviyo, 'ACME01')).toEqual([])
    await reach(klaviyo, 'ACME01', 1500)
  })

  test('W9 W10 a refused key holds its own connection alone, and a new one lets it go on', async () => {
    const { klaviyo, server, acme, beta } = await install()
    klaviyo.revokeKey('pk_acme')
    await send(server, acme, order(1))
    await until(() => server.engine.live(acme.connection.id)?.state === 'held')
    await send(server, beta, order(1))
    await reach(klaviyo, 'BETA01', 1)
    expect(server.engine.live(beta.connection.id)?.state).not.toBe('held')
    klaviyo.account('ACME01').addKey('pk_acme_2')
    const key = await checkKey('pk_acme_2', { klaviyoUrl: klaviyo.url, clock: systemClock })
    await changeKey(server.config, server.secrets, acme, key, Date.now())
    await server.reload()
    await reach(klaviyo, 'ACME01', 1)
  })

  test('W12 L10 dead letters are each connection’s own, and so is their replay', async () => {
    const { klaviyo, server, acme, beta } = await install()
    klaviyo.answer('/api/events', 400, { times: 1, account: 'ACME01' })
    klaviyo.answer('/api/events', 400, { times: 1, account: 'BETA01' })
    await send(server, acme, order(1))
    await send(server, beta, order(1))
    await server.idle()
    const replay = await fetch(`${server.url}/api/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ connection: acme.connection.id, all: true }),
    })
    expect(await replay.json()).toMatchObject({ count: 1, begun: true, run: { total: 1 } })
    await server.idle()
    expect(placed(klaviyo, 'ACME01')).toEqual(['acme:order:1'])
    expect(placed(klaviyo, 'BETA01')).toEqual([])
    expect((await standingOf(server, acme)).exceptions).toEqual({ retry: 0, replay: 0, kept: 0 })
    expect((await standingOf(server, beta)).exceptions).toEqual({ retry: 0, replay: 0, kept: 1 })
  })

  test('W30 M20 the log shows what waits and what ended with its connection, and nobody’s address or key', async () => {
    const { klaviyo, server, acme, beta, logged } = await install()
    klaviyo.answer('/api/events', 503, { times: 1, account: 'ACME01' })
    klaviyo.answer('/api/events', 400, { times: 1, account: 'BETA01' })
    await send(server, acme, order(1))
    await send(server, beta, order(2))
    await reach(klaviyo, 'ACME01', 1)
    await until(async () => (await standingOf(server, beta)).exceptions.kept === 1)
    expect(logged).toContainEqual(
      expect.objectContaining({ connection: acme.connection.id, reason: 'klaviyo_unavailable' }),
    )
    expect(logged).toContainEqual(
      expect.objectContaining({
        connection: beta.connection.id,
        reason: 'klaviyo_rejected',
        count: 1,
      }),
    )
    const text = JSON.stringify(logged)
    expect(text).not.toMatch(/@example\.com|pk_acme|pk_beta/u)
  })

  test('W18 W32 events flow from the moment a connection is made or switched on, without a further step', async () => {
    const { klaviyo, server, acme } = await install({ enabled: false })
    await send(server, acme, order(1))
    await server.idle()
    expect(placed(klaviyo, 'ACME01')).toEqual([])
    const { id, since } = acme.connection
    const switched = await fetch(`${server.url}/api/connections/${id}/settings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ enabled: true }),
    })
    expect(switched.status).toBe(200)
    await send(server, acme, order(2))
    await server.idle()
    expect(placed(klaviyo, 'ACME01')).toEqual(['acme:order:2'])
    const status = await fetch(`${server.url}/api/status`)
    expect(JSON.stringify(await status.json())).toContain(new Date(since).toISOString())
  })
})

describe('stores and accounts in any combination', () => {
  test('W15 two stores on one Klaviyo account each send under their own ids, and share its limits', async () => {
    const { klaviyo, server, acme } = await install()
    const { workspaceId } = acme.connection
    const store = { id: 'sto_outlet', key: 'outlet' }
    await server.config.addStore({ ...store, workspaceId, name: 'Outlet' })
    const source = { ...acme.source, id: 'src_outlet', storeId: store.id, writeKey: 'wk_outlet' }
    await server.config.addSource(source)
    const { version: _, ...same } = acme.connection
    await server.config.addConnection({ ...same, id: 'con_outlet', sourceId: source.id, store })
    await server.reload()
    const outlet = { ...acme, source, connection: { ...acme.connection, id: 'con_outlet' } }
    // Singly and in bulk, from both at once, against an account that counts. What the set-up asked of it, outside of
    // the server, is of another minute.
    klaviyo.advance(60_000)
    await send(server, acme, ...orders(9))
    await send(server, outlet, ...orders(9))
    await Promise.all([
      send(server, acme, ...orders(600, 100)),
      send(server, outlet, ...orders(600, 100)),
    ])
    await reach(klaviyo, 'ACME01', 2 * 609)
    const ids = placed(klaviyo, 'ACME01')
    expect(ids.filter((id) => String(id).startsWith('acme:order:'))).toHaveLength(609)
    expect(ids.filter((id) => String(id).startsWith('outlet:order:'))).toHaveLength(609)
    expect(klaviyo.requests('ACME01').filter(({ status }) => status === 429)).toEqual([])
  })

  test('L8 one store may send to two accounts, and what happens to the one does not concern the other', async () => {
    const { klaviyo, server, acme, beta } = await install()
    const { workspaceId } = acme.connection
    const destination = { ...acme.destination, id: 'dst_second', accountId: 'BETA01' }
    const secret = server.secrets.seal('pk_beta', 'dst_second')
    await server.config.addDestination({ ...destination, workspaceId, secret })
    const { version: _, ...same } = acme.connection
    const second = { ...same, id: 'con_second', destinationId: 'dst_second' }
    await server.config.addConnection(second)
    await server.reload()
    const back = klaviyo.answer('/api/*', 503, { account: 'ACME01' })
    await send(server, acme, order(1))
    await send(server, beta, order(1))
    await reach(klaviyo, 'BETA01', 2)
    expect(new Set(placed(klaviyo, 'BETA01'))).toEqual(new Set(['acme:order:1', 'beta:order:1']))
    back()
    await reach(klaviyo, 'ACME01', 1)
  })
})

describe('M4 the same order by two ways', () => {
  const imported = { ...order(1, 'ana@example.com'), messageId: 'import-1' }
  const tracked = { ...order(1, 'ana@example.com'), messageId: 'track-1' }

  test.each([
    ['the import first', [imported, tracked]],
    ['the live call first', [tracked, imported]],
  ])('M4 C16 counts once: %s', async (_, sent) => {
    const { klaviyo, server, acme } = await install()
    for (const event of sent) {
      await send(server, acme, event)
      await server.idle()
    }
    expect(placed(klaviyo, 'ACME01')).toEqual(['acme:order:1'])
  })

  test('M4 C16 counts once: both at the same time, among a thousand others', async () => {
    const { klaviyo, server, acme } = await install()
    await Promise.all([
      send(server, acme, ...orders(500, 10), imported),
      send(server, acme, tracked, ...orders(500, 1000)),
    ])
    await server.idle()
    const ids = placed(klaviyo, 'ACME01')
    expect(ids).toHaveLength(1001)
    expect(ids.filter((id) => id === 'acme:order:1')).toHaveLength(1)
    expect((await standingOf(server, acme)).counts).toEqual({ accepted: 1002 })
  })
})
