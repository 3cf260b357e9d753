import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { findPostgres, runOn } from '../../test/postgres.ts'
import { openJournal } from './index.ts'

/** What belongs to the installation as a whole: small, or only in SQLite, and never in a hot statement with anything else. */
const common = new Set([
  'hint',
  'lease',
  'migration',
  'node',
  'seen_log',
  'seen_run',
  'member',
  'member_identity',
  'session',
  'ticket',
  'handshake',
])

/** Over all workspaces, by their purpose: small tables of configuration, read at start and on a change. */
const acrossWorkspaces = [
  'from workspace order by workspace_id',
  'from source where write_key = $1',
  'from source order by 1, 2',
  'from destination ${which} order by workspace_id, destination_id',
  'from connection c',
  // Once an hour: which days nobody has any more.
  'select distinct day from lane_day',
  'from change where at > $1',
  'from membership s where s.member_id = $1',
  'from token where digest = $1',
  'from token where former_digest = $1',
  'from cart where digest = $1',
]

const server = await findPostgres()
afterAll(async () => server?.stop())

describe('every row belongs to a workspace, so that tables can be distributed by it', () => {
  test.skipIf(server === undefined)(
    'every table’s primary key begins with workspace_id, and every unique index names it',
    async () => {
      const url = await server!.newDatabase()
      const opened = await openJournal({ url })
      await opened.close()
      const tables = await runOn<{ name: string }>(
        url,
        `select relname as name from pg_class
          where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition`,
      )
      const keys = await runOn<{ name: string; primary: boolean; columns: string[] }>(
        url,
        `select t.relname as name, i.indisprimary as primary,
                array(select a.attname::text from unnest(i.indkey) with ordinality k(number, place)
                        join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number
                       order by k.place) as columns
           from pg_index i join pg_class t on t.oid = i.indrelid
          where t.relnamespace = current_schema()::regnamespace and i.indisunique and not t.relispartition`,
      )
      expect(tables.length).toBeGreaterThan(15)
      const offenders = tables.filter(({ name }) => {
        const own = keys.filter((key) => key.name === name)
        const primary = own.find((key) => key.primary)
        return (
          !common.has(name) &&
          (primary?.columns[0] !== 'workspace_id' ||
            own.some(({ columns }) => !columns.includes('workspace_id')))
        )
      })
      expect(offenders).toEqual([])
    },
  )

  test('every step to a newer database has a number of its own, for each engine, and none is left out', () => {
    const names = readdirSync(new URL('./migrations/', import.meta.url))
    for (const other of ['.sqlite.sql', '.postgres.sql']) {
      const numbers = names
        .filter((name) => !name.endsWith(other))
        .map((name) => Number.parseInt(name, 10))
        .toSorted((a, b) => a - b)
      expect(new Set(numbers).size).toBe(numbers.length)
    }
    const all = new Set(names.map((name) => Number.parseInt(name, 10)))
    expect([...all].toSorted((a, b) => a - b)).toEqual(Array.from(all, (_, n) => n + 1))
  })

  test('no key refers to another table, and nothing counts by a sequence', () => {
    for (const text of migrations()) {
      expect(text).not.toMatch(/\breferences\b|\bforeign key\b/iu)
      expect(text).not.toMatch(/\bserial\b|\bautoincrement\b|\bgenerated\b.*\bidentity\b/iu)
    }
  })

  test('every statement names the workspace of each table that it reads or writes', () => {
    const statements = sources().flatMap(statementsIn)
    expect(statements.length).toBeGreaterThan(50)
    const offenders = statements.filter((statement) => {
      if (acrossWorkspaces.some((known) => statement.includes(known))) return false
      const tables = [...statement.matchAll(/\b(?:from|into|update|join) (\w+)/gu)]
        .map(([, name]) => name!)
        .filter((name) => name !== 'set')
      if (tables.every((name) => common.has(name))) return false
      const named = statement.match(/\bworkspace_id\b/gu)?.length ?? 0
      return named < tables.length
    })
    expect(offenders).toEqual([])
  })

  test('no statement locks for the session, skips locked rows, listens or counts on replicas', () => {
    for (const source of sources())
      expect(source).not.toMatch(/advisory|skip locked|\blisten\b '|\bnotify\b '|set session/iu)
  })
})

function sources(): readonly string[] {
  const folder = new URL('./', import.meta.url)
  return readdirSync(folder)
    .filter((name) => /^[^.]+\.ts$/u.test(name))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
}

function migrations(): readonly string[] {
  const folder = new URL('./migrations/', import.meta.url)
  return readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'))
}

/** The string literals that are SQL, on one line each. */
function statementsIn(source: string): readonly string[] {
  return (
    [...source.matchAll(/`([^`]*)`|'([^'\n]*)'/gu)]
      .map(([, long, short]) => (long ?? short ?? '').replaceAll(/\s+/gu, ' ').trim())
      .filter((text) => /^(?:select|insert into|update|delete from) \w/u.test(text))
      // Not a statement but the frame that `many.ts` puts around one; and the server's own catalogue.
      .filter((text) => !/cross join lateral|from pg_\w+/u.test(text))
  )
}
