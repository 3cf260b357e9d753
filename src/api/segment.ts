import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Id, oneOf, strict } from './shapes.ts'

export const Segment = strict({
  name: Type.String(),
  says: Type.String({ description: 'What people in it have in common' }),
  metric: Type.String({
    description: 'Klaviyo has to know an event of it before the segment can be made',
  }),
  state: oneOf(['absent', 'there', 'unknown'], {
    description: '`unknown`: Klaviyo could not be asked; see `why`',
  }),
  ready: Type.Optional(
    Type.Boolean({
      description:
        'Of one that is absent: Klaviyo knows an event of `metric`, so it can be created',
    }),
  ),
  id: Type.Optional(Type.String({ description: 'Klaviyo’s id of the segment' })),
  members: Type.Optional(
    Type.Integer({ description: 'How many people, as Klaviyo has worked out' }),
  ),
  processing: Type.Optional(
    Type.Boolean({ description: 'Klaviyo is still working out who belongs to it' }),
  ),
  why: Type.Optional(
    Type.Array(Type.String(), {
      description: 'Why it is empty, or cannot be told, and what to do',
    }),
  ),
})

const OfDestination = strict({ workspaceId: Id, destinationId: Id })
const base = '/workspaces/:workspaceId/destinations/:destinationId'

export const listSegments = operation({
  id: 'listSegments',
  method: 'GET',
  path: `${base}/segments`,
  may: 'read',
  summary: 'The segments that can be created in Klaviyo, and those that are there',
  params: OfDestination,
  answer: strict({ data: Type.Array(Segment) }),
})

export const createSegment = operation({
  id: 'createSegment',
  method: 'POST',
  path: `${base}/segments`,
  may: 'operate',
  summary: 'Create one of them in Klaviyo; where there is one of that name, it is shown',
  params: OfDestination,
  body: strict({ name: Type.String({ minLength: 1, maxLength: 200 }) }),
  answer: strict({ created: Type.Boolean(), segment: Segment }),
})

export const mapMetrics = operation({
  id: 'mapMetrics',
  method: 'POST',
  path: `${base}/mapped-metrics`,
  may: 'operate',
  summary: 'Tell Klaviyo which metrics count as revenue, cart and so on',
  description:
    'So that revenue, lifetime value and benchmarks count what is sent. What is right already is left alone: ' +
    'Klaviyo allows two changes a slot and day.',
  params: OfDestination,
  answer: strict({
    data: Type.Array(
      strict({
        slot: Type.String(),
        metric: Type.String(),
        outcome: oneOf(['mapped', 'was_mapped', 'metric_missing', 'failed']),
        message: Type.Optional(Type.String()),
      }),
    ),
  }),
})
