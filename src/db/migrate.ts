import { readdirSync, readFileSync } from 'node:fs'
import type { Database } from './sql.ts'

/** The database was written by a newer Tillpost. */
export class DatabaseNewer extends Error {
  override readonly name = 'DatabaseNewer'
}

// The compiler copies no .sql files: what is built reads those of the sources, which are published with it.
const folder = new URL(
  import.meta.url.endsWith('.ts') ? './migrations/' : '../../src/db/migrations/',
  import.meta.url,
)

/** Brings the database to this program's version; each step is a transaction, so it may be cut off anywhere. */
export async function migrate(db: Database): Promise<void> {
  const steps = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
    .map((name) => ({ name, number: Number.parseInt(name, 10) }))
  await db.query(
    'create table if not exists migration (number integer not null primary key, name text not null, at bigint not null)',
  )
  const [row] = await db.query<{ last: number | null }>('select max(number) as last from migration')
  const last = row?.last ?? 0
  const newest = steps.at(-1)?.number ?? 0
  if (last > newest)
    throw new DatabaseNewer(
      `The database is at version ${last}, this program knows versions up to ${newest}. Start the newer Tillpost that wrote it.`,
    )
  for (const { name, number } of steps) {
    if (number <= last) continue
    await db.transaction(async (sql) => {
      for (const statement of statementsOf(readFileSync(new URL(name, folder), 'utf8')))
        await sql.query(statement)
      await sql.query(`insert into migration (number, name, at) values ($1, $2, ${sql.clock})`, [
        number,
        name,
      ])
    })
  }
}

function statementsOf(text: string): string[] {
  return text
    .replace(/--.*$/gm, '')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}
