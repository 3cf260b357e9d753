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

export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable'
}
