import { type CursorKey, reasons } from '../core/index.ts'
import { lockAnchors } from './anchor.ts'
import { breath } from './breath.ts'
import { lockCursorsOf } from './cursor.ts'
import { type At, headOf, raiseFloor } from './event.ts'
import { type Guest, removeGuests } from './guest.ts'
import type { Group } from './group.ts'
import { outcomesOf, settledBefore } from './ledger.ts'
import type { Sql } from './sql.ts'

interface Dropped {
  readonly seq: number
  readonly receivedAt: number
  readonly person: string | null
  readonly anonymousId: string | null
}

export interface Ages {
  readonly now: number
  readonly bodyMs: number
  /** So long a guest's events wait for their visitor. */
  readonly guestMs: number
}

const stepRows = 1000

/** Drops what is kept by itself (day 0) of a lane, in batches. */
export async function dropEvents(sql: Sql, group: Group, at: At, ages: Ages): Promise<void> {
  let after: number | undefined = await firstOf(sql, at)
  while (after !== undefined) {
    // What runs in a group may run twice: it changes nothing but the database.
    const from: number = after
    after = await group.write((tx) => dropStep(tx, at, from, ages))
    await breath()
  }
}

/** The number before the first one; undefined: there is nothing. Locks nothing, for most lanes have nothing. */
async function firstOf(sql: Sql, at: At): Promise<number | undefined> {
  const [first] = await sql.query<{ seq: number }>(
    `select seq
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and day = 0
      order by seq
      limit 1`,
    [at.workspaceId, at.sourceId, at.lane],
  )
  return first && first.seq - 1
}

/** Resolves with where to go on. */
async function dropStep(sql: Sql, at: At, from: number, ages: Ages): Promise<number | undefined> {
  const cutoff = ages.now - ages.bodyMs
  await lockAnchors(sql, [at])
  const keys = await lockCursorsOf(sql, at)
  const end = Math.min(await headOf(sql, at), await settledBefore(sql, keys, cutoff))
  const rows = await sql.query<Dropped>(
    `select seq, received_at as "receivedAt", person, anonymous_id as "anonymousId"
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and day = 0 and seq > $4 and seq <= $5
      order by seq
      limit $6`,
    [at.workspaceId, at.sourceId, at.lane, from, end, stepRows],
  )
  const old = rows.filter(({ receivedAt }) => receivedAt < cutoff)
  await drop(sql, at, await needless(sql, keys, old, ages.now - ages.guestMs))
  return rows.length === stepRows && old.length > 0 ? rows.at(-1)?.seq : undefined
}

/** Those that no exception and no visitor still needs. */
async function needless(
  sql: Sql,
  keys: readonly CursorKey[],
  old: readonly Dropped[],
  guestsSince: number,
): Promise<readonly Dropped[]> {
  const needed = new Set<number>()
  const first = old[0]
  const last = old.at(-1)
  if (first === undefined || last === undefined) return []
  const guests = old
    .filter(({ person, receivedAt }) => person === null && receivedAt > guestsSince)
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
  return old.filter(({ seq }) => !needed.has(seq))
}

async function drop(sql: Sql, at: At, events: readonly Dropped[]): Promise<void> {
  const last = events.at(-1)?.seq
  if (last === undefined) return
  const { workspaceId, sourceId, lane } = at
  // First the floor: a source that is quiet for long must not start again behind its cursors.
  await raiseFloor(sql, at, last)
  await sql.each(
    `delete from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and day = 0`,
    events.map(({ seq }) => [workspaceId, sourceId, lane, seq]),
  )
  if (lane !== 'live') return
  const guests: Guest[] = []
  for (const { person, anonymousId, seq } of events)
    if (person === null && anonymousId !== null)
      guests.push({ workspaceId, sourceId, anonymousId, seq })
  await removeGuests(sql, guests)
  await sql.query('delete from link where workspace_id = $1 and source_id = $2 and seq <= $3', [
    workspaceId,
    sourceId,
    last,
  ])
}
