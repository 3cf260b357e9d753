import type {
  Config,
  Connection,
  DestinationRow,
  PresetName,
  Secrets,
  SourceRow,
} from '../core/index.ts'
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
    config.destinations(),
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

/**
 * Makes one workspace with a store, a source, a destination and the connection between the two. The
 * connection comes last: what a crash leaves half made is not found again, and so does no harm.
 */
export async function setUp(
  config: Config,
  secrets: Secrets,
  { storeName, preset, domain, country, currency, key }: Wanted,
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
  await config.addWorkspace(workspace)
  await config.addStore(store)
  await config.addSource(source)
  await config.addDestination(destination)
  await config.addConnection(connection)
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
): Promise<void> {
  await config.changeSecret(
    destination.workspaceId,
    destination.id,
    secrets.seal(key.key, destination.id),
  )
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
  config: Config,
  secrets: Secrets,
  now: number,
): Promise<{ readonly resealed: number; readonly unreadable: number }> {
  const tended = { resealed: 0, unreadable: 0 }
  for (const { workspaceId, id, secret, error } of await config.destinations()) {
    const key = secretOf(secrets, secret, id)
    if (key === undefined) {
      tended.unreadable += 1
      await config.markDestination(workspaceId, id, {
        reason: 'key_invalid',
        detail: unreadable,
        at: now,
      })
      continue
    }
    if (error?.detail === unreadable) await config.markDestination(workspaceId, id, undefined)
    if (secrets.isOld(secret)) {
      tended.resealed += 1
      await config.changeSecret(workspaceId, id, secrets.seal(key, id))
    }
  }
  return tended
}

/** Gives a browser key to every source from before there were any. */
export async function tendSources(config: Config): Promise<void> {
  for (const { sourceId, workspaceId, settings } of await config.connections()) {
    const source = (await config.sources(workspaceId)).find(({ id }) => id === sourceId)
    if (source === undefined || source.browserKey !== undefined) continue
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
