import type { Identifiers, Json, JsonObject } from './event.ts'
import { objectOf, textOf, wholesome } from './json.ts'
import type { Kit } from './kit.ts'

/**
 * Which identifiers an event itself names, each in its one canonical form; what is not valid is left
 * out. Looks into the traits, `context.traits` and the properties, in that order: RudderStack's SDKs
 * repeat the person's traits in `context.traits`, Segment's do not, servers often send neither.
 */
export function identifiersOf(
  event: JsonObject,
  kit: Kit,
  country: string | undefined,
): Identifiers {
  const found: { -readonly [key in keyof Identifiers]: Identifiers[key] } = {}
  const externalId = idOf(event['userId'])
  const anonymousId = idOf(event['anonymousId'])
  const traits = objectOf(event['traits'])
  const contextTraits = objectOf(objectOf(event['context'])?.['traits'])
  const properties = objectOf(event['properties'])
  // A group's traits describe the group: what is known of the person goes before them.
  const isGroup = event['type'] === 'group'
  const first = isGroup ? contextTraits : traits
  const second = isGroup ? traits : contextTraits
  const email = emailIn(first, kit) ?? emailIn(second, kit) ?? emailIn(properties, kit)
  if (email !== undefined) found.email = email
  const phone =
    phoneIn(first, kit, country) ??
    phoneIn(second, kit, country) ??
    phoneIn(properties, kit, country)
  if (phone !== undefined) found.phone = phone
  if (externalId !== undefined) found.externalId = externalId
  if (anonymousId !== undefined) found.anonymousId = anonymousId
  return found
}

/** What the event gives as email address and phone number, valid or not. */
export function addressesGiven(event: JsonObject): {
  readonly email: boolean
  readonly phone: boolean
} {
  const traits = objectOf(event['traits'])
  const contextTraits = objectOf(objectOf(event['context'])?.['traits'])
  const properties = objectOf(event['properties'])
  return {
    email: givesEmail(traits) || givesEmail(contextTraits) || givesEmail(properties),
    phone: givesPhone(traits) || givesPhone(contextTraits) || givesPhone(properties),
  }
}

/** Names a person across events: `email:…`, `phone:…` or `id:…`. Undefined for an unknown visitor. */
export function personKeyOf({ email, phone, externalId }: Identifiers): string | undefined {
  if (email !== undefined) return `email:${email}`
  if (phone !== undefined) return `phone:${phone}`
  return externalId === undefined ? undefined : `id:${externalId}`
}

/** Longer ids would not fit into an index, and name nobody. */
const maxIdLength = 255

/** A `userId` or `anonymousId` in the form in which it is kept, or undefined when it is none. */
export function idOf(value: unknown): string | undefined {
  const text = textOf(value)
  return text === undefined || text.length > maxIdLength ? undefined : wholesome(text)
}

const asciiEmail =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/

/** The address in lower case with its domain in ASCII, or undefined when it is none. */
function emailOf(value: unknown, kit: Kit): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = value.trim().toLowerCase()
  if (text.length < 6 || text.length > 254) return undefined
  const at = text.lastIndexOf('@')
  if (at < 1 || at > 64) return undefined
  if (asciiEmail.test(text)) return text
  const local = text.slice(0, at)
  if (!localPart.test(local)) return undefined
  const domain = kit.domain(text.slice(at + 1))
  if (domain === undefined) return undefined
  const ascii = `${local}@${domain}`
  return asciiEmail.test(ascii) ? ascii : undefined
}

const e164 = /^\+[1-9]\d{7,14}$/

/** The number in E.164, or undefined when it is none. */
function phoneOf(value: unknown, kit: Kit, country: string | undefined): string | undefined {
  const text = textOf(value)
  if (text === undefined || text.length > 40) return undefined
  return e164.test(text) ? text : kit.phone(text, country)
}

function emailIn(fields: JsonObject | undefined, kit: Kit): string | undefined {
  if (fields === undefined) return undefined
  return emailOf(fields['email'] ?? fields['$email'], kit)
}

function phoneIn(
  fields: JsonObject | undefined,
  kit: Kit,
  country: string | undefined,
): string | undefined {
  if (fields === undefined) return undefined
  const value = phoneFieldOf(fields)
  return value === undefined ? undefined : phoneOf(value, kit, country)
}

function phoneFieldOf(fields: JsonObject): Json | undefined {
  return (
    fields['phone'] ?? fields['phone_number'] ?? fields['phoneNumber'] ?? fields['$phone_number']
  )
}

function givesEmail(fields: JsonObject | undefined): boolean {
  return fields !== undefined && textOf(fields['email'] ?? fields['$email']) !== undefined
}

function givesPhone(fields: JsonObject | undefined): boolean {
  return fields !== undefined && textOf(phoneFieldOf(fields)) !== undefined
}
