import {
  type Actor,
  type Connection,
  lanes,
  type Settings,
  settingsOf,
  type Version,
  type Workspace,
} from '../core/index.ts'
import { actorOf, columnsOf } from './audit.ts'
import { addCursors } from './cursor.ts'
import { headsOf } from './event.ts'
import type { Sql } from './sql.ts'
import { type StoreColumns, storeOf } from './store.ts'

interface Row extends Omit<Connection, 'store' | 'settings' | 'endedAt'>, StoreColumns {
  readonly endedAt: number | null
  readonly settings: string
  /** JSON. */
  readonly workspaceSettings: string
}

export async function connections(
  sql: Pick<Sql, 'query'>,
  workspaceId?: string,
): Promise<readonly Connection[]> {
  const which = workspaceId === undefined ? '' : 'where c.workspace_id = $1'
  const rows = await sql.query<Row>(
    `select c.workspace_id as "workspaceId", c.connection_id as id, c.source_id as "sourceId",
            c.destination_id as "destinationId", c.state, c.version, c.since, c.ended_at as "endedAt", v.settings,
            w.settings as "workspaceSettings",
            t.store_id as "storeId", t.store_key as "storeKey", t.domain, t.country, t.currency
       from connection c
       join connection_version v on v.workspace_id = c.workspace_id
        and v.connection_id = c.connection_id and v.version = c.version
       join workspace w on w.workspace_id = c.workspace_id
       join source s on s.workspace_id = c.workspace_id and s.source_id = c.source_id
       join store t on t.workspace_id = s.workspace_id and t.store_id = s.store_id
      ${which}
      order by c.workspace_id, c.connection_id`,
    workspaceId === undefined ? [] : [workspaceId],
  )
  const read = settingsReader()
  return rows.map((row) => ({
    workspaceId: row.workspaceId,
    id: row.id,
    sourceId: row.sourceId,
    destinationId: row.destinationId,
    store: storeOf(row),
    version: row.version,
    settings: read(row.settings),
    state: row.state,
    since: row.since,
    ...(row.endedAt !== null && { endedAt: row.endedAt }),
    ...(isWorkspaceOff(row) && { workspaceOff: true }),
  }))
}

/** Most connections of an installation have the settings of their preset: one object for all that are equal. */
function settingsReader(): (text: string) => Settings {
  const known = new Map<string, Settings>()
  return (text) => {
    let settings = known.get(text)
    if (settings === undefined) {
      settings = readSettings(text)
      known.set(text, settings)
    }
    return settings
  }
}

function isWorkspaceOff({ workspaceSettings }: Row): boolean {
  const { flags } = JSON.parse(workspaceSettings) as Pick<Workspace, 'flags'>
  return flags?.klaviyo === false
}

export async function settingsAt(
  sql: Sql,
  workspaceId: string,
  connectionId: string,
  version: number,
): Promise<Settings | undefined> {
  const [row] = await sql.query<{ settings: string }>(
    `select settings
       from connection_version
      where workspace_id = $1 and connection_id = $2 and version = $3`,
    [workspaceId, connectionId, version],
  )
  return row && readSettings(row.settings)
}

/** What an older version of the program did not know yet is as the preset has it. */
function readSettings(text: string): Settings {
  const settings = JSON.parse(text) as Settings
  return settingsOf(settings.preset, settings)
}

/** An integer of the database holds no more. */
const newestVersion = 2_147_483_647

/** Newest first. */
export async function versions(
  sql: Sql,
  workspaceId: string,
  connectionId: string,
  { limit, before }: { readonly limit: number; readonly before?: number },
): Promise<readonly Version[]> {
  const rows = await sql.query<VersionRow>(
    `select version, settings, changed_at as "changedAt", by_type as "byType", by_id as "byId"
       from connection_version
      where workspace_id = $1 and connection_id = $2 and version < $3
      order by version desc
      limit $4`,
    [workspaceId, connectionId, before ?? newestVersion, limit],
  )
  return rows.map(({ byType, byId, settings, ...row }) => ({
    ...row,
    settings: readSettings(settings),
    ...(byType === null ? {} : { by: actorOf({ byType, byId }) }),
  }))
}

interface VersionRow {
  readonly version: number
  readonly settings: string
  readonly changedAt: number
  readonly byType: Actor['type'] | null
  readonly byId: string | null
}

/** From here on the source's events are its own, whenever an owner comes to deliver them. */
export async function addConnection(
  sql: Sql,
  connection: Omit<Connection, 'version'>,
  by: Actor | undefined,
): Promise<void> {
  const { workspaceId, id: connectionId, sourceId } = connection
  await sql.query(
    `insert into connection (workspace_id, connection_id, source_id, destination_id, state, version, since)
     values ($1, $2, $3, $4, $5, 1, $6)`,
    [
      workspaceId,
      connectionId,
      sourceId,
      connection.destinationId,
      connection.state,
      connection.since,
    ],
  )
  const { settings, since: at } = connection
  await addVersion(sql, workspaceId, connectionId, 1, { settings, at, by })
  const keys = lanes.map((lane) => ({ workspaceId, connectionId, sourceId, lane }))
  const heads = await headsOf(sql, keys)
  await addCursors(
    sql,
    keys.map((key, place) => ({ key, seq: heads[place]! })),
  )
}

export async function changeSettings(
  sql: Sql,
  workspaceId: string,
  connectionId: string,
  change: Changed,
): Promise<number> {
  const [row] = await sql.query<{ version: number }>(
    `update connection
        set version = version + 1
      where workspace_id = $1 and connection_id = $2
      returning version`,
    [workspaceId, connectionId],
  )
  if (row === undefined)
    throw new Error(`There is no connection ${connectionId} whose settings could be changed.`)
  await addVersion(sql, workspaceId, connectionId, row.version, change)
  return row.version
}

interface Changed {
  readonly settings: Settings
  readonly at: number
  readonly by: Actor | undefined
}

async function addVersion(
  sql: Sql,
  workspaceId: string,
  connectionId: string,
  version: number,
  { settings, at, by }: Changed,
): Promise<void> {
  const { byType, byId } = by === undefined ? { byType: null, byId: null } : columnsOf(by)
  await sql.query(
    `insert into connection_version (workspace_id, connection_id, version, settings, changed_at, by_type, by_id)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [workspaceId, connectionId, version, JSON.stringify(settings), at, byType, byId],
  )
}

export async function changeState(
  sql: Sql,
  workspaceId: string,
  connectionId: string,
  state: Connection['state'],
): Promise<void> {
  await sql.query(
    `update connection
        set state = $3,
            ended_at = case when $3 = 'disconnected' then coalesce(ended_at, ${sql.clock}) end
      where workspace_id = $1 and connection_id = $2`,
    [workspaceId, connectionId, state],
  )
}
