import type { Sql } from './sql.ts'

/** Forgets what is over: links, carts, sessions nobody used, and answers kept for a repeated request. */
export async function tidy(sql: Sql, before: number): Promise<void> {
  await sql.query('delete from ticket where expires_at < $1', [before])
  await sql.query('delete from session where seen_at < $1', [before])
  const workspaces = await sql.query<{ id: string }>(
    'select workspace_id as id from workspace order by workspace_id',
  )
  for (const { id } of workspaces) {
    await sql.query('delete from reveal where workspace_id = $1 and until_at < $2', [id, before])
    await sql.query('delete from repeat where workspace_id = $1 and at < $2', [id, before])
    await sql.query('delete from cart where workspace_id = $1 and expires_at < $2', [id, before])
  }
}
