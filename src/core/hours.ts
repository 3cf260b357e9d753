import type { CursorKey } from './journal.ts'
import { reasons, type Outcome, type ReasonCode } from './reason.ts'

/**
 * What is counted of events by the hour in which they were received: for charts and comparisons. An event
 * counts in its own hour whatever becomes of it later, so that a replay moves it there and counts it in no
 * other. What waits behind the cursor is not in here yet.
 */
export interface HourCount {
  /** Since 1970, in UTC. */
  readonly hour: number
  /**
   * `reason`: events by the number of their reason. `metric`: what Klaviyo accepted, by its name there; without
   * a name, the rest of many. `delay`: events by how long they took to be accepted; see `delayStep`.
   */
  readonly kind: 'reason' | 'metric' | 'delay'
  readonly what: string
  readonly events: number
}

/** Of an event whose outcome changes: what the counts need to know. Left out, the journal looks it up. */
export interface Counted {
  readonly receivedAt: number
  /** What Klaviyo holds of it now. */
  readonly metrics?: readonly string[]
  /** Left out where a person, not the road, decided when it went. */
  readonly delayMs?: number
}

export const hourMs = 3_600_000

export function hourOf(at: number): number {
  return Math.floor(at / hourMs)
}

/** Delays are counted in steps, two to an octave: what is read from them is right to a few parts in a hundred. */
export function delayStep(ms: number): number {
  return Math.min(80, Math.max(0, Math.ceil(2 * Math.log2(Math.max(ms, 1) / 10))))
}

/** The longest delay that counts in that step, in milliseconds. */
export function delayOf(step: number): number {
  return 10 * 2 ** (step / 2)
}

/** How long that share (0 to 1) of events took at most; undefined: none were counted. */
export function delayAt(counts: ReadonlyMap<number, number>, share: number): number | undefined {
  const steps = [...counts].filter(([, events]) => events > 0).toSorted(([a], [b]) => a - b)
  const all = steps.reduce((sum, [, events]) => sum + events, 0)
  let left = all * share
  for (const [step, events] of steps) {
    if (left <= events) {
      const from = step === 0 ? 0 : delayOf(step - 1)
      return from + (delayOf(step) - from) * (left / events)
    }
    left -= events
  }
  return undefined
}

/** Events of an hour that came to a reason. */
export interface HourOfReason {
  readonly hour: number
  readonly reason: ReasonCode
  readonly events: number
}

/** What people ask: is it at Klaviyo, did it fail, was it not to be sent, or is it still on its way? */
export type Fate = 'accepted' | 'failed' | 'not_sent' | 'waiting'

/** Failed is what is kept for people to put right, and can be sent again from there. */
export function fateOf(code: ReasonCode): Fate {
  return fates[reasons[code].outcome]
}

const fates: Readonly<Record<Outcome, Fate>> = {
  waiting: 'waiting',
  sending: 'waiting',
  retrying: 'waiting',
  held: 'waiting',
  retry: 'waiting',
  accepted: 'accepted',
  confirmed: 'accepted',
  dropped: 'not_sent',
  dead: 'failed',
}

/** A time from one hour to another, the latter not included. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The counts, for people. Of several connections: their sums. */
export interface HourCounts {
  hours(keys: readonly CursorKey[], span: Span): Promise<readonly HourOfReason[]>
  /** By metric or by delay step, the most frequent first. */
  sums(
    keys: readonly CursorKey[],
    kind: 'metric' | 'delay',
    span: Span,
  ): Promise<readonly { readonly what: string; readonly events: number }[]>
  /** How many of those that wait behind the cursors were received at each of these times or later. */
  waitingSince(keys: readonly CursorKey[], times: readonly number[]): Promise<readonly number[]>
  /**
   * How many events that were received since, and came before the `taker` was made, ended over the `former` because
   * that was disconnected.
   */
  endedBefore(former: CursorKey, taker: CursorKey, since: number): Promise<number>
  /** For each of the connections by itself: what was received and settled since that hour, and what of it failed. */
  paces(
    keys: readonly CursorKey[],
    since: number,
  ): Promise<readonly { readonly events: number; readonly failed: number }[]>
}
