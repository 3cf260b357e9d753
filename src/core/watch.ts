import type { CursorKey } from './journal.ts'

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

/** What those who watch over the database want to know of it. */
export interface Watch {
  /** Rejects, with what to do, when it cannot be reached or is not at this program's version. */
  check(): Promise<void>
  /** In the order given. */
  backlogs(cursors: readonly CursorKey[]): Promise<readonly Backlog[]>
}
