import type { Lane } from '../core/index.ts'
import { findByDay, findInDays, newestDays, type Numbered, stretchesFrom } from './day.ts'
import { guestsBefore } from './guest.ts'
import type { StoredEvent } from './rows.ts'
import type { Sql, Value } from './sql.ts'

/** A lane of a source's journal. */
export interface At {
  readonly workspaceId: string
  readonly sourceId: string
  readonly lane: Lane
}

const columns = `seq, message_id as "messageId", name, identifiers, occurred_at as "occurredAt",
  received_at as "receivedAt", body`

/** The number of the newest event; 0: there was none yet. */
export async function headOf(sql: Sql, at: At): Promise<number> {
  const [head] = await headsOf(sql, [at])
  return head!
}

export async function headsOf(sql: Sql, lanes: readonly At[]): Promise<readonly number[]> {
  return headsIn(sql, lanes, await newestDays(sql, lanes))
}

/**
 * The newest numbers of lanes whose newest days are known. By the end of the index, not by `max`: before
 * PostgreSQL has statistics of a table it counts through all.
 */
export async function headsIn(
  sql: Sql,
  lanes: readonly At[],
  days: readonly number[],
): Promise<readonly number[]> {
  const rows = await findByDay<{ newest: number | null; floor: number | null }>(
    sql,
    `select (select seq
               from event
              where workspace_id = $1 and source_id = $2 and lane = $3 and day = $4
              order by seq desc
              limit 1) as newest,
            (select seq from floor where workspace_id = $1 and source_id = $2 and lane = $3) as floor`,
    lanes.map((at, place) => [at.workspaceId, at.sourceId, at.lane, days[place]!]),
    days,
  )
  return rows.map((row) => Math.max(row?.newest ?? 0, row?.floor ?? 0))
}

/** Numbers go on after `seq`, also when nothing is left of the lane. */
export async function raiseFloor(sql: Sql, at: At, seq: number): Promise<void> {
  await sql.query(
    `insert into floor (workspace_id, source_id, lane, seq)
     values ($1, $2, $3, $4)
     on conflict (workspace_id, source_id, lane) do update
        set seq = excluded.seq
      where excluded.seq > floor.seq`,
    [at.workspaceId, at.sourceId, at.lane, seq],
  )
}

export async function addEvents(sql: Sql, rows: readonly (readonly Value[])[]): Promise<void> {
  await sql.each(
    `insert into event (workspace_id, source_id, lane, seq, message_id, type, name, person,
                        anonymous_id, identifiers, occurred_at, received_at, body, day)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    rows,
  )
}

/** Contiguous from `after` on, until `limit` or `maxBytes` is reached; at least one if there is one. */
export async function readEvents(
  sql: Sql,
  at: At,
  after: number,
  limit: number,
  maxBytes: number,
): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = []
  let bytes = 0
  let last = after
  for (const { day, to } of await stretchesFrom(sql, at, after + 1)) {
    while (last < to) {
      if (events.length >= limit) return events
      // In portions: a limit of a thousand must not load a thousand bodies of a megabyte each.
      const portion = Math.min(limit - events.length, portionRows)
      const rows = await sql.query<StoredEvent>(
        `select ${columns}
           from event
          where workspace_id = $1 and source_id = $2 and lane = $3 and day = $4 and seq > $5
          order by seq
          limit $6`,
        [at.workspaceId, at.sourceId, at.lane, day, last, portion],
      )
      for (const row of rows) {
        // A number that is missing may still become visible: never read past it.
        if (row.seq !== last + 1) return events
        bytes += row.body.length
        if (bytes > maxBytes && events.length > 0) return events
        events.push(row)
        last = row.seq
      }
      if (rows.length < portion) break
    }
    if (last < to) return events
  }
  return events
}

const portionRows = 250

/** In order; what is gone is left out. */
export async function findEvents(
  sql: Sql,
  at: At,
  seqs: readonly number[],
): Promise<readonly StoredEvent[]> {
  const found = await findInDays<StoredEvent>(
    sql,
    `select ${columns}
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and day = $5`,
    seqs.toSorted((a, b) => a - b).map((seq) => ({ ...at, seq })),
  )
  return found.filter((event) => event !== undefined)
}

/** The identifiers (JSON) of one event each; undefined where it is gone. */
export async function findIdentifiers(
  sql: Sql,
  events: readonly Numbered[],
): Promise<readonly (string | undefined)[]> {
  const found = await findInDays<{ identifiers: string }>(
    sql,
    `select identifiers
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and day = $5`,
    events,
  )
  return found.map((row) => row?.identifiers)
}

/** Events of unknown people with the anonymous ids that `seq` made known: before it, newer than `since`. */
export async function findGuestEvents(
  sql: Sql,
  at: { readonly workspaceId: string; readonly sourceId: string },
  seq: number,
  since: number,
): Promise<readonly StoredEvent[]> {
  const visitors = await sql.query<{ anonymousId: string }>(
    `select anonymous_id as "anonymousId"
       from link
      where workspace_id = $1 and source_id = $2 and seq = $3`,
    [at.workspaceId, at.sourceId, seq],
  )
  const seqs: number[] = []
  // One visitor at a time, which is the usual number.
  for (const { anonymousId } of visitors)
    seqs.push(...(await guestsBefore(sql, at, anonymousId, seq)))
  const events = await findEvents(sql, { ...at, lane: 'live' }, seqs)
  return events.filter(({ receivedAt }) => receivedAt > since)
}
