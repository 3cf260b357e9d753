import type { Action } from './action.ts'
import type { ReasonCode } from './reason.ts'

/** The ways into Klaviyo, as the planner sees them. The client maps each to its endpoint. */
export type Way = 'event' | 'events' | 'profile' | 'profiles' | 'subscribe' | 'unsubscribe'

export const ways: readonly Way[] = [
  'event',
  'events',
  'profile',
  'profiles',
  'subscribe',
  'unsubscribe',
]

/** What one request of a way may hold. */
export interface WayLimits {
  readonly maxActions: number
  readonly maxBytes: number
}

/** What came of one request. `index` counts the actions of the request, from 0. */
export type Answer =
  /** 2xx, for every action of the request. */
  | { readonly type: 'accepted' }
  /** 429: nothing was taken. The way is closed until then; counts as no try. */
  | { readonly type: 'throttled'; readonly afterMs: number }
  /**
   * Waiting may help: 408, 5xx, timeout, reset, DNS. `ambiguous`: the request may have worked.
   * `afterMs` is the wait that the answer asked for.
   */
  | {
      readonly type: 'retry'
      readonly reason: ReasonCode
      readonly ambiguous: boolean
      readonly afterMs?: number
    }
  /** Klaviyo calls the content invalid. With `index`: that action is at fault and the others are not known to be. */
  | {
      readonly type: 'rejected'
      readonly reason: ReasonCode
      readonly index?: number
      /** Where more than one is known to be at fault: all of them, `index` among them. */
      readonly indexes?: readonly number[]
      /** A unique id was repeated: the request may be one that had worked before. */
      readonly repeated?: boolean
    }
  /** 413, or Klaviyo says that the request is too large. */
  | { readonly type: 'too_large' }
  /** The credentials are at fault (401, uninstalled): the destination is in ERROR and holds. */
  | { readonly type: 'refused'; readonly reason: ReasonCode }
  /** 403: a permission is missing. */
  | { readonly type: 'forbidden'; readonly scope: string }

/** One HTTP exchange, as it is kept for people to look at. Holds no credentials. */
export interface Exchange {
  readonly at: number
  readonly durationMs: number
  readonly method: string
  readonly path: string
  /** HTTP status; 0 when no answer came. */
  readonly status: number
  readonly actions: number
  /** The first 4 KB of what was sent and of what came back. */
  readonly request: string
  readonly response: string
  /** Set when no answer came: `timeout`, `ECONNRESET`, … */
  readonly error?: string
}

export interface SendResult {
  readonly answer: Answer
  /** In order; more than one when the client repaired the request (a conflicting profile, a phone number left out). */
  readonly exchanges: readonly Exchange[]
  /** What was changed on the way, per action: sent without its phone number, aimed at another profile. */
  readonly notes: readonly { readonly index: number; readonly note: ReasonCode }[]
  /** What Klaviyo said, in its words, for the dead letter. No personal data is added to it. */
  readonly detail?: string
}

export interface SendOptions {
  /** The request is given up after so many milliseconds. */
  readonly timeoutMs: number
}

/**
 * A Klaviyo account with one set of credentials, as the delivery engine sees it.
 *
 * After a crash the engine sends again what it may already have sent: every action carries a unique id
 * or may be repeated freely. Never rejects: what goes wrong is an `Answer`.
 */
export interface Destination {
  readonly limits: Readonly<Record<Way, WayLimits>>
  /** Bytes of JSON that an action adds to a request of that way (an estimate from above). */
  sizeOf(way: Way, action: Action): number
  /** Milliseconds until a request of this way may go out; 0: now. Takes nothing. */
  waitMs(way: Way): number
  /** How many requests of this way could still go out within the running minute without running its window dry. */
  headroom(way: Way): number
  /**
   * Takes the permit and sends. The caller has seen `waitMs` = 0 in the same tick. One request of the ways
   * `subscribe` and `unsubscribe` carries actions of equal channels, list and source.
   */
  send(way: Way, actions: readonly Action[], options: SendOptions): Promise<SendResult>
  /** What the windows hold, to be kept with settle and handed to the next owner (JSON text). */
  budget(): string
  /**
   * Takes over what an earlier owner kept so many milliseconds ago; without it, one whole window counts as used.
   * `orphaned`: it died, and may have sent a little more.
   */
  resume(budget: string | undefined, ageMs?: number, orphaned?: boolean): void
  /** Whether Klaviyo shows an event that it accepted. Keeps to a small share of what may be read. */
  find(sought: Sought): Promise<Found>
  /** Which scopes the credentials were asked for; undefined: not known, everything is tried (C15). */
  readonly scopes?: ReadonlySet<string>
}

/** An accepted event that is looked for. */
export interface Sought {
  readonly uniqueId: string
  /** When it happened, epoch milliseconds. */
  readonly time: number
}

/** `unknown`: too much happened in that second to look through. */
export type Found =
  | { readonly type: 'found' | 'missing' | 'unknown' | 'forbidden' }
  | { readonly type: 'later'; readonly afterMs: number }

/** Time as the engine takes it, so that a test can move it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Milliseconds that never jump. */
  monotonic(): number
  /** Runs `then` once after `ms`. The answer cancels it. */
  after(ms: number, then: () => void): () => void
  /** 0 ≤ x < 1, for jitter. */
  random(): number
}
