import { type CursorKey, lanes, reasons } from '../core/index.ts'
import { breath } from './breath.ts'
import { lockCursor, lockCursorsOf } from './cursor.ts'
import { findInDays } from './day.ts'
import { dropEvents } from './drop-events.ts'
import { endGuests } from './end-guests.ts'
import type { At } from './event.ts'
import type { Group } from './group.ts'
import { dropHours } from './hourly.ts'
import { dropDays, emptyDays, leaveDays } from './leave-day.ts'
import type { LedgerRow } from './ledger.ts'
import { dropOutlines } from './outline.ts'
import { changeOutcomes } from './outcome.ts'
import type { SeenIds } from './seen.ts'
import { dropSpans, makeSpans } from './span.ts'
import type { Sql } from './sql.ts'
import { inTurn, type Turn } from './turn.ts'

export interface Limits {
  readonly now: number
  readonly bodyMs: number
  readonly attemptMs: number
  readonly seenMs: number
}

/** So long a guest's events wait for their visitor (W7). */
const guestMs = 30 * 24 * 3_600_000

/**
 * In steps, each a commit of its own, so that nobody waits for it; cut off anywhere, the next run goes on. Where
 * the database is shared, one node at a time.
 */
export async function retain(sql: Sql, group: Group, seen: SeenIds, limits: Limits): Promise<void> {
  // Whoever has the turn: without the spans to come nothing can be taken in.
  await makeSpans(sql, group)
  await inTurn(sql, group, (turn) => tidy(sql, group, seen, limits, turn))
}

async function tidy(
  sql: Sql,
  group: Group,
  seen: SeenIds,
  limits: Limits,
  turn: Turn,
): Promise<void> {
  const { now } = limits
  // Before lanes leave more of them.
  const empty = sql.shared ? await emptyDays(sql) : []
  const sources = await sql.query<{ workspaceId: string; sourceId: string }>(
    'select workspace_id as "workspaceId", source_id as "sourceId" from source order by 1, 2',
  )
  for (const source of sources)
    for (const lane of lanes) {
      if (!(await turn.holds())) return
      const at = { ...source, lane }
      if (lane === 'live') {
        await endFormerGuests(sql, group, at, now)
        await expireGuests(sql, group, at, now)
      }
      for (const key of await lockCursorsOf(sql, at))
        await group.write((tx) => dropHours(tx, key, now))
      await dropEvents(sql, group, at, { ...limits, guestMs })
      if (sql.shared) await leaveDays(sql, group, at, now - limits.bodyMs)
      await dropOutlines(sql, at, now - limits.bodyMs)
    }
  const workspaces = new Set(sources.map(({ workspaceId }) => workspaceId))
  for (const workspaceId of workspaces) {
    if (!(await turn.holds())) return
    if (!sql.shared) await dropOlder(group, dropAttempts, workspaceId, now - limits.attemptMs)
    await dropOlder(group, dropRefused, workspaceId, now - limits.bodyMs)
  }
  if (!(await turn.holds())) return
  await seen.drop(sql, group, now - limits.seenMs)
  if (!sql.shared) return
  await dropDays(group, empty)
  await dropSpans(sql, group, 'attempt', now - limits.attemptMs)
  await dropSpans(sql, group, 'guest', now - guestMs)
  await makeSpans(sql, group)
}

const stepRows = 1000

/** Of connections that were disconnected: what was settled while they were, or before the program knew of it. */
async function endFormerGuests(sql: Sql, group: Group, at: At, now: number): Promise<void> {
  const former = await sql.query<{ connectionId: string }>(
    `select connection_id as "connectionId"
       from connection
      where workspace_id = $1 and source_id = $2 and state = 'disconnected'`,
    [at.workspaceId, at.sourceId],
  )
  for (const { connectionId } of former)
    while (await group.write((tx) => endGuests(tx, { ...at, connectionId }, now))) await breath()
}

/** Guests' events that waited in vain end as that. */
async function expireGuests(sql: Sql, group: Group, at: At, now: number): Promise<void> {
  for (const key of await lockCursorsOf(sql, at)) {
    let after = 0
    for (;;) {
      const last = await group.write((tx) => expireStep(tx, key, after, now))
      if (last === undefined) break
      after = last
      await breath()
    }
  }
}

async function expireStep(
  sql: Sql,
  key: CursorKey,
  after: number,
  now: number,
): Promise<number | undefined> {
  await lockCursor(sql, key)
  const [row] = await sql.query<LedgerRow>(
    `select from_seq as "fromSeq", to_seq as "toSeq", outcomes
       from ledger
      where workspace_id = $1 and connection_id = $2 and lane = $3 and from_seq > $4
      order by from_seq
      limit 1`,
    [key.workspaceId, key.connectionId, key.lane, after],
  )
  if (row === undefined) return undefined
  const { number } = reasons.anonymous_waiting
  const waiting = [...row.outcomes.entries()]
    .filter(([, byte]) => byte === number)
    .map(([place]) => row.fromSeq + place)
  if (waiting.length === 0) return row.fromSeq
  const young = await findInDays(
    sql,
    `select 1 as found
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and day = $5
        and received_at > $6`,
    waiting.map((seq) => ({ ...key, seq })),
    [now - guestMs],
  )
  const expired = waiting
    .filter((_, place) => young[place] === undefined)
    .map((seq) => ({ seq, reason: 'anonymous_expired' as const }))
  await changeOutcomes(sql, key, expired, now)
  return row.fromSeq
}

const dropAttempts = `delete from attempt
  where workspace_id = $1
    and (connection_id, lane, from_seq, attempt_id) in
        (select connection_id, lane, from_seq, attempt_id
           from attempt
          where workspace_id = $1 and at < $2
          limit $3)
  returning 1 as dropped`

const dropRefused = `delete from refused
  where workspace_id = $1
    and (at, refused_id) in
        (select at, refused_id from refused where workspace_id = $1 and at < $2 limit $3)
  returning 1 as dropped`

async function dropOlder(
  group: Group,
  statement: string,
  workspaceId: string,
  cutoff: number,
): Promise<void> {
  for (;;) {
    const rows = await group.write((sql) => sql.query(statement, [workspaceId, cutoff, stepRows]))
    if (rows.length < stepRows) return
    await breath()
  }
}
