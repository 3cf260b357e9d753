import type { Action } from './action.ts'
import type { Journaled } from './event.ts'
import type { ReasonCode } from './reason.ts'

/** What is to be done with one event. */
export type Plan =
  | {
      readonly type: 'send'
      readonly actions: readonly Action[]
      readonly notes: readonly ReasonCode[]
      readonly by?: ChangedBy
    }
  /** It ends here, or waits for the visitor to become known (`anonymous_waiting`). */
  | {
      readonly type: 'end'
      readonly reason: ReasonCode
      readonly detail?: string
      readonly by?: ChangedBy
    }

/** The rules that changed the event, in their order. */
type ChangedBy = readonly string[]

/** A connection's routing and mapping, compiled. Pure: the same event gives the same plan, whenever. */
export interface Mapper {
  plan(event: Journaled): Plan
}
