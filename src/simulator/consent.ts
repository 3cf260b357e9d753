import type { Account } from './account.ts'
import { type Answer, type Call, empty, type Handler } from './call.ts'
import { type Channel, noConsent, type PendingOptIn, type Suppression } from './consent-state.ts'
import { type ErrorObject, invalid, invalidObject, notFound, Refusal } from './errors.ts'
import { recordOwnEvent } from './events.ts'
import { isObject, type JsonObject } from './json.ts'
import { checkPerson, identifierOf, isPhoneNumber, profilesOf, resolvePerson } from './person.ts'
import type { Profile } from './profile-store.ts'
import { readTime } from './schema.ts'

export const consentHandlers: { readonly [operation: string]: Handler } = {
  bulk_subscribe_profiles: subscribe,
  bulk_unsubscribe_profiles: unsubscribe,
}

const mostSubscribed = 1000
const mostUnsubscribed = 100
const channels = ['email', 'sms', 'whatsapp', 'push'] as const

/** What the operations add to a profile's timeline, by channel. */
const subscribedMetrics: { readonly [channel in Channel]: string } = {
  email: 'Subscribed to Email Marketing',
  sms: 'Subscribed to SMS Marketing',
  whatsapp: 'Subscribed to WhatsApp Marketing',
  push: 'Subscribed to Push Marketing',
}
const unsubscribedMetrics: { readonly [channel in Channel]: string } = {
  email: 'Unsubscribed from Email Marketing',
  sms: 'Unsubscribed from SMS Marketing',
  whatsapp: 'Unsubscribed from WhatsApp Marketing',
  push: 'Unsubscribed from Push Marketing',
}

/** One channel and purpose that a person agrees to. */
export interface Agreement {
  readonly channel: Channel
  readonly purpose: string
  readonly consentedAt: number | null
}

export interface Subscriber {
  readonly attributes: JsonObject
  readonly id?: string | null | undefined
  readonly agreements: readonly Agreement[]
}

interface JobProfile {
  readonly id?: string | null
  readonly attributes: JsonObject
}

function subscribe(call: Call): Answer {
  const { data } = call.body as {
    data: {
      attributes: {
        custom_source?: string | null
        historical_import?: boolean | null
        profiles: { data: readonly JobProfile[] }
      }
      relationships?: { list?: { data?: { id: string } | null } | null } | null
    }
  }
  const { profiles, custom_source: source, historical_import: historical } = data.attributes
  const given = profiles.data
  const start = '/data/attributes/profiles/data'
  if (given.length > mostSubscribed) {
    throw invalid(`At most ${mostSubscribed} profiles can be subscribed in one request.`, start)
  }
  const list = data.relationships?.list?.data ?? undefined
  if (list !== undefined && !call.account.lists.has(list.id)) throw notFound('list', list.id)
  const errors: ErrorObject[] = []
  const people = given.map((profile, place) =>
    readSubscriber(call, profile, historical === true, `${start}/${place}`, errors),
  )
  if (errors.length > 0) throw new Refusal(errors)
  call.world.later(() => {
    for (const person of people) {
      subscribePerson(call.account, person, {
        now: call.now,
        listId: list?.id ?? null,
        historical: historical === true,
        customSource: source ?? null,
      })
    }
  })
  return empty(202)
}

function readSubscriber(
  call: Call,
  profile: JobProfile,
  historical: boolean,
  pointer: string,
  errors: ErrorObject[],
): Subscriber {
  const { attributes, id } = profile
  const agreements = readAgreements(
    call,
    attributes,
    { historical, allowsConsentedAt: historical },
    `${pointer}/attributes`,
    errors,
  )
  return { id, attributes, agreements }
}

/** What a person agrees to, as a body says it; what is wrong with it goes to `errors`. */
export function readAgreements(
  call: Call,
  attributes: JsonObject,
  rules: { readonly historical: boolean; readonly allowsConsentedAt: boolean },
  pointer: string,
  errors: ErrorObject[],
): readonly Agreement[] {
  checkPerson(attributes, pointer, errors)
  const email = identifierOf(attributes, 'email')
  const phone = identifierOf(attributes, 'phone_number')
  if (phone !== undefined && isPhoneNumber(phone) && !isSupported(call.account, phone)) {
    errors.push(
      invalidObject(
        'Phone number is valid but is not in a supported region for this account.',
        `${pointer}/phone_number`,
      ),
    )
  }
  const agreements: Agreement[] = []
  const { subscriptions } = attributes
  if (isObject(subscriptions)) {
    for (const channel of channels) {
      const wanted = subscriptions[channel]
      if (!isObject(wanted)) continue
      if (channel === 'email' && email === undefined && isObject(wanted['marketing'])) {
        errors.push(emptyFor('email', 'email', pointer))
      }
      if ((channel === 'sms' || channel === 'whatsapp') && phone === undefined) {
        errors.push(emptyFor('phone_number', channel, pointer))
      }
      for (const [purpose, agreement] of Object.entries(wanted)) {
        if (!isObject(agreement)) continue
        const at = `${pointer}/subscriptions/${channel}/${purpose}/consented_at`
        const consentedAt = readConsentedAt(call, agreement, rules, at, errors)
        agreements.push({ channel, purpose, consentedAt })
      }
    }
  } else {
    // Without a choice of channels, the identifiers say which are meant.
    if (email !== undefined) {
      agreements.push({ channel: 'email', purpose: 'marketing', consentedAt: null })
    }
    if (phone !== undefined) {
      agreements.push({ channel: 'sms', purpose: 'marketing', consentedAt: null })
    }
  }
  if (agreements.length === 0) {
    errors.push(invalidObject('At least one channel to subscribe to is required.', pointer))
  }
  return agreements
}

function emptyFor(field: string, channel: string, pointer: string): ErrorObject {
  return invalidObject(
    `'${field}' must not be empty when the ${channel} channel is included in 'subscriptions'.`,
    `${pointer}/${field}`,
  )
}

function readConsentedAt(
  call: Call,
  agreement: JsonObject,
  {
    historical,
    allowsConsentedAt,
  }: { readonly historical: boolean; readonly allowsConsentedAt: boolean },
  pointer: string,
  errors: ErrorObject[],
): number | null {
  const text = agreement['consented_at']
  if (typeof text !== 'string') {
    if (historical) {
      errors.push(
        invalidObject("'consented_at' is required when 'historical_import' is true.", pointer),
      )
    }
    return null
  }
  const at = readTime(text) ?? null
  if (!allowsConsentedAt) {
    errors.push(
      invalidObject("'consented_at' can only be set when 'historical_import' is true.", pointer),
    )
  } else if (at !== null && at >= call.now) {
    errors.push(invalidObject("'consented_at' must be in the past.", pointer))
  }
  return at
}

function isSupported(account: Account, phone: string): boolean {
  for (let digits = 1; digits <= 3; digits += 1) {
    if (account.smsCallingCodes.has(phone.slice(1, 1 + digits))) return true
  }
  return false
}

/**
 * Subscribes, or asks for a confirmation first. A person who is new and has to confirm does not
 * become a profile before that.
 */
export function subscribePerson(
  account: Account,
  person: Subscriber,
  {
    now,
    listId,
    historical,
    customSource,
  }: {
    readonly now: number
    readonly listId: string | null
    readonly historical: boolean
    readonly customSource: string | null
  },
): void {
  const list = listId === null ? undefined : account.lists.get(listId)
  const process = list?.optIn ?? account.defaultOptIn
  const isDouble = process === 'double_opt_in' && !historical
  const known = profilesOf(account, person)[0]
  const asked: Agreement[] = []
  const granted: Agreement[] = []
  for (const agreement of person.agreements) {
    const standing = known?.consent?.channels[`${agreement.channel}/${agreement.purpose}`]
    // Whoever is subscribed already is not asked again.
    if (isDouble && agreement.channel !== 'push' && standing?.status !== 'SUBSCRIBED') {
      asked.push(agreement)
    } else {
      granted.push(agreement)
    }
  }
  for (const { channel } of asked) {
    account.pendingOptIns.push({
      channel,
      email: identifierOf(person.attributes, 'email') ?? null,
      phone_number: identifierOf(person.attributes, 'phone_number') ?? null,
      listId,
      customSource,
      askedAt: now,
    })
  }
  if (granted.length === 0) return
  const profile = resolvePerson(account, person, now)
  for (const agreement of granted) {
    grant(account, profile, agreement, {
      now,
      customSource,
      doubleOptIn: false,
      method: historical ? 'IMPORT' : 'API',
    })
  }
  if (list !== undefined) joinList(account, profile, list.id, now)
}

function grant(
  account: Account,
  profile: Profile,
  { channel, purpose, consentedAt }: Agreement,
  {
    now,
    customSource,
    doubleOptIn,
    method,
  }: {
    readonly now: number
    readonly customSource: string | null
    readonly doubleOptIn: boolean
    readonly method: string
  },
): void {
  const consent = (profile.consent ??= noConsent())
  consent.channels[`${channel}/${purpose}`] = {
    status: 'SUBSCRIBED',
    consentedAt: consentedAt ?? now,
    updatedAt: now,
    method,
    methodDetail: null,
    customSource,
    doubleOptIn,
  }
  if (channel === 'email' && purpose === 'marketing') {
    consent.suppressions = consent.suppressions.filter(
      ({ reason }) => reason === 'HARD_BOUNCE' || reason === 'INVALID_EMAIL',
    )
    consent.listSuppressions = []
  }
  if (account.consentMovesUpdated) profile.updated = now
  if (purpose === 'marketing') {
    recordOwnEvent(
      account,
      profile,
      subscribedMetrics[channel],
      now,
      customSource === null ? {} : { 'Custom Source': customSource },
    )
  }
}

export function joinList(account: Account, profile: Profile, listId: string, now: number): void {
  if (profile.lists[listId] !== undefined) return
  profile.lists[listId] = now
  recordOwnEvent(account, profile, 'Subscribed to List', now, {
    List: account.lists.get(listId)?.name ?? listId,
  })
}

/** What happens when someone follows the link in the confirmation. False: nobody was asked. */
export function confirmOptIn(account: Account, identifier: string, now: number): boolean {
  const lower = identifier.toLowerCase()
  const isMeant = (pending: PendingOptIn): boolean =>
    pending.channel === 'email' ? pending.email === lower : pending.phone_number === identifier
  const confirmed = account.pendingOptIns.filter(isMeant)
  account.pendingOptIns = account.pendingOptIns.filter((pending) => !isMeant(pending))
  for (const pending of confirmed) {
    const profile = resolvePerson(
      account,
      { attributes: { email: pending.email, phone_number: pending.phone_number } },
      now,
    )
    grant(
      account,
      profile,
      { channel: pending.channel, purpose: 'marketing', consentedAt: null },
      { now, customSource: pending.customSource, doubleOptIn: true, method: 'API' },
    )
    if (pending.listId !== null) joinList(account, profile, pending.listId, now)
  }
  return confirmed.length > 0
}

function unsubscribe(call: Call): Answer {
  const { data } = call.body as {
    data: {
      attributes: { profiles: { data: readonly JobProfile[] } }
      relationships?: { list?: { data?: { id: string } | null } | null } | null
    }
  }
  const given = data.attributes.profiles.data
  const start = '/data/attributes/profiles/data'
  if (given.length > mostUnsubscribed) {
    throw invalid(`At most ${mostUnsubscribed} profiles can be unsubscribed in one request.`, start)
  }
  const listId = data.relationships?.list?.data?.id
  if (listId !== undefined && !call.account.lists.has(listId)) throw notFound('list', listId)
  const errors: ErrorObject[] = []
  for (const [place, { attributes }] of given.entries()) {
    checkPerson(attributes, `${start}/${place}/attributes`, errors)
  }
  if (errors.length > 0) throw new Refusal(errors)
  call.world.later(() => {
    for (const person of given) unsubscribePerson(call.account, person, listId, call.now)
  })
  return empty(202)
}

/**
 * With a list, a member leaves that list alone; whoever is not a member is unsubscribed everywhere,
 * which Klaviyo warns of.
 */
function unsubscribePerson(
  account: Account,
  person: JobProfile,
  listId: string | undefined,
  now: number,
): void {
  const profile = resolvePerson(account, person, now)
  const subscriptions = person.attributes['subscriptions']
  const meant = isObject(subscriptions)
    ? channels.filter((channel) => isObject(subscriptions[channel]))
    : channels.filter((channel) => channel === 'email' || channel === 'sms')
  if (listId !== undefined && profile.lists[listId] !== undefined) {
    delete profile.lists[listId]
    const consent = (profile.consent ??= noConsent())
    if (meant.includes('email')) {
      consent.listSuppressions.push({ listId, reason: 'UNSUBSCRIBE', timestamp: now })
    }
    if (account.consentMovesUpdated) profile.updated = now
    recordOwnEvent(account, profile, 'Unsubscribed from List', now, {
      List: account.lists.get(listId)?.name ?? listId,
    })
    return
  }
  for (const channel of meant) revoke(account, profile, channel, now)
}

/** Takes consent back on a channel, everywhere. */
function revoke(account: Account, profile: Profile, channel: Channel, now: number): void {
  const consent = (profile.consent ??= noConsent())
  consent.channels[`${channel}/marketing`] = {
    status: 'UNSUBSCRIBED',
    consentedAt: now,
    updatedAt: now,
    method: 'API',
    methodDetail: null,
    customSource: null,
    doubleOptIn: null,
  }
  if (channel === 'email') suppress(account, profile, 'UNSUBSCRIBE', now)
  if (account.consentMovesUpdated) profile.updated = now
  recordOwnEvent(account, profile, unsubscribedMetrics[channel], now)
}

/** True when the suppression is new. */
export function suppress(
  account: Account,
  profile: Profile,
  reason: Suppression['reason'],
  now: number,
): boolean {
  const consent = (profile.consent ??= noConsent())
  if (consent.suppressions.some((known) => known.reason === reason)) return false
  consent.suppressions.push({ reason, timestamp: now })
  if (account.consentMovesUpdated) profile.updated = now
  return true
}
