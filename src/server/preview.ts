import type { Connection, PresetName } from '../core/index.ts'
import { settingsOf } from '../core/index.ts'
import { glanceAtConnections } from '../db/index.ts'
import { databaseFile } from './environment.ts'
import type { Environment } from './environment.ts'

/**
 * The connection to explain events with: the database's, with its settings or those of `preset`;
 * where there is none, one that is made up. Works beside a running server.
 */
export async function previewConnection(
  { dataDir, databaseUrl }: Pick<Environment, 'dataDir' | 'databaseUrl'>,
  preset: PresetName | undefined,
): Promise<Connection> {
  const database =
    databaseUrl === undefined ? { file: databaseFile(dataDir) } : { url: databaseUrl }
  const [connection] = await glanceAtConnections(database)
  if (connection === undefined) return { ...madeUp, settings: settingsOf(preset ?? 'storefront') }
  return preset === undefined ? connection : { ...connection, settings: settingsOf(preset) }
}

const madeUp = {
  workspaceId: 'wsp_preview',
  id: 'con_preview',
  sourceId: 'src_preview',
  destinationId: 'dst_preview',
  store: { id: 'sto_preview', key: 'store' },
  version: 1,
  state: 'connected',
  since: 0,
} as const
