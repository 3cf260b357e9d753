import type {
  Config,
  Connection,
  DestinationRow,
  PresetName,
  Secrets,
  Setup,
  SourceRow,
} from '../core/index.ts'
import { resealAll } from './key-ring.ts'
import { browserMay, SecretUnreadable, settingsOf } from '../core/index.ts'
import { newBrowserKey, newId, newWriteKey } from './id.ts'
import type { CheckedKey } from './key.ts'

/** What an installation serves, until it can serve several workspaces. */
export interface Installation {
  readonly workspaceName: string
  readonly storeName: string
  readonly source: SourceRow
  readonly destination: DestinationRow
  readonly connection: Connection
}

export interface Wanted {
  readonly storeName: string
  readonly preset: PresetName
  readonly domain?: string | undefined
  readonly country?: string | undefined
  readonly currency?: string | undefined
  readonly timeZone?: string | undefined
  readonly key: CheckedKey
}

/** Undefined: nothing has been set up yet. */
export async function installationOf(config: Config): Promise<Installation | undefined> {
  const [connection] = await config.connections()
  if (connection === undefined) return undefined
  const { workspaceId } = connection
  const [workspaces, stores, sources, destinations] = await Promise.all([
    config.workspaces(),
    config.stores(workspaceId),
    config.sources(workspaceId),
    config.destinations(workspaceId),
  ])
  const workspace = workspaces.find(({ id }) => id === workspaceId)
  const source = sources.find(({ id }) => id === connection.sourceId)
  const destination = destinations.find(({ id }) => id === connection.destinationId)
  const store = stores.find(({ id }) => id === source?.storeId)
  if (!workspace || !source || !destination || !store) return undefined
  return {
    workspaceName: workspace.name,
    storeName: store.name,
    source,
    destination,
    connection,
  }
}

/** Whoever sets up at a terminal sits beside the machine, mostly; one that is a server says UTC. */
export function machineZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** Makes one workspace with a store, a source, a destination and the connection between the two, at once. */
export async function setUp(
  config: Pick<Setup, 'addTogether'>,
  secrets: Secrets,
  { storeName, preset, domain, country, currency, timeZone, key }: Wanted,
  now: number,
): Promise<Installation> {
  const workspace = { id: newId('wsp', now), name: storeName }
  const workspaceId = workspace.id
  const store = {
    workspaceId,
    id: newId('sto', now),
    name: storeName,
    key: keyOf(storeName),
    ...(domain === undefined ? {} : { domain }),
    ...(country === undefined ? {} : { country }),
    ...(currency === undefined ? {} : { currency }),
    ...(timeZone === undefined ? {} : { timeZone }),
  }
  const source = {
    workspaceId,
    id: newId('src', now),
    storeId: store.id,
    name: 'HTTP and SDKs',
    writeKey: newWriteKey(),
    browserKey: newBrowserKey(),
    browserMay: browserMay[preset],
    enabled: true,
  }
  const destinationId = newId('dst', now)
  const destination: DestinationRow = {
    workspaceId,
    id: destinationId,
    accountId: key.accountId,
    ...(key.account === undefined ? {} : { accountName: key.account.name }),
    secret: secrets.seal(key.key, destinationId),
    state: 'connected',
  }
  const connection = {
    workspaceId,
    id: newId('con', now),
    sourceId: source.id,
    destinationId,
    store,
    settings: settingsOf(preset),
    state: 'connected',
    since: now,
  } as const
  await config.addTogether({ workspace, store, source, destination, connection })
  return {
    workspaceName: workspace.name,
    storeName,
    source,
    destination,
    connection: { ...connection, version: 1 },
  }
}

/** Puts another key of the same account in the place of the old one; what was held goes on. */
export async function changeKey(
  config: Config,
  secrets: Secrets,
  { destination }: Installation,
  key: CheckedKey,
  now: number,
): Promise<void> {
  const { workspaceId, id } = destination
  const act = { workspaceId, at: now, by: { type: 'local' }, address: '' } as const
  await config.changeSecret(workspaceId, id, secrets.seal(key.key, id), {
    ...act,
    action: 'destination.key',
    target: id,
  })
  await config.markDestination(destination.workspaceId, destination.id, undefined)
}

/** Said of a destination whose key cannot be decrypted, and taken back when it can be again. */
const unreadable =
  'The stored key cannot be decrypted: the key ring lacks the key that it was encrypted with. Put that ' +
  'back, or enter the Klaviyo key again with `tillpost init --new-key`.'

/**
 * Looks at every stored key at the start: what an older key of the ring had sealed is sealed anew, and a
 * destination whose key cannot be opened is held instead of keeping everything else from starting.
 */
export async function tendSecrets(
  config: Setup,
  secrets: Secrets,
  now: number,
): Promise<{ readonly resealed: number; readonly unreadable: number }> {
  let unreadableCount = 0
  for (const { workspaceId, id, secret, error } of await config.destinations()) {
    if (secretOf(secrets, secret, id) === undefined) {
      unreadableCount += 1
      await config.markDestination(workspaceId, id, {
        reason: 'key_invalid',
        detail: unreadable,
        at: now,
      })
    } else if (error?.detail === unreadable) {
      await config.markDestination(workspaceId, id, undefined)
    }
  }
  return { resealed: await resealAll(config, secrets), unreadable: unreadableCount }
}

/** Gives a browser key to every source from before there were any. */
export async function tendSources(
  config: Pick<Config, 'sources' | 'connections' | 'changeSource'>,
): Promise<void> {
  const keyless = new Set(
    (await config.sources())
      .filter(({ browserKey }) => browserKey === undefined)
      .map(({ id }) => id),
  )
  if (keyless.size === 0) return
  for (const { sourceId, workspaceId, settings } of await config.connections()) {
    if (!keyless.delete(sourceId)) continue
    await config.changeSource(workspaceId, sourceId, {
      browserKey: newBrowserKey(),
      browserMay: browserMay[settings.preset],
    })
  }
}

/** Undefined: it cannot be opened with the keys that are there. */
export function secretOf(secrets: Secrets, sealed: string, owner: string): string | undefined {
  try {
    return secrets.open(sealed, owner)
  } catch (error) {
    if (error instanceof SecretUnreadable) return undefined
    throw error
  }
}

/** What unique ids start with: lasting, and readable. */
function keyOf(storeName: string): string {
  const key = storeName
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .replaceAll(/^-+|-+$/gu, '')
  return key === '' ? 'store' : key.slice(0, 40)
}
