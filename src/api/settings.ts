import { type TSchema, Type } from 'typebox'
import {
  listIdPattern,
  presets,
  type PresetName,
  settingLimits,
  type Settings as CoreSettings,
} from '../core/index.ts'
import { operation } from './operation.ts'
import { Mappings } from './mapping.ts'
import { Rules } from './rule.ts'
import { Actor, Id, oneOf, pageOf, pageQuery, strict, Time } from './shapes.ts'

const truth = Type.Boolean()
const milliseconds = (minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) =>
  Type.Integer({ minimum, maximum, description: 'Milliseconds' })
const { requestsPerSecond: cap, lateAfterMs: late } = settingLimits

export const PresetShape = oneOf(Object.keys(presets) as PresetName[])

/** Every setting that can be changed by itself; the type names one that would be forgotten here. */
const changeable = {
  enabled: truth,
  identity: oneOf(['email-only', 'any-identifier', 'anonymous-allowed']),
  sendGuestsAtOnce: truth,
  switches: Type.Record(Type.String({ maxLength: 200 }), truth),
  rules: Rules,
  mappings: Mappings,
  withoutRule: oneOf(['send', 'drop']),
  listId: Type.String({ pattern: listIdPattern }),
  emailConsent: truth,
  smsConsent: truth,
  legacyNames: truth,
  uniqueIds: oneOf(['store', 'given']),
  passUnknown: truth,
  pages: truth,
  attribution: truth,
  adminTracking: truth,
  botTracking: truth,
  storeDetails: truth,
  flatten: truth,
  emailAsPrimary: truth,
  trackingConsent: oneOf(['off', 'opt-in', 'opt-out']),
  consentSignal: oneOf(['off', 'pages', 'all']),
  amounts: oneOf(['shopper', 'store']),
  productIds: oneOf(['product_id', 'variant_id', 'sku']),
  klaviyoLinks: truth,
  klaviyoScript: truth,
  requestsPerSecond: Type.Number({ minimum: cap.least, maximum: cap.most }),
  lateAfterMs: milliseconds(late.least, late.most),
  onForbidden: oneOf(['hold', 'narrow']),
  patience: oneOf(['wait', 'cycle']),
  retryCycleMs: milliseconds(1000),
  waitEndMs: milliseconds(1000),
  release: oneOf(['live', 'cycle']),
  releaseCycleMs: milliseconds(1000),
  confirmEveryMs: milliseconds(0),
  keepFailedMs: milliseconds(3_600_000),
  knownDoubles: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
    maxItems: 100,
    description: 'Integrations that send metrics of the same names, and are warned of no more',
  }),
} as const satisfies Record<Exclude<keyof CoreSettings, 'preset'>, TSchema>

const {
  listId,
  requestsPerSecond,
  consentSignal,
  waitEndMs,
  keepFailedMs,
  knownDoubles,
  ...always
} = changeable
const sometimes = {
  listId,
  requestsPerSecond,
  consentSignal,
  waitEndMs,
  keepFailedMs,
  knownDoubles,
}

export const Settings = strict({
  preset: PresetShape,
  ...always,
  listId: Type.Optional(listId),
  requestsPerSecond: Type.Optional(requestsPerSecond),
  consentSignal: Type.Optional(consentSignal),
  waitEndMs: Type.Optional(waitEndMs),
  keepFailedMs: Type.Optional(keepFailedMs),
  knownDoubles: Type.Optional(knownDoubles),
})

/** Those that `operate` may change: what is sent at all. All others need `develop`. */
export const operable: readonly string[] = ['enabled', 'switches', 'pages', 'klaviyoScript']

const orNone = <T extends TSchema>(shape: T) => Type.Optional(Type.Union([shape, Type.Null()]))

export const Changes = strict({
  ...Type.Partial(strict(always)).properties,
  listId: orNone(sometimes.listId),
  requestsPerSecond: orNone(sometimes.requestsPerSecond),
  consentSignal: orNone(sometimes.consentSignal),
  waitEndMs: orNone(sometimes.waitEndMs),
  keepFailedMs: orNone(sometimes.keepFailedMs),
  knownDoubles: orNone(sometimes.knownDoubles),
})

const Versioned = strict({ version: Type.Integer(), settings: Settings })
const OfConnection = strict({ workspaceId: Id, connectionId: Id })
const base = '/workspaces/:workspaceId/connections/:connectionId'

export const changeSettings = operation({
  id: 'changeSettings',
  method: 'PATCH',
  path: `${base}/settings`,
  may: 'operate',
  summary: 'Change settings; what is left out stays, `null` unsets',
  description:
    'A change holds for everything that has not been sent yet. `enabled`, `switches`, `pages` and `klaviyoScript` need `operate`, all others `develop`.',
  params: OfConnection,
  body: strict({
    version: Type.Optional(
      Type.Integer({ description: 'Refused (409) when it is no longer the newest' }),
    ),
    settings: Changes,
  }),
  answer: Versioned,
})

export const switchAllOn = operation({
  id: 'switchAllOn',
  method: 'POST',
  path: `${base}/all-on`,
  may: 'operate',
  summary: 'Switch every function on',
  params: OfConnection,
  answer: Versioned,
})

export const applyPreset = operation({
  id: 'applyPreset',
  method: 'POST',
  path: `${base}/preset`,
  may: 'develop',
  summary: 'Take all settings of a preset',
  params: OfConnection,
  body: strict({ preset: PresetShape }),
  answer: Versioned,
})

export const listVersions = operation({
  id: 'listVersions',
  method: 'GET',
  path: `${base}/versions`,
  may: 'read',
  summary: 'All versions of the settings, newest first',
  params: OfConnection,
  query: strict({
    ...pageQuery,
    of: Type.Optional(
      oneOf(['rules'], {
        description: 'Only the first version, and those that changed rules or mappings',
      }),
    ),
  }),
  answer: pageOf(
    strict({
      version: Type.Integer(),
      changedAt: Time,
      by: Type.Optional(Actor),
      settings: Settings,
    }),
  ),
})

export const restoreVersion = operation({
  id: 'restoreVersion',
  method: 'POST',
  path: `${base}/versions/:version/restore`,
  may: 'develop',
  summary: 'Undo: make a new version that is as that one was',
  params: strict({
    workspaceId: Id,
    connectionId: Id,
    version: Type.String({ pattern: '^[1-9][0-9]{0,8}$' }),
  }),
  answer: Versioned,
})
