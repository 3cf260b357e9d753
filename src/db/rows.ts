import { Buffer } from 'node:buffer'
import type { Event, Identifiers, Journaled, Lane, Received } from '../core/index.ts'

/**
 * Events in the flat form in which they cross between threads: no nested objects, and each body as the
 * text that it came as.
 */
export interface Appending {
  readonly workspaceId: string
  readonly sourceId: string
  readonly storeId: string
  readonly lane: Lane
  readonly type: string
  readonly name: string
  readonly messageId: string
  /** Under which ids the store may know the person. */
  readonly userId: string | null
  readonly anonymousId: string | null
  readonly previousId: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly externalId: string | null
  readonly occurredAt: number
  readonly receivedAt: number
  readonly body: string
}

/** What an append came to; the lists hold places in the order given. */
export interface AppendResult {
  readonly seqs: readonly number[]
  readonly duplicates: readonly number[]
  readonly links: readonly number[]
  /** Identifiers (JSON) of those that were completed from what the store knew. */
  readonly completed: readonly (readonly [index: number, identifiers: string])[]
}

export interface StoredEvent {
  readonly seq: number
  readonly messageId: string
  readonly name: string
  readonly identifiers: string
  readonly occurredAt: number
  readonly receivedAt: number
  readonly body: string
}

export function appendingOf(received: Received): Appending {
  const { event, identifiers } = received
  return {
    workspaceId: received.workspaceId,
    sourceId: received.sourceId,
    storeId: received.storeId,
    lane: received.lane,
    type: event.type,
    name: received.name,
    messageId: event.messageId,
    // Of what a browser says not every id is believed: what was read from the event counts.
    userId: identifiers.externalId ?? null,
    anonymousId: identifiers.anonymousId ?? idOf(event.anonymousId),
    previousId:
      event.type === 'alias' && event.browser?.person !== false ? idOf(event.previousId) : null,
    email: identifiers.email ?? null,
    phone: identifiers.phone ?? null,
    externalId: identifiers.externalId ?? null,
    occurredAt: received.occurredAt,
    receivedAt: received.receivedAt,
    body: received.body,
  }
}

/** The type says text, but what came from outside may say otherwise. */
function idOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

export function journaledOf(
  at: { readonly workspaceId: string; readonly sourceId: string; readonly lane: Lane },
  stored: StoredEvent,
): Journaled {
  return new ReadBack(at, stored)
}

/** The event that was parsed last. */
let parsed: { readonly of: ReadBack; readonly event: Event } | undefined

/**
 * An event as it was read back. What waits to be sent is kept as text, a third of what it takes up parsed, and
 * is parsed when it is looked at. Whoever plans looks at one event at a time, so one is kept.
 */
class ReadBack implements Journaled {
  readonly workspaceId: string
  readonly sourceId: string
  readonly lane: Lane
  readonly seq: number
  readonly messageId: string
  readonly name: string
  readonly bodyBytes: number
  readonly identifiers: Identifiers
  readonly occurredAt: number
  readonly receivedAt: number
  readonly #body: string

  constructor(
    at: { readonly workspaceId: string; readonly sourceId: string; readonly lane: Lane },
    stored: StoredEvent,
  ) {
    this.workspaceId = at.workspaceId
    this.sourceId = at.sourceId
    this.lane = at.lane
    this.seq = stored.seq
    this.messageId = stored.messageId
    this.name = stored.name
    this.bodyBytes = Buffer.byteLength(stored.body)
    this.identifiers = JSON.parse(stored.identifiers) as Identifiers
    this.occurredAt = stored.occurredAt
    this.receivedAt = stored.receivedAt
    this.#body = stored.body
  }

  get event(): Event {
    if (parsed?.of === this) return parsed.event
    const event = JSON.parse(this.#body) as Event
    parsed = { of: this, event }
    return event
  }
}
