import { type TSchema, Type } from 'typebox'
import { presets, type PresetName, type Settings as CoreSettings } from '../core/index.ts'
import { operation } from './operation.ts'
import { Id, oneOf, pageOf, pageQuery, strict, Time } from './shapes.ts'

const truth = Type.Boolean()
const milliseconds = (minimum: number) =>
  Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER, description: 'Milliseconds' })

export const PresetShape = oneOf(Object.keys(presets) as PresetName[])

const Rule = strict({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  events: Type.Array(Type.String({ maxLength: 256 }), {
    maxItems: 1000,
    description: '`*` stands for any characters',
  }),
  decision: oneOf(['send', 'drop']),
})

/** Every setting that can be changed by itself; the type names one that would be forgotten here. */
const changeable = {
  enabled: truth,
  identity: oneOf(['email-only', 'any-identifier', 'anonymous-allowed']),
  sendGuestsAtOnce: truth,
  switches: Type.Record(Type.String({ maxLength: 200 }), truth),
  rules: Type.Array(Rule, { maxItems: 1000 }),
  withoutRule: oneOf(['send', 'drop']),
  listId: Type.String({ minLength: 1, maxLength: 100 }),
  emailConsent: truth,
  smsConsent: truth,
  legacyNames: truth,
  uniqueIds: oneOf(['store', 'given']),
  passUnknown: truth,
  pages: truth,
  attribution: truth,
  adminTracking: truth,
  storeDetails: truth,
  flatten: truth,
  emailAsPrimary: truth,
  trackingConsent: oneOf(['off', 'opt-in', 'opt-out']),
  klaviyoScript: truth,
  requestsPerSecond: Type.Number({ minimum: 0.01, maximum: 350 }),
  lateAfterMs: milliseconds(0),
  onForbidden: oneOf(['hold', 'narrow']),
  patience: oneOf(['wait', 'cycle']),
  retryCycleMs: milliseconds(1000),
  waitEndMs: milliseconds(1000),
  release: oneOf(['live', 'cycle']),
  releaseCycleMs: milliseconds(1000),
  confirmEveryMs: milliseconds(10_000),
  keepFailedMs: milliseconds(3_600_000),
} as const satisfies Record<Exclude<keyof CoreSettings, 'preset' | 'mappings'>, TSchema>

const { listId, requestsPerSecond, waitEndMs, confirmEveryMs, keepFailedMs, ...always } = changeable
const sometimes = { listId, requestsPerSecond, waitEndMs, confirmEveryMs, keepFailedMs }

export const Settings = strict({
  preset: PresetShape,
  ...always,
  listId: Type.Optional(listId),
  requestsPerSecond: Type.Optional(requestsPerSecond),
  waitEndMs: Type.Optional(waitEndMs),
  confirmEveryMs: Type.Optional(confirmEveryMs),
  keepFailedMs: Type.Optional(keepFailedMs),
  mappings: Type.Record(Type.String(), Type.Unknown(), {
    description: 'Changes to the built-in mappings, by event name; `null` takes one away',
  }),
})

/** Those that `operate` may change: what is sent at all. All others need `develop`. */
export const operable: readonly string[] = ['enabled', 'switches', 'pages', 'klaviyoScript']

const orNone = <T extends TSchema>(shape: T) => Type.Optional(Type.Union([shape, Type.Null()]))

const Changes = strict({
  ...Type.Partial(strict(always)).properties,
  listId: orNone(sometimes.listId),
  requestsPerSecond: orNone(sometimes.requestsPerSecond),
  waitEndMs: orNone(sometimes.waitEndMs),
  confirmEveryMs: orNone(sometimes.confirmEveryMs),
  keepFailedMs: orNone(sometimes.keepFailedMs),
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
  query: strict(pageQuery),
  answer: pageOf(strict({ version: Type.Integer(), changedAt: Time, settings: Settings })),
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
