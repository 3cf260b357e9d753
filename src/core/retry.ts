import { nextCycle } from './cycle.ts'
import type { ReasonCode } from './reason.ts'
import type { Settings } from './settings.ts'

/** Quick tries of one event's own fault, before it ends or waits for a retry cycle. */
export const quickTries = 6

const firstMs = 1_000
const longestMs = 5 * 60_000

/**
 * How long to wait after the `tries`-th failure in a row (from 1): anything up to a limit that doubles
 * from a second to five minutes. The whole span is drawn from, so that accounts that failed together do
 * not come back together. `random`: 0 ≤ x < 1.
 */
export function backoffMs(tries: number, random: number): number {
  const limit = Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(tries, 1) - 1, 20))
  return Math.floor(random * limit)
}

/** What follows a failure. */
export type Next =
  | { readonly type: 'again'; readonly afterMs: number }
  /** Off the normal way until the next retry cycle (Z41). */
  | { readonly type: 'cycle'; readonly reason: ReasonCode; readonly dueAt: number }
  | { readonly type: 'end'; readonly reason: ReasonCode }

export interface Failure {
  /** `account`: nothing of the account goes through; `event`: others do; `rejected`: Klaviyo calls it invalid. */
  readonly fault: 'account' | 'event' | 'rejected'
  /** Failures in a row, this one included. */
  readonly tries: number
  /** It was the retry cycle's attempt. */
  readonly inCycle: boolean
  /** Epoch milliseconds. */
  readonly now: number
  readonly random: number
}

/** What a connection's patience makes of a failure (C5, C6). */
export function nextOf(
  { fault, tries, inCycle, now, random }: Failure,
  { patience, retryCycleMs }: Pick<Settings, 'patience' | 'retryCycleMs'>,
): Next {
  if (patience === 'cycle') {
    if (inCycle) {
      return {
        type: 'end',
        reason: fault === 'rejected' ? 'rejected_after_retry' : 'retries_exhausted',
      }
    }
    return fault === 'rejected' || tries >= quickTries
      ? { type: 'cycle', reason: 'retry_cycle', dueAt: nextCycle(now, retryCycleMs) }
      : { type: 'again', afterMs: backoffMs(tries, random) }
  }
  if (fault === 'rejected') return { type: 'end', reason: 'klaviyo_rejected' }
  if (fault === 'event' && tries >= quickTries) return { type: 'end', reason: 'single_failure' }
  return { type: 'again', afterMs: backoffMs(tries, random) }
}
