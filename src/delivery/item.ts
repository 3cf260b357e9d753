import type { Journaled, Mapper, Plan, ReasonCode } from '../core/index.ts'

/** What came of one action. */
export type Result =
  /** `repeated`: Klaviyo had it, and took nothing of what came with it now. */
  | { readonly type: 'accepted'; readonly noted: boolean; readonly repeated?: true }
  /** It ended; only a person can help. */
  | { readonly type: 'failed'; readonly reason: ReasonCode; readonly detail?: string }
  /** By itself it does not go through while others do: it leaves the straight road and is tried again later. */
  | { readonly type: 'later'; readonly reason: ReasonCode; readonly detail?: string }

/** An event on its way from the journal to its outcome. */
export interface Item {
  readonly journaled: Journaled
  /** It made a visitor known who has older events waiting. */
  readonly link: boolean
  plan: Plan | undefined
  /** By whom: settings may change while it waits. */
  plannedBy: Mapper | undefined
  /** `going`: a request that carries it is under way. */
  state: 'ready' | 'going' | 'done'
  reason: ReasonCode | undefined
  /** Why it is not simply over; see `Exception`. */
  end:
    | { readonly reason: ReasonCode; readonly detail?: string; readonly retry: boolean }
    | undefined
  /** The visitor's waiting events that go out before it. */
  guests: Item[] | undefined
  /** Numbers of earlier events whose traits travel with it (C15). */
  kept: readonly number[]
  /** Of the plan's actions, what came of those sent so far. */
  results: Result[]
  /** Requests of it alone that failed although waiting might have helped. */
  tries: number
  /** When the first of them failed, of the clock that never jumps. */
  failingSince: number | undefined
  /** How much the account had judged by the last of them: has it answered others since? */
  judgedBefore: number
}

export function itemOf(journaled: Journaled, link: boolean): Item {
  return {
    journaled,
    link,
    plan: undefined,
    plannedBy: undefined,
    state: 'ready',
    reason: undefined,
    end: undefined,
    guests: undefined,
    kept: [],
    results: [],
    tries: 0,
    failingSince: undefined,
    judgedBefore: 0,
  }
}

/** Some of it was sent singly. */
export function isBegun({ results, guests }: Item): boolean {
  return results.length > 0 || guests?.some(isBegun) === true
}
