import {
  type CauseMore,
  type CursorKey,
  type Exception,
  type KeptPlace,
  lanes,
  type Place,
  type ReasonCode,
} from '../core/index.ts'
import { findInDays } from './day.ts'
import { keptBefore } from './exception.ts'
import type { Sql } from './sql.ts'

/** So many of a cause's events are looked at for the people they are of. */
const mostLooked = 1000

export async function causesMore(
  sql: Sql,
  place: Place,
  codes: readonly ReasonCode[],
): Promise<readonly CauseMore[]> {
  return Promise.all(codes.map((code) => causeMore(sql, place, code)))
}

async function causeMore(sql: Sql, place: Place, reason: ReasonCode): Promise<CauseMore> {
  const newest = await failedPage(sql, place, reason, { limit: mostLooked + 1 })
  const looked = newest.slice(0, mostLooked)
  const rows = await findInDays<{ person: string | null }>(
    sql,
    `select person
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and day = $5`,
    looked.map(({ workspaceId, sourceId, lane, seq }) => ({ workspaceId, sourceId, lane, seq })),
  )
  const ends = await Promise.all(lanes.map((lane) => endsOf(sql, { ...place, lane }, reason)))
  const firsts = ends.flatMap(({ firstAt }) => firstAt ?? [])
  const lasts = ends.flatMap(({ lastAt }) => lastAt ?? [])
  return {
    people: new Set(rows.flatMap((row) => row?.person ?? [])).size,
    isMorePeople: newest.length > looked.length,
    ...(firsts.length > 0 && { firstAt: Math.min(...firsts) }),
    ...(lasts.length > 0 && { lastAt: Math.max(...lasts) }),
  }
}

interface Ends {
  readonly firstAt: number | null
  readonly lastAt: number | null
}

/** By number, not by time: so it costs two looks, however many there are. */
async function endsOf(
  sql: Sql,
  { workspaceId, connectionId, lane }: CursorKey,
  reason: ReasonCode,
): Promise<Ends> {
  const [row] = await sql.query<Ends>(
    `select (select first_at
               from exception
              where workspace_id = $1 and connection_id = $2 and lane = $3 and state = 'kept'
                and reason = $4
              order by seq
              limit 1) as "firstAt",
            (select last_at
               from exception
              where workspace_id = $1 and connection_id = $2 and lane = $3 and state = 'kept'
                and reason = $4
              order by seq desc
              limit 1) as "lastAt"`,
    [workspaceId, connectionId, lane, reason],
  )
  return row ?? { firstAt: null, lastAt: null }
}

/** Lane by lane, the newest first. */
export async function failedPage(
  sql: Sql,
  place: Place,
  reason: ReasonCode,
  { limit, before }: { readonly limit: number; readonly before?: KeptPlace },
): Promise<readonly Exception[]> {
  const rows: Exception[] = []
  for (const lane of lanes.slice(before === undefined ? 0 : lanes.indexOf(before.lane))) {
    const beforeSeq = lane === before?.lane ? before.seq : Number.MAX_SAFE_INTEGER
    const left = limit - rows.length
    if (left > 0) rows.push(...(await keptBefore(sql, { ...place, lane }, reason, beforeSeq, left)))
  }
  return rows
}
