import { JournalUnavailable } from '../core/index.ts'
import { distributeTables, isDistributed } from './distribute.ts'
import { openGroup } from './group.ts'
import { migrate, type Step } from './migrate.ts'
import { openPostgres } from './postgres.ts'
import { seenTable } from './seen-table.ts'
import { makeSpans } from './span.ts'
import type { Database, Sql } from './sql.ts'

const oldest = 15

/** Rejects with `JournalUnavailable` when the server is too old, or cannot be reached. */
export async function connectToServer(url: string): Promise<Database> {
  const first = openPostgres(url, { connections: 1 })
  try {
    await checkVersion(first)
    return openPostgres(url, { byWorkspace: await isDistributed(first) })
  } finally {
    await first.close()
  }
}

/** Everything that has to be there before the first event comes. */
export async function bringUp(db: Database, told?: (step: Step) => void): Promise<void> {
  await migrate(db, told)
  for (const name of await distributeTables(db)) told?.({ name: `distribute ${name}` })
  await makeSpans(db, openGroup(db, seenTable))
}

async function checkVersion(sql: Sql): Promise<void> {
  const [row] = await sql.query<{ version: number }>(
    `select current_setting('server_version_num')::integer as version`,
  )
  const major = Math.floor((row?.version ?? 0) / 10_000)
  if (major < oldest)
    throw new JournalUnavailable(
      `This is PostgreSQL ${major}; Tillpost needs ${oldest} or newer. Upgrade the server, or name another one in DATABASE_URL.`,
    )
}
