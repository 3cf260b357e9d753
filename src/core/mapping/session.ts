import type { ProfileGroup } from '../action.ts'
import type { Event, Json, JsonObject } from '../event.ts'
import { type Draft, isObject, objectOf } from '../json.ts'
import { fit, type Notes } from './fit.ts'

/**
 * Where the visit came from, on every event (S23-S29): by the names under which shops send it
 * themselves, else from where the SDKs put it (`context.campaign`, `context.page`, `context.session`).
 */
export function addSession(event: Event, out: Draft, notes: Notes): void {
  const context = event.context
  if (!isObject(context)) return
  const campaign = context['campaign']
  if (isObject(campaign)) {
    put(out, 'utm_source', campaign['source'], notes)
    put(out, 'utm_medium', campaign['medium'], notes)
    put(out, 'utm_campaign', campaign['name'], notes)
  }
  const session = context['session']
  if (isObject(session)) {
    put(out, 'session_count', session['session_count'] ?? session['count'], notes)
    put(out, 'is_new_visitor', session['is_new_visitor'], notes)
    put(out, 'landing_page', session['landing_page'], notes)
    put(out, 'referrer', session['referrer'], notes)
  }
  const page = context['page']
  if (isObject(page)) put(out, 'referrer', page['referrer'], notes)
  for (let index = 0; index < sessionNames.length; index += 1) {
    put(out, sessionNames[index]!, context[sessionNames[index]!], notes)
  }
}

const sessionNames = ['session_count', 'is_new_visitor', 'landing_page', 'referrer'] as const
const utmNames = ['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'] as const
const campaignNames = ['source', 'medium', 'name', 'term', 'content'] as const
const browserIds = ['_fbp', '_fbc', 'gclid'] as const
const initialNames = utmNames.map((name) => `initial_${name}`)
const keptNames = [...sessionNames, ...browserIds] as const

/** What the profile keeps of the visit (S18-S20): the latest touch, the first touch, and the session. */
export function attributionGroupsOf(event: Event, notes: Notes): readonly ProfileGroup[] {
  const context = objectOf(event.context)
  const campaign = objectOf(context?.['campaign'])
  const places: JsonObject[] = []
  add(places, event.properties)
  add(places, event.traits)
  add(places, context?.['traits'])
  add(places, context)
  add(places, context?.['session'])
  add(places, context?.['page'])

  let utm: Draft | undefined
  let initial: Draft | undefined
  for (let index = 0; index < utmNames.length; index += 1) {
    const name = utmNames[index]!
    const value = scalarOf(campaign?.[campaignNames[index]!]) ?? lookUp(places, name)
    if (value === undefined) continue
    utm ??= {}
    initial ??= {}
    utm[name] = fit(value, 1, notes)
    initial[initialNames[index]!] = utm[name]
  }
  let session: Draft | undefined
  for (let index = 0; index < keptNames.length; index += 1) {
    const value = lookUp(places, keptNames[index]!)
    if (value === undefined) continue
    session ??= {}
    session[keptNames[index]!] = fit(value, 1, notes)
  }
  const groups: ProfileGroup[] = []
  if (utm !== undefined) groups.push({ name: 'utm', keep: 'latest', properties: utm })
  if (initial !== undefined) {
    groups.push({ name: 'initial_utm', keep: 'first', properties: initial })
  }
  if (session !== undefined) groups.push({ name: 'session', keep: 'latest', properties: session })
  return groups
}

/** Names that the groups keep: they are not copied from the traits a second time, past the groups' order. */
export const attributionNames: ReadonlySet<string> = new Set([...utmNames, ...keptNames])

function add(places: JsonObject[], value: Json | undefined): void {
  if (isObject(value)) places.push(value)
}

function lookUp(places: readonly JsonObject[], name: string): Json | undefined {
  for (let index = 0; index < places.length; index += 1) {
    const value = scalarOf(places[index]![name])
    if (value !== undefined) return value
  }
  return undefined
}

function scalarOf(value: Json | undefined): Json | undefined {
  return value === null || value === '' || typeof value === 'object' ? undefined : value
}

function put(out: Draft, name: string, value: Json | undefined, notes: Notes): void {
  if (value === undefined || value === null || value === '' || typeof value === 'object') return
  if (out[name] === undefined) out[name] = fit(value, 1, notes)
}
