/** Carts that are kept for a link, so that a shopper finds them again in another browser (M8). */

/** What was in it, in the names of events. Nothing of who the shopper is. */
export interface CartContents {
  readonly products: readonly {
    readonly product_id: string
    readonly variant_id?: string
    readonly quantity: number
  }[]
  readonly coupon?: string
}

/** A cart that was kept, without what is in it. */
export interface KeptCart {
  readonly workspaceId: string
  readonly storeId: string
  /** Of the token that gives the contents out. */
  readonly digest: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

export interface Carts {
  /** Resolves after the commit. Rejects with `JournalUnavailable` when it cannot be kept. */
  keep(cart: KeptCart, contents: CartContents): Promise<void>
  /** Also one that is over or was used. Undefined: there never was one, or it is long over. */
  find(digest: string): Promise<(KeptCart & { readonly used: boolean }) | undefined>
  /** Once: of two that ask at the same time one gets the contents, and they are forgotten. Undefined: not there, used or over. */
  use(digest: string, now: number): Promise<CartContents | undefined>
}
