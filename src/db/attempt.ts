import type { Attempt, CursorKey } from '../core/index.ts'
import type { Sql } from './sql.ts'
import { together } from './together.ts'

interface AttemptRow extends Omit<Attempt, 'error'> {
  readonly error: string | null
}

/** Kept, and the newest success and failure noted at the cursor. */
export async function addAttempts(
  sql: Sql,
  key: CursorKey,
  attempts: readonly Attempt[],
): Promise<void> {
  if (attempts.length === 0) return
  const kept = sql.each(
    `insert into attempt (workspace_id, connection_id, lane, from_seq, to_seq, attempt_id, version, at,
                          duration_ms, method, path, status, actions, request, response, error)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    attempts.map((attempt) => [
      key.workspaceId,
      key.connectionId,
      attempt.lane,
      attempt.fromSeq,
      attempt.toSeq,
      attempt.id,
      attempt.version,
      attempt.at,
      Math.round(attempt.durationMs),
      attempt.method,
      attempt.path,
      attempt.status,
      attempt.actions,
      attempt.request,
      attempt.response,
      attempt.error ?? null,
    ]),
  )
  const success = attempts.findLast(({ status }) => status >= 200 && status < 300)
  const failure = attempts.findLast(({ status }) => status < 200 || status >= 300)
  const where = [key.workspaceId, key.connectionId, key.lane]
  await together([
    kept,
    success &&
      sql.query(
        `update cursor set success_at = $4
          where workspace_id = $1 and connection_id = $2 and lane = $3`,
        [...where, success.at + Math.round(success.durationMs)],
      ),
    failure &&
      sql.query(
        `update cursor set error_at = $4, error_status = $5, error_text = $6
          where workspace_id = $1 and connection_id = $2 and lane = $3`,
        [
          ...where,
          failure.at + Math.round(failure.durationMs),
          failure.status,
          (failure.error ?? failure.response).slice(0, 500),
        ],
      ),
  ])
}

/** Those whose range holds the event, oldest first; at most 50. */
export async function attemptsOf(
  sql: Sql,
  key: CursorKey,
  seq: number,
): Promise<readonly Attempt[]> {
  // Ranges are short: what holds the event begins shortly before it.
  const rows = await sql.query<AttemptRow>(
    `select attempt_id as id, lane, from_seq as "fromSeq", to_seq as "toSeq", version, at,
            duration_ms as "durationMs", method, path, status, actions, request, response, error
       from (select *
               from attempt
              where workspace_id = $1 and connection_id = $2 and lane = $3 and from_seq <= $4
              order by from_seq desc
              limit 2000) as near
      where to_seq >= $4
      order by at desc, attempt_id desc
      limit 50`,
    [key.workspaceId, key.connectionId, key.lane, seq],
  )
  return rows.map(({ error, ...row }) => (error === null ? row : { ...row, error })).toReversed()
}
