import type { Gate } from './gate.ts'
import type { Item } from './item.ts'
import type { Road } from './road.ts'

/** It fails by itself: it leaves the straight road, and its successors pass. */
export function setAside(item: Item, gate: Gate): void {
  const reason = gate.retryReason ?? 'klaviyo_unavailable'
  item.state = 'done'
  item.reason = 'exception'
  item.end = { reason, retry: true, ...(gate.lastError && { detail: gate.lastError.text }) }
  for (const guest of item.guests ?? []) {
    if (guest.state === 'done') continue
    guest.state = 'done'
    guest.reason = 'exception'
    guest.end = item.end
  }
}

/**
 * Ends what has waited as long as the settings allow, unsent, while the account takes nothing. Returns how many
 * at the front are to be settled now.
 */
export async function endOverdue({ rig, connection, window, intent }: Road): Promise<number> {
  const { gate, clock } = rig
  const { waitEndMs, patience } = connection.settings
  if (patience !== 'wait' || waitEndMs === undefined || gate.failingMs() < waitEndMs) return 0
  if (intent === undefined) await window.fill()
  else await window.readTo(intent.toSeq)
  const { items } = window
  const before = clock.now() - waitEndMs
  const first = items.findIndex(({ journaled }) => journaled.receivedAt > before)
  const count = first < 0 ? items.length : first
  // What was announced may be at Klaviyo: it ends as a whole.
  if (intent !== undefined && count < items.length) return 0
  const { lastError } = gate
  for (const item of items.slice(0, count)) {
    if (item.state === 'done') continue
    item.state = 'done'
    item.reason = 'retries_exhausted'
    item.end = {
      reason: 'retries_exhausted',
      retry: false,
      ...(lastError && { detail: lastError.text }),
    }
  }
  return count
}
