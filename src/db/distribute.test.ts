import { afterAll, describe, expect, test } from 'vitest'
import { type Pooler, type Recorded, startPooler } from '../../test/pooler.ts'
import { findPostgres, runOn } from '../../test/postgres.ts'
import { standInCitus } from '../../test/stand-in-citus.ts'
import { openJournal } from './index.ts'
import { describeJournal, type OpenedForTest } from './journal.suite.ts'

const server = await findPostgres()
afterAll(async () => server?.stop())

/** Of the installation as a whole: they stay with the coordinator. */
const local = new Set([
  'handshake',
  'hint',
  'lease',
  'member',
  'member_identity',
  'migration',
  'node',
  'session',
  'ticket',
])

/** Over all workspaces, by their purpose: configuration, read at start and on a change, and what runs once an hour. */
const acrossWorkspaces = [
  'from workspace order by workspace_id',
  'from source where write_key = $1',
  'from source where browser_key = $1',
  'from source order by 1, 2',
  'from destination',
  'from connection c join connection_version v',
  'select distinct day from lane_day',
  'from change where at > $1',
  'from membership s where s.member_id = $1',
  'from token where digest = $1',
  'from token where former_digest = $1',
]

const poolers: Pooler[] = []
const recorded: Recorded[] = []

describe.skipIf(server === undefined)('on a distributed PostgreSQL (a stand-in for Citus)', () => {
  afterAll(async () => {
    for (const pooler of poolers) await pooler.close()
  })

  test('every table that has a workspace is distributed by it, all together, once', async () => {
    const url = await standInCitus(await server!.newDatabase())
    await Promise.all([1, 2].map(async () => (await openJournal({ url })).close()))
    const rows = await runOn<{ name: string; key: string; beside: string }>(
      url,
      `select logicalrelid::regclass::text as name, key, beside from pg_dist_partition order by number`,
    )
    expect(rows[0]).toEqual({ name: 'workspace', key: 'workspace_id', beside: 'none' })
    for (const row of rows.slice(1))
      expect(row).toMatchObject({ key: 'workspace_id', beside: 'workspace' })
    const tables = await runOn<{ name: string }>(
      url,
      `select relname as name from pg_class
        where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition
          and relname not like 'pg_%'`,
    )
    const names = rows.map(({ name }) => name)
    expect(names.toSorted()).toEqual(
      tables
        .map(({ name }) => name)
        .filter((name) => !local.has(name))
        .toSorted(),
    )
    expect(names.length).toBeGreaterThan(18)
  })

  describeJournal('PostgreSQL, a workspace at a time', async () => {
    const pooler = await startPooler(await standInCitus(await server!.newDatabase()), 4)
    poolers.push(pooler)
    return openForTest(pooler)
  })

  test('no statement of all these concerned more than one workspace', () => {
    const concerned = recorded.filter(
      // What was named but got no values was never carried out.
      ({ text, values }) =>
        tablesIn(text).length > 0 && (values.length > 0 || !text.includes('$1')),
    )
    expect(concerned.length).toBeGreaterThan(1000)
    const offenders = concerned.filter((statement) => !namesOneWorkspace(statement))
    expect([...new Set(offenders.map(({ text }) => text))]).toEqual([])
    // The check itself finds out what would be refused.
    const text = 'select 1 from event where workspace_id = key.c0 and seq = $1'
    expect(namesOneWorkspace({ text, values: ['1'] })).toBe(false)
    const two = 'select 1 from event, link where event.workspace_id = $1 and link.workspace_id = $2'
    expect(namesOneWorkspace({ text: two, values: ['wsp_1', 'wsp_2'] })).toBe(false)
  })
})

async function openForTest(pooler: Pooler): Promise<OpenedForTest> {
  const one = await openJournal({ url: pooler.url })
  // What brings the database up is not on the way of an event.
  pooler.statements.length = 0
  return {
    ...one,
    reopen: () => openForTest(pooler),
    async close() {
      recorded.push(...pooler.statements.splice(0))
      await one.close()
    },
  }
}

/** Those that are distributed. */
function tablesIn(text: string): readonly string[] {
  if (!/^\s*(?:select|insert|update|delete)\b/u.test(text)) return []
  if (/\bpg_\w+/u.test(text)) return []
  return [...text.matchAll(/\b(?:from|into|(?<!key )update|join|using) (\w+)\b(?!\()/gu)]
    .map(([, name]) => name!)
    .filter((name) => !local.has(name) && name !== 'set' && name !== 'lateral')
}

function namesOneWorkspace({ text, values }: Recorded): boolean {
  const line = text.replaceAll(/\s+/gu, ' ')
  if (acrossWorkspaces.some((known) => line.includes(known))) return true
  const named = [
    ...line.matchAll(/workspace_id = (\$\d+)/gu),
    ...line.matchAll(/insert into \w+ \(workspace_id[^)]*\) (?:select|values) ?\(?(\$\d+)/gu),
  ].map(([, place]) => values[Number(place!.slice(1)) - 1])
  // A table joined by workspace_id to another is on the same server.
  const joined = line.match(/workspace_id = \w+\.workspace_id/gu)?.length ?? 0
  const inner =
    line.match(/insert into \w+ \(workspace_id[^)]*\) select workspace_id/gu)?.length ?? 0
  return (
    named.length + joined + inner >= tablesIn(line).length &&
    new Set(named).size === 1 &&
    typeof named[0] === 'string'
  )
}
