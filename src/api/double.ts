import { Type } from 'typebox'
import { operation } from './operation.ts'
import { PresetShape } from './settings.ts'
import { Id, oneOf, strict, Time } from './shapes.ts'

/** Who else fills metrics of the names that a connection sends. */
export const Doubles = strict(
  {
    state: oneOf(['none', 'found', 'acknowledged', 'unknown'], {
      description: '`unknown`: Klaviyo could not be asked',
    }),
    says: Type.String(),
    todo: Type.Optional(Type.String()),
    data: Type.Array(
      strict({
        integration: Type.String({ description: 'Klaviyo’s key of it' }),
        name: Type.String(),
        metrics: Type.Array(Type.String()),
        newestAt: Type.Optional(Time),
        acknowledged: Type.Boolean(),
      }),
    ),
  },
  { description: 'Integrations in the account that send metrics of the same names' },
)

const OfConnection = strict({ workspaceId: Id, connectionId: Id })
const base = '/workspaces/:workspaceId'

export const findDoublesBefore = operation({
  id: 'findDoublesBefore',
  method: 'GET',
  path: `${base}/destinations/:destinationId/doubles`,
  may: 'read',
  summary: 'Before connecting: would anything be counted twice in this account?',
  params: strict({ workspaceId: Id, destinationId: Id }),
  query: strict({ preset: Type.Optional(PresetShape) }),
  answer: Doubles,
})

export const findDoubles = operation({
  id: 'findDoubles',
  method: 'GET',
  path: `${base}/connections/:connectionId/doubles`,
  may: 'read',
  summary: 'Does another integration send what this connection sends?',
  params: OfConnection,
  answer: Doubles,
})

export const acknowledgeDoubles = operation({
  id: 'acknowledgeDoubles',
  method: 'POST',
  path: `${base}/connections/:connectionId/doubles/acknowledge`,
  may: 'operate',
  summary: 'Be warned of these integrations no more',
  params: OfConnection,
  body: strict({
    integrations: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 100 }),
  }),
  answer: Doubles,
})
