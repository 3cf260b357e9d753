import { JournalUnavailable, type Settlement } from '../core/index.ts'
import { append, Memory } from './append.ts'
import { breath } from './breath.ts'
import type { Appending, AppendResult } from './rows.ts'
import type { SeenIds } from './seen.ts'
import { settle } from './settle.ts'
import type { Database, Sql } from './sql.ts'
import { together } from './together.ts'

/**
 * Everything that writes goes through here. When nothing is under way it is committed at once; what
 * comes while a commit runs waits for it, and then shares one commit. Where the database is shared,
 * several commits run side by side: what would wait for the same rows goes one after the other.
 */
export interface Group {
  append(events: readonly Appending[]): Promise<AppendResult>
  /**
   * `work` may run again: it changes nothing but the database. What names the same `account` runs one
   * after the other; without one it has a commit of its own where the database is shared.
   */
  write<T>(work: (sql: Sql) => Promise<T>, account?: string): Promise<T>
  /** See `Journal.settle`. Those that wait together are written together. */
  settle(settlement: Settlement): Promise<boolean>
  /** Resolves when nothing waits any more. */
  drain(): Promise<void>
}

interface Waiting<T> {
  readonly resolve: (result: T) => void
  readonly reject: (reason: unknown) => void
}
interface Append extends Waiting<AppendResult> {
  readonly events: readonly Appending[]
}
interface Write extends Waiting<unknown> {
  readonly work: (sql: Sql) => Promise<unknown>
  readonly account: string
}
interface Settling extends Waiting<boolean> {
  readonly settlement: Settlement
}
/** What shares a commit. */
interface Calls {
  readonly appends: readonly Append[]
  readonly writes: readonly Write[]
  readonly settling: readonly Settling[]
}
const none: Calls = { appends: [], writes: [], settling: [] }

/** A commit holds no more than that, so that it does not keep readers and the next group waiting. */
const groupEvents = 5_000
const groupBytes = 16 * 1024 * 1024
const groupWrites = 2_000
const groupSettlements = 500
/** A shared database locks rows until the commit, and each statement is a way to the server and back. */
const sharedGroupWrites = 50

/** Commits side by side of a shared database; measured: more bring nothing on one disk. */
const appendLines = 2
const writeLines = 2

export function openGroup(db: Database, seen: SeenIds): Group {
  if (!db.shared) {
    const line = new Line(db, seen, groupWrites)
    return {
      append: (events) => line.append(events),
      write: (work) => line.write(work, ''),
      settle: (settlement) => line.settle(settlement),
      drain: () => drain([line]),
    }
  }
  const newLine = () => new Line(db, seen, sharedGroupWrites)
  const appending = Array.from({ length: appendLines }, newLine)
  const writing = Array.from({ length: writeLines }, newLine)
  const alone = new Set<Promise<unknown>>()
  return {
    // By store: its appends wait for each other in any case.
    append: (events) => lineOf(appending, events[0]?.storeId ?? '').append(events),
    async write(work, account) {
      if (account !== undefined) return lineOf(writing, account).write(work, account)
      const commit = db.transaction(work)
      alone.add(commit)
      try {
        return await commit
      } finally {
        alone.delete(commit)
      }
    },
    settle: (settlement) => lineOf(writing, settlement.accountId).settle(settlement),
    async drain() {
      await Promise.allSettled(alone)
      await drain([...appending, ...writing])
    },
  }
}

function lineOf(lines: readonly Line[], name: string): Line {
  let sum = 0
  for (let index = 0; index < name.length; index += 1)
    sum = (sum * 31 + name.charCodeAt(index)) % 65_521
  return lines[sum % lines.length]!
}

async function drain(lines: readonly Line[]): Promise<void> {
  while (lines.some(({ isRunning }) => isRunning)) await breath()
}

/** Commits one after the other. */
class Line {
  readonly #db: Database
  readonly #mostWrites: number
  readonly #seen: SeenIds
  readonly #memory: Memory
  readonly #appends: Append[] = []
  readonly #writes: Write[] = []
  readonly #settling: Settling[] = []
  isRunning = false

  constructor(db: Database, seen: SeenIds, mostWrites: number) {
    this.#db = db
    this.#seen = seen
    this.#memory = new Memory(seen)
    this.#mostWrites = mostWrites
  }

  append(events: readonly Appending[]): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      this.#appends.push({ events, resolve, reject })
      this.#wake()
    })
  }

  write<T>(work: (sql: Sql) => Promise<T>, account: string): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#writes.push({ work, account, resolve: resolve as (result: unknown) => void, reject })
      this.#wake()
    })
  }

  settle(settlement: Settlement): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#settling.push({ settlement, resolve, reject })
      this.#wake()
    })
  }

  #wake(): void {
    if (this.isRunning) return
    this.isRunning = true
    // Whatever arrives in the same turn of the event loop is collected first.
    setImmediate(() => void this.#run())
  }

  async #run(): Promise<void> {
    const writes = this.#writes.splice(0, this.#mostWrites)
    // Accounts' leases in one order, for every node: see `settle`.
    if (this.#db.shared) writes.sort((one, other) => compare(one.account, other.account))
    const settling = this.#settling.splice(0, groupSettlements)
    await this.#commit({ appends: takeAppends(this.#appends), writes, settling })
    this.isRunning = false
    if (this.#appends.length + this.#writes.length + this.#settling.length > 0) this.#wake()
  }

  async #commit({ appends, writes, settling }: Calls): Promise<void> {
    try {
      const done = await this.#db.transaction(async (sql) => {
        // What is remembered of people is right only where nobody else can note something.
        const memory = this.#db.shared ? new Memory(this.#seen) : this.#memory
        const lists = appends.map(({ events }) => events)
        const appended = lists.length === 0 ? [] : await append(sql, memory, lists)
        const written = await this.#write(sql, writes)
        const settlements = settling.map(({ settlement }) => settlement)
        return { appended, written, settled: await settle(sql, settlements) }
      })
      this.#seen.kept()
      for (const [place, { resolve }] of appends.entries()) resolve(done.appended[place]!)
      for (const [place, { resolve }] of writes.entries()) resolve(done.written[place])
      for (const [place, { resolve }] of settling.entries()) resolve(done.settled[place]!)
    } catch (error) {
      this.#memory.forget()
      await this.#alone({ appends, writes, settling }, error)
    }
  }

  /** In order; those of different accounts of a shared database side by side. */
  async #write(sql: Sql, writes: readonly Write[]): Promise<readonly unknown[]> {
    const last = new Map<string, Promise<unknown>>()
    return together(
      writes.map(({ work, account }) => {
        const before = last.get(account)
        const own = before === undefined ? work(sql) : before.then(() => work(sql))
        last.set(account, own)
        return own
      }),
    )
  }

  /** One of them is at fault and all were undone: each gets a commit of its own. */
  async #alone({ appends, writes, settling }: Calls, error: unknown): Promise<void> {
    const all = [...appends, ...writes, ...settling]
    // A server that is away is away for all of them.
    const isAway = this.#db.shared && error instanceof JournalUnavailable
    if (all.length === 1 || isAway) for (const { reject } of all) reject(error)
    else {
      for (const call of appends) await this.#commit({ ...none, appends: [call] })
      for (const call of writes) await this.#commit({ ...none, writes: [call] })
      for (const call of settling) await this.#commit({ ...none, settling: [call] })
    }
  }
}

function compare(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

function takeAppends(waiting: Append[]): Append[] {
  let count = 0
  let events = 0
  let bytes = 0
  while (count < waiting.length && (count === 0 || (events < groupEvents && bytes < groupBytes))) {
    const next = waiting[count]!
    events += next.events.length
    for (const { body } of next.events) bytes += body.length
    count += 1
  }
  return waiting.splice(0, count)
}
