import type { Channel, SubscribeAction } from '../action.ts'
import type { Event, Json, JsonObject } from '../event.ts'
import { isList, objectOf, textOf } from '../json.ts'
import type { Settings } from '../settings.ts'

/**
 * What a call asks for by `subscribe: true` (R5-R9, M31). Consent is never inferred: without that word
 * there is no subscription, whatever else the call says (C8). Undefined: none is asked for.
 */
export function subscriptionOf(
  event: Event,
  settings: Settings,
): Pick<SubscribeAction, 'channels' | 'listId'> | undefined {
  const places = placesOf(event)
  const subscribe = lookUp(places, 'subscribe')
  if (subscribe !== true && subscribe !== 'true') return undefined
  const listId =
    textOf(lookUp(places, 'listId')) ??
    (event.type === 'group' ? textOf(event.groupId) : undefined) ??
    settings.listId
  const channels = channelsOf(lookUp(places, 'consent'), lookUp(places, 'smsConsent'), settings)
  return listId === undefined ? { channels } : { channels, listId }
}

/** A group's traits may say it themselves. */
function placesOf(event: Event): readonly JsonObject[] {
  const traits = objectOf(event.traits)
  const contextTraits = objectOf(event.context?.['traits'])
  const places = [
    objectOf(traits?.['properties']),
    objectOf(contextTraits?.['properties']),
    objectOf(event.properties),
    event.type === 'group' ? traits : undefined,
  ]
  return places.filter((place) => place !== undefined)
}

function lookUp(places: readonly JsonObject[], name: string): Json | undefined {
  for (const place of places) {
    const value = place[name]
    if (value !== undefined && value !== null) return value
  }
  return undefined
}

/** What the call says goes before the settings; a refusal of SMS goes before everything. */
function channelsOf(
  consent: Json | undefined,
  smsConsent: Json | undefined,
  settings: Settings,
): readonly Channel[] {
  const named = namesIn(consent)
  const email = named === undefined ? settings.emailConsent : named.has('email')
  const sms = truthOf(smsConsent) ?? (named?.has('sms') === true || settings.smsConsent)
  const channels: Channel[] = []
  if (email) channels.push('email')
  if (sms) channels.push('sms')
  return channels
}

function namesIn(consent: Json | undefined): ReadonlySet<string> | undefined {
  if (consent === undefined) return undefined
  if (typeof consent === 'boolean') return new Set(consent ? ['email'] : [])
  const names: readonly Json[] =
    typeof consent === 'string' ? consent.split(',') : isList(consent) ? consent : []
  return new Set(
    names.filter((name) => typeof name === 'string').map((name) => name.trim().toLowerCase()),
  )
}

function truthOf(value: Json | undefined): boolean | undefined {
  if (value === true || value === 'true') return true
  return value === undefined ? undefined : false
}
