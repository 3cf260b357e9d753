import {
  type Access,
  type Appended,
  type Carts,
  type Identifiers,
  type Journal,
  type Journaled,
  type Setup,
  type SourceRow,
  type Watch,
} from '../core/index.ts'
import { openAccess } from './access.ts'
import { openCarts } from './cart.ts'
import { openConfig } from './config.ts'
import type { At } from './event.ts'
import { openGroup } from './group.ts'
import { type FlatJournal, openFlatJournal } from './journal.ts'
import { migrate, type Step } from './migrate.ts'
import { Recent } from './recent.ts'
import { appendingOf, journaledOf, type StoredEvent } from './rows.ts'
import { seenTable } from './seen-table.ts'
import { bringUp, connectToServer } from './server.ts'
import { openSqlite } from './sqlite.ts'
import { startThread, type Thread } from './thread.ts'
import { openWatch } from './watch.ts'
import type { Call, ThreadOptions } from './wire.ts'

/** Where events and configuration are kept: SQL behind the ports `Journal` and `Config`. */

export { checkMigrations, glanceAtConnections } from './glance.ts'
export { DatabaseNewer } from './migrate.ts'
export { DatabaseInUse } from './sqlite.ts'

/** A file of one process, or a PostgreSQL server (`postgres://…`) that several nodes share. */
export type OpenOptions = ThreadOptions | { readonly url: string }

export interface Opened {
  readonly journal: Journal
  readonly config: Setup
  readonly access: Access
  readonly carts: Carts
  readonly watch: Watch
  /** Commits what was asked for, then gives the database free. */
  close(): Promise<void>
}

/**
 * Opens the file, and makes it where there is none. Rejects with `DatabaseInUse` when another process
 * has it, with `DatabaseNewer` when a newer version wrote it, with `JournalUnavailable` when a server
 * cannot be reached.
 */
export async function openJournal(options: OpenOptions): Promise<Opened> {
  return 'url' in options ? openServer(options.url) : openFile(options)
}

/** Here nothing blocks: the server does the work, and the driver waits for it. */
async function openServer(url: string): Promise<Opened> {
  const db = await connectToServer(url)
  const group = openGroup(db, seenTable)
  try {
    await bringUp(db)
  } catch (error) {
    await db.close()
    throw error
  }
  const close = async () => {
    await group.drain()
    await db.close()
  }
  return {
    journal: openOnFlat(openFlatJournal(db, group, seenTable), close),
    config: rememberKeys(openConfig(db, group)),
    watch: openWatch(db),
    access: openAccess(db, group),
    carts: openCarts(db, group),
    close,
  }
}

/**
 * Takes the steps that are missing, and tells each that was taken. Rejects as `openJournal` does. Whoever opens
 * the journal does it too: this is for those who want it done before.
 */
export async function migrateDatabase(
  place: { readonly file: string } | { readonly url: string },
  told: (step: Step) => void,
): Promise<void> {
  const db = 'url' in place ? await connectToServer(place.url) : openSqlite(place.file)
  try {
    await (db.shared ? bringUp(db, told) : migrate(db, told))
  } finally {
    await db.close()
  }
}

async function openFile(options: ThreadOptions): Promise<Opened> {
  const thread = await startThread(options)
  const flat = remote(thread, 'journal') as FlatJournal
  return {
    journal: openOnFlat(flat, () => thread.close()),
    config: rememberKeys(remote(thread, 'config') as Setup),
    access: remote(thread, 'access') as Access,
    carts: remote(thread, 'carts') as Carts,
    watch: remote(thread, 'watch') as Watch,
    close: () => thread.close(),
  }
}

/** Every method of `part` as a call to the thread. */
function remote(thread: Thread, part: Call[1]): object {
  const methods = new Map<string, (...args: unknown[]) => Promise<unknown>>()
  return new Proxy(
    {},
    {
      get(_, name) {
        // An object with `then` would be taken for a promise.
        if (typeof name !== 'string' || name === 'then') return undefined
        let method = methods.get(name)
        if (method === undefined) {
          method = (...args) => thread.call(part, name, args)
          methods.set(name, method)
        }
        return method
      },
    },
  )
}

function read(at: At, stored: readonly StoredEvent[]): Journaled[] {
  return stored.map((event) => journaledOf(at, event))
}

function openOnFlat(flat: FlatJournal, close: () => Promise<void>): Journal {
  return {
    async append(events) {
      if (events.length === 0) return []
      const appending = events.map(appendingOf)
      const result = await flat.append(appending)
      const duplicates = new Set(result.duplicates)
      const links = new Set(result.links)
      const completed = new Map(result.completed)
      return events.map(({ identifiers }, index): Appended => {
        const more = completed.get(index)
        return {
          seq: result.seqs[index]!,
          duplicate: duplicates.has(index),
          identifiers:
            more === undefined
              ? withAnonymousId(identifiers, appending[index]!.anonymousId)
              : (JSON.parse(more) as Identifiers),
          link: links.has(index),
        }
      })
    },
    read: async (at, ...rest) => read(at, await flat.read(at, ...rest)),
    readSome: async (at, seqs) => read(at, await flat.readSome(at, seqs)),
    waitingGuest: async (cursor, ...rest) => read(cursor, await flat.waitingGuest(cursor, ...rest)),
    successors: async (cursor, ...rest) => read(cursor, await flat.successors(cursor, ...rest)),

    refuse: (...args) => flat.refuse(...args),
    heads: (...args) => flat.heads(...args),
    links: (...args) => flat.links(...args),
    endGuests: (...args) => flat.endGuests(...args),
    join: (...args) => flat.join(...args),
    renew: (...args) => flat.renew(...args),
    retire: (...args) => flat.retire(...args),
    leave: (...args) => flat.leave(...args),
    look: (...args) => flat.look(...args),
    claim: (...args) => flat.claim(...args),
    release: (...args) => flat.release(...args),
    hint: (...args) => flat.hint(...args),
    adopt: (...args) => flat.adopt(...args),
    intend: (...args) => flat.intend(...args),
    settle: (...args) => flat.settle(...args),
    due: (...args) => flat.due(...args),
    nextDue: (...args) => flat.nextDue(...args),
    latest: (...args) => flat.latest(...args),
    replay: (...args) => flat.replay(...args),
    discard: (...args) => flat.discard(...args),
    countFor: (...args) => flat.countFor(...args),
    begin: (...args) => flat.begin(...args),
    proceed: (...args) => flat.proceed(...args),
    cancel: (...args) => flat.cancel(...args),
    errands: (...args) => flat.errands(...args),
    expireFailed: (...args) => flat.expireFailed(...args),
    failedNotice: (...args) => flat.failedNotice(...args),
    causes: (...args) => flat.causes(...args),
    failed: (...args) => flat.failed(...args),
    standing: (...args) => flat.standing(...args),
    events: (...args) => flat.events(...args),
    search: (...args) => flat.search(...args),
    story: (...args) => flat.story(...args),
    exchanges: (...args) => flat.exchanges(...args),
    refusedCounts: (...args) => flat.refusedCounts(...args),
    refusedNewest: (...args) => flat.refusedNewest(...args),
    retain: (...args) => flat.retain(...args),
    close,
  }
}

/** As the journal keeps them. */
function withAnonymousId(identifiers: Identifiers, anonymousId: string | null): Identifiers {
  return anonymousId === null || identifiers.anonymousId === anonymousId
    ? identifiers
    : { ...identifiers, anonymousId }
}

/** A key that was rolled, or a source that was switched off, is so at the latest after this. */
const keyMs = 5000

/** Every request names a write key: it is asked for seldom. Only what is found, since sources are added. */
function rememberKeys(config: Setup): Setup {
  const known = new Recent<{ readonly source: SourceRow; readonly until: number }>(20_000)
  async function sourceOfKey(writeKey: string): Promise<SourceRow | undefined> {
    const remembered = known.get(writeKey)
    const now = performance.now()
    if (remembered !== undefined && remembered.until > now) return remembered.source
    const source = await config.sourceOfKey(writeKey)
    if (source !== undefined) known.set(writeKey, { source, until: now + keyMs })
    return source
  }
  return new Proxy(config, {
    get: (target, name) =>
      name === 'sourceOfKey' ? sourceOfKey : (Reflect.get(target, name) as unknown),
  })
}
