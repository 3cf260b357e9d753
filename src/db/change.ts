import type { Change } from '../core/index.ts'
import type { Sql } from './sql.ts'

/** Notes that the workspace's configuration, or what is to be replayed, is not what it was. */
export async function noteChange(sql: Sql, workspaceId: string): Promise<void> {
  await sql.query(
    `insert into change (workspace_id, number, at)
     values ($1, 1, ${sql.clock})
     on conflict (workspace_id) do update set number = change.number + 1, at = excluded.at`,
    [workspaceId],
  )
}

/** A transaction takes no longer until what it noted can be seen. */
const commitMs = 120_000

export async function changesAfter(sql: Sql, since: number): Promise<readonly Change[]> {
  return sql.query<Change>(
    `select workspace_id as "workspaceId", number, at
       from change
      where at > $1
      order by at, workspace_id`,
    [since - commitMs],
  )
}
