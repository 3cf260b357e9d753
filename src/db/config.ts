import type { Config } from '../core/index.ts'
import { changesAfter, noteChange } from './change.ts'
import {
  addConnection,
  changeSettings,
  changeState,
  connections,
  settingsAt,
} from './connection.ts'
import { addDestination, changeSecret, destinations, markDestination } from './destination.ts'
import type { Group } from './group.ts'
import { addSource, changeSource, sourceOfKey, sources } from './source.ts'
import type { Sql } from './sql.ts'
import { addStore, stores } from './store.ts'
import { addWorkspace, workspaces } from './workspace.ts'

export function openConfig(sql: Sql, group: Group): Config {
  /** A commit of its own, which the other nodes are told of. */
  const change = <T>(workspaceId: string, work: (tx: Sql) => Promise<T>): Promise<T> =>
    group.write(async (tx) => {
      const result = await work(tx)
      await noteChange(tx, workspaceId)
      return result
    })
  return {
    sourceOfKey: (writeKey) => sourceOfKey(sql, writeKey),
    workspaces: () => workspaces(sql),
    stores: (workspaceId) => stores(sql, workspaceId),
    sources: (workspaceId) => sources(sql, workspaceId),
    destinations: (workspaceId) => destinations(sql, workspaceId),
    connections: (workspaceId) => connections(sql, workspaceId),
    changes: (since) => changesAfter(sql, since),
    settingsAt: (...of) => settingsAt(sql, ...of),
    addWorkspace: (workspace) => group.write((tx) => addWorkspace(tx, workspace)),
    addStore: (store) => group.write((tx) => addStore(tx, store)),
    addSource: (source) => group.write((tx) => addSource(tx, source)),
    changeSource: (...of) => group.write((tx) => changeSource(tx, ...of)),
    addDestination: (destination) =>
      change(destination.workspaceId, (tx) => addDestination(tx, destination)),
    addConnection: (connection) =>
      change(connection.workspaceId, (tx) => addConnection(tx, connection)),
    changeSettings: (...of) => change(of[0], (tx) => changeSettings(tx, ...of)),
    changeState: (...of) => change(of[0], (tx) => changeState(tx, ...of)),
    markDestination: (...of) => change(of[0], (tx) => markDestination(tx, ...of)),
    changeSecret: (...of) => change(of[0], (tx) => changeSecret(tx, ...of)),
  }
}
