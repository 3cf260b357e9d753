import { Type } from 'typebox'
import { flagNames } from '../core/index.ts'
import { operation } from './operation.ts'
import { Changes, PresetShape } from './settings.ts'
import { InWorkspace, Name, oneOf, strict } from './shapes.ts'
import { CartUrl, Country, Currency, Domain, StoreKey, TimeZone } from './store.ts'

const flags = Object.fromEntries(
  flagNames.map((name) => [name, Type.Optional(Type.Boolean())]),
) as Record<(typeof flagNames)[number], Type.TOptional<Type.TBoolean>>

/** M28. What is not in it: Klaviyo keys, write keys, browser keys. */
export const Configuration = strict({
  tillpost: oneOf(['configuration']),
  format: Type.Literal(1),
  note: Type.Optional(Type.String({ maxLength: 1000 })),
  workspace: strict({ name: Name, secondFactor: Type.Boolean(), flags: strict(flags) }),
  stores: Type.Array(
    strict({
      key: StoreKey,
      name: Name,
      domain: Type.Optional(Domain),
      country: Type.Optional(Country),
      currency: Type.Optional(Currency),
      cartUrl: Type.Optional(CartUrl),
      timeZone: Type.Optional(TimeZone),
    }),
    { maxItems: 200 },
  ),
  sources: Type.Array(
    strict({
      store: StoreKey,
      name: Name,
      enabled: Type.Boolean(),
      browserMay: oneOf(['behaviour', 'everything']),
    }),
    { maxItems: 500 },
  ),
  destinations: Type.Array(
    strict({
      account: Type.String({ minLength: 1, maxLength: 200 }),
      name: Type.Optional(Type.String({ maxLength: 500 })),
    }),
    { maxItems: 200 },
  ),
  connections: Type.Array(
    strict({
      store: StoreKey,
      source: Name,
      account: Type.String({ minLength: 1, maxLength: 200 }),
      preset: PresetShape,
      settings: Changes,
    }),
    { maxItems: 500 },
  ),
})

const Steps = strict({
  data: Type.Array(
    strict({
      what: oneOf(['workspace', 'store', 'source', 'account', 'connection']),
      does: oneOf(['add', 'change', 'leave', 'blocked'], {
        description: '`blocked`: a person has to do something first, see `todo`',
      }),
      name: Type.String(),
      changes: Type.Array(
        strict({ field: Type.String(), from: Type.Unknown(), to: Type.Unknown() }),
      ),
      todo: Type.Optional(Type.String()),
    }),
  ),
})

const path = '/workspaces/:workspaceId/configuration'

export const exportConfiguration = operation({
  id: 'exportConfiguration',
  method: 'GET',
  path,
  may: 'develop',
  summary: 'All that is set up, as one file without secrets',
  params: InWorkspace,
  answer: Type.Unsafe<object>(Configuration),
})

export const planImport = operation({
  id: 'planImport',
  method: 'POST',
  path: `${path}/plan`,
  may: 'manage',
  summary: 'What an import of the file would make, change and leave; nothing is done',
  params: InWorkspace,
  body: Configuration,
  answer: Steps,
})

export const importConfiguration = operation({
  id: 'importConfiguration',
  method: 'POST',
  path,
  may: 'manage',
  summary: 'Import the file: what is there already is left, nothing is taken away',
  description:
    'Each step is a commit and a row of the trail; an import that broke off is done again.',
  params: InWorkspace,
  body: Configuration,
  answer: Steps,
})
