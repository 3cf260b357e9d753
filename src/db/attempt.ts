import type { Attempt, CursorKey, ExchangeQuery, ExchangeRow } from '../core/index.ts'
import type { Advance } from './cursor.ts'
import type { Sql } from './sql.ts'

interface AttemptRow extends Omit<Attempt, 'error' | 'seqs' | 'notes'> {
  readonly error: string | null
  readonly seqs: string | null
  readonly notes: string | null
}

export async function addAttempts(
  sql: Sql,
  made: readonly (readonly [key: CursorKey, attempt: Attempt])[],
): Promise<void> {
  if (made.length === 0) return
  await sql.each(
    `insert into attempt (workspace_id, connection_id, lane, from_seq, to_seq, attempt_id, version, at,
                          duration_ms, method, path, status, actions, request, response, error,
                          seqs, notes)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
    made.map(([key, attempt]) => [
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
      attempt.seqs === undefined ? null : seqsText(attempt.fromSeq, attempt.seqs),
      attempt.notes === undefined ? null : JSON.stringify(attempt.notes),
    ]),
  )
}

/** The newest success and failure among them, as they are noted at the cursor. */
export function newestOf(attempts: readonly Attempt[]): Pick<Advance, 'success' | 'failure'> {
  const success = attempts.findLast(({ status }) => status >= 200 && status < 300)
  const failure = attempts.findLast(({ status }) => status < 200 || status >= 300)
  return {
    success: success && { at: endOf(success) },
    failure: failure && {
      at: endOf(failure),
      status: failure.status,
      text: (failure.error ?? failure.response).slice(0, 500),
    },
  }
}

function endOf({ at, durationMs }: Attempt): number {
  return at + Math.round(durationMs)
}

/** Those that carried the event, oldest first; at most 50. */
export async function attemptsOf(
  sql: Sql,
  key: CursorKey,
  seq: number,
): Promise<readonly Attempt[]> {
  const { workspaceId, connectionId, lane } = key
  const where = [workspaceId, connectionId, lane]
  // Most ranges are short: what holds the event begins shortly before it. `attempt_far` holds the others.
  const near = await sql.query<Candidate>(
    `select attempt_id as id, from_seq as "fromSeq", at, seqs
       from (select attempt_id, from_seq, to_seq, at, seqs
               from attempt
              where workspace_id = $1 and connection_id = $2 and lane = $3 and from_seq <= $4
              order by from_seq desc
              limit 2000) as near
      where to_seq >= $4`,
    [...where, seq],
  )
  const far = await sql.query<Candidate>(
    `select attempt_id as id, from_seq as "fromSeq", at, seqs
       from attempt
      where workspace_id = $1 and connection_id = $2 and lane = $3 and to_seq >= $4
        and to_seq - from_seq >= 2000 and from_seq <= $4
      order by to_seq
      limit 2000`,
    [...where, seq],
  )
  const carried = new Map<string, Candidate>()
  for (const one of [...near, ...far]) {
    if (one.seqs === null || isIn(one.seqs, seq - one.fromSeq)) carried.set(one.id, one)
  }
  const newest = [...carried.values()].toSorted(byTime).slice(-50)
  const rows = await sql.find<AttemptRow>(
    `select attempt_id as id, lane, from_seq as "fromSeq", to_seq as "toSeq", version, at,
            duration_ms as "durationMs", method, path, status, actions, request, response, error,
            seqs, notes
       from attempt
      where workspace_id = $1 and connection_id = $2 and lane = $3 and from_seq = $4 and attempt_id = $5`,
    newest.map(({ fromSeq, id }) => [...where, fromSeq, id]),
  )
  return rows.flatMap((row) => (row === undefined ? [] : [attemptOf(row)]))
}

/** Of a workspace, newest first. */
export async function exchangesOf(
  sql: Sql,
  { workspaceId, connectionId, failed = false, limit, before }: ExchangeQuery,
): Promise<readonly ExchangeRow[]> {
  const rows = await sql.query<Omit<ExchangeRow, 'error'> & { readonly error: string | null }>(
    `select attempt_id as id, connection_id as "connectionId", lane, from_seq as "fromSeq",
            to_seq as "toSeq", version, at, duration_ms as "durationMs", method, path, status, actions,
            request, response, error
       from attempt
      where workspace_id = $1 and at <= $2 and (at < $2 or attempt_id < $3)
        and ($4 = '' or connection_id = $4)
        and ($5 = 0 or status < 200 or status >= 300)
      order by at desc, attempt_id desc
      limit $6`,
    [
      workspaceId,
      before?.at ?? Number.MAX_SAFE_INTEGER,
      before?.id ?? '',
      connectionId ?? '',
      failed ? 1 : 0,
      limit,
    ],
  )
  return rows.map(({ error, ...row }) => ({ ...row, ...(error !== null && { error }) }))
}

type Candidate = Pick<AttemptRow, 'id' | 'fromSeq' | 'at' | 'seqs'>

function byTime(a: Candidate, b: Candidate): number {
  return a.at - b.at || (a.id < b.id ? -1 : 1)
}

function attemptOf({ error, seqs, notes, ...row }: AttemptRow): Attempt {
  return {
    ...row,
    ...(error !== null && { error }),
    ...(seqs !== null && { seqs: seqsIn(row.fromSeq, seqs) }),
    // Our own text.
    ...(notes !== null && { notes: JSON.parse(notes) as NonNullable<Attempt['notes']> }),
  }
}

/** A number, or the first and the last of several that follow one another; counted from the attempt's first. */
type Run = number | readonly [number, number]

function seqsText(fromSeq: number, seqs: readonly number[]): string {
  const runs: Run[] = []
  let first = 0
  for (const [place, seq] of seqs.entries()) {
    if (seqs[place + 1] === seq + 1) continue
    const [from, to] = [(seqs[first] ?? seq) - fromSeq, seq - fromSeq]
    runs.push(from === to ? to : [from, to])
    first = place + 1
  }
  return JSON.stringify(runs)
}

function runsIn(text: string): readonly (readonly [number, number])[] {
  const runs = JSON.parse(text) as readonly Run[]
  return runs.map((run) => (typeof run === 'number' ? [run, run] : run))
}

function isIn(text: string, place: number): boolean {
  return runsIn(text).some(([from, to]) => from <= place && place <= to)
}

function seqsIn(fromSeq: number, text: string): readonly number[] {
  return runsIn(text).flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, place) => fromSeq + from + place),
  )
}
