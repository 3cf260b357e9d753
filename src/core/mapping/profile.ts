import { isUnsigned } from '../browser.ts'
import type { ProfileGroup, ProfileInput, ProfilePatch } from '../action.ts'
import type { Event, Identifiers, Journaled, Json, JsonObject } from '../event.ts'
import { type Draft, objectOf, textOf } from '../json.ts'
import { amountOf } from './amount.ts'
import { fit, Notes } from './fit.ts'
import { flattened } from './flatten.ts'
import { namesOf, profileIdOf } from './patch.ts'
import { attributionNames } from './session.ts'

/**
 * The profile that travels with an event: Klaviyo's own attributes and, for every other trait, a
 * property under its own name (R2). Traits come from `traits` and from `context.traits` (R16).
 */
export function profileOf(
  event: Event,
  identifiers: Identifiers,
  notes: Notes,
  given: {
    readonly groups?: readonly ProfileGroup[]
    readonly attribution: boolean
    readonly flatten?: boolean
    readonly patch?: ProfilePatch | undefined
  },
): ProfileInput {
  const traits = event.type === 'group' ? undefined : objectOf(event.traits)
  const contextTraits = objectOf(event.context?.['traits'])
  if (isUnsigned(event)) {
    // Who says it is not known, so it may not change what is known of the person. What the shopper did may.
    if (saysMore(traits) || saysMore(contextTraits)) notes.add('unsigned_left_out')
    return { identifiers, ...(given.groups?.length && { groups: given.groups }) }
  }
  const parts: Parts = {
    attributes: undefined,
    properties: undefined,
    location: undefined,
    attribution: given.attribution,
    without: given.patch === undefined ? undefined : namesOf(given.patch),
  }
  if (traits !== undefined) collect(traits, parts, notes)
  if (contextTraits !== undefined && contextTraits !== traits) collect(contextTraits, parts, notes)
  nameFromProperties(event, parts, notes)

  const profile: { -readonly [key in keyof ProfileInput]: ProfileInput[key] } = { identifiers }
  if (parts.location !== undefined) (parts.attributes ??= {})['location'] = parts.location
  if (parts.attributes !== undefined) profile.attributes = parts.attributes
  if (parts.properties !== undefined) {
    profile.properties = given.flatten === true ? flattened(parts.properties) : parts.properties
  }
  if (given.patch !== undefined) profile.patch = given.patch
  const id = profileIdOf(event)
  if (id !== undefined) profile.id = id
  if (given.groups !== undefined && given.groups.length > 0) profile.groups = given.groups
  return profile
}

function saysMore(traits: JsonObject | undefined): boolean {
  return traits !== undefined && Object.keys(traits).some((name) => name !== 'email')
}

/**
 * What an identify says of the person where it cannot be sent by itself (C15, `kept_for_next_event`):
 * whoever keeps it lets it travel with the person's next event.
 */
export function keptProfileOf({ event, identifiers }: Journaled): ProfileInput {
  return profileOf(event, identifiers, new Notes(), { attribution: false })
}

/** The profile of an event with what was kept of the person: what the event says itself is newer. */
export function joinProfiles(kept: ProfileInput, profile: ProfileInput): ProfileInput {
  const attributes = { ...kept.attributes, ...profile.attributes }
  const properties = { ...kept.properties, ...profile.properties }
  return {
    ...profile,
    ...(Object.keys(attributes).length > 0 && { attributes }),
    ...(Object.keys(properties).length > 0 && { properties }),
  }
}

interface Parts {
  attributes: Draft | undefined
  properties: Draft | undefined
  location: Draft | undefined
  readonly attribution: boolean
  /** Properties that the patch speaks of. */
  readonly without: ReadonlySet<string> | undefined
}

type Take = (value: Json, parts: Parts, traits: JsonObject, notes: Notes) => void

/** What came first stays: `traits` go before `context.traits`. */
function collect(traits: JsonObject, parts: Parts, notes: Notes): void {
  // oxlint-disable-next-line guard-for-in
  for (const key in traits) {
    const value = traits[key]
    if (value === undefined) continue
    const take = takes.get(key)
    if (take !== undefined) take(value, parts, traits, notes)
    else addProperty(key, value, parts, notes)
  }
}

function addProperty(key: string, value: Json, parts: Parts, notes: Notes): void {
  if (parts.attribution && attributionNames.has(key)) return
  if (parts.without?.has(key) === true) return
  const properties = (parts.properties ??= {})
  if (properties[key] === undefined) properties[key] = fit(value, 1, notes)
}

const ignore: Take = () => undefined

function attribute(name: string): Take {
  return (value, parts) => {
    // Null clears the attribute at Klaviyo.
    const text = value === null ? null : textOf(value)
    if (text === undefined) return
    const attributes = (parts.attributes ??= {})
    if (attributes[name] === undefined) attributes[name] = text === null ? null : shortOf(text)
  }
}

function place(name: string): Take {
  return (value, parts) => {
    const text = textOf(value)
    if (text === undefined) return
    const location = (parts.location ??= {})
    if (location[name] === undefined) location[name] = shortOf(text)
  }
}

/** Klaviyo's attributes are lines of text, not documents. */
function shortOf(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed()
  return whole.length > 1_000 ? whole.slice(0, 1_000).toWellFormed() : whole
}

const coordinate =
  (name: string, limit: number): Take =>
  (value, parts) => {
    const degrees = amountOf(value)
    if (degrees === undefined || Math.abs(degrees) > limit) return
    const location = (parts.location ??= {})
    location[name] ??= degrees
  }

/** One name for all of it: the first word is the first name, unless the parts are given as well. */
const fullName: Take = (value, parts, traits, notes) => {
  const text = textOf(value)
  if (text === undefined) return
  if ((traits['firstName'] ?? traits['first_name'] ?? traits['firstname']) !== undefined) return
  const [first, ...rest] = text.split(/\s+/, 50)
  attribute('first_name')(first!, parts, traits, notes)
  if (rest.length > 0 && (traits['lastName'] ?? traits['last_name']) === undefined) {
    attribute('last_name')(rest.join(' '), parts, traits, notes)
  }
}

const company: Take = (value, parts, traits, notes) => {
  const name = objectOf(value)?.['name'] ?? value
  attribute('organization')(name, parts, traits, notes)
}

const addressTakes: ReadonlyMap<string, Take> = new Map([
  ['street', place('address1')],
  ['address1', place('address1')],
  ['address2', place('address2')],
  ['city', place('city')],
  ['state', place('region')],
  ['region', place('region')],
  ['country', place('country')],
  ['postalCode', place('zip')],
  ['postal_code', place('zip')],
  ['zip', place('zip')],
  ['latitude', coordinate('latitude', 90)],
  ['longitude', coordinate('longitude', 180)],
])

const address: Take = (value, parts, traits, notes) => {
  const fields = objectOf(value)
  if (fields === undefined) {
    if (typeof value === 'string') place('address1')(value, parts, traits, notes)
    return
  }
  // oxlint-disable-next-line guard-for-in
  for (const key in fields) {
    const entry = fields[key]
    if (entry !== undefined) addressTakes.get(key)?.(entry, parts, fields, notes)
  }
}

const ianaZone = /^[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+)+$/
const timezone: Take = (value, parts, traits, notes) => {
  if (typeof value === 'string' && ianaZone.test(value))
    place('timezone')(value, parts, traits, notes)
  else addProperty('timezone', value, parts, notes)
}

const languageTag = /^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$/
const locale: Take = (value, parts, traits, notes) => {
  if (typeof value === 'string' && languageTag.test(value)) {
    attribute('locale')(value.replaceAll('_', '-'), parts, traits, notes)
  } else addProperty('locale', value, parts, notes)
}

/** What says something about consent is read by `subscription.ts`, and never kept on the profile (R5). */
const consentNames = new Set(['subscribe', 'listId', 'consent', 'smsConsent'])

/** `traits.properties`: what else is in it are traits too. */
const nested: Take = (value, parts, _traits, notes) => {
  const fields = objectOf(value)
  if (fields === undefined) return
  for (const [key, entry] of Object.entries(fields)) {
    if (entry !== undefined && !consentNames.has(key)) addProperty(key, entry, parts, notes)
  }
}

const takes: ReadonlyMap<string, Take> = new Map<string, Take>([
  ['email', ignore],
  ['$email', ignore],
  ['phone', ignore],
  ['phone_number', ignore],
  ['phoneNumber', ignore],
  ['$phone_number', ignore],
  ['__proto__', ignore],
  ...[...consentNames].map((name) => [name, ignore] as const),
  ['properties', nested],
  ['firstName', attribute('first_name')],
  ['first_name', attribute('first_name')],
  ['firstname', attribute('first_name')],
  ['lastName', attribute('last_name')],
  ['last_name', attribute('last_name')],
  ['lastname', attribute('last_name')],
  ['name', fullName],
  ['organization', company],
  ['company', company],
  ['title', attribute('title')],
  ['avatar', attribute('image')],
  ['image', attribute('image')],
  ['locale', locale],
  ['language', locale],
  ['timezone', timezone],
  ['address', address],
  ['city', place('city')],
  ['region', place('region')],
  ['state', place('region')],
  ['country', place('country')],
  ['zip', place('zip')],
  ['postalCode', place('zip')],
])

/** Pixels put the person beside what was bought; a name there is the person's only with an address. */
function nameFromProperties(event: Event, parts: Parts, notes: Notes): void {
  const properties = objectOf(event.properties)
  if (properties === undefined) return
  if (properties['email'] === undefined && properties['phone'] === undefined) return
  for (const key of ['first_name', 'firstName', 'last_name', 'lastName'] as const) {
    const value = properties[key]
    if (value !== undefined) takes.get(key)?.(value, parts, properties, notes)
  }
}
