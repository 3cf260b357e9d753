/** What the admin asks of Klaviyo itself, beside sending events. */
export interface KlaviyoDoor {
  /**
   * Asks whose private key it is and what it may do (S4–S6), sending nothing of the shop's.
   *
   * @param publicKey the account's id, for a key that may not read it
   */
  checkKey(key: string, publicKey?: string): Promise<KeyCheck>
  /** Undefined: this installation has no app registered with Klaviyo, so only private keys work. */
  readonly app: KlaviyoApp | undefined
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

/** Connecting an account by the installation's own app (OAuth). */
export interface KlaviyoApp {
  /** Klaviyo's page that asks the person, and what has to be kept until the browser is back. */
  begin(
    scopes: readonly string[],
    state: string,
  ): Promise<{ readonly url: string; readonly verifier: string }>
  /** @param query of the address that the browser came back to, with its `?` */
  finish(query: string, state: string, verifier: string): Promise<Installed>
  /** Ends the install at Klaviyo. False: Klaviyo could not be asked; it stays until it is removed there. */
  end(credentials: string): Promise<boolean>
}

export type Installed =
  | {
      readonly type: 'installed'
      /** To be sealed and kept as the destination's secret. */
      readonly credentials: string
      readonly scopes: readonly string[]
      readonly accountId: string
      /** Undefined: it cannot be read; the account is connected all the same (T10). */
      readonly accountName?: string
    }
  /** The person, or Klaviyo, said no; `access_denied`, `invalid_grant`, … */
  | { readonly type: 'refused'; readonly code: string }
  | { readonly type: 'failed'; readonly message: string }
