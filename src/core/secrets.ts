/**
 * Encrypts what must not be readable in the database. `owner` names what the secret belongs to; a text
 * moved to another owner does not open.
 */
export interface Secrets {
  seal(text: string, owner: string): string
  /** Throws `SecretUnreadable` when no key of the ring fits or the text was changed. */
  open(sealed: string, owner: string): string
  /** Sealed with a key that is not the active one. */
  isOld(sealed: string): boolean
}

/** A text that is kept encrypted: a destination's credentials, or the secret of a member's second factor. */
export interface Sealed {
  readonly kind: 'destination' | 'totp'
  /** Of a destination. */
  readonly workspaceId?: string
  readonly id: string
  readonly text: string
}

/** What `seal` was told that the text belongs to. */
export function ownerOf({ kind, id }: Pick<Sealed, 'kind' | 'id'>): string {
  return kind === 'totp' ? `totp:${id}` : id
}

/** A key of the ring, and how much is encrypted with it. */
export interface KeyStanding {
  readonly id: string
  readonly active: boolean
  readonly secrets: number
}

/** The ring while the server runs. */
export interface KeyRing {
  /** Keys of the ring, then keys that texts were encrypted with and that are missing. */
  standing(): Promise<readonly (KeyStanding & { readonly missing?: boolean })[]>
  /**
   * A new key becomes active and everything is encrypted with it; where an earlier rotation did not come to its
   * end, that one is finished instead. Undefined: the ring stands in the environment, which nobody here can change.
   */
  rotate(): Promise<{ readonly made: boolean; readonly resealed: number } | undefined>
  /** Takes the keys away that nothing is encrypted with. Undefined as above; `tooSoon`: another node may still use one. */
  retire(): Promise<{ readonly removed: readonly string[]; readonly tooSoon: boolean } | undefined>
}

export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable'
}
