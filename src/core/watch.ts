import type { HourCounts } from './hours.ts'
import type { CursorKey, NodeRow } from './journal.ts'
import type { KeptView } from './kept.ts'

/** How far behind a connection is in one lane: what alerts are made from. */
export interface Backlog extends CursorKey {
  /** Events after the cursor. */
  readonly waiting: number
  /** When the oldest of them was received. */
  readonly oldestAt?: number
  /** When the newest event of the lane was received; undefined: there is none, or its body is gone. */
  readonly newestAt?: number
  /** How many Klaviyo accepted since the oldest of those that wait came, by the minute. */
  readonly acceptedSince: number
}

/** A node of the table, with what it runs. Times by the database's clock. */
export interface NodeState extends NodeRow {
  /** Until it counts as dead, unless it is heard of before. */
  readonly leftMs: number
  /** Klaviyo accounts that it runs. */
  readonly accounts: number
}

/** What those who watch over the database want to know of it. */
export interface Watch extends HourCounts, KeptView {
  /** Rejects, with what to do, when it cannot be reached or is not at this program's version. */
  check(): Promise<void>
  /** In the order given. */
  backlogs(cursors: readonly CursorKey[]): Promise<readonly Backlog[]>
  /** In the order in which they joined. */
  nodes(): Promise<readonly NodeState[]>
}
