import type { Mapper } from '../core/index.ts'
import { plan } from './carry.ts'
import { bringGuests } from './guests.ts'
import { isBegun } from './item.ts'
import type { Item } from './item.ts'
import type { Road } from './road.ts'

/** As many events from the front of a road as one bulk request takes. */
export async function gather(road: Road, mapper: Mapper): Promise<readonly Item[]> {
  const { maxActions, maxBytes } = road.rig.destination.limits.events
  const items: Item[] = []
  let actions = 0
  let bytes = 0
  for (const item of road.window.items) {
    // It came while guests were looked for: it goes with the next.
    if (item.plan === undefined) break
    // Whoever sends the range again must send the same: so nothing in it was sent singly before, or decided
    // under other settings.
    const decided = item.state === 'done' && item.plannedBy !== mapper
    if (isBegun(item) || item.end !== undefined || decided) break
    await bringGuests(road, item)
    for (const each of [...(item.guests ?? []), item]) {
      plan(mapper, each)
      if (each.plan?.type === 'send') actions += each.plan.actions.length
      bytes += each.journaled.bodyBytes
    }
    if (items.length > 0 && (actions > maxActions || bytes > maxBytes)) break
    items.push(item)
  }
  return items
}
