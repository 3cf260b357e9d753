import type { PresetName } from '../../core/index.ts'
import { isPermitted } from '../../core/index.ts'
import type { AdminParts } from '../admin/parts.ts'

/** A store that the member may connect, and what it is connected to. */
export interface Place {
  readonly workspaceId: string
  readonly workspaceName: string
  readonly storeId: string
  readonly storeName: string
  readonly preset?: PresetName
  readonly connectionId?: string
  /** Undefined: it is not connected. */
  readonly connectedBy?: 'key' | 'oauth'
  readonly accountId?: string
  readonly accountName?: string
  /** Go-live, epoch milliseconds. */
  readonly since?: number
}

/** Every store of every workspace in which the member may connect Klaviyo (T5). */
export async function placesOf(
  { access, config }: Pick<AdminParts, 'access' | 'config'>,
  memberId: string,
): Promise<readonly Place[]> {
  const places: Place[] = []
  const [connections, destinations] = await Promise.all([
    config.connections(),
    config.destinations(),
  ])
  for (const { workspaceId, role } of await access.membershipsOf(memberId)) {
    if (!isPermitted(role, 'connect')) continue
    const [workspace, stores] = await Promise.all([
      config.workspace(workspaceId),
      config.stores(workspaceId),
    ])
    for (const { id: storeId, name: storeName } of stores) {
      const connection = connections.find(
        ({ store, state, workspaceId: of }) =>
          of === workspaceId && store.id === storeId && state !== 'disconnected',
      )
      const destination = destinations.find(
        ({ id, workspaceId: of }) => of === workspaceId && id === connection?.destinationId,
      )
      places.push({
        workspaceId,
        workspaceName: workspace?.name ?? '',
        storeId,
        storeName,
        ...(connection === undefined
          ? {}
          : {
              connectionId: connection.id,
              preset: connection.settings.preset,
              since: connection.since,
            }),
        ...(destination === undefined
          ? {}
          : { connectedBy: destination.auth ?? 'key', accountId: destination.accountId }),
        ...(destination?.accountName === undefined ? {} : { accountName: destination.accountName }),
      })
    }
  }
  return places
}
