import type { DestinationRow } from './connection.ts'
import type { Identifiers } from './event.ts'

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
  /** What the credentials may do, as Klaviyo says now; told again for some minutes. */
  permissions(
    destination: DestinationRow,
  ): Promise<
    | { readonly type: 'known'; readonly permissions: readonly PermissionAtKlaviyo[] }
    | { readonly type: 'failed'; readonly message: string }
  >
  /** The segments that the product offers, and what is there of them. */
  segments(destination: DestinationRow): Promise<readonly OfferedSegment[]>
  /** Makes it, unless there is one of its name (T53). Undefined: no such segment is offered. */
  createSegment(
    destination: DestinationRow,
    name: string,
  ): Promise<{ readonly offered: OfferedSegment; readonly made: SegmentMade } | undefined>
  /**
   * Who else fills metrics of these names in the account. `since`: when we began to send to it. What was found is
   * told again for some minutes.
   */
  doubles(
    destination: DestinationRow,
    asked: { readonly names: readonly string[]; readonly since: number },
  ): Promise<
    | { readonly type: 'found'; readonly doubles: readonly Double[] }
    | { readonly type: 'failed'; readonly message: string }
  >
  /** Tells Klaviyo which metrics count as revenue, cart and so on. */
  mapMetrics(destination: DestinationRow): Promise<readonly SlotMapped[]>
  /** Reads an event back (S39). What is missing may be there soon: Klaviyo takes its time with what it accepted. */
  findEvent(destination: DestinationRow, wanted: WantedEvent): Promise<EventFound>
  /** The account's lists. */
  lists(destination: DestinationRow): Promise<ListsRead>
}

export interface PermissionAtKlaviyo {
  /** As Klaviyo names it: `events:write`. */
  readonly permission: string
  readonly granted: boolean
  /** What does not work without it. */
  readonly says?: string
}

/** Another integration that fills metrics of names that we send. */
export interface Double {
  /** Klaviyo's key of it: `shopify`; `api` for everything that comes with a private key. */
  readonly integration: string
  readonly name: string
  readonly metrics: readonly string[]
  /** Of its newest event; undefined: it cannot be told. */
  readonly newestAt?: number
}

/** `double`: people are on it once they confirm; `single`: at once (R12). */
export interface KlaviyoList {
  readonly id: string
  readonly name: string
  readonly optIn: 'single' | 'double' | 'unknown'
}

export type ListsRead =
  | { readonly type: 'found'; readonly lists: readonly KlaviyoList[] }
  | { readonly type: 'failed'; readonly message: string }

export interface WantedEvent {
  readonly metric: string
  readonly uniqueId: string
  readonly identifiers: Identifiers
  /** Epoch milliseconds of the event, if known: narrows the search. */
  readonly time?: number
}

export type EventFound =
  /** `id`: Klaviyo's. `time`: ISO 8601, in whole seconds: Klaviyo keeps no more. */
  | { readonly type: 'found'; readonly id: string; readonly time: string }
  | { readonly type: 'missing' }
  /** Klaviyo could not be asked; the message says why. */
  | { readonly type: 'failed'; readonly message: string }

/** A segment that Klaviyo keeps up to date by itself. */
export interface OfferedSegment {
  readonly name: string
  /** What people in it have in common. */
  readonly says: string
  /** Without an event of it there is nothing to ask for. */
  readonly metric: string
  /** Klaviyo has an event of that metric, so it can be created. Undefined: it is there, or it was not asked. */
  readonly isReady?: boolean
  /** Undefined: it was not created yet. `failed`: Klaviyo could not be asked. */
  readonly there?: SegmentThere | { readonly failed: string }
}

export interface SegmentThere {
  readonly id: string
  /** How many people; undefined: not known yet. */
  readonly members?: number
  /** Klaviyo is still working out who belongs to it. */
  readonly processing: boolean
}

export type SegmentMade =
  | { readonly type: 'created' | 'there'; readonly segment: SegmentThere }
  | { readonly type: 'metric_missing'; readonly metric: string }
  | {
      readonly type: 'failed'
      readonly status: number
      readonly message: string
      /** Klaviyo asks to wait so long. */
      readonly retryAfterMs?: number
    }

/** What became of one of Klaviyo's slots (`revenue`, `added_to_cart`, …). */
export interface SlotMapped {
  readonly slot: string
  readonly metric: string
  /** `metric_missing`: Klaviyo has no event of it yet. `failed`: see the message. */
  readonly outcome: 'mapped' | 'was_mapped' | 'metric_missing' | 'failed'
  readonly message?: string
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
