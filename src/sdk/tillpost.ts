/**
 * What a shop's page may call. No call throws, waits or returns anything: whatever goes wrong, the page
 * goes on. Before the shopper's consent, where that is asked for, calls are held in memory.
 */
export interface Tillpost extends Shorthands {
  /** Says who the visitor is; what he did before is his then. `traits` may hold `email`, `phone` and names. */
  identify(userId: string | number, traits?: object, options?: CallOptions): void
  identify(traits: object, options?: CallOptions): void
  track(event: string, properties?: object, options?: CallOptions): void
  /** A page was opened. Called by itself when `Active on Site` is due; single-page shops call it for every view. */
  page(name?: string, properties?: object): void
  /** The visitor, or `previousId`, is this customer. */
  alias(userId: string, previousId?: string): void
  /** Logged out: whoever comes next is somebody else. */
  reset(): void
  /** What the shopper decided. Goes before every other signal; kept when given, forgotten when taken back. */
  consent(decision: ConsentDecision): void
  /** As `identify`, and the event `Logged In`. */
  loggedIn(userId: string | number, traits?: object, options?: CallOptions): void
  /** As `identify`, and the event `Signed Up`. */
  signedUp(userId: string | number, traits?: object, options?: CallOptions): void
  searched(query: string, properties?: object): void
}

/** Each tracks the event that it is called after; the properties are the event's. */
type Shorthands = Readonly<
  Record<
    | 'viewedProduct'
    | 'addedToCart'
    | 'startedCheckout'
    | 'generatedOnYouTryOn'
    | 'onYouTryonCompleted'
    | 'tolstoyLastProductViewed'
    | 'generatedInStoreTryOn'
    | 'requestedTryOnToEmail',
    (properties: object, options?: CallOptions) => void
  >
>

export interface CallOptions {
  /** Signed by the shop's server: what the call says is true (see docs/sdk.md). */
  readonly token?: string
}

export interface ConsentDecision {
  /** Events may be stored and sent. */
  readonly analytics: boolean
  /** Klaviyo's own script and the advertisers' ids may be used. */
  readonly marketing: boolean
}

export interface SdkSettings {
  readonly writeKey: string
  /** Where Tillpost answers, as `https://events.shop.example`. */
  readonly host: string
  /** `opt-in`: nothing is stored or sent before consent. `opt-out`: until it is refused. `off`: not asked. */
  readonly consent?: 'off' | 'opt-in' | 'opt-out'
  /** Address of Klaviyo's own script, to be loaded beside ours. */
  readonly klaviyo?: string
}

/** Epoch milliseconds. */
export type Clock = () => number

export type Fields = Readonly<Record<string, unknown>>
