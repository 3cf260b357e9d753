import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Connection } from '../core/index.ts'
import { connections } from './connection.ts'
import type { Value } from './sql.ts'

/** The connections in a file, also while a server runs on it: only reads. None where there is no file. */
export async function glanceAtConnections(file: string): Promise<readonly Connection[]> {
  if (!existsSync(file)) return []
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    return await connections({
      async query<R>(text: string, values: readonly Value[] = []) {
        return db.prepare(text).all(...values) as R[]
      },
    })
  } finally {
    db.close()
  }
}
