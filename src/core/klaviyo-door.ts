/** What the admin asks of Klaviyo itself, beside sending events. */
export interface KlaviyoDoor {
  /**
   * Asks whose private key it is and what it may do (S4–S6), sending nothing of the shop's.
   *
   * @param publicKey the account's id, for a key that may not read it
   */
  checkKey(key: string, publicKey?: string): Promise<KeyCheck>
}

export type KeyCheck =
  | {
      readonly type: 'valid'
      /** Decides which keys share limits. */
      readonly accountId: string
      readonly accountName?: string
      /** Permissions that it lacks and that are wanted for something, in sentences. */
      readonly warnings: readonly string[]
    }
  /** Not to be kept. The message says why, and what to do. */
  | { readonly type: 'refused'; readonly message: string }
