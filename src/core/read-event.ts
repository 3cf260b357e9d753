import type { Event, EventType, Identifiers, Json, JsonObject } from './event.ts'
import { believe, type BrowserGiven } from './browser.ts'
import { refuseSale } from './consent.ts'
import { addressesGiven, idOf, identifiersOf } from './identity.ts'
import { type Draft, isList, objectOf, textOf, wholesome } from './json.ts'
import type { Kit } from './kit.ts'
import { occurredAtOf } from './moment.ts'
import type { ReasonCode } from './reason.ts'

export type Reading =
  | {
      readonly type: 'ok'
      readonly event: Event
      /** As lists show it: a track's event, a page's name, else the type. */
      readonly name: string
      readonly identifiers: Identifiers
      readonly occurredAt: number
      /** JSON text of `event`, without a newline. */
      readonly body: string
    }
  | { readonly type: 'refused'; readonly reason: ReasonCode }

/** What the receiving side knows of an event beside the event itself. */
export interface Reception {
  /** Of a single call: its path says it. In a batch each event says its own. */
  readonly type?: EventType
  readonly receivedAt: number
  /** Of the batch; an event's own counts where the batch has none. */
  readonly sentAt?: unknown
  readonly storeCountry?: string
  readonly kit: Kit
  /** For an event without a message id. */
  readonly newId: () => string
  /** UTF-8 bytes of the event's JSON. */
  readonly maxBytes: number
  /** It came under a key that stands in pages and may tell behaviour only. */
  readonly claims?: BrowserGiven['claims']
  /** The shopper's browser asks by Global Privacy Control not to be sold. */
  readonly refusesSale?: boolean
  /** The browser that sent it, for an event that does not say. */
  readonly userAgent?: string
}

/**
 * Reads what came as an event. `raw` is what `JSON.parse` gave, and is left as it is. Wrong types are
 * put right where they can be (a numeric `userId`) and ignored where not; only what cannot be an event
 * at all is refused.
 */
export function readEvent(raw: unknown, given: Reception): Reading {
  const fields = objectOf(raw)
  if (fields === undefined) return refused('refused_unreadable')
  const type = given.type ?? typeOf(fields['type'])
  if (type === undefined) return refused('refused_unreadable')
  const fault = faultIn(fields, 1)
  if (fault !== undefined) return refused(fault)

  const draft: Draft = { ...fields, type, messageId: messageIdOf(fields['messageId'], given) }
  for (const key of textFields) {
    const value = draft[key]
    if (value !== undefined && typeof value !== 'string') draft[key] = textOf(value)
  }
  const name = nameOf(draft, type)
  if (type === 'track') {
    if (name === undefined) return refused('refused_no_name')
    draft['event'] = name
  }

  if (given.refusesSale === true) refuseSale(draft)
  if (given.userAgent !== undefined) nameBrowser(draft, given.userAgent)

  // The fields that an event has types for are of them by now, or absent; the rest is looked at where it is used.
  // oxlint-disable-next-line no-unsafe-type-assertion
  const event = draft as Event
  const named = identifiersOf(event, given.kit, given.storeCountry)
  if (!namesSomebody(event, named)) return refused('refused_no_id')
  const identifiers = identifiersBelieved(draft, named, given)

  const body = JSON.stringify(event)
  if (isLonger(body, given.maxBytes)) return refused('refused_too_large')
  return {
    type: 'ok',
    event,
    name: listed(name ?? type),
    identifiers,
    occurredAt: occurredAtOf({
      originalTimestamp: event['originalTimestamp'],
      timestamp: event['timestamp'],
      sentAt: given.sentAt ?? event['sentAt'],
      receivedAt: given.receivedAt,
    }),
    body,
  }
}

/** What bots call themselves is looked at when the event is sent. */
function nameBrowser(draft: Draft, userAgent: string): void {
  const context = objectOf(draft['context'])
  if (context?.['userAgent'] === undefined) draft['context'] = { ...context, userAgent }
}

function identifiersBelieved(
  draft: Draft,
  named: Identifiers,
  { claims, kit, storeCountry: country, receivedAt }: Reception,
): Identifiers {
  if (draft['browser'] !== undefined) delete draft['browser']
  return claims === undefined ? named : believe(draft, named, { claims, kit, country, receivedAt })
}

const maxDepth = 32
/** Whoever reads them later may count on text, or on nothing. */
const textFields = ['userId', 'anonymousId', 'previousId', 'groupId', 'event', 'name'] as const

const types: ReadonlyMap<string, EventType> = new Map(
  (['track', 'identify', 'page', 'screen', 'group', 'alias'] as const).map((type) => [type, type]),
)

function typeOf(value: unknown): EventType | undefined {
  if (typeof value !== 'string') return undefined
  return types.get(value) ?? types.get(value.trim().toLowerCase())
}

function refused(reason: ReasonCode): Reading {
  return { type: 'refused', reason }
}

/** Walks everything once. Stops at the depth limit, so that no nesting can exhaust the stack. */
function faultIn(fields: JsonObject, depth: number): ReasonCode | undefined {
  if (depth > maxDepth) return 'refused_too_deep'
  // `for in` is the fastest way over parsed JSON; what it finds in a prototype is nothing there.
  // oxlint-disable-next-line guard-for-in
  for (const key in fields) {
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
      return 'refused_prototype_key'
    }
    const entry = fields[key]
    if (typeof entry !== 'object' || entry === null) continue
    const fault = isList(entry) ? faultInList(entry, depth + 1) : faultIn(entry, depth + 1)
    if (fault !== undefined) return fault
  }
  return undefined
}

function faultInList(list: readonly Json[], depth: number): ReasonCode | undefined {
  if (depth > maxDepth) return 'refused_too_deep'
  for (let index = 0; index < list.length; index += 1) {
    const entry = list[index]
    if (typeof entry !== 'object' || entry === null) continue
    const fault = isList(entry) ? faultInList(entry, depth + 1) : faultIn(entry, depth + 1)
    if (fault !== undefined) return fault
  }
  return undefined
}

function messageIdOf(value: unknown, { kit, newId }: Reception): string {
  const text = textOf(value)
  if (text === undefined) return newId()
  return text.length > 255 ? kit.digest(text) : wholesome(text)
}

function nameOf(fields: JsonObject, type: EventType): string | undefined {
  const name = type === 'track' ? fields['event'] : (fields['name'] ?? fields['event'])
  if (type !== 'track' && type !== 'page' && type !== 'screen') return undefined
  if (typeof name !== 'string' || name.trim() === '') return undefined
  return wholesome(name)
}

/** A name that fits into a line of a list, and into an index. */
function listed(name: string): string {
  return name.length > 200 ? wholesome(name.slice(0, 200)) : name
}

/** An invalid address still names somebody: it is taken, and its outcome says what is wrong with it. */
function namesSomebody(
  event: Event,
  { email, phone, externalId, anonymousId }: Identifiers,
): boolean {
  if (externalId !== undefined || anonymousId !== undefined) return true
  if (email !== undefined || phone !== undefined) return true
  if (idOf(event.previousId) !== undefined) return true
  const given = addressesGiven(event)
  return given.email || given.phone
}

function isLonger(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true
  // A UTF-16 unit takes at most three bytes.
  if (text.length * 3 <= maxBytes) return false
  let bytes = text.length
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    // A surrogate pair: two units, four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2
  }
  return bytes > maxBytes
}
