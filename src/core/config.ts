import type { Membership } from './access.ts'
import type { Act, Actor } from './audit.ts'
import type { BrowserMay } from './browser.ts'
import type { Connection, DestinationRow } from './connection.ts'
import type { Sealed } from './secrets.ts'
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
  /** IANA, as Europe/Berlin: people see its times by that clock. Undefined: UTC. */
  readonly timeZone?: string
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
  /** Pages of other origins may not send under the browser key (A42). Undefined: all may. */
  readonly origins?: readonly string[]
  readonly enabled: boolean
  /** After rolling: until when the former write key is taken too, epoch milliseconds. */
  readonly formerUntil?: number
}

export type SourceChanges = Partial<
  Pick<SourceRow, 'name' | 'enabled' | 'browserKey' | 'browserMay' | 'origins'>
>

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
  /** Of one workspace, or of every. */
  sources(workspaceId?: string): Promise<readonly SourceRow[]>
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
    changes: SourceChanges,
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
  /** Everything that is kept encrypted for longer than a day. */
  sealed(): Promise<readonly Sealed[]>
  /** The same text under another key. False: another text is kept by now, and stays. */
  reseal(former: Sealed, anew: string): Promise<boolean>
  /** What is stored now, encrypted: another node may have changed it. Undefined: there is no such destination. */
  secretOf(workspaceId: string, destinationId: string): Promise<string | undefined>
  /** Other credentials of the same account, or the same with other scopes; what held the destination is over. */
  changeCredentials(
    workspaceId: string,
    destinationId: string,
    credentials: Credentials,
    act: Act,
  ): Promise<void>
  /**
   * Deletes for good, in steps; cut off, it can be asked again. Only what is not connected, and what nothing
   * comes in by any more.
   */
  remove(removal: Removal, acts: readonly Act[]): Promise<void>
  /** All of it in one commit, or none. */
  addTogether(added: Added, acts?: readonly Act[]): Promise<void>
  changePublicKey(
    workspaceId: string,
    destinationId: string,
    publicKey: string,
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
    change: Partial<Omit<StoreRow, 'workspaceId' | 'id' | 'key'>>,
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

/** What is to go, by its ids. `whole`: the workspace itself too. */
export interface Removal {
  readonly workspaceId: string
  readonly connections: readonly string[]
  readonly sources: readonly string[]
  readonly stores: readonly string[]
  readonly destinations: readonly string[]
  readonly whole: boolean
}

/** What is made together; each is of the same workspace. */
export interface Added {
  readonly workspace?: Workspace
  readonly membership?: Membership
  readonly store?: StoreRow
  readonly source?: SourceRow
  readonly destination?: DestinationRow
  /** A destination that is there already, and its new credentials. */
  readonly renewed?: Pick<DestinationRow, 'workspaceId' | 'id'> & Credentials
  readonly connection?: Omit<Connection, 'version'>
}

/** How Klaviyo is asked for an account. */
export type Credentials = Pick<DestinationRow, 'auth' | 'secret' | 'scopes' | 'accountName'>

/** The settings of a connection as they once were. */
export interface Version {
  readonly version: number
  readonly settings: Settings
  readonly changedAt: number
  /** Undefined: it was made before that was kept, or by the program itself. */
  readonly by?: Actor
}
