import type { Lane } from './event.ts'
import type { Exception, Place } from './journal.ts'
import type { ReasonCode } from './reason.ts'

/** Where a list of failed events goes on. */
export interface KeptPlace {
  readonly lane: Lane
  readonly seq: number
}

/** What people want to know of a cause beside how often it was one. */
export interface CauseMore {
  /** Known people whom the newest of its events are of. */
  readonly people: number
  /** There are more events than were looked at for that. */
  readonly isMorePeople: boolean
  /** When its oldest and its newest event failed. */
  readonly firstAt?: number
  readonly lastAt?: number
}

/** Failed events, for people. */
export interface KeptView {
  /** In the order of the reasons. */
  causes(connection: Place, reasons: readonly ReasonCode[]): Promise<readonly CauseMore[]>
  /** Those kept for that reason, lane by lane, the newest first. */
  failed(
    connection: Place,
    reason: ReasonCode,
    page: { readonly limit: number; readonly before?: KeptPlace },
  ): Promise<readonly Exception[]>
}
