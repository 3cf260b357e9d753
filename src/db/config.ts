import type { Act, Setup } from '../core/index.ts'
import { addTogether } from './add-together.ts'
import { addAct, withAct } from './audit.ts'
import { changesAfter, noteChange } from './change.ts'
import {
  addConnection,
  changeSettings,
  changeState,
  connections,
  settingsAt,
  versions,
} from './connection.ts'
import {
  addDestination,
  changeCredentials,
  changePublicKey,
  changeSecret,
  destinations,
  markDestination,
  secretOf,
} from './destination.ts'
import type { Group } from './group.ts'
import { remove } from './remove.ts'
import { addSource, changeSource, rollWriteKey, sourceOfKey, sources } from './source.ts'
import type { Sql } from './sql.ts'
import { reseal, sealed } from './vault.ts'
import { addStore, changeStore, stores } from './store.ts'
import { addWorkspace, changeWorkspace, workspace, workspaces } from './workspace.ts'

export function openConfig(sql: Sql, group: Group): Setup {
  const write = <T>(act: Act | undefined, work: (tx: Sql) => Promise<T>): Promise<T> =>
    group.write((tx) => withAct(tx, act, () => work(tx)))
  /** The same, and the other nodes are told of it. */
  const change = <T>(
    workspaceId: string,
    act: Act | undefined,
    work: (tx: Sql) => Promise<T>,
  ): Promise<T> =>
    write(act, async (tx) => {
      const result = await work(tx)
      await noteChange(tx, workspaceId)
      return result
    })
  return {
    sourceOfKey: (writeKey) => sourceOfKey(sql, writeKey),
    workspaces: () => workspaces(sql),
    workspace: (id) => workspace(sql, id),
    stores: (workspaceId) => stores(sql, workspaceId),
    sources: (workspaceId) => sources(sql, workspaceId),
    destinations: (workspaceId) => destinations(sql, workspaceId),
    connections: (workspaceId) => connections(sql, workspaceId),
    changes: (since) => changesAfter(sql, since),
    settingsAt: (...of) => settingsAt(sql, ...of),
    remove: (removal, acts) => remove(sql, group, removal, acts),
    addTogether: (added, acts = []) =>
      group.write(async (tx) => {
        await addTogether(tx, added, acts[0]?.by)
        for (const act of acts) await addAct(tx, act)
      }),
    addWorkspace: (added, act) => write(act, (tx) => addWorkspace(tx, added)),
    changeWorkspace: (id, changed, act) =>
      change(id, act, (tx) => changeWorkspace(tx, id, changed)),
    addStore: (store, act) => write(act, (tx) => addStore(tx, store)),
    addSource: (source, act) => write(act, (tx) => addSource(tx, source)),
    changeSource: (workspaceId, sourceId, changes, act) =>
      write(act, (tx) => changeSource(tx, workspaceId, sourceId, changes)),
    changeStore: (workspaceId, storeId, changed, act) =>
      change(workspaceId, act, (tx) => changeStore(tx, workspaceId, storeId, changed)),
    rollWriteKey: (workspaceId, sourceId, writeKey, formerUntil, act) =>
      write(act, (tx) => rollWriteKey(tx, workspaceId, sourceId, writeKey, formerUntil)),
    versions: (...of) => versions(sql, ...of),
    addDestination: (destination, act) =>
      change(destination.workspaceId, act, (tx) => addDestination(tx, destination)),
    addConnection: (connection, act) =>
      change(connection.workspaceId, act, (tx) => addConnection(tx, connection, act?.by)),
    changeSettings: (workspaceId, connectionId, settings, at, act) =>
      change(workspaceId, act, (tx) =>
        changeSettings(tx, workspaceId, connectionId, { settings, at, by: act?.by }),
      ),
    changeState: (workspaceId, connectionId, state, act) =>
      change(workspaceId, act, (tx) => changeState(tx, workspaceId, connectionId, state)),
    markDestination: (...of) => change(of[0], undefined, (tx) => markDestination(tx, ...of)),
    sealed: () => sealed(sql),
    reseal: (former, anew) => group.write((tx) => reseal(tx, former, anew)),
    secretOf: (...of) => secretOf(sql, ...of),
    changeCredentials: (workspaceId, destinationId, credentials, act) =>
      change(workspaceId, act, (tx) =>
        changeCredentials(tx, workspaceId, destinationId, credentials),
      ),
    changePublicKey: (workspaceId, destinationId, publicKey, act) =>
      change(workspaceId, act, (tx) => changePublicKey(tx, workspaceId, destinationId, publicKey)),
    changeSecret: (workspaceId, destinationId, secret, act) =>
      change(workspaceId, act, (tx) => changeSecret(tx, workspaceId, destinationId, secret)),
  }
}
