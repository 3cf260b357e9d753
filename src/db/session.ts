import type { Session } from '../core/index.ts'
import type { Sql } from './sql.ts'

const columns = `session_id as id, digest, member_id as "memberId", state, address, agent,
  created_at as "createdAt", seen_at as "seenAt"`

/** Ends the member's oldest ones beyond `most`. */
export async function openSession(sql: Sql, opened: Session, most: number): Promise<void> {
  const { id, digest, memberId, state, address, agent, createdAt, seenAt } = opened
  await sql.query(
    `insert into session (digest, session_id, member_id, state, address, agent, created_at, seen_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [digest, id, memberId, state, address, agent, createdAt, seenAt],
  )
  const all = await sessionsOf(sql, memberId)
  for (const { digest: old } of all.slice(most)) await dropSession(sql, old)
}

export async function session(sql: Sql, digest: string): Promise<Session | undefined> {
  const [row] = await sql.query<Session>(`select ${columns} from session where digest = $1`, [
    digest,
  ])
  return row
}

/** Newest first. */
export async function sessionsOf(sql: Sql, memberId: string): Promise<readonly Session[]> {
  return sql.query<Session>(
    `select ${columns} from session where member_id = $1 order by created_at desc, session_id desc`,
    [memberId],
  )
}

export async function seeSession(sql: Sql, digest: string, at: number): Promise<void> {
  await sql.query('update session set seen_at = $2 where digest = $1', [digest, at])
}

export async function endSessions(
  sql: Sql,
  memberId: string,
  { exceptId, onlyId }: { readonly exceptId?: string; readonly onlyId?: string },
): Promise<number> {
  const ending = (await sessionsOf(sql, memberId)).filter(
    ({ id }) => id !== exceptId && (onlyId === undefined || id === onlyId),
  )
  for (const { digest } of ending) await dropSession(sql, digest)
  return ending.length
}

async function dropSession(sql: Sql, digest: string): Promise<void> {
  await sql.query('delete from session where digest = $1', [digest])
}
