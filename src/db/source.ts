import type { SourceRow } from '../core/index.ts'
import type { Sql } from './sql.ts'

interface Row extends Omit<SourceRow, 'enabled'> {
  readonly enabled: number
}

const columns = `workspace_id as "workspaceId", source_id as id, store_id as "storeId", name,
  write_key as "writeKey", enabled`

export async function sourceOfKey(sql: Sql, writeKey: string): Promise<SourceRow | undefined> {
  const [row] = await sql.query<Row>(`select ${columns} from source where write_key = $1`, [
    writeKey,
  ])
  return row && sourceOf(row)
}

export async function sources(sql: Sql, workspaceId: string): Promise<readonly SourceRow[]> {
  const rows = await sql.query<Row>(
    `select ${columns} from source where workspace_id = $1 order by source_id`,
    [workspaceId],
  )
  return rows.map(sourceOf)
}

/** Rejects when another source has the write key already. */
export async function addSource(sql: Sql, source: SourceRow): Promise<void> {
  // No unique rule spans workspaces, so that tables can be distributed by them; keys are random.
  if ((await sourceOfKey(sql, source.writeKey)) !== undefined)
    throw new Error('Another source has this write key already. Choose another one.')
  await sql.query(
    `insert into source (workspace_id, source_id, store_id, name, write_key, enabled)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      source.workspaceId,
      source.id,
      source.storeId,
      source.name,
      source.writeKey,
      source.enabled ? 1 : 0,
    ],
  )
}

function sourceOf({ enabled, ...row }: Row): SourceRow {
  return { ...row, enabled: enabled === 1 }
}
