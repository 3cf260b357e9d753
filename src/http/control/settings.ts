import type { Rule, Settings } from '../../core/index.ts'
import { Problem } from '../problem.ts'

type Changeable = Omit<Settings, 'preset' | 'mappings'>

/** The settings with what is to change; null takes one away. Throws a `Problem` that names the first thing that is wrong. */
export function changeSettings(settings: Settings, body: unknown): Settings {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw wrong('Send a JSON object with the settings to change.')
  }
  for (const [name, value] of Object.entries(body)) {
    const check = checks.get(name)
    if (check === undefined) {
      throw wrong(
        `There is no setting of this name to change. There are: ${[...checks.keys()].join(', ')}.`,
      )
    }
    if (!check.holds(value)) throw wrong(`The setting ${name} has to be ${check.is}.`)
  }
  const changed = Object.entries({ ...settings, ...body }).filter(([, value]) => value !== null)
  // Every name is known, every value was looked at, and null only taken for what may be missing.
  return Object.fromEntries(changed) as unknown as Settings
}

interface Check {
  readonly is: string
  readonly holds: (value: unknown) => boolean
}

const truth: Check = { is: 'true or false', holds: (value) => typeof value === 'boolean' }

function oneOf(...values: readonly string[]): Check {
  return {
    is: values.join(' or '),
    holds: (value) => typeof value === 'string' && values.includes(value),
  }
}

function milliseconds(least: number): Check {
  return {
    is: `a number of milliseconds from ${least}`,
    holds: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= least,
  }
}

/** The same, or null: none. */
function unset({ is, holds }: Check): Check {
  return { is: `${is}, or null for none`, holds: (value) => value === null || holds(value) }
}

const checks: ReadonlyMap<string, Check> = new Map<keyof Changeable, Check>([
  ['enabled', truth],
  ['identity', oneOf('email-only', 'any-identifier', 'anonymous-allowed')],
  ['sendGuestsAtOnce', truth],
  [
    'switches',
    {
      is: 'an object of true and false',
      holds: (value) =>
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        Object.values(value).every((entry) => typeof entry === 'boolean'),
    },
  ],
  [
    'rules',
    {
      is: 'a list of {"name", "events", "decision": "send" or "drop"}',
      holds: (value) => Array.isArray(value) && value.length <= 1000 && value.every(isRule),
    },
  ],
  ['withoutRule', oneOf('send', 'drop')],
  ['listId', { is: 'a list’s id', holds: (value) => typeof value === 'string' && value !== '' }],
  ['emailConsent', truth],
  ['smsConsent', truth],
  ['legacyNames', truth],
  ['uniqueIds', oneOf('store', 'given')],
  ['passUnknown', truth],
  ['pages', truth],
  ['attribution', truth],
  ['adminTracking', truth],
  ['storeDetails', truth],
  ['flatten', truth],
  ['emailAsPrimary', truth],
  [
    'requestsPerSecond',
    {
      is: 'a number from 0.01 to 350',
      holds: (value) => typeof value === 'number' && value >= 0.01 && value <= 350,
    },
  ],
  ['trackingConsent', oneOf('off', 'opt-in', 'opt-out')],
  ['klaviyoScript', truth],
  ['lateAfterMs', milliseconds(0)],
  ['onForbidden', oneOf('hold', 'narrow')],
  ['patience', oneOf('wait', 'cycle')],
  ['retryCycleMs', milliseconds(1000)],
  ['waitEndMs', unset(milliseconds(1000))],
  ['release', oneOf('live', 'cycle')],
  ['releaseCycleMs', milliseconds(1000)],
  ['confirmEveryMs', unset(milliseconds(10_000))],
  ['keepFailedMs', unset(milliseconds(3_600_000))],
])

function isRule(value: unknown): value is Rule {
  if (typeof value !== 'object' || value === null) return false
  const { name, events, decision } = value as Partial<Record<keyof Rule, unknown>>
  return (
    typeof name === 'string' &&
    Array.isArray(events) &&
    events.every((event) => typeof event === 'string' && event.length <= 256) &&
    (decision === 'send' || decision === 'drop')
  )
}

function wrong(detail: string): Problem {
  return new Problem(400, 'invalid_settings', detail)
}
