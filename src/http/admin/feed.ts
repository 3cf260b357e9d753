import type { Connection, Mapper } from '../../core/index.ts'
import { type EventFilters, eventPageOf, type FoundRow } from '../event-rows.ts'
import { findConnection } from '../overview.ts'
import { mapperFor } from './event-line.ts'
import type { AdminParts } from './parts.ts'
import { fits } from './row-filter.ts'

/** What listeners are told. */
export type Told =
  | {
      readonly type: 'row'
      readonly row: FoundRow
      readonly mapper: Mapper
      readonly isNew: boolean
    }
  /** It does not fit the filter any more. */
  | { readonly type: 'gone'; readonly seq: number }
  | { readonly type: 'skipped'; readonly events: number }

export interface Listener {
  /** What it has seen; undefined: it begins with the newest few. */
  readonly after: number | undefined
  readonly filter: Omit<EventFilters, 'limit'>
  tell(told: Told): void
}

/** The journal is asked that often, however many listen. */
const everyMs = 1000
/** So many of the newest are looked at again, for what became of them. */
const windowEvents = 200
/** Of what a listener missed, at most so many; with what is shown at the beginning. */
const mostMissed = 500
const firstShown = 50
/** Every so many looks it is looked whether anything has changed that seemed to have ended. */
const fullEvery = 5

interface Seen {
  /** Told up to here. */
  seq: number
}

/**
 * What happens on a connection, for everybody who listens at this node. Read from the journal at a fixed
 * pace, so that it costs the same for one listener and for a hundred, for one event a second and a thousand.
 */
export class Feed {
  readonly #parts: AdminParts
  #connection: Connection
  readonly #listeners = new Map<Listener, Seen>()
  /** Of the newest, how each was told. */
  #states = new Map<number, string>()
  #head: number | undefined
  #looks = 0
  #cancel: (() => void) | undefined
  #isClosed = false

  constructor(parts: AdminParts, connection: Connection) {
    this.#parts = parts
    this.#connection = connection
  }

  get isIdle(): boolean {
    return this.#listeners.size === 0
  }

  add(listener: Listener): void {
    // Told of nothing until it has had what came before.
    this.#listeners.set(listener, { seq: Infinity })
    void this.#begin(listener).catch(() => undefined)
    this.#cancel ??= this.#parts.clock.after(everyMs, () => this.#tick())
  }

  remove(listener: Listener): void {
    this.#listeners.delete(listener)
    if (this.isIdle) this.close()
  }

  close(): void {
    this.#isClosed = true
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** What the listener missed, or the newest few that it asks for. */
  async #begin(listener: Listener): Promise<void> {
    const head = await this.#readHead()
    // Numbers that were never given are another database's.
    const after = (listener.after ?? Infinity) > head ? undefined : listener.after
    const page = await eventPageOf(
      this.#parts,
      this.#connection,
      after === undefined ? { ...listener.filter, limit: firstShown } : { limit: mostMissed },
    )
    const mapper = await mapperFor(this.#parts, this.#connection)
    const last = page.events.at(-1)?.seq ?? head
    if (after !== undefined && last > after + 1)
      listener.tell({ type: 'skipped', events: last - after - 1 })
    for (const row of page.events.toReversed()) {
      const { seq } = row
      if (this.#states.get(seq) === undefined) this.#states.set(seq, stateOf(row))
      // What was shown before may have gone on meanwhile.
      const isNew = seq > (after ?? 0)
      if (fits(row, listener.filter)) listener.tell({ type: 'row', row, mapper, isNew })
    }
    const seen = this.#listeners.get(listener)
    if (seen !== undefined) seen.seq = head
  }

  async #readHead(): Promise<number> {
    const { workspaceId, sourceId } = this.#connection
    const [head = 0] = await this.#parts.journal.heads([{ workspaceId, sourceId, lane: 'live' }])
    return head
  }

  #tick(): void {
    void this.#look()
      // Nothing is lost: the next look finds it.
      .catch(() => undefined)
      .finally(() => {
        if (!this.#isClosed) this.#cancel = this.#parts.clock.after(everyMs, () => this.#tick())
      })
  }

  async #look(): Promise<void> {
    const head = await this.#readHead()
    this.#looks += 1
    const isSettled = [...this.#states.values()].every((state) => isFinal(state))
    // What has ended may be asked for again: now and then everything is looked at.
    const isQuiet = head === this.#head && isSettled && this.#looks % fullEvery !== 0
    if (isQuiet && this.#isCaughtUp(head)) return
    this.#head = head
    // Its settings may have changed, and with them what events are worth.
    this.#connection = await findConnection(this.#parts.config, this.#connection.id)
    const page = await eventPageOf(this.#parts, this.#connection, { limit: windowEvents })
    const mapper = await mapperFor(this.#parts, this.#connection)
    const former = this.#states
    this.#states = new Map(page.events.map((row) => [row.seq, stateOf(row)]))
    const rows = page.events.toReversed()
    for (const [listener, seen] of this.#listeners) this.#tell(listener, seen, rows, former, mapper)
  }

  #isCaughtUp(head: number): boolean {
    return [...this.#listeners.values()].every(({ seq }) => seq >= head)
  }

  #tell(
    listener: Listener,
    seen: Seen,
    rows: readonly FoundRow[],
    former: ReadonlyMap<number, string>,
    mapper: Mapper,
  ): void {
    const first = rows[0]?.seq ?? 0
    if (first > seen.seq + 1) listener.tell({ type: 'skipped', events: first - seen.seq - 1 })
    for (const row of rows) {
      const isNew = row.seq > seen.seq
      const state = former.get(row.seq) ?? stateOf(row)
      if (!isNew && state === stateOf(row)) continue
      if (fits(row, listener.filter)) listener.tell({ type: 'row', row, mapper, isNew })
      else if (!isNew) listener.tell({ type: 'gone', seq: row.seq })
    }
    const last = rows.at(-1)?.seq
    if (last !== undefined && last > seen.seq) seen.seq = last
  }
}

function stateOf({ outcome, reason, nextAt }: FoundRow): string {
  return `${outcome} ${reason ?? ''} ${nextAt ?? ''}`
}

function isFinal(state: string): boolean {
  return /^(?:accepted|confirmed|dropped|dead) /.test(state)
}
