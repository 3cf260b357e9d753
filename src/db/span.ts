import { dayMs } from './day.ts'
import type { Group } from './group.ts'
import type { Sql } from './sql.ts'

/**
 * Tables that PostgreSQL keeps in partitions by the time of writing, by its own clock. What a span holds is
 * dropped as a whole: nothing is deleted row by row, and nothing is left to be tidied up after that. A row
 * whose span is missing is refused (`JournalUnavailable`), never put elsewhere: a catch-all would get in
 * the way of every span that is made later.
 */
const tables = {
  event: { days: 1, ahead: 3 },
  attempt: { days: 1, ahead: 3 },
  // Each look-up asks every span: a few of them, whose indexes stay small.
  seen: { days: 8, ahead: 1 },
  guest: { days: 16, ahead: 1 },
} as const

type Table = keyof typeof tables

/** Makes the spans of today and the days to come. Must run at least every three days. */
export async function makeSpans(sql: Sql, group: Pick<Group, 'write'>): Promise<void> {
  if (!sql.shared) return
  const [row] = await sql.query<{ now: number }>(`select ${sql.clock} as now`)
  const now = row?.now ?? 0
  for (const table of Object.keys(tables) as Table[]) {
    const { days, ahead } = tables[table]
    const first = Math.floor(now / dayMs / days)
    const wanted = Array.from({ length: ahead + 1 }, (_, index) => first + index)
    const there = new Set(await spansOf(sql, table))
    const missing = wanted.filter((span) => !there.has(span))
    if (missing.length > 0) await group.write((tx) => make(tx, table, missing))
  }
}

/** Drops the spans in which nothing is younger than `cutoff`. */
export async function dropSpans(
  sql: Sql,
  group: Pick<Group, 'write'>,
  table: Exclude<Table, 'event'>,
  cutoff: number,
): Promise<void> {
  const { days } = tables[table]
  for (const span of await spansOf(sql, table))
    if ((span + 1) * days * dayMs <= cutoff) await dropSpan(group, table, span)
}

export async function dropSpan(
  group: Pick<Group, 'write'>,
  table: Table,
  span: number,
): Promise<void> {
  await group.write(async (sql) => {
    await patiently(sql)
    await sql.query(`drop table if exists ${table}_${span}`)
  })
}

/** Made by itself and then attached: readers and writers of the table go on meanwhile. */
async function make(sql: Sql, table: Table, spans: readonly number[]): Promise<void> {
  await patiently(sql)
  // One node at a time.
  await sql.query('lock table migration in access exclusive mode')
  const there = new Set(await spansOf(sql, table))
  const packs = await hasLz4(sql)
  for (const span of spans.filter((one) => !there.has(one))) {
    await sql.query(`create table ${table}_${span} (like ${table} including defaults)`)
    for (const column of packs ? longColumns[table] : [])
      await sql.query(`alter table ${table}_${span} alter column ${column} set compression lz4`)
    await sql.query(
      `alter table ${table} attach partition ${table}_${span} for values in (${span})`,
    )
  }
}

/** PostgreSQL packs what makes a row longer than 2 KB. */
const longColumns: Readonly<Record<Table, readonly string[]>> = {
  event: ['body'],
  attempt: ['request', 'response'],
  seen: [],
  guest: [],
}

/** Its own way of packing takes several times as long; not every server is built with the other. */
async function hasLz4(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ there: boolean }>(
    `select 'lz4' = any(enumvals) as there from pg_settings where name = 'default_toast_compression'`,
  )
  return row?.there === true
}

/** Whoever waits for a table keeps all others waiting behind him: rather not, and later again. */
async function patiently(sql: Sql): Promise<void> {
  await sql.query(`set local lock_timeout = '2s'`)
}

export async function spansOf(sql: Sql, table: Table): Promise<readonly number[]> {
  const rows = await sql.query<{ name: string }>(
    `select child.relname as name
       from pg_inherits
       join pg_class child on child.oid = inhrelid
      where inhparent = to_regclass($1)
      order by child.relname`,
    [table],
  )
  return rows.map(({ name }) => Number(name.slice(table.length + 1)))
}
