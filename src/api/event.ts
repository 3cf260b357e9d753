import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Email, Id, oneOf, strict, Time } from './shapes.ts'

const Life = strict({
  messageId: Type.String(),
  name: Type.String(),
  test: Type.Boolean({ description: 'It was sent as a test' }),
  occurredAt: Time,
  receivedAt: Time,
  outcome: Type.String({ description: '`waiting`, `sending`, `accepted`, `dropped`, …' }),
  reason: Type.Optional(Type.String()),
  says: Type.Optional(Type.String({ description: 'The reason, in a sentence' })),
  todo: Type.Optional(Type.String()),
  nextAt: Type.Optional(Time),
  mapped: strict(
    {
      outcome: oneOf(['send', 'wait', 'not sent', 'refused']),
      lines: Type.Array(Type.String()),
      events: Type.Array(
        strict({
          metric: Type.String(),
          uniqueId: Type.String(),
          value: Type.Optional(Type.Number()),
          currency: Type.Optional(Type.String()),
        }),
      ),
    },
    { description: 'What it becomes by the settings of today' },
  ),
  exchanges: Type.Array(
    strict({
      at: Time,
      path: Type.String(),
      durationMs: Type.Integer(),
      status: Type.Integer({ description: 'As HTTP says it; 0: no answer' }),
      error: Type.Optional(Type.String()),
      said: Type.Optional(
        Type.String({ description: 'Of a refusal, for who may see people’s details' }),
      ),
    }),
    { description: 'With Klaviyo, oldest first' },
  ),
})

const OfConnection = strict({ workspaceId: Id, connectionId: Id })
const OfEvent = strict({
  ...OfConnection.properties,
  messageId: Type.String({ minLength: 1, maxLength: 255 }),
})
const base = '/workspaces/:workspaceId/connections/:connectionId'

export const sendTestEvent = operation({
  id: 'sendTestEvent',
  method: 'POST',
  path: `${base}/test-events`,
  may: 'operate',
  summary: 'Send a test event to Klaviyo, marked as one',
  description:
    'Give a `metric` for an example of it, or an `event` of your own in Segment’s form. It goes the way of every event ' +
    'of the connection’s source, to its other connections too, with `test: true` among its properties and in its ' +
    'context. Klaviyo takes it for a real one: it counts in reports and may start flows for that address, so give your own.',
  params: OfConnection,
  body: strict({
    metric: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, pattern: '\\S', description: 'Klaviyo’s name' }),
    ),
    event: Type.Optional(
      Type.Object({}, { additionalProperties: true, description: 'As a shop would send it' }),
    ),
    email: Type.Optional(Email),
  }),
  answer: Life,
  status: 201,
})

export const getEvent = operation({
  id: 'getEvent',
  method: 'GET',
  path: `${base}/events/:messageId`,
  may: 'read',
  summary: 'An event’s life: received, mapped, sent, answered',
  params: OfEvent,
  answer: Life,
})

export const findEvent = operation({
  id: 'findEvent',
  method: 'POST',
  path: `${base}/events/:messageId/find`,
  may: 'operate',
  summary: 'Look for the event in Klaviyo, by reading it back from there',
  params: OfEvent,
  answer: strict({
    state: oneOf(['found', 'missing', 'unknown'], {
      description: '`unknown`: Klaviyo could not be asked',
    }),
    says: Type.String(),
    todo: Type.Optional(Type.String()),
    metric: Type.String(),
    id: Type.Optional(Type.String({ description: 'Klaviyo’s id of the event' })),
    at: Type.Optional(Type.String({ description: 'When it happened, as Klaviyo keeps it' })),
  }),
})
