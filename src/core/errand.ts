import type { ReasonCode } from './reason.ts'

/**
 * What a person asked to be done with all events of a connection that ended for a reason: deliver them again
 * (a replay), or let go of those that failed (a discard). Worked off in steps by whoever owns the account, so
 * that a million of them take no more memory than a few, and that it goes on after a crash.
 */
export interface Errand {
  readonly workspaceId: string
  readonly connectionId: string
  readonly id: string
  readonly act: 'replay' | 'discard'
  /** Left out: all that failed. */
  readonly reason?: ReasonCode
  readonly state: 'running' | 'done' | 'cancelled'
  /** How many there were when it was asked for. */
  readonly total: number
  /** How many it has come to: they go out again, or are let go of. */
  readonly taken: number
  /** Of those that went out again: Klaviyo took them, they wait for another try, they ended once more. */
  readonly accepted: number
  readonly later: number
  readonly ended: number
  readonly askedAt: number
  readonly endedAt?: number
}

/** What came of some of a replay's events. */
export interface ErrandNews {
  readonly id: string
  readonly accepted: number
  readonly later: number
  readonly ended: number
}

/** What a connection's exceptions have to do next. */
export interface NextDue {
  /** When the next is due; undefined: none waits. */
  readonly dueAt?: number
  /** An errand is to be gone on with. */
  readonly errand?: Errand['act']
}

/** How many of a connection's events have failed for a reason and are kept. */
export interface Cause {
  readonly reason: ReasonCode
  readonly count: number
}

/** So long before failed events are first deleted it is told that they will be (Z43). */
export const noticeMs = 24 * 3_600_000

/** What became of a connection's failed events that were kept for as long as its settings say. */
export interface Expiry {
  /** Nothing is deleted before. */
  readonly startsAt: number
  /** It was told just now: the setting is new, or shorter than it was. */
  readonly isTold: boolean
  /** How many would be deleted, if it were time. */
  readonly count: number
  readonly deleted: number
}
