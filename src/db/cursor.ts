import type { Cursor, CursorKey, Intent, Lease } from '../core/index.ts'
import type { At } from './event.ts'
import type { Sql } from './sql.ts'

interface CursorRow {
  readonly seq: number
  readonly intentTo: number | null
  readonly intentVersion: number | null
  readonly intentDigest: string | null
}

const columns = `seq, intent_to as "intentTo", intent_version as "intentVersion",
  intent_digest as "intentDigest"`

/** Starts cursors after `seq`, where there are none. */
export async function addCursors(
  sql: Sql,
  cursors: readonly { readonly key: CursorKey; readonly seq: number }[],
): Promise<void> {
  await sql.each(
    `insert into cursor (workspace_id, connection_id, lane, source_id, seq, fence)
     values ($1, $2, $3, $4, $5, 0)
     on conflict (workspace_id, connection_id, lane) do nothing`,
    cursors.map(({ key, seq }) => [key.workspaceId, key.connectionId, key.lane, key.sourceId, seq]),
  )
}

/** Puts the leases' fences into cursors that are there. */
export async function adoptCursors(
  sql: Sql,
  taken: readonly { readonly key: CursorKey; readonly lease: Lease }[],
): Promise<void> {
  await sql.each(
    `update cursor
        set account_id = $4, fence = $5
      where workspace_id = $1 and connection_id = $2 and lane = $3`,
    taken.map(({ key, lease }) => [
      key.workspaceId,
      key.connectionId,
      key.lane,
      lease.accountId,
      lease.fence,
    ]),
  )
}

/** In the order of the keys; undefined where there is none. */
export async function findCursors(
  sql: Sql,
  keys: readonly CursorKey[],
): Promise<readonly (Cursor | undefined)[]> {
  const rows = await sql.find<CursorRow>(
    `select ${columns}
       from cursor
      where workspace_id = $1 and connection_id = $2 and lane = $3`,
    keys.map((key) => [key.workspaceId, key.connectionId, key.lane]),
  )
  return rows.map((row, place) => row && cursorOf(keys[place]!, row))
}

export async function intend(
  sql: Sql,
  fence: number,
  key: CursorKey,
  intent: Intent,
): Promise<boolean> {
  const rows = await sql.query(
    `update cursor
        set intent_to = $5, intent_version = $6, intent_digest = $7
      where workspace_id = $1 and connection_id = $2 and lane = $3 and fence = $4 and seq < $5
      returning seq`,
    [
      key.workspaceId,
      key.connectionId,
      key.lane,
      fence,
      intent.toSeq,
      intent.version,
      intent.digest,
    ],
  )
  return rows.length === 1
}

export interface Advance {
  readonly key: CursorKey
  readonly accountId: string
  readonly fence: number
  /** How many events it moves over. */
  readonly count: number
  readonly fromSeq: number | undefined
  /** The newest success and failure, to be noted beside it. */
  readonly success: { readonly at: number } | undefined
  readonly failure:
    | { readonly at: number; readonly status: number; readonly text: string }
    | undefined
}

/**
 * Moves cursors, each under a fence that still holds. Resolves with where each stands then; undefined: another
 * owner has taken over, or it did not stand just before `fromSeq`. They are different ones.
 */
export async function advance(
  sql: Sql,
  moves: readonly Advance[],
): Promise<readonly (number | undefined)[]> {
  const rows = await sql.change<{ seq: number }>(
    `update cursor
        set seq = seq + $6,
            intent_version = case when intent_to > seq + $6 then intent_version end,
            intent_digest = case when intent_to > seq + $6 then intent_digest end,
            intent_to = case when intent_to > seq + $6 then intent_to end,
            success_at = coalesce($8, success_at),
            error_at = coalesce($9, error_at),
            error_status = coalesce($10, error_status),
            error_text = coalesce($11, error_text)
      where workspace_id = $1 and connection_id = $2 and lane = $3
        and account_id = $4 and fence = $5 and seq = coalesce($7, seq)
      returning seq`,
    moves.map(({ key, accountId, fence, count, fromSeq, success, failure }) => [
      key.workspaceId,
      key.connectionId,
      key.lane,
      accountId,
      fence,
      count,
      fromSeq === undefined ? null : fromSeq - 1,
      success?.at ?? null,
      failure?.at ?? null,
      failure?.status ?? null,
      failure?.text ?? null,
    ]),
  )
  return rows.map((row) => row?.seq)
}

export interface CursorAt extends CursorKey {
  readonly seq: number
}

/** All of a lane: nothing of it is settled until the transaction ends. */
export async function lockCursorsOf(sql: Sql, at: At): Promise<readonly CursorAt[]> {
  const rows = await sql.query<{ connectionId: string; seq: number }>(
    `select connection_id as "connectionId", seq
       from cursor
      where workspace_id = $1 and source_id = $2 and lane = $3
      order by connection_id ${sql.lock}`,
    [at.workspaceId, at.sourceId, at.lane],
  )
  return rows.map((row) => ({ ...at, ...row }))
}

/** Undefined: nobody has adopted it yet. */
export async function findCursor(sql: Sql, key: CursorKey): Promise<Cursor | undefined> {
  return select(sql, key, '')
}

/** Nothing of the connection and lane is settled until the transaction ends: ledger and exceptions stand. */
export async function lockCursor(sql: Sql, key: CursorKey): Promise<Cursor | undefined> {
  return select(sql, key, sql.lock)
}

async function select(sql: Sql, key: CursorKey, lock: string): Promise<Cursor | undefined> {
  const [row] = await sql.query<CursorRow>(
    `select ${columns}
       from cursor
      where workspace_id = $1 and connection_id = $2 and lane = $3 ${lock}`,
    [key.workspaceId, key.connectionId, key.lane],
  )
  return row && cursorOf(key, row)
}

function cursorOf(key: CursorKey, row: CursorRow): Cursor {
  const { workspaceId, connectionId, sourceId, lane } = key
  const cursor = { workspaceId, connectionId, sourceId, lane, seq: row.seq }
  if (row.intentTo === null) return cursor
  const intent = {
    toSeq: row.intentTo,
    version: row.intentVersion ?? 0,
    digest: row.intentDigest ?? '',
  }
  return { ...cursor, intent }
}
