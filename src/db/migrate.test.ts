import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { findPostgres, runOn } from '../../test/postgres.ts'
import { openJournal } from './index.ts'

const server = await findPostgres()
afterAll(async () => server?.stop())

/** An empty database of the kind, in which statements can be run before it is opened. */
interface Empty {
  readonly place: { readonly file: string } | { readonly url: string }
  readonly run: (text: string) => Promise<unknown>
}

const engines = {
  async sqlite(): Promise<Empty> {
    const folder = await mkdtemp(join(tmpdir(), 'tillpost-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const file = join(folder, 'tillpost.db')
    return {
      place: { file },
      async run(text) {
        const db = new DatabaseSync(file)
        db.exec(text)
        db.close()
      },
    }
  },
  async postgres(): Promise<Empty> {
    const url = await server!.newDatabase()
    return { place: { url }, run: (text) => runOn(url, text) }
  },
}

const folder = new URL('./migrations/', import.meta.url)

function stepsOf(engine: keyof typeof engines) {
  const other = engine === 'sqlite' ? '.postgres.sql' : '.sqlite.sql'
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql') && !name.endsWith(other))
    .toSorted()
    .map((name) => ({ name, number: Number.parseInt(name, 10) }))
}

/** What an installation at its first version holds: what later steps add is not named. */
const rows = [
  `insert into workspace values ('wsp_1', 'Acme')`,
  `insert into store (workspace_id, store_id, name, store_key) values ('wsp_1', 'sto_1', 'Acme', 'acme')`,
  `insert into source (workspace_id, source_id, store_id, name, write_key, enabled)
   values ('wsp_1', 'src_1', 'sto_1', 'Web', 'wk', 1)`,
  `insert into destination (workspace_id, destination_id, account_id, secret, state)
   values ('wsp_1', 'dst_1', 'acc', 'sealed', 'connected')`,
  `insert into connection (workspace_id, connection_id, source_id, destination_id, state, version, since)
   values ('wsp_1', 'con_1', 'src_1', 'dst_1', 'connected', 1, 0)`,
  `insert into connection_version values ('wsp_1', 'con_1', 1, '{"preset":"storefront","enabled":true}', 0)`,
  ...[1, 2, 3, 4, 5].map((seq) => {
    const person = seq === 3 ? 'null' : `'email:a@b.co'`
    const identifiers = seq === 3 ? '{"anonymousId":"anon"}' : '{"email":"a@b.co"}'
    return `insert into event (workspace_id, source_id, lane, seq, message_id, type, name, person, anonymous_id,
                               identifiers, occurred_at, received_at, body)
            values ('wsp_1', 'src_1', 'live', ${seq}, 'm${seq}', 'track', 'Viewed', ${person}, 'anon',
                    '${identifiers}', 1, 1, '{"type":"track","messageId":"m${seq}"}')`
  }),
  `insert into cursor (workspace_id, connection_id, lane, source_id, seq, fence)
   values ('wsp_1', 'con_1', 'live', 'src_1', 3, 0)`,
  `insert into exception (workspace_id, connection_id, lane, seq, source_id, state, reason, tries, due_at,
                          first_at, last_at)
   values ('wsp_1', 'con_1', 'live', 2, 'src_1', 'kept', 'klaviyo_rejected', 4, 0, 1, 2)`,
]

/** Outcomes: accepted, rejected, a guest who waits. */
const ledger = {
  sqlite: `x'01020b'`,
  postgres: `'\\x01020b'`,
}

describe.each(['sqlite', 'postgres'] as const)('%s', (engine) => {
  const steps = stepsOf(engine)
  describe.skipIf(engine === 'postgres' && server === undefined)('migrates with its data', () => {
    test.each(steps.slice(0, -1))('from $name', async ({ number: version }) => {
      const { place, run } = await engines[engine]()
      await run(
        'create table migration (number integer not null primary key, name text not null, at bigint not null)',
      )
      for (const [index, { name, number }] of steps.entries()) {
        if (number > version) break
        await run(readFileSync(new URL(name, folder), 'utf8'))
        await run(`insert into migration values (${number}, '${name}', 0)`)
        if (index === 0) for (const row of rows) await run(row)
      }
      await run(`insert into ledger values ('wsp_1', 'con_1', 'live', 1, 3, 0, ${ledger[engine]})`)
      const opened = await openJournal(place)
      onTestFinished(() => opened.close())
      const { journal, config } = opened

      const at = { workspaceId: 'wsp_1', sourceId: 'src_1', lane: 'live' } as const
      const key = { ...at, connectionId: 'con_1' }
      expect(await journal.read(at, 0, 10, 1e6)).toMatchObject(
        [1, 2, 3, 4, 5].map((seq) => ({ seq, messageId: `m${seq}` })),
      )
      expect(await journal.readSome(at, [4])).toMatchObject([{ identifiers: { email: 'a@b.co' } }])
      expect(await journal.standing(key)).toMatchObject({ seq: 3, head: 5, waiting: 2 })
      expect(await config.connections()).toMatchObject([{ id: 'con_1', version: 1 }])
      // What comes now goes on from there, and makes the visitor known who came before.
      const login = {
        ...at,
        storeId: 'sto_1',
        event: { type: 'identify', messageId: 'm6', anonymousId: 'anon' },
        body: '{"type":"identify","messageId":"m6","anonymousId":"anon"}',
        name: 'identify',
        identifiers: { email: 'a@b.co', anonymousId: 'anon' },
        occurredAt: 2,
        receivedAt: 2,
      } as const
      expect(await journal.append([login])).toMatchObject([{ seq: 6, link: true }])
      expect((await journal.read(at, 3, 10, 1e6)).map(({ seq }) => seq)).toEqual([4, 5, 6])
      expect(await journal.replay(key, [2], 9)).toBe(1)
      expect(
        await journal.due({ workspaceId: 'wsp_1', connectionId: 'con_1' }, 9, 10),
      ).toMatchObject([{ seq: 2, state: 'replay', messageId: 'm2' }])
    })
  })
})
