import type { Handshake } from '../core/index.ts'
import type { Sql } from './sql.ts'

/** An earlier one for the same store works no more. */
export async function addHandshake(sql: Sql, added: Handshake): Promise<void> {
  await sql.query(
    'delete from handshake where (workspace_id = $1 and store_id = $2) or expires_at < $3',
    [added.workspaceId, added.storeId, added.createdAt],
  )
  await sql.query(
    `insert into handshake (digest, workspace_id, store_id, member_id, session_digest, preset, verifier,
                            created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      added.digest,
      added.workspaceId,
      added.storeId,
      added.memberId,
      added.sessionDigest,
      added.preset,
      added.verifier,
      added.createdAt,
      added.expiresAt,
    ],
  )
}

/** Of two that come at once one gets it. */
export async function takeHandshake(
  sql: Sql,
  digest: string,
  now: number,
): Promise<Handshake | undefined> {
  const [taken] = await sql.query<Handshake>(
    `delete from handshake
      where digest = $1
      returning digest, workspace_id as "workspaceId", store_id as "storeId", member_id as "memberId",
                session_digest as "sessionDigest", preset, verifier, created_at as "createdAt",
                expires_at as "expiresAt"`,
    [digest],
  )
  return taken !== undefined && taken.expiresAt > now ? taken : undefined
}
