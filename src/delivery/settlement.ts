import type { CursorKey, Exception, HourCount, Patch, ReasonCode, Settings } from '../core/index.ts'
import type { Hours } from './hours.ts'
import type { Item } from './item.ts'
import { exceptionOf } from './outcome.ts'

/** What is written for events that are done, in their order. */
export interface Ends {
  readonly reasons: readonly ReasonCode[]
  /** Of events that were settled before: guests' that waited, identifies whose traits travelled now. */
  readonly patches: readonly Patch[]
  readonly exceptions: readonly Exception[]
  readonly hours: readonly HourCount[]
}

export function endsOf(
  items: readonly Item[],
  key: CursorKey,
  settings: Settings,
  hours: Hours,
  at: { readonly now: number; readonly random: number },
): Ends {
  const reasons: ReasonCode[] = []
  const patches: Patch[] = []
  const exceptions: Exception[] = []
  const where = { ...key, settings, ...at }
  for (const item of items) {
    for (const guest of item.guests ?? []) {
      const { reason, exception } = exceptionOf(guest, where)
      patches.push({ seq: guest.journaled.seq, reason, counted: hours.counted(guest, at.now) })
      if (exception !== undefined) exceptions.push(exception)
      else for (const seq of guest.kept) patches.push({ seq, reason: 'accepted' })
    }
    const { reason, exception } = exceptionOf(item, where)
    reasons.push(reason)
    if (exception !== undefined) exceptions.push(exception)
    else for (const seq of item.kept) patches.push({ seq, reason: 'accepted' })
  }
  return { reasons, patches, exceptions, hours: hours.countsOf(items, reasons, at.now) }
}
