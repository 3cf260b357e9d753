import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { JournalUnavailable } from '../core/index.ts'
import type { Database, Sql, Value } from './sql.ts'

/** Another process, or another part of this one, has the file open. */
export class DatabaseInUse extends Error {
  override readonly name = 'DatabaseInUse'
}

/**
 * SQLite in a file, for this process alone. Every commit is on the disk before it resolves. The calls
 * of `node:sqlite` block, so this runs in a thread of its own; see `worker.ts`.
 */
export function openSqlite(file: string, { maxPages }: { maxPages?: number } = {}): Database {
  mkdirSync(dirname(file), { recursive: true })
  const lock = lockFile(file)
  try {
    return openLocked(file, lock, maxPages)
  } catch (error) {
    lock.close()
    throw explained(error)
  }
}

/**
 * A transaction that stays open on a file beside the database: the kernel ends it with the process,
 * however that dies, so the next start need not wait for a lease to expire.
 */
function lockFile(file: string): DatabaseSync {
  const path = join(dirname(file), 'lock.db')
  const lock = new DatabaseSync(path)
  try {
    lock.exec('begin exclusive')
    return lock
  } catch (error) {
    lock.close()
    if (resultCode(error) !== busy) throw explained(error)
    throw new DatabaseInUse(
      `${file} is in use by another Tillpost. Stop that one first, or name another database in another folder. (${path} is locked.)`,
    )
  }
}

function openLocked(file: string, lock: DatabaseSync, maxPages: number | undefined): Database {
  const isNew = !existsSync(file)
  const db = new DatabaseSync(file)
  // Large pages and a long WAL: measured twice the appends a second of the defaults.
  if (isNew) db.exec('pragma page_size = 16384')
  db.exec(`pragma journal_mode = wal;
    pragma synchronous = full;
    pragma wal_autocheckpoint = 4000;
    pragma journal_size_limit = 134217728;
    pragma cache_size = -32768;
    pragma temp_store = memory;
    pragma busy_timeout = 5000`)
  if (maxPages !== undefined) db.exec(`pragma max_page_count = ${maxPages}`)

  const checkThere = fileWatch(file)
  const prepared = new Map<string, StatementSync>()
  const prepare = (text: string): StatementSync => {
    let statement = prepared.get(text)
    if (statement === undefined) {
      statement = db.prepare(text.replace(/\$(\d+)/g, '?$1'))
      prepared.set(text, statement)
    }
    return statement
  }

  async function find<R>(text: string, keys: readonly (readonly Value[])[]) {
    try {
      const statement = prepare(text)
      return keys.map((key) => statement.get(...key) as R | undefined)
    } catch (error) {
      throw explained(error)
    }
  }

  const sql: Sql = {
    shared: false,
    lock: '',
    clock: `cast(unixepoch('subsec') * 1000 as integer)`,
    holds: (column, parameter) => `instr(${column}, ${parameter}) > 0`,
    async query<R>(text: string, values: readonly Value[] = []) {
      try {
        return prepare(text).all(...values) as R[]
      } catch (error) {
        throw explained(error)
      }
    },
    async each(text, rows) {
      try {
        const statement = prepare(text)
        for (const row of rows) statement.run(...row)
      } catch (error) {
        throw explained(error)
      }
    },
    find,
    // A statement with `returning` is done before it gives its first row.
    change: find,
  }

  return {
    ...sql,
    async transaction(work) {
      try {
        db.exec('begin immediate')
        const result = await work(sql)
        checkThere()
        db.exec('commit')
        return result
      } catch (error) {
        if (db.isTransaction) db.exec('rollback')
        throw explained(error)
      }
    },
    async close() {
      prepared.clear()
      db.close()
      lock.close()
    },
  }
}

/**
 * A file that is deleted or put in another's place goes on being written for as long as it is open, and is
 * lost with the process. What this gives throws then. It looks once a second at most.
 */
function fileWatch(file: string): () => void {
  const opened = statSync(file)
  let lookedAt = performance.now()
  let isThere = true
  return () => {
    const now = performance.now()
    if (now - lookedAt >= lookEveryMs) {
      lookedAt = now
      const found = statSync(file, { throwIfNoEntry: false })
      isThere = found?.ino === opened.ino && found.dev === opened.dev
    }
    if (!isThere)
      throw new JournalUnavailable(
        `Nothing can be written: ${file} was deleted or replaced while it was in use. Put it back if it was moved, or stop Tillpost and start it again.`,
      )
  }
}

const lookEveryMs = 1000

// Primary result codes: https://sqlite.org/rescode.html
const busy = 5
const unavailable = new Map([
  [busy, 'another program has locked the database: end it'],
  [8, 'the database is read-only: give this program the right to write it'],
  [10, 'the disk reports an error: check it'],
  [13, 'the disk is full: make room'],
  [14, 'the database file cannot be opened: check its folder and rights'],
])

function resultCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown }).errcode
  return typeof code === 'number' ? code & 0xff : undefined
}

function explained(error: unknown): unknown {
  const why = unavailable.get(resultCode(error) ?? -1)
  return why === undefined
    ? error
    : new JournalUnavailable(`Nothing can be written: ${why}.`, { cause: error })
}
