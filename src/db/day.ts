import type { At } from './event.ts'
import type { Sql, Value } from './sql.ts'
import { together } from './together.ts'

/**
 * PostgreSQL keeps events in a partition for each day by its own clock, so that a day can be dropped as a
 * whole. A lane's day never goes back, and its numbers go on from day to day: `lane_day` says with which number
 * each day of a lane begins. Whoever looks for a number looks there first; so a statement names the one day that it
 * reads, and PostgreSQL opens that partition alone.
 *
 * Day 0 holds what is not kept by day: everything in SQLite; in PostgreSQL what came before there were days,
 * and what somebody still needs of days that are gone.
 */

export const dayMs = 86_400_000

/** An event of a lane, by its number. */
export interface Numbered extends At {
  readonly seq: number
}

/** The numbers from `from` to `to` of a lane are kept in `day`. */
export interface Stretch {
  readonly day: number
  readonly from: number
  /** Infinity: it is the lane's newest day, which may grow. */
  readonly to: number
}

/** The newest day of each lane. */
export async function newestDays(sql: Sql, lanes: readonly At[]): Promise<readonly number[]> {
  if (!sql.shared) return lanes.map(() => 0)
  const rows = await sql.find<{ day: number }>(
    `select day
       from lane_day
      where workspace_id = $1 and source_id = $2 and lane = $3
      order by first_seq desc
      limit 1`,
    lanes.map((at) => [at.workspaceId, at.sourceId, at.lane]),
  )
  return rows.map((row) => row?.day ?? 0)
}

/** The day that is written to now, in a lane whose newest day is older. */
export async function today(sql: Sql): Promise<number> {
  if (!sql.shared) return 0
  const [row] = await sql.query<{ now: number }>(`select ${sql.clock} as now`)
  return Math.floor((row?.now ?? 0) / dayMs)
}

export async function beginDays(
  sql: Sql,
  days: readonly (At & { readonly day: number; readonly firstSeq: number })[],
): Promise<void> {
  if (days.length === 0) return
  await sql.each(
    'insert into lane_day (workspace_id, source_id, lane, first_seq, day) values ($1, $2, $3, $4, $5)',
    days.map((at) => [at.workspaceId, at.sourceId, at.lane, at.firstSeq, at.day]),
  )
}

/** Where the numbers from `seq` on are kept, ascending; the first stretch holds `seq`. */
export async function stretchesFrom(sql: Sql, at: At, seq: number): Promise<readonly Stretch[]> {
  if (!sql.shared) return [{ day: 0, from: 1, to: Infinity }]
  const rows = await sql.query<{ day: number; firstSeq: number }>(
    `select day, first_seq as "firstSeq"
       from lane_day
      where workspace_id = $1 and source_id = $2 and lane = $3
        and first_seq >= coalesce((select first_seq
                                     from lane_day
                                    where workspace_id = $1 and source_id = $2 and lane = $3
                                      and first_seq <= $4
                                    order by first_seq desc
                                    limit 1), 0)
      order by first_seq`,
    [at.workspaceId, at.sourceId, at.lane, seq],
  )
  const first = rows[0]
  const days =
    first === undefined || first.firstSeq > seq ? [{ day: 0, firstSeq: 1 }, ...rows] : rows
  return days.map(({ day, firstSeq }, place) => ({
    day,
    from: firstSeq,
    to: (days[place + 1]?.firstSeq ?? Infinity) - 1,
  }))
}

/**
 * What `text` finds of each event, in the order given. It names the event by workspace, source, lane, number
 * and day, as `$1` to `$5`; `more` follows. Asks once for each day.
 */
export async function findInDays<R>(
  sql: Sql,
  text: string,
  events: readonly Numbered[],
  more: readonly Value[] = [],
): Promise<readonly (R | undefined)[]> {
  const days = await daysOf(sql, events)
  return findByDay<R>(
    sql,
    text,
    events.map((at, place) => [
      at.workspaceId,
      at.sourceId,
      at.lane,
      at.seq,
      days[place]!,
      ...more,
    ]),
    days,
  )
}

/** `find`, a day after the other. */
export async function findByDay<R>(
  sql: Sql,
  text: string,
  keys: readonly (readonly Value[])[],
  days: readonly number[],
): Promise<readonly (R | undefined)[]> {
  const places = new Map<number, number[]>()
  for (const [place, day] of days.entries()) {
    const list = places.get(day)
    if (list === undefined) places.set(day, [place])
    else list.push(place)
  }
  const found: (R | undefined)[] = Array.from({ length: keys.length })
  await together(
    Array.from(places.values(), async (list) => {
      const rows = await sql.find<R>(
        text,
        list.map((place) => keys[place]!),
      )
      for (const [index, place] of list.entries()) found[place] = rows[index]
    }),
  )
  return found
}

async function daysOf(sql: Sql, events: readonly Numbered[]): Promise<readonly number[]> {
  if (!sql.shared) return events.map(() => 0)
  const rows = await sql.find<{ day: number }>(
    `select day
       from lane_day
      where workspace_id = $1 and source_id = $2 and lane = $3 and first_seq <= $4
      order by first_seq desc
      limit 1`,
    events.map((at) => [at.workspaceId, at.sourceId, at.lane, at.seq]),
  )
  return rows.map((row) => row?.day ?? 0)
}
