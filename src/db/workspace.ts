import type { Workspace } from '../core/index.ts'
import type { Sql } from './sql.ts'

export async function workspaces(sql: Sql): Promise<readonly Workspace[]> {
  return sql.query<Workspace>(
    'select workspace_id as id, name from workspace order by workspace_id',
  )
}

export async function addWorkspace(sql: Sql, { id, name }: Workspace): Promise<void> {
  await sql.query('insert into workspace (workspace_id, name) values ($1, $2)', [id, name])
}
