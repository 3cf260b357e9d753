import type { Workspace } from '../core/index.ts'
import type { Sql } from './sql.ts'

interface Row {
  readonly id: string
  readonly name: string
  /** JSON: what is optional of a workspace. */
  readonly settings: string
}

export async function workspaces(sql: Sql): Promise<readonly Workspace[]> {
  const rows = await sql.query<Row>(
    'select workspace_id as id, name, settings from workspace order by workspace_id',
  )
  return rows.map(workspaceOf)
}

export async function workspace(sql: Sql, id: string): Promise<Workspace | undefined> {
  const [row] = await sql.query<Row>(
    'select workspace_id as id, name, settings from workspace where workspace_id = $1',
    [id],
  )
  return row && workspaceOf(row)
}

export async function addWorkspace(sql: Sql, { id, name, ...rest }: Workspace): Promise<void> {
  await sql.query('insert into workspace (workspace_id, name, settings) values ($1, $2, $3)', [
    id,
    name,
    JSON.stringify(rest),
  ])
}

export async function changeWorkspace(
  sql: Sql,
  id: string,
  change: Partial<Omit<Workspace, 'id'>>,
): Promise<void> {
  const former = await workspace(sql, id)
  if (former === undefined) return
  const { id: _, name, ...rest } = { ...former, ...change }
  await sql.query('update workspace set name = $2, settings = $3 where workspace_id = $1', [
    id,
    name,
    JSON.stringify(rest),
  ])
}

function workspaceOf({ settings, ...row }: Row): Workspace {
  return { ...row, ...(JSON.parse(settings) as Omit<Workspace, 'id' | 'name'>) }
}
