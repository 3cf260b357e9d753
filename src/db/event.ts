import type { Lane } from '../core/index.ts'
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

/** By the end of the index, not by `max`: before PostgreSQL has statistics of a table it counts through all. */
export async function headsOf(sql: Sql, lanes: readonly At[]): Promise<readonly number[]> {
  const rows = await sql.find<{ newest: number | null; floor: number | null }>(
    `select (select seq
               from event
              where workspace_id = $1 and source_id = $2 and lane = $3
              order by seq desc
              limit 1) as newest,
            (select seq from floor where workspace_id = $1 and source_id = $2 and lane = $3) as floor`,
    lanes.map((at) => [at.workspaceId, at.sourceId, at.lane]),
  )
  return rows.map((row) => Math.max(row?.newest ?? 0, row?.floor ?? 0))
}

export async function addEvents(sql: Sql, rows: readonly (readonly Value[])[]): Promise<void> {
  await sql.each(
    `insert into event (workspace_id, source_id, lane, seq, message_id, type, name, person,
                        anonymous_id, identifiers, occurred_at, received_at, body)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
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
  while (events.length < limit) {
    // In portions: a limit of a thousand must not load a thousand bodies of a megabyte each.
    const portion = Math.min(limit - events.length, portionRows)
    const rows = await sql.query<StoredEvent>(
      `select ${columns}
         from event
        where workspace_id = $1 and source_id = $2 and lane = $3 and seq > $4
        order by seq
        limit $5`,
      [at.workspaceId, at.sourceId, at.lane, last, portion],
    )
    for (const row of rows) {
      // A number that is missing may still become visible: never read past it.
      if (row.seq !== last + 1) return events
      bytes += row.body.length
      if (bytes > maxBytes && events.length > 0) return events
      events.push(row)
      last = row.seq
    }
    if (rows.length < portion) return events
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
  const found = await sql.find<StoredEvent>(
    `select ${columns}
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4`,
    seqs.toSorted((a, b) => a - b).map((seq) => [at.workspaceId, at.sourceId, at.lane, seq]),
  )
  return found.filter((event) => event !== undefined)
}

/** The identifiers (JSON) of one event each; undefined where it is gone. */
export async function findIdentifiers(
  sql: Sql,
  events: readonly (At & { readonly seq: number })[],
): Promise<readonly (string | undefined)[]> {
  const found = await sql.find<{ identifiers: string }>(
    `select identifiers
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4`,
    events.map((at) => [at.workspaceId, at.sourceId, at.lane, at.seq]),
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
  // One visitor at a time, which is the usual number: a join makes PostgreSQL read all of the source.
  const events: StoredEvent[] = []
  for (const { anonymousId } of visitors)
    events.push(
      ...(await sql.query<StoredEvent>(
        `select ${columns}
           from event
          where workspace_id = $1 and source_id = $2 and lane = 'live' and person is null
            and anonymous_id = $3 and seq < $4 and received_at > $5
          order by anonymous_id, seq`,
        [at.workspaceId, at.sourceId, anonymousId, seq, since],
      )),
    )
  return events.toSorted((one, other) => one.seq - other.seq)
}
