import type { CursorKey, Errand, Exception, Lane, NextDue, ReasonCode } from '../core/index.ts'
import { countChange, type Kind } from './exception-count.ts'
import type { Sql } from './sql.ts'

interface ExceptionRow extends Omit<Exception, 'detail' | 'errandId'> {
  readonly detail: string | null
  readonly errandId: string | null
}

const columns = `workspace_id as "workspaceId", connection_id as "connectionId", source_id as "sourceId",
  lane, seq, state, reason, message_id as "messageId", tries, failures, due_at as "dueAt", first_at as "firstAt", last_at as "lastAt", detail,
  errand_id as "errandId"`

export async function putExceptions(sql: Sql, exceptions: readonly Exception[]): Promise<void> {
  if (exceptions.length === 0) return
  const former = await kindsOf(sql, exceptions)
  await sql.each(
    `insert into exception (workspace_id, connection_id, lane, seq, source_id, state, reason, message_id,
                            tries, failures, due_at, first_at, last_at, detail, errand_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     on conflict (workspace_id, connection_id, lane, seq) do update
        set state = excluded.state, reason = excluded.reason, tries = excluded.tries,
            failures = excluded.failures, due_at = excluded.due_at, first_at = excluded.first_at,
            last_at = excluded.last_at, detail = excluded.detail, errand_id = excluded.errand_id`,
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
      one.errandId ?? null,
    ]),
  )
  await countChange(sql, former, exceptions)
}

export async function removeExceptions(
  sql: Sql,
  over: readonly (readonly [key: CursorKey, seq: number])[],
): Promise<void> {
  if (over.length === 0) return
  const former = await kindsOf(
    sql,
    over.map(([key, seq]) => ({ ...key, seq })),
  )
  await sql.each(
    `delete from exception
      where workspace_id = $1 and connection_id = $2 and lane = $3 and seq = $4`,
    over.map(([key, seq]) => [key.workspaceId, key.connectionId, key.lane, seq]),
  )
  await countChange(sql, former, [])
}

async function kindsOf(
  sql: Sql,
  exceptions: readonly Named[],
): Promise<readonly (Kind | undefined)[]> {
  const found = await sql.find<Pick<Exception, 'state' | 'reason'>>(
    `select state, reason
       from exception
      where workspace_id = $1 and connection_id = $2 and lane = $3 and seq = $4`,
    exceptions.map(({ workspaceId, connectionId, lane, seq }) => [
      workspaceId,
      connectionId,
      lane,
      seq,
    ]),
  )
  return exceptions.map((one, place) => {
    const kind = found[place]
    return kind && { ...one, ...kind }
  })
}

type Named = Pick<Exception, 'workspaceId' | 'connectionId' | 'lane' | 'seq'>

/** Those of these numbers that there are, by number. */
export async function exceptionsAt(
  sql: Sql,
  key: CursorKey,
  seqs: readonly number[],
): Promise<ReadonlyMap<number, Exception>> {
  const rows = await sql.find<ExceptionRow>(
    `select ${columns}
       from exception
      where workspace_id = $1 and connection_id = $2 and lane = $3 and seq = $4`,
    seqs.map((seq) => [key.workspaceId, key.connectionId, key.lane, seq]),
  )
  const found = rows.flatMap((row) => (row === undefined ? [] : [exceptionOf(row)]))
  return new Map(found.map((one) => [one.seq, one]))
}

/** Numbers of those that are kept, ascending from after `after` to `to`; of one reason where it is given. */
export async function keptAfter(
  sql: Sql,
  key: CursorKey,
  {
    after,
    to,
    reason,
    limit,
  }: {
    readonly after: number
    readonly to: number
    readonly reason: ReasonCode | undefined
    readonly limit: number
  },
): Promise<readonly number[]> {
  const where = [key.workspaceId, key.connectionId, key.lane, after, to, limit]
  const rows = await sql.query<{ seq: number }>(
    `select seq
       from exception
      where workspace_id = $1 and connection_id = $2 and lane = $3 and seq > $4 and seq <= $5
        and state = 'kept'${reason === undefined ? '' : ' and reason = $7'}
      order by seq
      limit $6`,
    reason === undefined ? where : [...where, reason],
  )
  return rows.map(({ seq }) => seq)
}

/** The newest that are kept for that reason. */
export async function newestKept(
  sql: Sql,
  key: Pick<CursorKey, 'workspaceId' | 'connectionId' | 'lane'>,
  reason: ReasonCode,
  limit: number,
): Promise<readonly Exception[]> {
  return keptBefore(sql, key, reason, Number.MAX_SAFE_INTEGER, limit)
}

/** The same, before that number. */
export async function keptBefore(
  sql: Sql,
  { workspaceId, connectionId, lane }: Pick<CursorKey, 'workspaceId' | 'connectionId' | 'lane'>,
  reason: ReasonCode,
  beforeSeq: number,
  limit: number,
): Promise<readonly Exception[]> {
  const rows = await sql.query<ExceptionRow>(
    `select ${columns}
       from exception
      where workspace_id = $1 and connection_id = $2 and lane = $3 and state = 'kept' and reason = $4
        and seq < $5
      order by seq desc
      limit $6`,
    [workspaceId, connectionId, lane, reason, beforeSeq, limit],
  )
  return rows.map(exceptionOf)
}

/** Those that an errand has made due and that nobody has come to yet; there are never many. */
export async function exceptionsOfErrand(
  sql: Sql,
  { workspaceId, connectionId, lane }: Pick<CursorKey, 'workspaceId' | 'connectionId' | 'lane'>,
  errandId: string,
): Promise<readonly Exception[]> {
  const rows = await sql.query<ExceptionRow>(
    `select ${columns}
       from exception
      where workspace_id = $1 and connection_id = $2 and lane = $3 and errand_id = $4
        and state = 'replay'`,
    [workspaceId, connectionId, lane, errandId],
  )
  return rows.map(exceptionOf)
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
): Promise<NextDue> {
  const [row] = await sql.query<{ dueAt: number | null; act: Errand['act'] | null }>(
    `select (select min(due_at)
               from exception
              where workspace_id = $1 and connection_id = $2 and state <> 'kept') as "dueAt",
            (select act
               from errand
              where workspace_id = $1 and connection_id = $2 and state = 'running') as act`,
    [workspaceId, connectionId],
  )
  return {
    ...(typeof row?.dueAt === 'number' && { dueAt: row.dueAt }),
    ...(typeof row?.act === 'string' && { errand: row.act }),
  }
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
  const running = await sql.find(
    `select 1
       from errand
      where workspace_id = $1 and connection_id = $2 and state = 'running'`,
    connections.map(({ workspaceId, connectionId }) => [workspaceId, connectionId]),
  )
  // An errand is gone on with at once.
  return rows.map((row, place) => (running[place] === undefined ? row?.dueAt : 0))
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

function exceptionOf({ detail, errandId, ...row }: ExceptionRow): Exception {
  return { ...row, ...(detail !== null && { detail }), ...(errandId !== null && { errandId }) }
}
