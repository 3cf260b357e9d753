import type { Settings, Store } from './settings.ts'

/** A source joined to a destination, as the engine runs it. */
export interface Connection {
  readonly workspaceId: string
  readonly id: string
  readonly sourceId: string
  readonly destinationId: string
  readonly store: Store
  /** Rises with every change of the settings. */
  readonly version: number
  readonly settings: Settings
  /** `disconnected`: what waits ends as not sent, and nothing more is taken. */
  readonly state: 'connected' | 'paused' | 'disconnected'
  /** The workspace's flag for Klaviyo is off (W14): its events end as not sent. */
  readonly workspaceOff?: boolean
  /** Go-live (W32), epoch milliseconds. */
  readonly since: number
  /** When it was disconnected, where that is known. */
  readonly endedAt?: number
}

/** A Klaviyo account with its credentials, as it is kept. */
export interface DestinationRow {
  readonly workspaceId: string
  readonly id: string
  /** Klaviyo's public id of the account, or `key:` and the key's digest where that cannot be read (S5). */
  readonly accountId: string
  readonly accountName?: string
  /** As somebody entered it, where the credentials may not read it. */
  readonly publicKey?: string
  /** `key`: a private key, which is what there is unless told. `oauth`: an install of our app. */
  readonly auth?: 'key' | 'oauth'
  /** The private key, or the install's tokens, encrypted. */
  readonly secret: string
  readonly state: 'connected' | 'error'
  /** Why it is in `error`: `key_invalid`, `scope_missing`, `app_uninstalled`; and since when. */
  readonly error?: { readonly reason: string; readonly detail?: string; readonly at: number }
  /** Scopes that the credentials were asked for; undefined: a private key, everything is tried. */
  readonly scopes?: readonly string[]
}

/** Klaviyo's public id of the account, for pages (W16, W19). Undefined: it is not known. */
export function publicKeyOf({
  publicKey,
  accountId,
}: Pick<DestinationRow, 'publicKey' | 'accountId'>): string | undefined {
  return publicKey ?? (accountId.includes(':') ? undefined : accountId)
}

/** Nothing of it is sent, and what waits ends (C11). */
export function isOff({ state, workspaceOff = false, settings }: Connection): boolean {
  return state === 'disconnected' || workspaceOff || !settings.enabled
}
