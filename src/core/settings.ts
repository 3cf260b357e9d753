import type { MappingChange } from './mapping/own-mappings.ts'
import type { Rule } from './mapping/rule.ts'

/**
 * How a connection treats what its source sends: everything that an operator can change. Data, so that
 * it can be stored, versioned, exported and undone.
 */

export type PresetName = 'storefront' | 'platform' | 'hub' | 'stream' | 'try-on'

/** Which identity an event must have to be sent (C1). */
export type IdentityPolicy = 'email-only' | 'any-identifier' | 'anonymous-allowed'

export interface Settings {
  readonly preset: PresetName
  /** `Is Enabled` (Z3): when false, events end as not sent. */
  readonly enabled: boolean
  readonly identity: IdentityPolicy
  /** Under `anonymous-allowed`: send guests' events at once with their anonymous id instead of holding them. */
  readonly sendGuestsAtOnce: boolean
  /** Per function (a metric's name, `profiles`, `subscriptions`): only `false` switches off. */
  readonly switches: Readonly<Record<string, boolean>>
  readonly rules: readonly Rule[]
  /** What an event does that no rule matches. */
  readonly withoutRule: 'send' | 'drop'
  /** R7: the list that `subscribe: true` joins. */
  readonly listId?: string
  /** R5, R6: channels that `subscribe: true` gives consent for, unless the call says otherwise. */
  readonly emailConsent: boolean
  readonly smsConsent: boolean
  /** C3: also put `$value` and `$event_id` into the properties. */
  readonly legacyNames: boolean
  /** C16: `store`: `store:object:id[:line]`; `given`: the id as it was sent. */
  readonly uniqueIds: 'store' | 'given'
  /** Changes to the built-in mappings, and new ones, by the source event's name. `null` removes one. */
  readonly mappings: Readonly<Record<string, MappingChange | null>>
  /** Track events without a mapping go under their own name (R13); false: not sent (`no_rule`). */
  readonly passUnknown: boolean
  /** Page calls are sent, as `Active on Site`. (Screen calls always are, under their own name: R17.) */
  readonly pages: boolean
  /** S18-S20: the profile keeps UTM parameters (latest and first touch), browser ids and session data. */
  readonly attribution: boolean
  /** `Enable Admin Tracking` (Z19): what staff do, and admins signed in as a customer, is sent as well. */
  readonly adminTracking: boolean
  /** What bots do is sent as well. Orders always go. */
  readonly botTracking: boolean
  /** M6: every event also says `Language`, `Currency`, `Store` and `Country`, where they are known. */
  readonly storeDetails: boolean
  /** Nested properties and traits go as `address.city` instead of as objects. */
  readonly flatten: boolean
  /** `userId` names nobody at Klaviyo: it goes as the property `_id`, and an email or a phone is needed. */
  readonly emailAsPrimary: boolean
  /** M14: what the browser SDK waits for: `opt-in` consent, `opt-out` no refusal, `off` nothing. */
  readonly trackingConsent: 'off' | 'opt-in' | 'opt-out'
  /**
   * M14: whose events need a consent signal to be sent: nobody's, those of `pages`, `all`. Undefined: those of
   * pages where `trackingConsent` is `opt-in`.
   */
  readonly consentSignal?: 'off' | 'pages' | 'all'
  /** M5: amounts as the shopper saw them, or in the store's own currency where the event says both. */
  readonly amounts: 'shopper' | 'store'
  /** M7: which of a product's ids is `ProductID` of events, and the id of the catalog's items. */
  readonly productIds: 'product_id' | 'variant_id' | 'sku'
  /** A guest who came by a link of a Klaviyo mail is sent by that link's `_kx`. */
  readonly klaviyoLinks: boolean
  /** W17: the browser SDK loads Klaviyo's own script. It tells `Active on Site` then, we do not (C13). */
  readonly klaviyoScript: boolean
  /** S37: at most so many requests a second; undefined: Klaviyo's limits alone. */
  readonly requestsPerSecond?: number
  /** C11: what goes out later than this after it happened goes with `backfill: true`. Milliseconds. */
  readonly lateAfterMs: number
  /** S30: what a 403 holds: the whole destination, or only the actions that need the scope. */
  readonly onForbidden: 'hold' | 'narrow'
  /** C5. `wait`: an account's fault makes its events wait; an event's own fault ends it. `cycle`: retry cycles. */
  readonly patience: 'wait' | 'cycle'
  /** Patience `cycle`: time between retry cycles (Z39). */
  readonly retryCycleMs: number
  /** Patience `wait`: what has waited so long for an account that takes nothing has failed. Undefined: no end. */
  readonly waitEndMs?: number
  /** C4. `live`: what arrives is sent at once. `cycle`: at the next cycle, what had arrived by then. */
  readonly release: 'live' | 'cycle'
  /** Release `cycle`: time between the cycles (Z38). */
  readonly releaseCycleMs: number
  /** One accepted event in so long a time is read back from Klaviyo (S39). 0: none. */
  readonly confirmEveryMs: number
  /** Integrations that fill metrics of the same names, as somebody has acknowledged: they are warned of no more. */
  readonly knownDoubles?: readonly string[]
  /** Failed events are deleted so long after they failed. Undefined: never (Z43). */
  readonly keepFailedMs?: number
}

/** What the API, the command line and the pages take of settings that are amounts; all else is refused. */
export const settingLimits = {
  requestsPerSecond: { least: 0.01, most: 350 },
  lateAfterMs: { least: 0, most: 366 * 86_400_000 },
} as const

/** Klaviyo's ids of lists, as `Y6nRLr`. */
export const listIdPattern = '^[A-Za-z0-9]{1,32}$'

/** What mapping needs to know of the store. */
export interface Store {
  readonly id: string
  /** Starts unique ids (`acme:order:1042`). */
  readonly key: string
  readonly domain?: string
  /** ISO 3166 alpha-2: reads phone numbers without a country code. */
  readonly country?: string
  /** ISO 4217: for amounts that name no currency. */
  readonly currency?: string
}
