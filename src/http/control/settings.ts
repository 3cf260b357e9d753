import {
  faultOfRules,
  type Kit,
  listIdPattern,
  settingLimits,
  type Settings,
} from '../../core/index.ts'
import { Problem } from '../problem.ts'

type Changeable = Omit<Settings, 'preset' | 'mappings'>

/** The settings with what is to change; null takes one away. Throws a `Problem` that names the first thing that is wrong. */
export function changeSettings(settings: Settings, body: unknown, kit: Kit): Settings {
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
    const fault = name === 'rules' ? faultOfRules(value, kit) : undefined
    if (fault !== undefined) throw wrong(`rules${fault.pointer}: ${fault.message}`)
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

function milliseconds(least: number, most = Number.MAX_SAFE_INTEGER): Check {
  return {
    is: `a number of milliseconds from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`,
    holds: (value) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most,
  }
}

function within({ least, most }: { readonly least: number; readonly most: number }): Check {
  return {
    is: `a number from ${least} to ${most}`,
    holds: (value) => typeof value === 'number' && value >= least && value <= most,
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
  // The core looks at what is in it.
  ['rules', { is: 'a list of rules', holds: (value) => Array.isArray(value) }],
  ['withoutRule', oneOf('send', 'drop')],
  [
    'listId',
    {
      is: 'a list’s id: letters and digits, as Y6nRLr',
      holds: (value) => typeof value === 'string' && new RegExp(listIdPattern, 'u').test(value),
    },
  ],
  ['emailConsent', truth],
  ['smsConsent', truth],
  ['legacyNames', truth],
  ['uniqueIds', oneOf('store', 'given')],
  ['passUnknown', truth],
  ['pages', truth],
  ['attribution', truth],
  ['adminTracking', truth],
  ['botTracking', truth],
  ['storeDetails', truth],
  ['flatten', truth],
  ['emailAsPrimary', truth],
  ['requestsPerSecond', within(settingLimits.requestsPerSecond)],
  ['trackingConsent', oneOf('off', 'opt-in', 'opt-out')],
  ['consentSignal', unset(oneOf('off', 'pages', 'all'))],
  ['amounts', oneOf('shopper', 'store')],
  ['productIds', oneOf('product_id', 'variant_id', 'sku')],
  ['klaviyoLinks', truth],
  ['klaviyoScript', truth],
  ['lateAfterMs', milliseconds(settingLimits.lateAfterMs.least, settingLimits.lateAfterMs.most)],
  ['onForbidden', oneOf('hold', 'narrow')],
  ['patience', oneOf('wait', 'cycle')],
  ['retryCycleMs', milliseconds(1000)],
  ['waitEndMs', unset(milliseconds(1000))],
  ['release', oneOf('live', 'cycle')],
  ['releaseCycleMs', milliseconds(1000)],
  ['confirmEveryMs', milliseconds(0)],
  [
    'knownDoubles',
    unset({
      is: 'a list of integrations’ keys',
      holds: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
    }),
  ],
  ['keepFailedMs', unset(milliseconds(3_600_000))],
])

function wrong(detail: string): Problem {
  return new Problem(400, 'invalid_settings', detail)
}
