import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../src/simulator/index.ts'
import { startBoth } from '../harness.ts'
import { findPostgres, runOn } from '../postgres.ts'
import { type Client, ownerOf } from './client.ts'
import { join as joinAs, newWorkspace } from './workspace.ts'

const key = 'pk_acme_0123456789abcdef'

const postgres = await findPostgres()
afterAll(() => postgres?.stop())

/** The address of a new database; undefined: a file. */
type NewDatabase = () => Promise<string | undefined>
const engines: readonly (readonly [string, boolean, NewDatabase])[] = [
  ['SQLite', true, async () => undefined],
  ['PostgreSQL', postgres !== undefined, () => postgres!.newDatabase()],
]

async function start(newDatabase: NewDatabase) {
  const databaseUrl = await newDatabase()
  const klaviyo = await startSimulator({
    limits: false,
    accounts: [{ id: 'ACME01', name: 'Acme', privateKey: key }],
  })
  onTestFinished(() => klaviyo.close())
  const environment = databaseUrl === undefined ? {} : { databaseUrl }
  const { server } = await startBoth({ klaviyo, environment })
  const owner = await ownerOf(server.parts)
  const holdersOf = (workspaceId: string) =>
    databaseUrl === undefined
      ? holdersIn(server.dataDir, workspaceId)
      : holdersAt(databaseUrl, workspaceId)
  return { server, klaviyo, owner, holdersOf }
}

/** A workspace in which everything is that can be, with events that went out, failed, and are kept. */
async function filled({ server, owner }: Awaited<ReturnType<typeof start>>) {
  const id = await newWorkspace(owner, 'Acme')
  const path = `/workspaces/${id}`
  const store = await owner.ask('POST', `${path}/stores`, { name: 'Acme' })
  const source = await owner.ask('POST', `${path}/sources`, { storeId: store.body.id, name: 'Web' })
  const destination = await owner.ask('POST', `${path}/destinations`, { privateKey: key })
  const connection = await owner.ask('POST', `${path}/connections`, {
    sourceId: source.body.id,
    destinationId: destination.body.id,
    preset: 'storefront',
  })
  await owner.ask('POST', `${path}/tokens`, { name: 'T', scopes: ['read'], expiresInDays: 1 })
  await owner.ask('POST', `${path}/invites`, { email: 'new@shop.example', role: 'viewer' })
  await joinAs(server, owner, id, 'viewer')
  await owner.ask('PATCH', `${path}/connections/${connection.body.id}/settings`, {
    settings: { adminTracking: true },
  })
  const send = (events: readonly object[]) =>
    fetch(`${server.url}/v1/batch`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${source.body.writeKey}:`).toString('base64')}`,
      },
      body: JSON.stringify({ batch: events }),
    })
  await send([
    { type: 'track', event: 'Product Viewed', anonymousId: 'a-1', messageId: 'm-1' },
    {
      type: 'track',
      event: 'Order Completed',
      userId: 'u-1',
      messageId: 'm-2',
      context: { traits: { email: 'ana@shop.example' } },
      properties: { order_id: '1' },
    },
    { type: 'identify', userId: 'u-1', anonymousId: 'a-1', traits: { email: 'ana@shop.example' } },
    { type: 'nonsense' },
  ])
  await server.settle()
  const ids = {
    store: store.body.id as string,
    source: source.body.id as string,
    destination: destination.body.id as string,
    connection: connection.body.id as string,
  }
  return { id, path, ids, send }
}

/** Every table that still has rows of the workspace. */
async function holdersIn(dataDir: string, workspaceId: string): Promise<readonly string[]> {
  const db = new DatabaseSync(join(dataDir, 'tillpost.db'), { readOnly: true })
  const tables = db
    .prepare(
      `select t.name
         from sqlite_master t join pragma_table_info(t.name) c
        where t.type = 'table' and c.name = 'workspace_id'`,
    )
    .all() as { name: string }[]
  const holding = tables.filter(({ name }) => {
    const found = db.prepare(`select 1 from "${name}" where workspace_id = ? limit 1`)
    return found.all(workspaceId).length > 0
  })
  db.close()
  return holding.map(({ name }) => name).toSorted()
}

async function holdersAt(url: string, workspaceId: string): Promise<readonly string[]> {
  const tables = await runOn<{ name: string }>(
    url,
    `select table_name as name
       from information_schema.columns
      where table_schema = current_schema() and column_name = 'workspace_id'`,
  )
  const holding: string[] = []
  for (const { name } of tables) {
    const found = await runOn(url, `select 1 from "${name}" where workspace_id = $1 limit 1`, [
      workspaceId,
    ])
    if (found.length > 0) holding.push(name)
  }
  return holding.toSorted()
}

async function ended(owner: Client, path: string): Promise<void> {
  await expect
    .poll(async () => (await owner.ask('GET', path)).body.waiting, { timeout: 15_000 })
    .toBe(0)
}

describe.for(engines)('on %s', ([, isThere, newDatabase]) => {
  test.skipIf(!isThere)(
    'W10 a deleted workspace leaves nothing in any table but its trail',
    async () => {
      const started = await start(newDatabase)
      const { owner, server, holdersOf } = started
      const { id, path, ids } = await filled(started)
      const other = server.installation.connection.workspaceId
      const before = await holdersOf(id)
      expect(before.length).toBeGreaterThan(12)
      const otherBefore = await holdersOf(other)

      expect((await owner.ask('GET', `${path}/deletion`)).body).toMatchObject({
        name: 'Acme',
        connected: 1,
        stores: 1,
        members: 2,
      })
      const remove = (name: string) => owner.ask('DELETE', path, { name })
      expect((await remove('acme')).body.code).toBe('name_differs')
      expect((await remove('Acme')).body.code).toBe('connected')
      await owner.ask('POST', `${path}/connections/${ids.connection}/disconnect`)
      await ended(owner, `${path}/connections/${ids.connection}/standing`)
      const gone = await remove('Acme')
      expect([gone.status, gone.body]).toEqual([204, ''])

      // `change` holds its id and a number, by which other nodes notice.
      expect(await holdersOf(id)).toEqual(['audit', 'change'])
      expect(await holdersOf(other)).toEqual(otherBefore)
      expect((await owner.ask('GET', path)).status).toBe(404)
      const trail = await server.parts.access.acts(id, { limit: 1 })
      expect(trail).toMatchObject([{ action: 'workspace.delete', before: { name: 'Acme' } }])
      expect(await server.parts.access.verifyActs(id)).toMatchObject({ type: 'whole' })
      // The rest of the installation goes on.
      await server.track('Order Completed', {
        userId: 'c-1',
        context: { traits: { email: 'ben@shop.example' } },
        properties: { order_id: '9' },
      })
      await server.settle()
      expect((await server.standing()).waiting).toBe(0)
    },
    90_000,
  )

  test.skipIf(!isThere)(
    'T66 T68 a connection, a source, a store and an account are deleted only when nothing is connected by them',
    async () => {
      const started = await start(newDatabase)
      const { owner } = started
      const { path, ids, send } = await filled(started)
      const remove = (what: string) => owner.ask('DELETE', `${path}/${what}`)
      for (const what of [
        `connections/${ids.connection}`,
        `sources/${ids.source}`,
        `stores/${ids.store}`,
        `destinations/${ids.destination}`,
      ]) {
        expect([what, (await remove(what)).body.code]).toEqual([what, 'connected'])
      }
      await owner.ask('POST', `${path}/connections/${ids.connection}/disconnect`)
      await ended(owner, `${path}/connections/${ids.connection}/standing`)
      expect((await remove(`connections/${ids.connection}`)).status).toBe(204)
      expect((await owner.ask('GET', `${path}/connections`)).body.data).toEqual([])
      expect((await remove(`destinations/${ids.destination}`)).status).toBe(204)
      expect((await remove(`stores/${ids.store}`)).status).toBe(204)
      expect((await owner.ask('GET', `${path}/sources`)).body.data).toEqual([])
      expect((await remove(`sources/${ids.source}`)).status).toBe(404)
      // Its key opens nothing any more.
      expect((await send([{ type: 'track', event: 'X', userId: 'u-1' }])).status).toBe(401)
    },
    90_000,
  )
})
