import type { Json, JsonObject } from './event.ts'
import { isList, isObject, objectOf } from './json.ts'
import type { Rule } from './mapping/rule.ts'
import type { Settings } from './settings.ts'

/** What a RudderStack destination's settings become here, and what of them has no place. */
export interface Imported {
  readonly settings: Partial<Omit<Settings, 'preset'>>
  /** For whoever moves: what stays to be done by hand, and what differs. */
  readonly notes: readonly string[]
}

/**
 * Reads the settings of RudderStack's Klaviyo destination: its `config` as RudderStack's API and its control
 * plane write it, by itself or inside the destination. Undefined: it is none.
 */
export function settingsOfRudderStack(given: Json): Imported | undefined {
  const config = configIn(given)
  if (config === undefined) return undefined
  const settings: { -readonly [key in keyof Settings]?: Settings[key] } = {}
  const notes: string[] = []
  for (const [name, value] of Object.entries(config)) {
    if (value === undefined || value === null || value === '') continue
    const take = takes.get(name)
    if (take === undefined) notes.push(`${name} has no meaning here and was left out.`)
    else take(plainOf(name, value, notes), settings, notes)
  }
  const filter = filterOf(config, notes)
  return { settings: { ...settings, ...filter }, notes }
}

function configIn(given: Json): JsonObject | undefined {
  const outer = objectOf(given)
  const destination = objectOf(outer?.['destination']) ?? outer
  const config =
    objectOf(destination?.['config']) ?? objectOf(destination?.['Config']) ?? destination
  if (config === undefined) return undefined
  return Object.keys(config).some((name) => takes.has(name)) ? config : undefined
}

/** Newer settings are kept for each kind of source apart: `{ "web": true, "cloud": true }`. */
function plainOf(name: string, value: Json, notes: string[]): Json {
  if (!isObject(value)) return value
  const values = Object.values(value).filter((each) => each !== undefined)
  const texts = new Set(values.map((each) => JSON.stringify(each)))
  if (texts.size > 1) {
    notes.push(
      `${name} differs by kind of source; the first one was taken: ${JSON.stringify(value)}`,
    )
  }
  return values[0] ?? null
}

type Draft = { -readonly [key in keyof Settings]?: Settings[key] }
type Take = (value: Json, settings: Draft, notes: string[]) => void

const nothing: Take = () => undefined

const takes: ReadonlyMap<string, Take> = new Map<string, Take>([
  [
    'listId',
    (value, settings) => {
      if (typeof value === 'string') settings.listId = value
    },
  ],
  [
    'consent',
    (value, settings) => {
      const channels = namesIn(value, 'consent')
      settings.emailConsent = channels.includes('email')
      settings.smsConsent = channels.includes('sms')
    },
  ],
  [
    'smsConsent',
    (value, settings) => {
      if (typeof value === 'boolean') settings.smsConsent = value
    },
  ],
  [
    'enforceEmailAsPrimary',
    (value, settings) => {
      settings.emailAsPrimary = value === true
    },
  ],
  [
    'flattenProperties',
    (value, settings) => {
      settings.flatten = value === true
    },
  ],
  [
    'sendPageAsTrack',
    (value, settings, notes) => {
      settings.pages = value === true
      if (value === true) {
        notes.push('Page calls become the metric Active on Site, not one metric for each page.')
      }
    },
  ],
  ['eventFilteringOption', nothing],
  ['whitelistedEvents', nothing],
  ['blacklistedEvents', nothing],
  [
    'privateApiKey',
    (_, __, notes) => {
      notes.push(
        'privateApiKey was not read: give the key to `tillpost init`, which keeps it encrypted.',
      )
    },
  ],
  [
    'publicApiKey',
    (_, __, notes) => {
      notes.push('publicApiKey is the account’s id; `tillpost init` reads it with the private key.')
    },
  ],
  ['apiVersion', nothing],
  ['connectionMode', nothing],
  ['useNativeSDK', nothing],
  ['additionalPageInfo', nothing],
  ['consentManagement', nothing],
  ['oneTrustCookieCategories', nothing],
  ['ketchConsentPurposes', nothing],
])

function filterOf(config: JsonObject, notes: string[]): Pick<Draft, 'rules' | 'withoutRule'> {
  const option = plainOf('eventFilteringOption', config['eventFilteringOption'] ?? null, notes)
  if (option === 'whitelistedEvents') {
    return listed('Listed events', 'send', namesIn(config['whitelistedEvents'], 'eventName'))
  }
  if (option === 'blacklistedEvents') {
    return listed('Excluded events', 'drop', namesIn(config['blacklistedEvents'], 'eventName'))
  }
  return {}
}

function listed(
  name: string,
  decision: Rule['decision'],
  events: readonly string[],
): Pick<Draft, 'rules' | 'withoutRule'> {
  const withoutRule = decision === 'send' ? 'drop' : 'send'
  // A `*` in a name would mean more than it did there.
  return {
    rules: [{ name, events: events.filter((each) => !each.includes('*')), decision }],
    withoutRule,
  }
}

/** `["email"]`, or as the dashboard stores lists: `[{ "consent": "email" }]`. */
function namesIn(value: Json | undefined, key: string): readonly string[] {
  const entries = isList(value) ? value : []
  return entries
    .map((entry) => (isObject(entry) ? entry[key] : entry))
    .filter((entry) => typeof entry === 'string')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}
