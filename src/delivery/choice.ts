import type { Destination } from '../core/index.ts'
import { nextWayOf } from './carry.ts'
import { isBegun } from './item.ts'
import type { Window } from './window.ts'

/** So few go singly at once, whatever the bulk way says. */
const few = 10
/** So many go singly only while the bulk way has to wait. */
const some = 50
/** Kept of a minute's single requests, so that the next trickle goes at once too. */
const reserve = 100

/** Whether what waits goes in bulk: whatever gets the oldest there soonest without running a window dry. */
export function goesTogether({ items, behind }: Window, destination: Destination): boolean {
  // What was begun singly is finished singly: announced in a batch it would have to be sent a second time.
  if (items[0] !== undefined && isBegun(items[0])) return false
  let actions = 0
  let headroom = Number.POSITIVE_INFINITY
  for (const item of items) {
    if (item.state !== 'ready') continue
    const way = nextWayOf(item)
    if (way === undefined) continue
    actions += item.plan?.type === 'send' ? item.plan.actions.length : 1
    if (actions > some) return true
    headroom = Math.min(headroom, destination.headroom(way))
  }
  if (actions === 0) return false
  if (behind || headroom < reserve + actions) return true
  return actions > few && destination.waitMs('events') === 0
}
