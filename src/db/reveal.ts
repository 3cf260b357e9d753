import type { Reveal } from '../core/index.ts'
import type { Sql } from './sql.ts'

export async function putReveal(sql: Sql, { workspaceId, callerId, until }: Reveal): Promise<void> {
  await sql.query(
    `insert into reveal (workspace_id, caller_id, until_at)
     values ($1, $2, $3)
     on conflict (workspace_id, caller_id) do update
        set until_at = excluded.until_at`,
    [workspaceId, callerId, until],
  )
}

/** One that still holds. */
export async function findReveal(
  sql: Sql,
  workspaceId: string,
  callerId: string,
  now: number,
): Promise<Reveal | undefined> {
  const [row] = await sql.query<{ until: number }>(
    `select until_at as until
       from reveal
      where workspace_id = $1 and caller_id = $2 and until_at > $3`,
    [workspaceId, callerId, now],
  )
  return row && { workspaceId, callerId, until: row.until }
}
