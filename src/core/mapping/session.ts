import type { ProfileGroup } from '../action.ts'
import type { Event, Json, JsonObject } from '../event.ts'
import { type Draft, isObject } from '../json.ts'

/**
 * Where the visit came from, on every event (S23-S29): by the names under which shops send it
 * themselves, else from where the SDKs put it (`context.campaign`, `context.page`, `context.session`).
 */
export function addSession(event: Event, out: Draft): void {
  const context = event.context
  if (!isObject(context)) return
  const campaign = context['campaign']
  if (isObject(campaign)) {
    put(out, 'utm_source', campaign['source'])
    put(out, 'utm_medium', campaign['medium'])
    put(out, 'utm_campaign', campaign['name'])
  }
  const session = context['session']
  if (isObject(session)) {
    put(out, 'session_count', session['session_count'] ?? session['count'])
    put(out, 'is_new_visitor', session['is_new_visitor'])
    put(out, 'landing_page', session['landing_page'])
    put(out, 'referrer', session['referrer'])
  }
  const page = context['page']
  if (isObject(page)) put(out, 'referrer', page['referrer'])
  for (let index = 0; index < sessionNames.length; index += 1) {
    put(out, sessionNames[index]!, context[sessionNames[index]!])
  }
}

const sessionNames = ['session_count', 'is_new_visitor', 'landing_page', 'referrer'] as const
const utmNames = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'] as const
const campaignNames = ['source', 'medium', 'name', 'term', 'content'] as const
const browserIds = ['_fbp', '_fbc', 'gclid'] as const

/** What the profile keeps of the visit (S18-S20): the latest touch, the first touch, and the session. */
export function attributionGroupsOf(event: Event): readonly ProfileGroup[] {
  const context = recordOf(event.context)
  const campaign = recordOf(context['campaign'])
  const places = [
    recordOf(event.properties),
    recordOf(event.traits),
    recordOf(context['traits']),
    context,
    recordOf(context['session']),
    recordOf(context['page']),
  ]
  const utm: Draft = {}
  const initial: Draft = {}
  for (const [index, name] of utmNames.entries()) {
    const value = scalarOf(campaign[campaignNames[index]!]) ?? lookUp(places, name)
    if (value === undefined) continue
    utm[name] = value
    initial[`initial_${name}`] = value
  }
  const session: Draft = {}
  for (const name of [...sessionNames, ...browserIds]) {
    const value = lookUp(places, name)
    if (value !== undefined) session[name] = value
  }
  const groups: ProfileGroup[] = []
  if (Object.keys(utm).length > 0) {
    groups.push({ name: 'utm', keep: 'latest', properties: utm })
    groups.push({ name: 'initial_utm', keep: 'first', properties: initial })
  }
  if (Object.keys(session).length > 0) {
    groups.push({ name: 'session', keep: 'latest', properties: session })
  }
  return groups
}

/** Names that the groups keep: they are not copied from the traits a second time, past the groups' order. */
export const attributionNames: ReadonlySet<string> = new Set([
  ...utmNames,
  ...sessionNames,
  ...browserIds,
])

function recordOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

function lookUp(places: readonly JsonObject[], name: string): Json | undefined {
  for (const place of places) {
    const value = scalarOf(place[name])
    if (value !== undefined) return value
  }
  return undefined
}

function scalarOf(value: Json | undefined): Json | undefined {
  return value === null || value === '' || typeof value === 'object' ? undefined : value
}

function put(out: Draft, name: string, value: Json | undefined): void {
  if (value === undefined || value === null || value === '' || typeof value === 'object') return
  if (out[name] === undefined) out[name] = typeof value === 'string' ? value.toWellFormed() : value
}
