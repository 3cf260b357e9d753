import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Connection } from '../core/index.ts'
import { connections } from './connection.ts'
import { versionOf, type Version } from './migrate.ts'
import { openPostgres } from './postgres.ts'
import type { Sql, Value } from './sql.ts'

/** Looks into a database without changing it: also while a server runs on it, and where there is none yet. */

type Place = { readonly file: string } | { readonly url: string }
type Looking = Pick<Sql, 'query' | 'shared'>

export async function glanceAtConnections(place: Place): Promise<readonly Connection[]> {
  return (await glance(place, connections)) ?? []
}

/**
 * Which version the database has, and which steps this program would take. Rejects with `DatabaseNewer`
 * when a newer program has written it.
 */
export async function checkMigrations(place: Place): Promise<Version> {
  return (
    (await glance(place, versionOf)) ?? versionOf({ shared: 'url' in place, query: async () => [] })
  )
}

/** Undefined: nothing is there. */
async function glance<T>(place: Place, look: (sql: Looking) => Promise<T>): Promise<T | undefined> {
  if ('url' in place) {
    const db = openPostgres(place.url, { connections: 1 })
    try {
      const there = await db.query(`select 1 where to_regclass('migration') is not null`)
      return there.length === 0 ? undefined : await look(db)
    } finally {
      await db.close()
    }
  }
  if (!existsSync(place.file)) return undefined
  const db = new DatabaseSync(place.file, { readOnly: true })
  try {
    return await look({
      shared: false,
      async query<R>(text: string, values: readonly Value[] = []) {
        return db.prepare(text).all(...values) as R[]
      },
    })
  } finally {
    db.close()
  }
}
