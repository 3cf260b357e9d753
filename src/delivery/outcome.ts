import type { Exception, Lane, ReasonCode, Settings } from '../core/index.ts'
import { backoffMs, fateOf, nextOf, quickTries } from '../core/index.ts'
import type { Item, Result } from './item.ts'

/** Takes the results of an item's actions together: the worst one is the item's. */
export function conclude(item: Item, results: readonly Result[]): void {
  item.state = 'done'
  let noted = item.plan?.type === 'send' && item.plan.notes.length > 0
  let later: Extract<Result, { type: 'later' }> | undefined
  for (const result of results) {
    if (result.type === 'failed') {
      const { reason, detail } = result
      item.reason = reason
      item.end = { reason, retry: false, ...(detail === undefined ? {} : { detail }) }
      return
    }
    if (result.type === 'later') later ??= result
    else noted ||= result.noted
  }
  if (later !== undefined) {
    const { reason, detail } = later
    item.reason = 'exception'
    item.end = { reason, retry: true, ...(detail === undefined ? {} : { detail }) }
    return
  }
  // What was to travel with it did not: it waits for the person's next event.
  if (results[0]?.type === 'accepted' && results[0].repeated === true) item.kept = []
  item.reason = noted ? 'accepted_with_note' : 'accepted'
}

/** A missing permission is asked for again this often, and at once when the destination is mended. */
export const permissionMs = 3_600_000

interface Where {
  readonly workspaceId: string
  readonly connectionId: string
  readonly lane: Lane
  readonly settings: Pick<Settings, 'patience' | 'retryCycleMs' | 'waitEndMs'>
  readonly now: number
  readonly random: number
  /** Whether a failure that waiting might have helped counts as a try: only while the account answers others. */
  readonly counts?: boolean
}

/**
 * The row that an item leaves behind when it did not simply go through, and the reason its ledger byte gets.
 * `before` is the row that it had already.
 */
export function exceptionOf(
  item: Item,
  { workspaceId, connectionId, lane, settings, now, random, counts = true }: Where,
  before?: Exception,
): { readonly exception?: Exception; readonly reason: ReasonCode } {
  const { end } = item
  if (end === undefined) return { reason: item.reason ?? 'accepted' }
  const tries = (before?.tries ?? 0) + (end.retry && !counts ? 0 : 1)
  const failures = (before?.failures ?? 0) + Math.max(1, item.tries)
  const row = {
    workspaceId,
    connectionId,
    sourceId: item.journaled.sourceId,
    lane,
    seq: item.journaled.seq,
    tries,
    failures,
    messageId: item.journaled.messageId,
    firstAt: before?.firstAt ?? now,
    lastAt: now,
    ...(end.detail === undefined ? {} : { detail: end.detail }),
  }
  const kept = (reason: ReasonCode) => ({
    exception: { ...row, state: 'kept', reason, dueAt: 0 } as const,
    reason,
  })
  const again = (reason: ReasonCode, dueAt: number) => ({
    exception: { ...row, state: 'retry', reason, dueAt } as const,
    reason: 'exception' as const,
  })
  if (end.reason === 'scope_missing') return again('scope_missing', now + permissionMs)
  // Its wait is over: it was not sent again.
  if (end.reason === 'retries_exhausted') return kept('retries_exhausted')
  const { patience, waitEndMs = Number.POSITIVE_INFINITY } = settings
  if (patience === 'wait' && end.retry && now - row.firstAt >= waitEndMs) {
    return kept('retries_exhausted')
  }
  const next = nextOf(
    {
      fault: end.retry ? 'event' : 'rejected',
      // What leaves the straight road has used up its quick tries there.
      tries: settings.patience === 'cycle' && end.retry ? quickTries : counts ? tries : 1,
      inCycle: before?.state === 'retry' && before.reason === 'retry_cycle',
      now,
      random,
    },
    settings,
  )
  switch (next.type) {
    case 'again':
      return again(end.reason, now + (counts ? next.afterMs : backoffMs(9, random)))
    case 'cycle':
      return again(next.reason, next.dueAt)
    case 'end': {
      const why = next.reason === 'klaviyo_rejected' ? end.reason : next.reason
      // Not sent for what the shopper gave, as it would have been had we known: nothing failed.
      return fateOf(why) === 'failed' ? kept(why) : { reason: why }
    }
  }
}
