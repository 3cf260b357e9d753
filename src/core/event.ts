/**
 * An event in the Segment form: what arrives, from every source, before anything is mapped.
 *
 * `Event` is the object as it came (its body in the journal is its JSON, unchanged). `Received` is what
 * the receiving side learned about it; `Journaled` is an event as the journal gives it back.
 */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export type EventType = 'track' | 'identify' | 'page' | 'screen' | 'group' | 'alias'

/** `live` is what shoppers do now; `catalog` product changes; `backfill` history. Each has its own cursor. */
export type Lane = 'live' | 'catalog' | 'backfill'
export const lanes: readonly Lane[] = ['live', 'catalog', 'backfill']

/** The fields that every source gives; anything else that came with the event is kept beside them. */
export interface Event extends JsonObject {
  readonly type: EventType
  readonly messageId: string
  /** A track's name. */
  readonly event?: string
  /** A page's or screen's name. */
  readonly name?: string
  readonly userId?: string
  readonly anonymousId?: string
  readonly previousId?: string
  readonly groupId?: string
  readonly properties?: JsonObject
  readonly traits?: JsonObject
  readonly context?: JsonObject
  /** Set by us alone: it came under a key that stands in pages, where anybody can read it. */
  readonly browser?: Signed
}

/** What the shop's server signed of an event that a browser sent. */
export interface Signed extends JsonObject {
  /** Who the person is; what the event says of that person is believed then. */
  readonly person: boolean
  /** The order, with its amount. */
  readonly order: boolean
}

/** The identifiers by which Klaviyo can know a person, each in its one canonical form. */
export interface Identifiers {
  readonly email?: string
  /** E.164 */
  readonly phone?: string
  /** The shop's own customer id. */
  readonly externalId?: string
  readonly anonymousId?: string
  /** Klaviyo's own, of a link that it sent (`_kx`). Never remembered, and never beside another one. */
  readonly exchangeId?: string
}

/** An event that was read and found good, ready to be appended. */
export interface Received {
  readonly workspaceId: string
  readonly sourceId: string
  /** Scope of `userId` and `anonymousId`: two stores' customer 7 are two people. */
  readonly storeId: string
  readonly lane: Lane
  readonly event: Event
  /** JSON text of `event`. Holds no newline. */
  readonly body: string
  /** What `type` shows in lists: a track's event name, a page's name, else the type. */
  readonly name: string
  /** What the event itself says of the person. */
  readonly identifiers: Identifiers
  /** Epoch milliseconds, corrected for the sender's clock. */
  readonly occurredAt: number
  readonly receivedAt: number
}

/** An event as the journal holds it. */
export interface Journaled {
  readonly workspaceId: string
  readonly sourceId: string
  readonly lane: Lane
  /** Its place in its lane of the source's journal: gapless, from 1. */
  readonly seq: number
  readonly messageId: string
  readonly name: string
  readonly event: Event
  readonly bodyBytes: number
  /**
   * The person as known when the event was appended: what the event says itself, completed by what
   * earlier events of the store had said of the same `userId` or `anonymousId`. Fixed from then on, so
   * that whoever sends the range again sends the same.
   */
  readonly identifiers: Identifiers
  readonly occurredAt: number
  readonly receivedAt: number
}

/** The event as one of somebody who is known by more. To spread it would lose what is worked out when asked for. */
export function withIdentifiers(journaled: Journaled, identifiers: Identifiers): Journaled {
  const { workspaceId, sourceId, lane, seq, messageId, name } = journaled
  const { event, bodyBytes, occurredAt, receivedAt } = journaled
  return {
    workspaceId,
    sourceId,
    lane,
    seq,
    messageId,
    name,
    event,
    bodyBytes,
    identifiers,
    occurredAt,
    receivedAt,
  }
}
