import type { Config } from '../core/index.ts'
import {
  addConnection,
  changeSettings,
  changeState,
  connections,
  settingsAt,
} from './connection.ts'
import { addDestination, changeSecret, destinations, markDestination } from './destination.ts'
import type { Group } from './group.ts'
import { addSource, sourceOfKey, sources } from './source.ts'
import type { Sql } from './sql.ts'
import { addStore, stores } from './store.ts'
import { addWorkspace, workspaces } from './workspace.ts'

export function openConfig(sql: Sql, group: Group): Config {
  return {
    sourceOfKey: (writeKey) => sourceOfKey(sql, writeKey),
    workspaces: () => workspaces(sql),
    stores: (workspaceId) => stores(sql, workspaceId),
    sources: (workspaceId) => sources(sql, workspaceId),
    destinations: () => destinations(sql),
    connections: () => connections(sql),
    settingsAt: (...of) => settingsAt(sql, ...of),
    addWorkspace: (workspace) => group.write((tx) => addWorkspace(tx, workspace)),
    addStore: (store) => group.write((tx) => addStore(tx, store)),
    addSource: (source) => group.write((tx) => addSource(tx, source)),
    addDestination: (destination) => group.write((tx) => addDestination(tx, destination)),
    addConnection: (connection) => group.write((tx) => addConnection(tx, connection)),
    changeSettings: (...change) => group.write((tx) => changeSettings(tx, ...change)),
    changeState: (...change) => group.write((tx) => changeState(tx, ...change)),
    markDestination: (...mark) => group.write((tx) => markDestination(tx, ...mark)),
    changeSecret: (...change) => group.write((tx) => changeSecret(tx, ...change)),
  }
}
