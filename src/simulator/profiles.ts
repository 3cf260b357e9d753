import type { Account } from './account.ts'
import type { Answer, Call, Handler, Look } from './call.ts'
import { timeOrNull } from './resource.ts'
import { writeExactTime } from './clock.ts'
import { subscriptionsOf } from './subscriptions.ts'
import { type ErrorObject, invalid, invalidParameter, notFound, Refusal } from './errors.ts'
import { type Condition, meets } from './filter.ts'
import { isObject, type JsonObject } from './json.ts'
import {
  applyAttributes,
  checkPerson,
  duplicateProfile,
  hasIdentifier,
  isAnonymous,
  mergeProfiles,
  noIdentifier,
  type Person,
  profilesOf,
} from './person.ts'
import { identifierKeys, locationKeys, type Profile } from './profile-store.ts'
import { showPage, showOne, pageOf, type Resource, resource, type SortKey } from './resource.ts'

const path = '/api/profiles'
const mostBytes = 100 * 1024

export const profileHandlers: { readonly [operation: string]: Handler } = {
  create_profile: createProfile,
  create_or_update_profile: importProfile,
  update_profile: updateProfile,
  get_profile: getProfile,
  get_profiles: getProfiles,
  merge_profiles: merge,
}

export function profileResource(call: Look, profile: Profile): Resource {
  const location: { [name: string]: unknown } = {}
  for (const key of locationKeys) location[key] = profile.location?.[key] ?? null
  return resource(call, {
    type: 'profile',
    id: profile.id,
    path,
    attributes: {
      email: profile.email,
      phone_number: profile.phone_number,
      external_id: profile.external_id,
      anonymous_id: profile.anonymous_id,
      first_name: profile.first_name,
      last_name: profile.last_name,
      organization: profile.organization,
      locale: profile.locale,
      title: profile.title,
      image: profile.image,
      created: writeExactTime(profile.created),
      updated: writeExactTime(profile.updated),
      last_event_date: timeOrNull(profile.lastEvent),
      location,
      properties: profile.properties,
      ...(call.query.additional.has('subscriptions')
        ? { subscriptions: subscriptionsOf(profile) }
        : {}),
      ...(call.query.additional.has('predictive_analytics')
        ? { predictive_analytics: noPrediction }
        : {}),
    },
    relations: {
      lists: undefined,
      segments: undefined,
      'push-tokens': undefined,
      conversation: undefined,
    },
  })
}

// Klaviyo predicts only for accounts with enough orders; a simulator has none to learn from.
const noPrediction = {
  historic_clv: null,
  predicted_clv: null,
  total_clv: null,
  historic_number_of_orders: null,
  predicted_number_of_orders: null,
  average_days_between_orders: null,
  average_order_value: null,
  churn_probability: null,
  expected_date_of_next_order: null,
  ranked_channel_affinity: null,
}

function personOf(call: Call): Person {
  const { data } = call.body as {
    data: { id?: string | null; attributes: JsonObject; meta?: JsonObject }
  }
  const errors: ErrorObject[] = []
  checkPerson(data.attributes, '/data/attributes', errors)
  if (call.bytes.length > mostBytes) throw invalid('The profile is larger than 100 KB.', '/data')
  if (errors.length > 0) throw new Refusal(errors)
  return { id: data.id, attributes: data.attributes, meta: data.meta }
}

function createProfile(call: Call): Answer {
  const person = personOf(call)
  if (!hasIdentifier(person)) throw new Refusal([noIdentifier('/data/attributes')])
  const [duplicate] = profilesOf(call.account, { attributes: person.attributes })
  if (duplicate !== undefined) throw duplicateProfile(duplicate)
  const profile = call.account.profiles.create(call.now)
  applyAttributes(call.account, profile, person, {
    now: call.now,
    nulls: 'clear',
    identifiers: 'set',
  })
  return showOne(call, 201, profileResource(call, profile))
}

/** Create or update: 201 or 200, and 409 when the identifiers lead to different people. */
function importProfile(call: Call): Answer {
  const person = personOf(call)
  if (!hasIdentifier(person)) throw new Refusal([noIdentifier('/data/attributes')])
  const { profile, created } = upsert(call.account, person, call.now, 'clear')
  return showOne(call, created ? 201 : 200, profileResource(call, profile))
}

export function upsert(
  account: Account,
  person: Person,
  now: number,
  nulls: 'clear' | 'ignore',
): { readonly profile: Profile; readonly created: boolean } {
  if (typeof person.id === 'string' && account.profiles.byId(person.id) === undefined) {
    throw notFound('profile', person.id)
  }
  const found = profilesOf(account, person)
  const known = found.find((profile) => !isAnonymous(profile)) ?? found[0]
  for (const other of found) {
    if (known === undefined || other === known) continue
    if (!isAnonymous(other)) throw duplicateProfile(other)
  }
  for (const other of found) {
    if (known !== undefined && other !== known) mergeProfiles(account, other, known)
  }
  const profile = known ?? account.profiles.create(now)
  applyAttributes(account, profile, person, { now, nulls, identifiers: 'set' })
  return { profile, created: known === undefined }
}

export function profileById(call: Call, id: string): Profile {
  const profile = call.account.profiles.byId(id)
  if (profile === undefined) throw notFound('profile', id)
  return profile
}

function updateProfile(call: Call): Answer {
  const person = personOf(call)
  const id = call.params['id'] ?? ''
  if (person.id !== undefined && person.id !== null && person.id !== id) {
    throw invalid('The id of the body is not the id of the path.', '/data/id')
  }
  const profile = profileById(call, id)
  const other = profilesOf(call.account, { attributes: person.attributes }).find(
    (found) => found !== profile,
  )
  if (other !== undefined) throw duplicateProfile(other)
  applyAttributes(call.account, profile, person, {
    now: call.now,
    nulls: 'clear',
    identifiers: 'set',
  })
  return showOne(call, 200, profileResource(call, profile))
}

function getProfile(call: Call): Answer {
  return showOne(call, 200, profileResource(call, profileById(call, call.params['id'] ?? '')))
}

function getProfiles(call: Call): Answer {
  const page = pageOf(call, profilesWhere(call.account, call.query.filter), {
    idOf: (profile) => profile.id,
    keyOf: sortKeyOf,
  })
  return showPage(call, page, (profile) => profileResource(call, profile))
}

function sortKeyOf(profile: Profile, field: string): SortKey {
  switch (field) {
    case 'email':
      return profile.email
    case 'created':
      return profile.created
    case 'updated':
      return profile.updated
    case 'subscriptions.email.marketing.suppression.timestamp':
      return profile.consent?.suppressions[0]?.timestamp ?? null
    case 'subscriptions.email.marketing.list_suppressions.timestamp':
      return profile.consent?.listSuppressions[0]?.timestamp ?? null
    default:
      return profile.id
  }
}

/** The profiles that meet a filter. Identifiers are looked up; only the rest is searched. */
function profilesWhere(account: Account, filter: readonly Condition[]): Iterable<Profile> {
  const byIdentifier = filter.find(
    ({ field }) => field === 'id' || (identifierKeys as readonly string[]).includes(field),
  )
  const candidates =
    byIdentifier === undefined ? account.profiles.all() : lookUp(account, byIdentifier)
  const rest = filter.filter((condition) => condition !== byIdentifier)
  return [...candidates].filter((profile) =>
    rest.every((condition) => meets(valueOf(account, profile, condition.field), condition)),
  )
}

function lookUp(account: Account, { field, value }: Condition): ReadonlySet<Profile> {
  const values = (Array.isArray(value) ? value : [value]) as readonly unknown[]
  if (values.length > 100) {
    throw invalidParameter('Invalid filter: a list holds at most 100 values.', 'filter')
  }
  const found = new Set<Profile>()
  for (const one of values) {
    const text = String(one)
    const key = identifierKeys.find((name) => name === field)
    const profile =
      key === undefined
        ? account.profiles.byId(text)
        : account.profiles.find(key, key === 'email' ? text.trim().toLowerCase() : text)
    if (profile !== undefined) found.add(profile)
  }
  return found
}

function valueOf(account: Account, profile: Profile, field: string): unknown {
  switch (field) {
    case 'id':
      return profile.id
    case 'created':
      return profile.created
    case 'updated':
      return profile.updated
    case '_kx':
      return `${Buffer.from(profile.id).toString('base64url')}.${account.id}`
    case 'subscriptions.email.marketing.suppression.reason':
      return profile.consent?.suppressions.map(({ reason }) => reason)
    case 'subscriptions.email.marketing.suppression.timestamp':
      return profile.consent?.suppressions.map(({ timestamp }) => timestamp)
    case 'subscriptions.email.marketing.list_suppressions.reason':
      return profile.consent?.listSuppressions.map(({ reason }) => reason)
    case 'subscriptions.email.marketing.list_suppressions.timestamp':
      return profile.consent?.listSuppressions.map(({ timestamp }) => timestamp)
    case 'subscriptions.email.marketing.list_suppressions.list_id':
      return profile.consent?.listSuppressions.map(({ listId }) => listId)
    default:
      return isObject(profile) ? profile[field] : undefined
  }
}

/** Accepted at once, done later; until then, and after it, the source's id is still answered. */
function merge(call: Call): Answer {
  const { data } = call.body as {
    data: { id: string; relationships: { profiles: { data: readonly { id: string }[] } } }
  }
  const sources = data.relationships.profiles.data
  if (sources.length !== 1) {
    throw invalid(
      'Exactly one source profile can be merged at a time.',
      '/data/relationships/profiles/data',
    )
  }
  const destination = profileById(call, data.id)
  const source = profileById(call, sources[0]?.id ?? '')
  if (source === destination) {
    throw invalid(
      'A profile cannot be merged into itself.',
      '/data/relationships/profiles/data/0/id',
    )
  }
  call.world.later(() => mergeProfiles(call.account, source, destination))
  return {
    status: 202,
    body: {
      data: {
        type: 'profile',
        id: destination.id,
        links: { self: `${call.base}${path}/${destination.id}/` },
      },
      links: { self: `${call.base}/api/profile-merge` },
    },
  }
}
