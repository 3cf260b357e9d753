import { reasons } from '../core/index.ts'
import { lockAnchors } from './anchor.ts'
import { breath } from './breath.ts'
import { type CursorAt, lockCursorsOf } from './cursor.ts'
import { dayMs, stretchesFrom, today } from './day.ts'
import { type At, headOf, raiseFloor } from './event.ts'
import type { Group } from './group.ts'
import { settledBefore, seqsWithByte } from './ledger.ts'
import { dropSpan, spansOf } from './span.ts'
import type { Sql } from './sql.ts'

/**
 * Retention where events are kept by day. A lane leaves its old days one by one: what somebody still needs of a
 * day is copied to day 0, and then the day's line in `lane_day` goes; from that commit on its numbers are looked
 * for in day 0. A day that no lane has any more is dropped as a whole by the next run: until then its rows are
 * there for whoever had looked up the day just before. It may be cut off after any commit: what was copied is
 * not copied again, and a day goes only when nobody has it.
 */

/** What arrives in a day is settled in the next one at the latest, or is copied. */
const graceDays = 1
const stepRows = 1000

export async function leaveDays(sql: Sql, group: Group, at: At, cutoff: number): Promise<void> {
  for (const { day } of await stretchesFrom(sql, at, 0)) {
    if (day === 0) continue
    if ((day + 1 + graceDays) * dayMs > cutoff) return
    let after: number | undefined = 0
    while (after !== undefined) {
      const from: number = after
      after = await group.write((tx) => leave(tx, at, { day, after: from, cutoff }))
      await breath()
    }
  }
}

/** Copies the next ones that are needed; undefined: that was all, and the lane has left the day. */
async function leave(
  sql: Sql,
  at: At,
  { day, after, cutoff }: { readonly day: number; readonly after: number; readonly cutoff: number },
): Promise<number | undefined> {
  await lockAnchors(sql, [at])
  const stretch = (await stretchesFrom(sql, at, 0)).find((one) => one.day === day)
  // Another node has done it.
  if (stretch === undefined) return undefined
  const { from } = stretch
  const to = Math.min(stretch.to, await headOf(sql, at))
  const keys = await lockCursorsOf(sql, at)
  const settled = Math.min(to, await settledBefore(sql, keys, cutoff))
  const needed = new Set<number>()
  const { anonymous_waiting: waiting } = reasons
  for (const key of keys) {
    for (const seq of await exceptionsIn(sql, key, from, settled)) needed.add(seq)
    // Those that waited in vain have ended by now; see `expireGuests`.
    if (at.lane === 'live')
      for (const seq of await seqsWithByte(sql, key, waiting.number, from, settled)) needed.add(seq)
  }
  const runs = [
    ...runsOf([...needed].toSorted((one, other) => one - other)),
    [settled + 1, to] as const,
  ]
  let copied = 0
  for (const [first, end] of runs) {
    const start = Math.max(first, after + 1, from)
    const { rows, last } = await copy(sql, at, day, { from: start, to: end }, stepRows - copied)
    copied += rows
    if (copied >= stepRows) return last
  }
  // An exception may have come to one that was passed before.
  for (const [first, end] of runs.slice(0, -1))
    if (first <= after) await copy(sql, at, day, { from: first, to: end }, stepRows)
  await raiseFloor(sql, at, to)
  await sql.query(
    `delete from lane_day
      where workspace_id = $1 and source_id = $2 and lane = $3 and first_seq = $4`,
    [at.workspaceId, at.sourceId, at.lane, from],
  )
  if (at.lane === 'live')
    await sql.query(
      `delete from link
        where workspace_id = $1 and source_id = $2 and seq between $3 and $4
          and not exists (select 1 from event
                           where event.workspace_id = $1 and event.source_id = $2
                             and event.lane = 'live' and event.day = 0 and event.seq = link.seq)`,
      [at.workspaceId, at.sourceId, from, settled],
    )
  return undefined
}

async function exceptionsIn(
  sql: Sql,
  key: CursorAt,
  from: number,
  to: number,
): Promise<readonly number[]> {
  const rows = await sql.query<{ seq: number }>(
    `select seq
       from exception
      where workspace_id = $1 and connection_id = $2 and lane = $3 and seq between $4 and $5`,
    [key.workspaceId, key.connectionId, key.lane, from, to],
  )
  return rows.map(({ seq }) => seq)
}

/** Numbers that follow one another, as their first and last. */
function runsOf(seqs: readonly number[]): readonly (readonly [first: number, last: number])[] {
  const runs: (readonly [number, number])[] = []
  let first = 0
  for (const [place, seq] of seqs.entries()) {
    if (seqs[place + 1] === seq + 1) continue
    runs.push([seqs[first]!, seq])
    first = place + 1
  }
  return runs
}

/** To day 0, unless it is there: at most `limit` rows. */
async function copy(
  sql: Sql,
  at: At,
  day: number,
  { from, to }: { readonly from: number; readonly to: number },
  limit: number,
): Promise<{ readonly rows: number; readonly last: number }> {
  if (from > to) return { rows: 0, last: to }
  const where = [at.workspaceId, at.sourceId, at.lane, day, from]
  const [found] = await sql.query<{ rows: number; last: number | null }>(
    `select count(*) as rows, max(seq) as last
       from (select seq
               from event
              where workspace_id = $1 and source_id = $2 and lane = $3 and day = $4
                and seq between $5 and $6
              order by seq
              limit $7) as next`,
    [...where, to, limit],
  )
  const rows = found?.rows ?? 0
  const last = found?.last ?? to
  if (rows > 0)
    await sql.query(
      `insert into event (workspace_id, source_id, lane, seq, message_id, type, name, person,
                          anonymous_id, identifiers, occurred_at, received_at, body, day)
       select workspace_id, source_id, lane, seq, message_id, type, name, person,
              anonymous_id, identifiers, occurred_at, received_at, body, 0
         from event
        where workspace_id = $1 and source_id = $2 and lane = $3 and day = $4
          and seq between $5 and $6
       on conflict (workspace_id, source_id, lane, seq, day) do nothing`,
      [...where, last],
    )
  return { rows, last }
}

/** The days before today that no lane has any more. */
export async function emptyDays(sql: Sql): Promise<readonly number[]> {
  const now = await today(sql)
  const had = new Set(
    (await sql.query<{ day: number }>('select distinct day from lane_day')).map(({ day }) => day),
  )
  return (await spansOf(sql, 'event')).filter((day) => day !== 0 && day < now && !had.has(day))
}

export async function dropDays(group: Group, days: readonly number[]): Promise<void> {
  for (const day of days) await dropSpan(group, 'event', day)
}
