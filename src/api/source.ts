import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Id, InWorkspace, Name, oneOf, strict, Time } from './shapes.ts'

const Source = strict({
  id: Id,
  storeId: Id,
  name: Type.String(),
  enabled: Type.Boolean(),
  browserKey: Type.Optional(Type.String({ description: 'For pages; everybody sees it' })),
  browserMay: Type.Optional(oneOf(['behaviour', 'everything'])),
  origins: Type.Array(Type.String(), {
    description: 'Pages that may send under the browser key; empty: all',
  }),
  formerKeyUntil: Type.Optional(Time),
})

const Shown = strict({
  ...Source.properties,
  writeKey: Type.String({ description: 'For servers; shown this once' }),
})

const OfSource = strict({ workspaceId: Id, sourceId: Id })
const base = '/workspaces/:workspaceId/sources'

export const listSources = operation({
  id: 'listSources',
  method: 'GET',
  path: base,
  may: 'read',
  summary: 'The sources: ways for events to come in',
  params: InWorkspace,
  answer: strict({ data: Type.Array(Source) }),
})

export const createSource = operation({
  id: 'createSource',
  method: 'POST',
  path: base,
  may: 'develop',
  summary: 'Add a source with keys of its own',
  params: InWorkspace,
  body: strict({ storeId: Id, name: Name }),
  answer: Shown,
  status: 201,
})

export const changeSource = operation({
  id: 'changeSource',
  method: 'PATCH',
  path: `${base}/:sourceId`,
  may: 'develop',
  summary: 'Rename it, switch it off or on, or say what pages may send, and which',
  params: OfSource,
  body: strict({
    name: Type.Optional(Name),
    enabled: Type.Optional(Type.Boolean()),
    browserMay: Type.Optional(oneOf(['behaviour', 'everything'])),
    origins: Type.Optional(
      Type.Array(Type.String({ maxLength: 300 }), {
        maxItems: 100,
        description: 'As `https://shop.example` or `https://*.shop.example`; empty: all pages',
      }),
    ),
  }),
  answer: Source,
})

export const rollWriteKey = operation({
  id: 'rollWriteKey',
  method: 'POST',
  path: `${base}/:sourceId/roll`,
  may: 'develop',
  summary: 'A new write key for servers; the former one is taken for some hours more',
  params: OfSource,
  body: strict({ overlapHours: Type.Integer({ minimum: 0, maximum: 720 }) }),
  answer: Shown,
})
