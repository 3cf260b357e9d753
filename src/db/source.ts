import type { BrowserMay, SourceRow } from '../core/index.ts'
import type { Sql } from './sql.ts'

interface Row extends Omit<SourceRow, 'enabled' | 'browserKey' | 'browserMay'> {
  readonly enabled: number
  readonly browserKey: string | null
  readonly browserMay: BrowserMay | null
}

const columns = `workspace_id as "workspaceId", source_id as id, store_id as "storeId", name,
  write_key as "writeKey", browser_key as "browserKey", browser_may as "browserMay", enabled`

export async function sourceOfKey(sql: Sql, writeKey: string): Promise<SourceRow | undefined> {
  const [row] = await sql.query<Row>(
    `select ${columns} from source where write_key = $1 or browser_key = $1`,
    [writeKey],
  )
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
    `insert into source (workspace_id, source_id, store_id, name, write_key, enabled, browser_key,
                         browser_may)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      source.workspaceId,
      source.id,
      source.storeId,
      source.name,
      source.writeKey,
      source.enabled ? 1 : 0,
      source.browserKey ?? null,
      source.browserMay ?? null,
    ],
  )
}

export async function changeSource(
  sql: Sql,
  workspaceId: string,
  sourceId: string,
  { browserKey, browserMay }: Required<Pick<SourceRow, 'browserKey' | 'browserMay'>>,
): Promise<void> {
  await sql.query(
    `update source
        set browser_key = $3, browser_may = $4
      where workspace_id = $1 and source_id = $2`,
    [workspaceId, sourceId, browserKey, browserMay],
  )
}

function sourceOf({ enabled, browserKey, browserMay, ...row }: Row): SourceRow {
  return {
    ...row,
    ...(browserKey !== null && { browserKey }),
    ...(browserMay !== null && { browserMay }),
    enabled: enabled === 1,
  }
}
