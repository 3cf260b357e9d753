import type { Act } from './audit.ts'
import type { BrowserMay } from './browser.ts'
import type { Connection, DestinationRow } from './connection.ts'
import type { Settings, Store } from './settings.ts'

/** Where workspaces, stores, sources, destinations and connections are kept. Same database as the journal. */

export interface Workspace {
  readonly id: string
  readonly name: string
  /** Its members need a second factor. */
  readonly secondFactor?: boolean
  /** What is switched off for the whole workspace, and what was switched on again (W14). */
  readonly flags?: Readonly<Partial<Record<Flag, boolean>>>
}

/** `klaviyo`: everything that goes to Klaviyo. Only `false` switches off. */
export const flagNames = ['klaviyo'] as const
export type Flag = (typeof flagNames)[number]

export interface StoreRow extends Store {
  readonly workspaceId: string
  readonly name: string
  /** Where the shop puts a cart together again; holds `{token}`. Undefined: it takes no cart links. */
  readonly cartUrl?: string
}

/** One inbound connection: a write key. */
export interface SourceRow {
  readonly workspaceId: string
  readonly id: string
  readonly storeId: string
  readonly name: string
  /** The server's: whoever has it may say everything. */
  readonly writeKey: string
  /** Stands in the shop's pages. */
  readonly browserKey?: string
  readonly browserMay?: BrowserMay
  readonly enabled: boolean
  /** After rolling: until when the former write key is taken too, epoch milliseconds. */
  readonly formerUntil?: number
}

/** The newest change of a workspace. */
export interface Change {
  readonly workspaceId: string
  /** Rises with every change. */
  readonly number: number
  readonly at: number
}

export interface Config {
  /** Undefined: no source has this write key or browser key. */
  sourceOfKey(writeKey: string): Promise<SourceRow | undefined>
  workspaces(): Promise<readonly Workspace[]>
  stores(workspaceId: string): Promise<readonly StoreRow[]>
  sources(workspaceId: string): Promise<readonly SourceRow[]>
  /** Of one workspace, or of every. */
  destinations(workspaceId?: string): Promise<readonly DestinationRow[]>
  /** Of one workspace, or of every, each with its newest version. */
  connections(workspaceId?: string): Promise<readonly Connection[]>
  /**
   * Where something changed after about `since` (epoch milliseconds of the database's clock): destinations,
   * connections, or what is to be replayed. A workspace may be told again: its `number` is the same then.
   */
  changes(since: number): Promise<readonly Change[]>
  /** The settings that a connection had in that version (for an intent made under it). */
  settingsAt(
    workspaceId: string,
    connectionId: string,
    version: number,
  ): Promise<Settings | undefined>

  // What changes something takes the act to remember it by; what is done by other means than the admin has none.
  addWorkspace(workspace: Workspace, act?: Act): Promise<void>
  addStore(store: StoreRow, act?: Act): Promise<void>
  addSource(source: SourceRow, act?: Act): Promise<void>
  addDestination(destination: DestinationRow, act?: Act): Promise<void>
  changeSource(
    workspaceId: string,
    sourceId: string,
    changes: Partial<Pick<SourceRow, 'name' | 'enabled' | 'browserKey' | 'browserMay'>>,
    act?: Act,
  ): Promise<void>
  /** Its version becomes 1. */
  addConnection(connection: Omit<Connection, 'version'>, act?: Act): Promise<void>
  /** Resolves with the new version. */
  changeSettings(
    workspaceId: string,
    connectionId: string,
    settings: Settings,
    at: number,
    act?: Act,
  ): Promise<number>
  changeState(
    workspaceId: string,
    connectionId: string,
    state: Connection['state'],
    act?: Act,
  ): Promise<void>
  /** `error` undefined: connected again. */
  markDestination(
    workspaceId: string,
    destinationId: string,
    error: DestinationRow['error'],
  ): Promise<void>
  changeSecret(workspaceId: string, destinationId: string, secret: string, act?: Act): Promise<void>
}

/** What only the admin asks. */
export interface Setup extends Config {
  /** What is stored now, encrypted: another node may have changed it. Undefined: there is no such destination. */
  secretOf(workspaceId: string, destinationId: string): Promise<string | undefined>
  /** Other credentials of the same account, or the same with other scopes; what held the destination is over. */
  changeCredentials(
    workspaceId: string,
    destinationId: string,
    credentials: Pick<DestinationRow, 'auth' | 'secret' | 'scopes' | 'accountName'>,
    act: Act,
  ): Promise<void>
  workspace(id: string): Promise<Workspace | undefined>
  changeWorkspace(
    id: string,
    change: Partial<Pick<Workspace, 'name' | 'secondFactor' | 'flags'>>,
    act: Act,
  ): Promise<void>
  changeStore(
    workspaceId: string,
    storeId: string,
    change: Partial<Pick<StoreRow, 'name' | 'domain' | 'country' | 'currency' | 'cartUrl'>>,
    act?: Act,
  ): Promise<void>
  /** The former key is taken until then. */
  rollWriteKey(
    workspaceId: string,
    sourceId: string,
    writeKey: string,
    formerUntil: number,
    act: Act,
  ): Promise<void>
  /** Newest first; `before` pages on. */
  versions(
    workspaceId: string,
    connectionId: string,
    page: { readonly limit: number; readonly before?: number },
  ): Promise<readonly Version[]>
}

/** The settings of a connection as they once were. */
export interface Version {
  readonly version: number
  readonly settings: Settings
  readonly changedAt: number
}
