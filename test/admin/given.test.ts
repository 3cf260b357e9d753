import { Client as PgClient } from 'pg'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { startBoth } from '../harness.ts'
import { findPostgres } from '../postgres.ts'
import { type Client, clientOf, ownerOf } from './client.ts'
import { join, newWorkspace } from './workspace.ts'

const postgres = await findPostgres()
afterAll(async () => postgres?.stop())

interface Given {
  readonly name: string
  readonly params: object
  readonly query: object
  readonly answer: unknown
}

/** What comes along with a page of the admin, as its scripts read it. */
async function open(client: Client, path: string) {
  const { status, headers, body } = await client.ask('GET', `${client.url}${path}`)
  const text = String(body)
  const [, block] = /<script type="application\/json" id="given">(.*?)<\/script>/su.exec(text) ?? []
  const given = block === undefined ? undefined : (JSON.parse(block) as readonly Given[])
  return { status, headers, text, given, names: given?.map(({ name }) => name) }
}

/** Until all of it came in time: on a busy machine a page goes without. */
async function openWith(client: Client, path: string, expected: readonly string[]) {
  return vi.waitFor(
    async () => {
      const page = await open(client, path)
      expect(page.names?.toSorted()).toEqual(expected)
      return page
    },
    { timeout: 30_000 },
  )
}

const all = ['getOverview', 'listConnections', 'listStores', 'whoAmI']
const withoutFigures = all.slice(1)

describe('what a page brings along', () => {
  test('A10 is what its reader would be answered; nobody else may keep it', async () => {
    const { server } = await startBoth()
    const owner = await ownerOf(server.parts)
    const { workspaceId } = server.installation.connection
    const here = `/workspaces/${workspaceId}`
    const { status, headers, given } = await openWith(owner, `/admin/${workspaceId}/overview`, all)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    const byName = new Map(given?.map((one) => [one.name, one]))
    for (const [name, path] of [
      ['whoAmI', '/session'],
      ['listStores', `${here}/stores`],
      ['listConnections', `${here}/connections`],
    ] as const)
      expect([name, byName.get(name)?.answer]).toEqual([name, (await owner.ask('GET', path)).body])
    expect(byName.get('getOverview')).toMatchObject({
      params: { workspaceId },
      query: { period: '24h', zone: 'UTC' },
      answer: { zone: 'UTC', totals: { received: 0 } },
    })
    await openWith(owner, `/admin/${workspaceId}/syncs`, withoutFigures)
    await openWith(owner, '/admin/account', ['whoAmI'])
    await openWith(owner, '/admin', all)
    await newWorkspace(owner, 'Second')
    await openWith(owner, '/admin', ['whoAmI'])
    expect((await open(owner, '/sign-in')).given).toBeUndefined()
    const head = await owner.ask('HEAD', `${server.url}/admin/${workspaceId}/overview`)
    expect([head.status, head.body]).toEqual([200, ''])
  })

  test('A10 A11 is nothing of another’s workspace, and nothing at all for whoever is not signed in', async () => {
    const { server } = await startBoth()
    const owner = await ownerOf(server.parts)
    const { workspaceId } = server.installation.connection
    const foreign = await join(server, owner, await newWorkspace(owner, 'Other'), 'admin')
    await openWith(foreign, `/admin/${workspaceId}/overview`, ['whoAmI'])
    const nobody = await open(clientOf(server.url), `/admin/${workspaceId}/overview`)
    expect([nobody.given, nobody.headers.get('cache-control')]).toEqual([undefined, 'no-cache'])
    const over = clientOf(server.url)
    over.cookies.set('__Host-tillpost', 'a-session-that-never-was')
    expect((await open(over, `/admin/${workspaceId}/overview`)).given).toEqual([])
    await foreign.ask('DELETE', '/session')
    expect((await open(foreign, `/admin/${workspaceId}/overview`)).given ?? []).toEqual([])
  })

  test('A35 ends no script of the page, whatever a store is called', async () => {
    const { server } = await startBoth()
    const owner = await ownerOf(server.parts)
    const { workspaceId } = server.installation.connection
    const name = '</script><script>alert(1)</script><!--'
    await owner.ask('POST', `/workspaces/${workspaceId}/stores`, { name })
    const { text, given } = await openWith(owner, `/admin/${workspaceId}/overview`, all)
    expect(text).not.toContain('<script>')
    expect(text).not.toContain('<!--<')
    expect(JSON.stringify(given)).toContain(name)
  })

  test('is no figure where only the page knows which: filters, and clocks that differ', async () => {
    const { server } = await startBoth()
    const owner = await ownerOf(server.parts)
    const { workspaceId } = server.installation.connection
    const page = `/admin/${workspaceId}/overview`
    expect((await openWith(owner, page, all)).status).toBe(200)
    await openWith(owner, `${page}?period=7d`, withoutFigures)
    const store = { name: 'Acme JP', timeZone: 'Asia/Tokyo' }
    await owner.ask('POST', `/workspaces/${workspaceId}/stores`, store)
    await openWith(owner, page, withoutFigures)
  })

  test.skipIf(postgres === undefined)(
    'is what is there in time: a page does not wait for a database that hangs',
    async () => {
      const databaseUrl = await postgres!.newDatabase()
      const { server } = await startBoth({ environment: { databaseUrl } })
      const owner = await ownerOf(server.parts)
      const { workspaceId } = server.installation.connection
      const locking = new PgClient({ connectionString: databaseUrl })
      await locking.connect()
      try {
        await locking.query('begin')
        await locking.query('lock table store in access exclusive mode')
        const page = await openWith(owner, `/admin/${workspaceId}/overview`, ['whoAmI'])
        expect(page.text).toContain('</html>')
      } finally {
        await locking.end()
      }
    },
  )
})
