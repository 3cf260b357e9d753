import type { Group } from './group.ts'
import type { Sql } from './sql.ts'

/**
 * Tables that PostgreSQL keeps in partitions by the time of writing, by its own clock. What a span holds is
 * dropped as a whole: nothing is deleted row by row, and nothing is left to be tidied up after that. A row
 * whose span is missing is refused (`JournalUnavailable`), never put elsewhere: a catch-all would get in
 * the way of every span that is made later.
 */
const tables = {
  attempt: { days: 1, ahead: 8 },
  // Each look-up asks every span: a few of them, whose indexes stay small.
  seen: { days: 8, ahead: 1 },
} as const

type Table = keyof typeof tables
const dayMs = 86_400_000

/** Makes the spans of today and the days to come. Must run at least once a week. */
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
  table: Table,
  cutoff: number,
): Promise<void> {
  const { days } = tables[table]
  for (const span of await spansOf(sql, table))
    if ((span + 1) * days * dayMs <= cutoff)
      await group.write(async (tx) => {
        await patiently(tx)
        await tx.query(`drop table if exists ${table}_${span}`)
      })
}

async function make(sql: Sql, table: Table, spans: readonly number[]): Promise<void> {
  await patiently(sql)
  // One node at a time.
  await sql.query('lock table migration in access exclusive mode')
  for (const span of spans)
    await sql.query(
      `create table if not exists ${table}_${span} partition of ${table} for values in (${span})`,
    )
}

/** Whoever waits for a table keeps all others waiting behind him: rather not, and later again. */
async function patiently(sql: Sql): Promise<void> {
  await sql.query(`set local lock_timeout = '5s'`)
}

async function spansOf(sql: Sql, table: Table): Promise<readonly number[]> {
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
