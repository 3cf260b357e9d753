import type { Event, Identifiers, JsonObject, Signed } from './event.ts'
import { identifiersOf } from './identity.ts'
import { type Draft, objectOf, textOf } from './json.ts'
import type { Kit } from './kit.ts'

/** What a key that stands in pages may say (C14). */
export type BrowserMay = 'behaviour' | 'everything'

/** An event that came under such a key. */
export interface BrowserGiven {
  readonly kit: Kit
  readonly country: string | undefined
  readonly receivedAt: number
  /** What the token says, where the shop's server signed it; else undefined. */
  readonly claims: (token: string) => JsonObject | undefined
}

/**
 * Anybody can send under a key that stands in a page. So an event of such a key names its person by one
 * address at most, and no customer id: nothing that it says can be joined to what is known of somebody
 * else. What a token of the shop's server says goes before. Notes in the draft what was signed, and takes
 * the token out of it. `named` is who the event itself says it is of.
 */
export function believe(draft: Draft, named: Identifiers, given: BrowserGiven): Identifiers {
  const claims = claimsOf(draft, given)
  const anonymousId = named.anonymousId === undefined ? {} : { anonymousId: named.anonymousId }
  const signed = personIn(claims, given)
  draft['browser'] = {
    person: signed !== undefined,
    order: claims !== undefined && namesOrder(claims, objectOf(draft['properties'])),
  } satisfies Signed
  if (signed !== undefined) return { ...signed, ...anonymousId }
  if (named.email !== undefined) return { email: named.email, ...anonymousId }
  return named.phone === undefined ? anonymousId : { phone: named.phone, ...anonymousId }
}

/** Whether the event's own words about its person (name, other details, subscriptions) do not count. */
export function isUnsigned({ browser }: Event): boolean {
  return browser !== undefined && !browser.person
}

function claimsOf(
  draft: Draft,
  { claims: verify, receivedAt }: BrowserGiven,
): JsonObject | undefined {
  const { token, ...context } = objectOf(draft['context']) ?? {}
  if (token === undefined) return undefined
  draft['context'] = context
  const text = textOf(token)
  const claims = text === undefined ? undefined : verify(text)
  const end = claims?.['exp']
  // One that never ends could be used for ever by whoever finds it.
  return typeof end === 'number' && end * 1000 > receivedAt ? claims : undefined
}

function personIn(
  claims: JsonObject | undefined,
  { kit, country }: BrowserGiven,
): Identifiers | undefined {
  if (claims === undefined) return undefined
  const { sub, email, phone_number: phone } = claims
  const traits = { ...(email !== undefined && { email }), ...(phone !== undefined && { phone }) }
  const person = identifiersOf({ ...(sub !== undefined && { userId: sub }), traits }, kit, country)
  return Object.keys(person).length === 0 ? undefined : person
}

/** The token names this order, at the amount that the event says. */
function namesOrder(claims: JsonObject, properties: JsonObject | undefined): boolean {
  if (properties === undefined) return false
  const id = textOf(claims['order_id'])
  const total = properties['total'] ?? properties['value'] ?? properties['revenue']
  return (
    id !== undefined &&
    id === textOf(properties['order_id']) &&
    textOf(claims['total']) === textOf(total)
  )
}
