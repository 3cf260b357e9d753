import { readdirSync, readFileSync } from 'node:fs'
import type { Database, Sql } from './sql.ts'

/** The database was written by a newer Tillpost. */
export class DatabaseNewer extends Error {
  override readonly name = 'DatabaseNewer'
}

// The compiler copies no .sql files: what is built reads those of the sources, which are published with it.
const folder = new URL(
  import.meta.url.endsWith('.ts') ? './migrations/' : '../../src/db/migrations/',
  import.meta.url,
)

export interface Version {
  /** The newest step that was taken; 0: none. */
  readonly version: number
  /** Names of the steps that this program would take. */
  readonly pending: readonly string[]
}

/** What was done to the database. */
export interface Step {
  readonly name: string
}

/**
 * Brings the database to this program's version; each step is a transaction, so it may be cut off anywhere.
 * Where several nodes start at once, one takes the steps and the others wait for it.
 */
export async function migrate(db: Database, told?: (step: Step) => void): Promise<void> {
  const steps = stepsFor(db)
  await db.transaction((sql) =>
    sql.query(
      'create table if not exists migration (number integer not null primary key, name text not null, at bigint not null)',
    ),
  )
  const { pending } = await versionOf(db)
  for (const { name, number } of steps) {
    if (!pending.includes(name)) continue
    await db.transaction(async (sql) => {
      if (sql.shared) await sql.query('lock table migration in access exclusive mode')
      // Another node may have taken it while this one waited.
      if ((await lastOf(sql)) >= number) return
      for (const statement of statementsOf(readFileSync(new URL(name, folder), 'utf8')))
        await sql.query(statement)
      await sql.query(`insert into migration (number, name, at) values ($1, $2, ${sql.clock})`, [
        number,
        name,
      ])
    })
    told?.({ name })
  }
}

/** Rejects with `DatabaseNewer` when a newer program has taken steps that this one does not know. */
export async function versionOf(sql: Pick<Sql, 'query' | 'shared'>): Promise<Version> {
  const steps = stepsFor(sql)
  const version = await lastOf(sql)
  const newest = steps.at(-1)?.number ?? 0
  if (version > newest)
    throw new DatabaseNewer(
      `The database is at version ${version}, this program knows versions up to ${newest}. Start the newer Tillpost that wrote it.`,
    )
  return {
    version,
    pending: steps.filter(({ number }) => number > version).map(({ name }) => name),
  }
}

/** `0002-anchor.sql` is for every engine, `0003-days.postgres.sql` for one. */
function stepsFor({ shared }: Pick<Sql, 'shared'>): readonly { name: string; number: number }[] {
  const other = shared ? '.sqlite.sql' : '.postgres.sql'
  const steps = readdirSync(folder)
    .filter((name) => name.endsWith('.sql') && !name.endsWith(other))
    .toSorted()
    .map((name) => ({ name, number: Number.parseInt(name, 10) }))
  for (const [place, { name, number }] of steps.entries())
    if (steps[place + 1]?.number === number)
      throw new Error(
        `${name} and ${steps[place + 1]?.name} have the same number: only one would be taken. Give one the next free one.`,
      )
  return steps
}

async function lastOf(sql: Pick<Sql, 'query'>): Promise<number> {
  const [row] = await sql.query<{ last: number | null }>(
    'select max(number) as last from migration',
  )
  return row?.last ?? 0
}

/** What stands between `$$` and `$$` is one text, with semicolons of its own. */
function statementsOf(text: string): string[] {
  return (text.replace(/--.*$/gm, '').match(/(?:\$\$[^]*?\$\$|[^;])+/g) ?? [])
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
