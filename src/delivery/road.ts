import type {
  Attempt,
  Connection,
  Cursor,
  CursorKey,
  Intent,
  Lane,
  LatestRow,
  Mapper,
} from '../core/index.ts'
import { isOff } from '../core/index.ts'
import { plan } from './carry.ts'
import type { Carrier } from './carry.ts'
import { Gap } from './gap.ts'
import { isBegun } from './item.ts'
import type { Item } from './item.ts'
import { Kept } from './kept.ts'
import { Release } from './release.ts'
import type { Line } from './request.ts'
import { lineOf } from './rig.ts'
import type { Rig } from './rig.ts'
import { Window } from './window.ts'

/**
 * One connection's way through one lane of its source's journal: what is after the cursor, and what the settings
 * of this moment make of it. Those that send singly, send in bulk and settle work on it in turns.
 */
export class Road {
  readonly rig: Rig
  readonly key: CursorKey
  readonly window: Window
  readonly release: Release
  readonly gap: Gap
  /** Only where profiles may not be written by themselves. */
  readonly kept: Kept | undefined
  connection: Connection
  mapper: Mapper
  /** A batch was announced, and is not settled yet. */
  intent: Intent | undefined
  /** Requests, and profile groups that were applied, for the next settlement. */
  attempts: Attempt[] = []
  readonly applied: LatestRow[] = []

  /** @param due is told when the turn of what waits for a cycle has come, or something is to be looked for again */
  constructor(rig: Rig, connection: Connection, mapper: Mapper, cursor: Cursor, due: () => void) {
    this.rig = rig
    this.connection = connection
    this.mapper = mapper
    this.intent = cursor.intent
    const { workspaceId, connectionId, sourceId, lane } = cursor
    this.key = { workspaceId, connectionId, sourceId, lane }
    this.release = new Release(rig.clock, connection.settings, due)
    this.gap = new Gap(rig, this.key, () => {
      this.window.seek()
      due()
    })
    this.window = new Window(rig, this.key, cursor.seq, this)
    this.kept = rig.keepsTraits ? new Kept(rig.journal, this.key) : undefined
  }

  get lane(): Lane {
    return this.key.lane
  }

  /** The settings or the state changed: the next look plans what was not sent yet anew (late binding). */
  change(connection: Connection, mapper: Mapper): void {
    this.connection = connection
    this.mapper = mapper
    this.release.change(connection.settings)
  }

  /** Nothing moves until a person, or another node, does something. */
  get isHeld(): boolean {
    const { account, gate } = this.rig
    if (account.stopped) return true
    return !this.ends && (this.connection.state === 'paused' || gate.hold !== undefined)
  }

  get gateMs(): number {
    return this.ends ? 0 : this.rig.gate.closedMs()
  }

  /** Switched off or disconnected: what waits ends, also while the destination is held. */
  get ends(): boolean {
    return isOff(this.connection)
  }

  /**
   * Decides what is to be done with what is here, by the settings of this moment unless told. Nowhere else is
   * a decision changed, so one stands for as long as a request that goes by it is under way.
   */
  async plan(told?: Mapper): Promise<void> {
    await this.kept?.load()
    const mapper = told ?? this.mapper
    for (const item of this.window.items) {
      // What has ended stays so: a later event of the same person may have gone by now.
      if (item.state !== 'ready') continue
      const changed = item.plan !== undefined && item.plannedBy !== mapper
      // What of it is at Klaviyo already stays as it was planned, unless the connection ends.
      if (changed && (!isBegun(item) || this.ends)) forget(item)
      plan(mapper, item)
      if (item.reason === 'kept_for_next_event') this.kept?.note(item.journaled)
    }
  }

  /** @param toSeq the last of the events that it is to carry */
  carrier(mapper: Mapper, toSeq: number, version = this.connection.version): Carrier {
    return {
      line: this.line(version),
      mapper,
      latest: this.rig.latest,
      kept: this.kept,
      connection: this.connection,
      lane: this.lane,
      clock: this.rig.clock,
      beyond: () => this.#beyond(toSeq),
      applied: this.applied,
    }
  }

  line(version = this.connection.version): Line {
    const record: Line['record'] = (exchange, carried) => {
      const id = this.rig.newAttemptId()
      this.attempts.push({ ...exchange, ...carried, id, lane: this.lane, version })
    }
    return lineOf(this.rig, {
      settings: this.connection.settings,
      lane: this.lane,
      aside: false,
      open: () => !this.isHeld && !this.ends,
      record,
    })
  }

  async #beyond(seq: number): Promise<readonly Item[]> {
    const items = await this.window.beyond(seq)
    for (const item of items) plan(this.mapper, item)
    return items
  }
}

/** It is decided anew. The visitor's history that was found stays with it: it goes wherever the event goes. */
function forget(item: Item): void {
  item.plan = undefined
  item.reason = undefined
  item.kept = []
  for (const guest of item.guests ?? []) {
    if (guest.results.length > 0) continue
    guest.state = 'ready'
    forget(guest)
  }
}
