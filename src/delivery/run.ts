import type { Adopted, Clock, Connection, Cursor, Lane, Mapper } from '../core/index.ts'
import { lanes } from '../core/index.ts'
import type { Account } from './account.ts'
import { Aside } from './aside.ts'
import { Cap } from './cap.ts'
import type { Confirm } from './confirm.ts'
import type { Outlet } from './outlet.ts'
import type { Rig } from './rig.ts'
import { Tempo } from './tempo.ts'
import { Track } from './track.ts'
import type { Handed } from './window.ts'

export interface RunOptions {
  readonly account: Account
  readonly outlet: Outlet
  readonly clock: Clock
  readonly confirm: Confirm
  readonly rigOf: (run: Run) => Rig
  readonly mapperOf: (run: Run) => Mapper
  /** It has loops from now on. */
  readonly awake: (run: Run) => void
}

/** Where a lane stands. */
type Place = Omit<Adopted, keyof Omit<Cursor, 'seq' | 'intent'>> & { readonly lane: Lane }

/** A connection without anything to do keeps its loops for so long. */
const parkAfterMs = 60_000

/**
 * A connection while this node runs its account. It has loops only while there is something to do: parked it
 * holds three numbers, and wakes up when one of its lanes has more.
 */
export class Run {
  connection: Connection
  readonly account: Account
  readonly outlet: Outlet
  readonly tempo: Tempo
  readonly cap: Cap
  readonly confirm: Confirm
  readonly #options: RunOptions
  #loops: { readonly tracks: readonly Track[]; readonly aside: Aside } | undefined
  /** Of the lanes, while it is parked. Undefined as well: the cursors are not adopted yet. */
  #parkedAt: Readonly<Record<Lane, number>> | undefined
  /** How far the lanes reach, as it was told before the cursors were adopted. */
  #told: Partial<Record<Lane, number>> | undefined
  #usedAt = 0

  constructor(connection: Connection, options: RunOptions) {
    this.connection = connection
    this.account = options.account
    this.outlet = options.outlet
    this.tempo = new Tempo(options.clock)
    this.cap = new Cap(options.clock, options.outlet.takenOver)
    this.confirm = options.confirm
    this.#options = options
  }

  /** From here on it runs. */
  adopted(cursors: readonly Adopted[]): void {
    const told = this.#told ?? {}
    this.#told = undefined
    const places = cursors.map((cursor) => ({
      ...cursor,
      head: Math.max(cursor.head, told[cursor.lane] ?? 0),
    }))
    const [first] = places
    const isBusy = places.some(({ seq, head, intent }) => intent !== undefined || head > seq)
    if (isBusy || first?.dueAt !== undefined) {
      this.#wake(places)
      if (first?.dueAt !== undefined) this.#loops?.aside.kick()
    } else this.#parkedAt = parkingOf(places)
  }

  offer(lane: Lane, events: readonly Handed[]): void {
    const last = events.at(-1)?.journaled.seq ?? 0
    this.#usedAt = this.#options.clock.monotonic()
    if (this.#loops === undefined) {
      if (!this.#reaches(lane, last)) return
      this.#wake(this.#places())
    }
    this.#trackOf(lane)?.offer(events)
  }

  /** The journal reaches to `head`: there may be more than was handed on. */
  more(lane: Lane, head: number): void {
    if (this.#loops === undefined) {
      if (!this.#reaches(lane, head)) return
      this.#wake(this.#places())
    }
    this.#trackOf(lane)?.more(head)
  }

  /** Whether a parked lane has more than when it was parked. */
  #reaches(lane: Lane, head: number): boolean {
    if (this.#parkedAt !== undefined) return head > this.#parkedAt[lane]
    this.#told = { ...this.#told, [lane]: Math.max(head, this.#told?.[lane] ?? 0) }
    return false
  }

  kick(): void {
    for (const track of this.#loops?.tracks ?? []) track.kick()
    this.#loops?.aside.kick()
  }

  /** Something of it is to be replayed, perhaps. */
  lookAside(): void {
    if (this.#loops === undefined && this.#parkedAt !== undefined) this.#wake(this.#places())
    this.#loops?.aside.kick()
  }

  /** What it was held for has been put right. */
  mended(): void {
    if (this.#loops === undefined && this.#parkedAt !== undefined) this.#wake(this.#places())
    this.#loops?.aside.mended()
  }

  /** An exception will be due then. */
  later(dueAt: number): void {
    this.#loops?.aside.later(dueAt)
  }

  change(connection: Connection): void {
    this.connection = connection
    this.confirm.change(connection)
    if (this.#loops === undefined) {
      this.lookAside()
      return
    }
    const mapper = this.#options.mapperOf(this)
    for (const track of this.#loops.tracks) track.change(connection, mapper)
    this.#loops.aside.change(connection, mapper)
  }

  /** Its account was stopped or lost: its loops end. */
  stop(): void {
    this.confirm.stop()
    this.#loops?.aside.stop()
    for (const track of this.#loops?.tracks ?? []) track.stop()
  }

  get isAdopted(): boolean {
    return this.#loops !== undefined || this.#parkedAt !== undefined
  }

  /** Nothing is under way. */
  get quiet(): boolean {
    if (this.#loops === undefined) return true
    const { aside, tracks } = this.#loops
    return aside.quiet && tracks.every((track) => track.quiet)
  }

  /** Nothing waits that could be sent at some time without a person's help. */
  get resting(): boolean {
    return this.#loops === undefined || (this.#loops.aside.resting && this.roadClear)
  }

  /** The same of the straight road: its exceptions aside. */
  get roadClear(): boolean {
    return this.#loops === undefined || this.#loops.tracks.every(({ resting }) => resting)
  }

  /** When the next cycle lets go what waits for it; undefined: nothing waits for one. */
  get releaseAt(): number | undefined {
    const all = this.#loops?.tracks.flatMap(({ releaseAt }) => releaseAt ?? []) ?? []
    return all.length === 0 ? undefined : Math.min(...all)
  }

  /** Lets its loops go when nothing was to do for a while. True: it has none. */
  park(): boolean {
    if (this.#loops === undefined) return true
    const { aside, tracks } = this.#loops
    const now = this.#options.clock.monotonic()
    const seqs = tracks.map((track) => track.parkedAt)
    const isIdle = aside.idle && seqs.every((seq) => seq !== undefined)
    if (!isIdle) this.#usedAt = now
    if (now - this.#usedAt < parkAfterMs) return false
    aside.stop()
    this.#parkedAt = parkingOf(
      tracks.map(({ lane }, index) => ({ lane, seq: seqs[index] ?? 0, head: 0 })),
    )
    this.#loops = undefined
    this.outlet.rest()
    return true
  }

  #places(): readonly Place[] {
    return lanes.map((lane) => {
      const seq = this.#parkedAt?.[lane] ?? 0
      return { lane, seq, head: seq }
    })
  }

  #wake(places: readonly Place[]): void {
    this.#parkedAt = undefined
    this.#usedAt = this.#options.clock.monotonic()
    const rig = this.#options.rigOf(this)
    const mapper = this.#options.mapperOf(this)
    const { workspaceId, id: connectionId, sourceId } = this.connection
    const tracks = places.map(({ lane, seq, head, intent }) => {
      const cursor = { workspaceId, connectionId, sourceId, lane, seq }
      const whole = intent === undefined ? cursor : { ...cursor, intent }
      return new Track(rig, this.connection, mapper, whole, head)
    })
    this.#loops = { tracks, aside: new Aside(rig, this.connection, mapper) }
    this.#options.awake(this)
    for (const track of tracks) track.kick()
  }

  #trackOf(lane: Lane): Track | undefined {
    return this.#loops?.tracks.find((track) => track.lane === lane)
  }
}

function parkingOf(places: readonly Place[]): Readonly<Record<Lane, number>> {
  const seqs: Record<Lane, number> = { live: 0, catalog: 0, backfill: 0 }
  for (const { lane, seq } of places) seqs[lane] = seq
  return seqs
}
