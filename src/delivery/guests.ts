import { withIdentifiers } from '../core/index.ts'
import { itemOf } from './item.ts'
import type { Item } from './item.ts'
import type { Road } from './road.ts'

/** Guests' events are kept so long for the visitor to become known. */
const guestMs = 30 * 86_400_000

/** What the visitor did before it became known: settled as waiting, or just before it in the window. */
export async function bringGuests({ rig, key, window }: Road, item: Item): Promise<void> {
  if (!item.link || item.guests !== undefined) return
  const { journal, clock } = rig
  const { seq, identifiers } = item.journaled
  // Looked at first: while the journal answers, they may be settled.
  const ahead = window.items.filter(
    ({ journaled, reason }) =>
      reason === 'anonymous_waiting' &&
      journaled.seq < seq &&
      journaled.identifiers.anonymousId === identifiers.anonymousId,
  )
  const waiting = await journal.waitingGuest(key, seq, clock.now() - guestMs)
  const known = new Set(waiting.map((journaled) => journaled.seq))
  const unsettled = ahead
    .filter(({ journaled }) => !known.has(journaled.seq))
    .map(({ journaled }) => withIdentifiers(journaled, identifiers))
  item.guests = [...waiting, ...unsettled].map((journaled) => itemOf(journaled, false))
}
