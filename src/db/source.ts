import type { BrowserMay, SourceChanges, SourceRow } from '../core/index.ts'
import type { Sql } from './sql.ts'

interface Row extends Omit<
  SourceRow,
  'enabled' | 'browserKey' | 'browserMay' | 'origins' | 'formerUntil'
> {
  readonly origins: string | null
  readonly formerUntil: number | null
  readonly enabled: number
  readonly browserKey: string | null
  readonly browserMay: BrowserMay | null
}

const columns = `workspace_id as "workspaceId", source_id as id, store_id as "storeId", name,
  write_key as "writeKey", browser_key as "browserKey", browser_may as "browserMay", origins, enabled,
  former_until as "formerUntil"`

export async function sourceOfKey(sql: Sql, writeKey: string): Promise<SourceRow | undefined> {
  const [row] = await sql.query<Row>(
    `select ${columns}
       from source where write_key = $1 or browser_key = $1
         or (former_key = $1 and former_until > ${sql.clock})`,
    [writeKey],
  )
  return row && sourceOf(row)
}

export async function sources(sql: Sql, workspaceId?: string): Promise<readonly SourceRow[]> {
  const which = workspaceId === undefined ? '' : 'where workspace_id = $1'
  const rows = await sql.query<Row>(
    `select ${columns} from source ${which} order by workspace_id, source_id`,
    workspaceId === undefined ? [] : [workspaceId],
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
                         browser_may, origins)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      source.workspaceId,
      source.id,
      source.storeId,
      source.name,
      source.writeKey,
      source.enabled ? 1 : 0,
      source.browserKey ?? null,
      source.browserMay ?? null,
      textOf(source.origins),
    ],
  )
}

export async function changeSource(
  sql: Sql,
  workspaceId: string,
  sourceId: string,
  { name, enabled, browserKey, browserMay, origins }: SourceChanges,
): Promise<void> {
  await sql.query(
    `update source
        set name = coalesce($3, name), enabled = coalesce($4, enabled),
            browser_key = coalesce($5, browser_key), browser_may = coalesce($6, browser_may),
            origins = case when $7 = '' then null else coalesce($7, origins) end
      where workspace_id = $1 and source_id = $2`,
    [
      workspaceId,
      sourceId,
      name ?? null,
      enabled === undefined ? null : Number(enabled),
      browserKey ?? null,
      browserMay ?? null,
      // An empty list takes the limit away.
      origins === undefined ? null : origins.join(' '),
    ],
  )
}

function textOf(origins: readonly string[] | undefined): string | null {
  return origins === undefined || origins.length === 0 ? null : origins.join(' ')
}

/** The key before the former one is taken no more. */
export async function rollWriteKey(
  sql: Sql,
  workspaceId: string,
  sourceId: string,
  writeKey: string,
  formerUntil: number,
): Promise<void> {
  await sql.query(
    `update source
        set former_key = write_key, former_until = $4, write_key = $3
      where workspace_id = $1 and source_id = $2`,
    [workspaceId, sourceId, writeKey, formerUntil],
  )
}

function sourceOf({
  enabled,
  browserKey,
  browserMay,
  origins,
  formerUntil,
  ...row
}: Row): SourceRow {
  return {
    ...row,
    ...(browserKey !== null && { browserKey }),
    ...(browserMay !== null && { browserMay }),
    ...(origins !== null && { origins: origins.split(' ') }),
    ...(formerUntil !== null && { formerUntil }),
    enabled: enabled === 1,
  }
}
