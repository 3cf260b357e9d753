import type { Identifiers, JsonObject, ProfileInput, ProfilePatch } from '../core/index.ts'
import { jsonOf, membersOf, textJsonOf } from './json.ts'

/** What an answer of Klaviyo made us change before the request goes out again. */
export interface Repair {
  /** Klaviyo calls the number invalid (M13). */
  readonly withoutPhone?: boolean
  /** The profile that Klaviyo named in a conflict (S21). */
  readonly profileId?: string
}

/**
 * Where a profile goes. Events keep the anonymous id; Klaviyo removed it from the profile endpoints with
 * revision 2025-10-15.
 */
export type ProfileUse = 'event' | 'profile'

/** `{"type":"profile","attributes":{…}}` */
export function profileText(profile: ProfileInput, use: ProfileUse, repair?: Repair): string {
  const members = [
    identifierMembers(profile.identifiers, use, repair),
    profile.attributes ? membersOf(profile.attributes) : '',
    propertiesMember(profile),
  ]
  // Klaviyo's events take no changes to lists, so the engine sends those as profiles of their own.
  const patch = use === 'profile' && profile.patch !== undefined ? metaOf(profile.patch) : ''
  return framed(members, repair, profile.id, patch)
}

/** Only who it is, for a group whose attributes travel elsewhere in the same request. */
export function personText(identifiers: Identifiers, use: ProfileUse, repair?: Repair): string {
  return framed([identifierMembers(identifiers, use, repair)], repair)
}

/** Whether anything is left by which Klaviyo knows the person. */
export function isNamed(identifiers: Identifiers, use: ProfileUse, repair?: Repair): boolean {
  return repair?.profileId !== undefined || identifierMembers(identifiers, use, repair) !== ''
}

/**
 * One profile of several that name the same person, in their order: what came later wins, property by
 * property.
 */
export function mergeProfiles(profiles: readonly ProfileInput[]): ProfileInput {
  let identifiers: Identifiers = {}
  let attributes: JsonObject = {}
  let properties: JsonObject = {}
  let id: string | undefined
  for (const profile of profiles) {
    id = profile.id ?? id
    identifiers = { ...identifiers, ...profile.identifiers }
    attributes = { ...attributes, ...profile.attributes }
    properties = { ...properties, ...propertiesOf(profile) }
  }
  return { identifiers, attributes, properties, ...(id === undefined ? {} : { id }) }
}

/** The same for all profiles of one person within a request. */
export function personKey(identifiers: Identifiers): string {
  const { email, phone, externalId, anonymousId, exchangeId } = identifiers
  if (email !== undefined) return `e${email}`
  if (externalId !== undefined) return `x${externalId}`
  if (phone !== undefined) return `p${phone}`
  return exchangeId === undefined ? `a${anonymousId ?? ''}` : `k${exchangeId}`
}

function propertiesOf({ properties, groups }: ProfileInput): JsonObject | undefined {
  if (!groups || groups.length === 0) return properties
  let all: JsonObject = { ...properties }
  for (const group of groups) all = { ...all, ...group.properties }
  return all
}

function propertiesMember(profile: ProfileInput): string {
  const properties = propertiesOf(profile)
  if (!properties) return ''
  const text = jsonOf(properties)
  return text === '{}' ? '' : `"properties":${text}`
}

function identifierMembers(
  { email, phone, externalId, anonymousId, exchangeId }: Identifiers,
  use: ProfileUse,
  repair: Repair | undefined,
): string {
  // Klaviyo found several people behind these identifiers: its own id alone cannot conflict again.
  if (repair?.profileId !== undefined) return ''
  let members = ''
  if (email !== undefined) members = `"email":${textJsonOf(email)}`
  if (phone !== undefined && !repair?.withoutPhone) {
    members += `${members && ','}"phone_number":${textJsonOf(phone)}`
  }
  if (externalId !== undefined)
    members += `${members && ','}"external_id":${textJsonOf(externalId)}`
  if (anonymousId !== undefined && use === 'event') {
    members += `${members && ','}"anonymous_id":${textJsonOf(anonymousId)}`
  }
  if (exchangeId !== undefined && use === 'event') {
    members += `${members && ','}"_kx":${textJsonOf(exchangeId)}`
  }
  return members
}

function framed(
  members: readonly string[],
  repair: Repair | undefined,
  ownId?: string,
  meta = '',
): string {
  const aim = repair?.profileId ?? ownId
  const id = aim === undefined ? '' : `,"id":${textJsonOf(aim)}`
  const attributes = members.filter((member) => member !== '').join(',')
  return `{"type":"profile"${id},"attributes":{${attributes}}${meta}}`
}

function metaOf({ append, unappend, unset }: ProfilePatch): string {
  const members = [
    Object.keys(append).length === 0 ? '' : `"append":${jsonOf(append)}`,
    Object.keys(unappend).length === 0 ? '' : `"unappend":${jsonOf(unappend)}`,
    unset.length === 0 ? '' : `"unset":${JSON.stringify(unset)}`,
  ]
  return `,"meta":{"patch_properties":{${members.filter((member) => member !== '').join(',')}}}`
}
