import type { Account } from './account.ts'
import { type ErrorObject, invalidObject, Refusal, refuse } from './errors.ts'
import { isObject, type Json, type JsonObject } from './json.ts'
import {
  type IdentifierKey,
  identifierKeys,
  locationKeys,
  plainKeys,
  type Profile,
} from './profile-store.ts'

/** A profile as a body names and describes it. */
export interface Person {
  readonly id?: string | null | undefined
  readonly attributes: JsonObject
  readonly meta?: Json | undefined
}

const mostProfileBytes = 100 * 1024
const emailForm =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$/
const unicodeEmailForm = /^[^\s@"(),:;<>[\\\]]+@[^\s@"(),:;<>[\\\]]+\.[^\s@.]{2,}$/

function isEmail(text: string): boolean {
  if (text.length > 254 || text.indexOf('@') > 64) return false
  // Letters beyond ASCII are taken in the local part and the domain, dots at the wrong place never.
  if (text.includes('..') || text.startsWith('.') || text.includes('.@')) return false
  return emailForm.test(text) || (/[^ -~]/.test(text) && unicodeEmailForm.test(text))
}

export function isPhoneNumber(text: string): boolean {
  if (!/^\+[1-9]\d{6,14}$/.test(text)) return false
  return !text.startsWith('+1') || /^\+1[2-9]\d{9}$|^\+1500\d{7}$/.test(text)
}

const written = (value: Json | undefined): value is string =>
  typeof value === 'string' && value.trim() !== ''

/** Says what is wrong with a person: identifiers, sizes. The shape was checked before. */
export function checkPerson(attributes: JsonObject, pointer: string, errors: ErrorObject[]): void {
  const { email, phone_number: phone, properties } = attributes
  if (written(email) && !isEmail(email.trim())) {
    errors.push(invalidObject('Invalid email address', `${pointer}/email`))
  }
  if (written(phone) && !isPhoneNumber(phone.trim())) {
    errors.push(
      invalidObject(
        'Invalid phone number format (Example of a valid format: +12345678901)',
        `${pointer}/phone_number`,
      ),
    )
  }
  if (isObject(properties) && Buffer.byteLength(JSON.stringify(properties)) > mostProfileBytes) {
    errors.push(invalidObject('The profile is larger than 100 KB.', `${pointer}/properties`))
  }
}

export function hasIdentifier(person: Person): boolean {
  const { attributes } = person
  return (
    written(person.id) ||
    written(attributes['email']) ||
    written(attributes['phone_number']) ||
    written(attributes['external_id']) ||
    written(attributes['anonymous_id']) ||
    written(attributes['_kx'])
  )
}

export function noIdentifier(pointer: string): ErrorObject {
  return invalidObject(
    'At least one of the following identifiers is required: id, email, phone_number, external_id, anonymous_id, _kx.',
    pointer,
  )
}

/** An identifier in the one form that it is looked up by. */
export function identifierOf(attributes: JsonObject, key: IdentifierKey): string | undefined {
  const value = attributes[key]
  if (!written(value)) return undefined
  return key === 'email' ? value.trim().toLowerCase() : value.trim()
}

/** The exchange token of a profile: what Klaviyo appends to links as `_kx`. */
export function exchangeToken(account: Account, profile: Profile): string {
  return `${Buffer.from(profile.id).toString('base64url')}.${account.id}`
}

function profileOfToken(account: Account, token: string): Profile | undefined {
  const [id = '', company] = token.split('.', 2)
  if (company !== account.id) return undefined
  return account.profiles.byId(Buffer.from(id, 'base64url').toString('utf8'))
}

/** All profiles that a person's identifiers lead to; the first decides. */
export function profilesOf(account: Account, { id, attributes }: Person): readonly Profile[] {
  const found: Profile[] = []
  const add = (profile: Profile | undefined): void => {
    if (profile !== undefined && !found.includes(profile)) found.push(profile)
  }
  if (written(id)) add(account.profiles.byId(id))
  for (const key of identifierKeys) {
    const value = identifierOf(attributes, key)
    if (value !== undefined) add(account.profiles.find(key, value))
  }
  const token = attributes['_kx']
  if (written(token)) add(profileOfToken(account, token))
  return found
}

/** Named by nothing but an anonymous id: what identity resolution joins to a known person. */
export function isAnonymous(profile: Profile): boolean {
  return profile.email === null && profile.phone_number === null && profile.external_id === null
}

export function duplicateProfile(duplicate: Profile, pointer = '/data/attributes'): Refusal {
  return refuse(
    409,
    'duplicate_profile',
    'Conflict.',
    'A profile already exists with one of these identifiers.',
    { source: { pointer }, links: {}, meta: { duplicate_profile_id: duplicate.id } },
  )
}

export function mergeProfiles(account: Account, source: Profile, destination: Profile): void {
  account.events.move(source.place, destination.place)
  for (const key of plainKeys) destination[key] ??= source[key]
  destination.location ??= source.location
  destination.properties = { ...source.properties, ...destination.properties }
  destination.lists = { ...source.lists, ...destination.lists }
  destination.consent ??= source.consent
  if (source.lastEvent !== null) {
    destination.lastEvent = Math.max(destination.lastEvent ?? 0, source.lastEvent)
  }
  account.profiles.merge(source, destination)
}

/**
 * The profile that an event belongs to: found by its identifiers, or new. Identifiers that nobody has
 * become this profile's; an identifier of someone else stays with them. A profile that is known by
 * an anonymous id alone is joined to the one that the event names beside it.
 */
export function resolvePerson(
  account: Account,
  person: Person,
  now: number,
  /** Browsers can add an identifier, and not replace one. */
  identifiers: 'set' | 'add' = 'set',
): Profile {
  const found = profilesOf(account, person)
  const known = found.find((profile) => !isAnonymous(profile)) ?? found[0]
  for (const other of found) {
    if (known !== undefined && other !== known && isAnonymous(other)) {
      mergeProfiles(account, other, known)
    }
  }
  const profile = known ?? account.profiles.create(now)
  for (const key of identifierKeys) {
    const value = identifierOf(person.attributes, key)
    if (value === undefined || profile[key] === value) continue
    if (identifiers === 'add' && profile[key] !== null) continue
    if (account.profiles.find(key, value) !== undefined) continue
    account.profiles.setIdentifier(profile, key, value)
    profile.updated = now
  }
  return profile
}

/**
 * Writes what a person's attributes say. A missing member leaves things as they are; `null` clears
 * them, except where `nulls` says that it is passed over (bulk import).
 */
export function applyAttributes(
  account: Account,
  profile: Profile,
  person: Person,
  {
    now,
    nulls,
    identifiers,
  }: {
    readonly now: number
    readonly nulls: 'clear' | 'ignore'
    readonly identifiers: 'set' | 'keep'
  },
): void {
  const { attributes } = person
  const before = profile.updated
  let changed = false
  if (identifiers === 'set') {
    for (const key of identifierKeys) {
      if (attributes[key] === undefined) continue
      const value = identifierOf(attributes, key) ?? null
      if (value === profile[key] || (value === null && nulls === 'ignore')) continue
      account.profiles.setIdentifier(profile, key, value)
      changed = true
    }
  }
  for (const key of plainKeys) {
    const value = attributes[key]
    if (value === undefined || value === profile[key]) continue
    if (value === null ? nulls === 'ignore' : typeof value !== 'string') continue
    profile[key] = value as string | null
    changed = true
  }
  if (applyLocation(profile, attributes['location'], nulls)) changed = true
  const { properties } = attributes
  if (properties === null && nulls === 'clear') {
    profile.properties = {}
    changed = true
  } else if (isObject(properties)) {
    for (const [key, value] of Object.entries(properties)) {
      if (value === undefined || (value === null && nulls === 'ignore')) continue
      setOwn(profile.properties, key, value)
      changed = true
    }
  }
  if (applyMeta(account, profile, person.meta)) changed = true
  if (changed) profile.updated = Math.max(now, before)
}

function applyLocation(
  profile: Profile,
  location: Json | undefined,
  nulls: 'clear' | 'ignore',
): boolean {
  if (location === null && nulls === 'clear') {
    profile.location = undefined
    return true
  }
  if (!isObject(location)) return false
  let changed = false
  for (const key of locationKeys) {
    const value = location[key]
    if (value === undefined || (value === null && nulls === 'ignore')) continue
    profile.location ??= {}
    profile.location[key] = value
    changed = true
  }
  return changed
}

// `__proto__` is a property like any other here.
function setOwn(target: { [name: string]: Json }, key: string, value: Json): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}

/** `patch_properties` and `patch_identifiers`: append, unappend, unset. */
function applyMeta(account: Account, profile: Profile, meta: Json | undefined): boolean {
  if (!isObject(meta)) return false
  const { patch_properties: properties, patch_identifiers: identifiers } = meta
  let changed = false
  if (isObject(properties)) {
    const { append, unappend, unset } = properties
    if (isObject(append)) {
      for (const [key, value] of Object.entries(append)) {
        if (value === undefined) continue
        setOwn(profile.properties, key, [...listOf(profile.properties[key]), ...listOf(value)])
        changed = true
      }
    }
    if (isObject(unappend)) {
      for (const [key, value] of Object.entries(unappend)) {
        const gone = new Set(listOf(value).map((one) => JSON.stringify(one)))
        const kept = listOf(profile.properties[key]).filter((one) => !gone.has(JSON.stringify(one)))
        setOwn(profile.properties, key, kept)
        changed = true
      }
    }
    for (const key of listOf(unset)) {
      if (typeof key === 'string' && Object.hasOwn(profile.properties, key)) {
        delete profile.properties[key]
        changed = true
      }
    }
  }
  if (isObject(identifiers)) {
    for (const key of identifierKeys) {
      if (isObject(identifiers['append'])) {
        for (const value of listOf(identifiers['append'][key])) {
          if (typeof value !== 'string' || account.profiles.find(key, value) !== undefined) continue
          account.profiles.addIdentifier(profile, key, value)
          changed = true
        }
      }
      if (isObject(identifiers['unappend'])) {
        for (const value of listOf(identifiers['unappend'][key])) {
          if (typeof value !== 'string' || account.profiles.find(key, value) !== profile) continue
          account.profiles.removeIdentifier(profile, key, value)
          changed = true
        }
      }
    }
  }
  return changed
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? (value as readonly Json[]) : [value]
}
