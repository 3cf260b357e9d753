import { append, Memory } from './append.ts'
import { breath } from './breath.ts'
import type { Appending, AppendResult } from './rows.ts'
import type { Database, Sql } from './sql.ts'

/**
 * Everything that writes goes through here. When nothing is under way it is committed at once; what
 * comes while a commit runs waits for it, and then shares one commit.
 */
export interface Group {
  append(events: readonly Appending[]): Promise<AppendResult>
  /** `work` runs again when a neighbour in its group fails: it changes nothing but the database. */
  write<T>(work: (sql: Sql) => Promise<T>): Promise<T>
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
}

/** A commit holds no more than that, so that it does not keep readers and the next group waiting. */
const groupEvents = 5_000
const groupWrites = 2_000

export function openGroup(db: Database): Group {
  const memory = new Memory()
  const appends: Append[] = []
  const writes: Write[] = []
  let running = false

  const isRunning = (): boolean => running
  const wake = (): void => {
    if (running) return
    running = true
    // Whatever arrives in the same turn of the event loop is collected first.
    setImmediate(() => void run())
  }

  async function run(): Promise<void> {
    await commit(takeAppends(appends), writes.splice(0, groupWrites))
    running = false
    if (appends.length > 0 || writes.length > 0) wake()
  }

  async function commit(someAppends: readonly Append[], someWrites: readonly Write[]) {
    try {
      const done = await db.transaction(async (sql) => {
        const appended =
          someAppends.length === 0
            ? []
            : await append(
                sql,
                memory,
                someAppends.map(({ events }) => events),
              )
        const written: unknown[] = []
        for (const { work } of someWrites) written.push(await work(sql))
        return { appended, written }
      })
      for (const [place, { resolve }] of someAppends.entries()) resolve(done.appended[place]!)
      for (const [place, { resolve }] of someWrites.entries()) resolve(done.written[place])
    } catch (error) {
      memory.forget()
      await alone(someAppends, someWrites, error)
    }
  }

  /** One of them is at fault and all were undone: each gets a commit of its own. */
  async function alone(
    someAppends: readonly Append[],
    someWrites: readonly Write[],
    error: unknown,
  ): Promise<void> {
    const all = [...someAppends, ...someWrites]
    if (all.length === 1) return all[0]!.reject(error)
    for (const call of someAppends) await commit([call], [])
    for (const call of someWrites) await commit([], [call])
  }

  return {
    append(events) {
      return new Promise((resolve, reject) => {
        appends.push({ events, resolve, reject })
        wake()
      })
    },
    write<T>(work: (sql: Sql) => Promise<T>) {
      return new Promise<T>((resolve, reject) => {
        writes.push({ work, resolve: resolve as (result: unknown) => void, reject })
        wake()
      })
    },
    async drain() {
      while (isRunning()) await breath()
    },
  }
}

function takeAppends(waiting: Append[]): Append[] {
  let count = 0
  let events = 0
  while (count < waiting.length && (count === 0 || events < groupEvents)) {
    events += waiting[count]!.events.length
    count += 1
  }
  return waiting.splice(0, count)
}
