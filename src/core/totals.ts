import { type Fate, fateOf } from './hours.ts'
import type { Standing } from './journal.ts'
import type { ReasonCode } from './reason.ts'

/**
 * What became of a connection's events since it went live: the one count that pages, the API and the command line
 * show. What is sent again counts as what it was until it has its new outcome.
 */
export interface Totals {
  /** The other four together. What was refused at the door was no event, and is none of them. */
  readonly received: number
  readonly accepted: number
  readonly notSent: number
  readonly failed: number
  /** For their turn, for another try, or for their shopper. */
  readonly waiting: number
  /** Of those that wait: until their shopper is known. The others are to be sent. */
  readonly forShopper: number
}

/** Of a connection's lanes. */
export function totalsOf(standings: readonly Pick<Standing, 'waiting' | 'counts'>[]): Totals {
  const fates: Record<Fate, number> = { accepted: 0, failed: 0, not_sent: 0, waiting: 0 }
  let forShopper = 0
  for (const { waiting, counts } of standings) {
    fates.waiting += waiting
    forShopper += counts.anonymous_waiting ?? 0
    for (const [reason, events] of Object.entries(counts))
      fates[fateOf(reason as ReasonCode)] += events
  }
  const { accepted, failed, not_sent: notSent, waiting } = fates
  return {
    received: accepted + failed + notSent + waiting,
    accepted,
    notSent,
    failed,
    waiting,
    forShopper,
  }
}
