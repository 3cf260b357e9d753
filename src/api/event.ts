import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Former, Person } from './event-list.ts'
import { Email, Id, oneOf, strict, Time } from './shapes.ts'

const Life = strict({
  messageId: Type.String(),
  seq: Type.Integer({ description: 'Its number in its lane' }),
  lane: oneOf(['live', 'catalog', 'backfill']),
  type: Type.String(),
  name: Type.String(),
  test: Type.Boolean({ description: 'It was sent as a test' }),
  source: strict({ id: Id, name: Type.String() }),
  version: Type.Integer({ description: 'Of the connection’s settings today' }),
  person: Person,
  masked: Type.Boolean({ description: 'People’s details are hidden' }),
  occurredAt: Time,
  receivedAt: Time,
  outcome: Type.String({ description: '`waiting`, `sending`, `accepted`, `dropped`, …' }),
  reason: Type.Optional(Type.String()),
  says: Type.Optional(Type.String({ description: 'The reason, in a sentence' })),
  todo: Type.Optional(Type.String()),
  nextAt: Type.Optional(Time),
  former: Type.Optional(Former),
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
      with: Type.Integer({ description: 'So many others went in the same request' }),
      version: Type.Integer({ description: 'Of the settings that it was made with' }),
      notes: Type.Array(Type.String({ description: 'Code of a reason: what was put right' })),
      error: Type.Optional(Type.String()),
      said: Type.Optional(
        Type.String({
          description: 'Of a refusal, for who may see people’s details; masked until asked for',
        }),
      ),
    }),
    { description: 'With Klaviyo, oldest first' },
  ),
  trouble: Type.Optional(
    strict(
      {
        state: oneOf(['retry', 'replay', 'kept'], {
          description:
            '`retry`: tried again by itself; `replay`: somebody asked for it again; `kept`: for people to look at',
        }),
        failures: Type.Integer(),
        firstAt: Time,
        lastAt: Time,
        dueAt: Type.Optional(Time),
        detail: Type.Optional(Type.String({ description: 'What Klaviyo said' })),
      },
      { description: 'It left the straight way' },
    ),
  ),
  kept: strict(
    {
      bodyUntil: Type.Optional(Time),
      exchangesUntil: Type.Optional(Time),
    },
    { description: 'How long this can be seen' },
  ),
})

const OfConnection = strict({ workspaceId: Id, connectionId: Id })
const OfEvent = strict({
  ...OfConnection.properties,
  messageId: Type.String({ minLength: 1, maxLength: 255 }),
})
const base = '/workspaces/:workspaceId/connections/:connectionId'

const Wanted = strict({
  metric: Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, pattern: '\\S', description: 'Klaviyo’s name' }),
  ),
  event: Type.Optional(
    Type.Object({}, { additionalProperties: true, description: 'As a shop would send it' }),
  ),
  email: Type.Optional(Email),
})

export const previewTestEvent = operation({
  id: 'previewTestEvent',
  method: 'POST',
  path: `${base}/test-events/preview`,
  may: 'operate',
  summary: 'What a test event would become, without sending or keeping anything',
  params: OfConnection,
  body: Wanted,
  answer: strict({
    event: Type.Unknown({ description: 'As a shop would send it; edit it and send it as `event`' }),
    outcome: oneOf(['send', 'wait', 'not sent', 'refused']),
    reason: Type.Optional(Type.String()),
    lines: Type.Array(Type.String()),
    actions: Type.Array(Type.Unknown(), { description: 'What Klaviyo would be asked' }),
  }),
})

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
  body: Wanted,
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

export const getEventBodies = operation({
  id: 'getEventBodies',
  method: 'GET',
  path: `${base}/events/:messageId/bodies`,
  may: 'read',
  summary: 'An event as it came, as it is sent, and what Klaviyo answered; people masked',
  params: OfEvent,
  answer: strict({
    masked: Type.Boolean(),
    received: Type.String({ description: 'JSON, as the shop sent it' }),
    composed: Type.String({ description: 'JSON: what Klaviyo is asked, by the settings of today' }),
    exchanges: Type.Array(
      strict({
        at: Time,
        path: Type.String(),
        status: Type.Integer(),
        request: Type.String({ description: 'The first 4 KB. Where others went with it: masked' }),
        response: Type.String({ description: 'The first 4 KB' }),
      }),
    ),
  }),
})

export const replayEvent = operation({
  id: 'replayEvent',
  method: 'POST',
  path: `${base}/events/:messageId/replay`,
  may: 'operate',
  summary: 'Send an event again that ended: the same event, the same unique id',
  params: OfEvent,
  answer: strict({ replayed: Type.Boolean({ description: 'False: it is under way already' }) }),
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
