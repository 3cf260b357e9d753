import type {
  Act,
  Credentials,
  DestinationRow,
  Handshake,
  Installed,
  SourceRow,
} from '../../core/index.ts'
import { browserMay, scopesOf, settingsOf } from '../../core/index.ts'
import type { AdminParts } from '../admin/parts.ts'

export type Connected =
  /** `isSourceNew`: the store had none. */
  | { readonly type: 'connected'; readonly connectionId: string; readonly isSourceNew: boolean }
  /** The store sends to another account: that connection has to be ended first. */
  | { readonly type: 'other_account' }

type Granted = Extract<Installed, { type: 'installed' }>

/**
 * Keeps what Klaviyo granted, and joins the store to the account. What is connected to that account already gets
 * the new credentials: two browsers that finish for one store make one connection.
 */
export async function connectStore(
  parts: AdminParts,
  { workspaceId, storeId, preset }: Handshake,
  granted: Granted,
  act: Act,
): Promise<Connected> {
  // An answer that names no scopes grants what was asked for (RFC 6749, 5.1).
  const scopes = granted.scopes.length > 0 ? granted.scopes : scopesOf(preset)
  const installed: Granted = { ...granted, scopes }
  const { config, engine } = parts
  const [connections, destinations] = await Promise.all([
    config.connections(),
    config.destinations(),
  ])
  const own = destinations.filter((destination) => destination.workspaceId === workspaceId)
  const connection = connections.find(
    (one) =>
      one.workspaceId === workspaceId && one.store.id === storeId && one.state !== 'disconnected',
  )
  if (connection !== undefined) {
    const destination = own.find(({ id }) => id === connection.destinationId)
    if (destination?.accountId !== installed.accountId) return { type: 'other_account' }
    await renew(parts, destination, installed, { ...act, target: connection.id })
    await engine.reload()
    return { type: 'connected', connectionId: connection.id, isSourceNew: false }
  }

  const shared = own.find(
    ({ accountId, auth }) => accountId === installed.accountId && auth === 'oauth',
  )
  const destinationId = shared?.id ?? parts.ids.newId('dst', act.at)
  const credentials = credentialsOf(parts, destinationId, installed)
  const store = (await config.stores(workspaceId)).find(({ id }) => id === storeId)
  if (store === undefined) throw new Error('The store that was to be connected is gone.')
  const there = (await config.sources(workspaceId)).find((source) => source.storeId === storeId)
  const source = there ?? newSource(parts, { workspaceId, storeId, preset }, act.at)
  const connectionId = parts.ids.newId('con', act.at)
  await config.addTogether(
    {
      ...(there === undefined ? { source } : {}),
      ...(shared === undefined
        ? {
            destination: {
              workspaceId,
              id: destinationId,
              accountId: installed.accountId,
              ...credentials,
              state: 'connected',
            },
          }
        : { renewed: { workspaceId, id: destinationId, ...credentials } }),
      connection: {
        workspaceId,
        id: connectionId,
        sourceId: source.id,
        destinationId,
        store,
        settings: settingsOf(preset),
        state: 'connected',
        since: act.at,
      },
    },
    [
      { ...act, target: destinationId },
      { ...act, action: 'connection.add', target: connectionId },
    ],
  )
  await engine.reload()
  return { type: 'connected', connectionId, isSourceNew: there === undefined }
}

async function renew(
  parts: AdminParts,
  { workspaceId, id }: DestinationRow,
  installed: Granted,
  act: Act,
): Promise<void> {
  await parts.config.changeCredentials(workspaceId, id, credentialsOf(parts, id, installed), act)
}

function credentialsOf(
  { secrets }: AdminParts,
  destinationId: string,
  { credentials, scopes, accountName }: Granted,
): Credentials {
  return {
    auth: 'oauth',
    secret: secrets.seal(credentials, destinationId),
    scopes,
    ...(accountName === undefined ? {} : { accountName }),
  }
}

/** Whoever connects a store that has no source wants its events to arrive. */
function newSource(
  { ids }: AdminParts,
  { workspaceId, storeId, preset }: Pick<Handshake, 'workspaceId' | 'storeId' | 'preset'>,
  now: number,
): SourceRow {
  return {
    workspaceId,
    id: ids.newId('src', now),
    storeId,
    name: 'HTTP and SDKs',
    writeKey: ids.newWriteKey(),
    browserKey: ids.newBrowserKey(),
    browserMay: browserMay[preset],
    enabled: true,
  }
}
