import type { CursorKey, Exception, Lane } from '../core/index.ts'
import type { Sql } from './sql.ts'

interface ExceptionRow extends Omit<Exception, 'detail'> {
  readonly detail: string | null
}

const columns = `workspace_id as "workspaceId", connection_id as "connectionId", source_id as "sourceId",
  lane, seq, state, reason, message_id as "messageId", tries, failures, due_at as "dueAt", first_at as "firstAt", last_at as "lastAt", detail`

export async function putExceptions(sql: Sql, exceptions: readonly Exception[]): Promise<void> {
  if (exceptions.length === 0) return
  await sql.each(
    `insert into exception (workspace_id, connection_id, lane, seq, source_id, state, reason, message_id,
                            tries, failures, due_at, first_at, last_at, detail)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
     on conflict (workspace_id, connection_id, lane, seq) do update
        set state = excluded.state, reason = excluded.reason, tries = excluded.tries,
            failures = excluded.failures, due_at = excluded.due_at, first_at = excluded.first_at, last_at = excluded.last_at,
            detail = excluded.detail`,
    exceptions.map((one) => [
      one.workspaceId,
      one.connectionId,
      one.lane,
      one.seq,
      one.sourceId,
      one.state,
      one.reason,
      one.messageId,
      one.tries,
      one.failures,
      one.dueAt,
      one.firstAt,
      one.lastAt,
      one.detail ?? null,
    ]),
  )
}

export async function removeExceptions(
  sql: Sql,
  over: readonly (readonly [key: CursorKey, seq: number])[],
): Promise<void> {
  if (over.length === 0) return
  await sql.each(
    `delete from exception
      where workspace_id = $1 and connection_id = $2 and lane = $3 and seq = $4`,
    over.map(([key, seq]) => [key.workspaceId, key.connectionId, key.lane, seq]),
  )
}

/** Where the event of that message is, if it left the normal way. */
export async function exceptionOfMessage(
  sql: Sql,
  { workspaceId, connectionId }: OfConnection,
  messageId: string,
): Promise<{ readonly lane: Lane; readonly seq: number } | undefined> {
  const [row] = await sql.query<{ lane: Lane; seq: number }>(
    `select lane, seq
       from exception
      where workspace_id = $1 and connection_id = $2 and message_id = $3
      order by lane, seq
      limit 1`,
    [workspaceId, connectionId, messageId],
  )
  return row
}

interface OfConnection {
  readonly workspaceId: string
  readonly connectionId: string
}

export async function dueExceptions(
  sql: Sql,
  { workspaceId, connectionId }: OfConnection,
  now: number,
  limit: number,
): Promise<readonly Exception[]> {
  const rows = await sql.query<ExceptionRow>(
    `select ${columns}
       from exception
      where workspace_id = $1 and connection_id = $2 and state <> 'kept' and due_at <= $3
      order by due_at, lane, seq
      limit $4`,
    [workspaceId, connectionId, now, limit],
  )
  return rows.map(exceptionOf)
}

export async function nextDue(
  sql: Sql,
  { workspaceId, connectionId }: OfConnection,
): Promise<number | undefined> {
  const [row] = await sql.query<{ dueAt: number | null }>(
    `select min(due_at) as "dueAt"
       from exception
      where workspace_id = $1 and connection_id = $2 and state <> 'kept'`,
    [workspaceId, connectionId],
  )
  return row?.dueAt ?? undefined
}

/** For each of the connections; see `nextDue`. */
export async function nextDues(
  sql: Sql,
  connections: readonly OfConnection[],
): Promise<readonly (number | undefined)[]> {
  const rows = await sql.find<{ dueAt: number }>(
    `select due_at as "dueAt"
       from exception
      where workspace_id = $1 and connection_id = $2 and state <> 'kept'
      order by due_at
      limit 1`,
    connections.map(({ workspaceId, connectionId }) => [workspaceId, connectionId]),
  )
  return rows.map((row) => row?.dueAt)
}

/** Of one lane, by number, ascending. */
export async function exceptionsBetween(
  sql: Sql,
  key: CursorKey,
  from: number,
  to: number,
  limit = Number.MAX_SAFE_INTEGER,
): Promise<readonly Exception[]> {
  const rows = await sql.query<ExceptionRow>(
    `select ${columns}
       from exception
      where workspace_id = $1 and connection_id = $2 and lane = $3 and seq between $4 and $5
      order by seq
      limit $6`,
    [key.workspaceId, key.connectionId, key.lane, from, to, limit],
  )
  return rows.map(exceptionOf)
}

export async function countExceptions(
  sql: Sql,
  key: CursorKey,
): Promise<Readonly<Record<Exception['state'], number>>> {
  const rows = await sql.query<{ state: Exception['state']; events: number }>(
    `select state, count(*) as events
       from exception
      where workspace_id = $1 and connection_id = $2 and lane = $3
      group by state`,
    [key.workspaceId, key.connectionId, key.lane],
  )
  const counts = { retry: 0, replay: 0, kept: 0 }
  for (const { state, events } of rows) counts[state] = events
  return counts
}

function exceptionOf({ detail, ...row }: ExceptionRow): Exception {
  return detail === null ? row : { ...row, detail }
}
