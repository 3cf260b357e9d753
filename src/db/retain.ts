import { type CursorKey, lanes, reasons } from '../core/index.ts'
import { lockAnchors } from './anchor.ts'
import { breath } from './breath.ts'
import { lockCursor } from './cursor.ts'
import { type At, headOf } from './event.ts'
import type { Group } from './group.ts'
import { type LedgerRow, outcomesOf, patchOutcomes } from './ledger.ts'
import type { SeenIds } from './seen.ts'
import { dropSpans, makeSpans } from './span.ts'
import type { Sql, Value } from './sql.ts'
import { addTally, changeOf } from './tally.ts'

export interface Limits {
  readonly now: number
  readonly bodyMs: number
  readonly attemptMs: number
  readonly seenMs: number
}

/** So long a guest's events wait for their visitor (W7). */
const guestMs = 30 * 24 * 3_600_000

/** In steps, each a commit of its own, so that nobody waits for it. */
export async function retain(sql: Sql, group: Group, seen: SeenIds, limits: Limits): Promise<void> {
  const sources = await sql.query<{ workspaceId: string; sourceId: string }>(
    'select workspace_id as "workspaceId", source_id as "sourceId" from source order by 1, 2',
  )
  for (const source of sources)
    for (const lane of lanes) {
      const at = { ...source, lane }
      if (lane === 'live') await expireGuests(sql, group, at, limits.now)
      await dropEvents(sql, group, at, limits)
    }
  const workspaces = new Set(sources.map(({ workspaceId }) => workspaceId))
  for (const workspaceId of workspaces) {
    if (!sql.shared)
      await dropOlder(group, dropAttempts, workspaceId, limits.now - limits.attemptMs)
    await dropOlder(group, dropRefused, workspaceId, limits.now - limits.bodyMs)
  }
  await seen.drop(sql, group, limits.now - limits.seenMs)
  if (sql.shared) {
    await dropSpans(sql, group, 'attempt', limits.now - limits.attemptMs)
    await makeSpans(sql, group)
  }
}

const stepRows = 1000

interface Dropped {
  readonly seq: number
  readonly receivedAt: number
  readonly person: string | null
}

async function dropEvents(sql: Sql, group: Group, at: At, { now, bodyMs }: Limits): Promise<void> {
  const cutoff = now - bodyMs
  let after = 0
  let more = true
  while (more) {
    // What runs in a group may run twice: it changes nothing but the database.
    const from = after
    const step = await group.write(async (tx) => {
      await lockAnchors(tx, [at])
      const keys = await cursorsOf(tx, at)
      const end = await settledBefore(tx, at, keys, cutoff)
      const rows = await tx.query<Dropped>(
        `select seq, received_at as "receivedAt", person
           from event
          where workspace_id = $1 and source_id = $2 and lane = $3 and seq > $4 and seq <= $5
          order by seq
          limit $6`,
        [at.workspaceId, at.sourceId, at.lane, from, end, stepRows],
      )
      const old = rows.filter(({ receivedAt }) => receivedAt < cutoff)
      await drop(tx, at, await needless(tx, keys, old, now))
      return {
        last: rows.at(-1)?.seq ?? from,
        more: rows.length === stepRows && old.length > 0,
      }
    })
    after = step.last
    more = step.more
    await breath()
  }
}

async function cursorsOf(sql: Sql, at: At): Promise<readonly (CursorKey & { seq: number })[]> {
  const rows = await sql.query<{ connectionId: string; seq: number }>(
    `select connection_id as "connectionId", seq
       from cursor
      where workspace_id = $1 and source_id = $2 and lane = $3
      order by connection_id ${sql.lock}`,
    [at.workspaceId, at.sourceId, at.lane],
  )
  return rows.map((row) => ({ ...at, ...row }))
}

/** The newest number that every connection had settled by then. */
async function settledBefore(
  sql: Sql,
  at: At,
  keys: readonly (CursorKey & { seq: number })[],
  cutoff: number,
): Promise<number> {
  let end = await headOf(sql, at)
  for (const key of keys) {
    const [row] = await sql.query<{ first: number | null }>(
      `select min(from_seq) as first
         from ledger
        where workspace_id = $1 and connection_id = $2 and lane = $3 and settled_at >= $4`,
      [key.workspaceId, key.connectionId, key.lane, cutoff],
    )
    end = Math.min(end, key.seq, (row?.first ?? Infinity) - 1)
  }
  return end
}

/** Those that no exception and no visitor still needs. */
async function needless(
  sql: Sql,
  keys: readonly CursorKey[],
  old: readonly Dropped[],
  now: number,
): Promise<readonly number[]> {
  const needed = new Set<number>()
  const first = old[0]
  const last = old.at(-1)
  if (first === undefined || last === undefined) return []
  const guests = old
    .filter(({ person, receivedAt }) => person === null && receivedAt > now - guestMs)
    .map(({ seq }) => seq)
  for (const key of keys) {
    const exceptions = await sql.query<{ seq: number }>(
      `select seq
         from exception
        where workspace_id = $1 and connection_id = $2 and lane = $3 and seq between $4 and $5`,
      [key.workspaceId, key.connectionId, key.lane, first.seq, last.seq],
    )
    for (const { seq } of exceptions) needed.add(seq)
    for (const [seq, byte] of await outcomesOf(sql, key, guests))
      if (byte === reasons.anonymous_waiting.number) needed.add(seq)
  }
  return old.map(({ seq }) => seq).filter((seq) => !needed.has(seq))
}

/** The floor first: a source that is quiet for long must not start again behind its cursors. */
async function drop(sql: Sql, at: At, seqs: readonly number[]): Promise<void> {
  const last = seqs.at(-1)
  if (last === undefined) return
  const where = [at.workspaceId, at.sourceId, at.lane]
  await sql.query(
    `insert into floor (workspace_id, source_id, lane, seq)
     values ($1, $2, $3, $4)
     on conflict (workspace_id, source_id, lane) do update
        set seq = excluded.seq
      where excluded.seq > floor.seq`,
    [...where, last],
  )
  const rows: Value[][] = seqs.map((seq) => [...where, seq])
  await sql.each(
    'delete from event where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4',
    rows,
  )
  if (at.lane === 'live')
    await sql.query('delete from link where workspace_id = $1 and source_id = $2 and seq <= $3', [
      at.workspaceId,
      at.sourceId,
      last,
    ])
}

/** Guests' events that waited in vain end as that. */
async function expireGuests(sql: Sql, group: Group, at: At, now: number): Promise<void> {
  for (const key of await cursorsOf(sql, at)) {
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
  const young = await sql.find<{ seq: number }>(
    `select seq
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and received_at > $5`,
    waiting.map((seq) => [key.workspaceId, key.sourceId, key.lane, seq, now - guestMs]),
  )
  const expired = waiting
    .filter((_, place) => young[place] === undefined)
    .map((seq) => ({ seq, reason: 'anonymous_expired' as const }))
  await patchOutcomes(sql, key, expired)
  const patched = expired.map(({ reason }) => ({ from: number, to: reason }))
  await addTally(sql, key, changeOf([], patched), now)
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
