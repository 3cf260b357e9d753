import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Id, oneOf, pageOf, pageQuery, strict, Time } from './shapes.ts'

export const outcomes = [
  'waiting',
  'sending',
  'retrying',
  'held',
  'accepted',
  'confirmed',
  'dropped',
  'retry',
  'dead',
] as const

export const Person = strict(
  {
    email: Type.Optional(Type.String()),
    phone: Type.Optional(Type.String()),
    id: Type.Optional(Type.String({ description: 'The shop’s own' })),
    anonymousId: Type.Optional(Type.String()),
  },
  { description: 'As known when the event came; masked where `masked` says so' },
)

export const Former = strict(
  { connectionId: Id, until: Type.Optional(Time) },
  {
    description:
      'The event came before this connection was made. One that had brought the same source’s events to the same ' +
      'Klaviyo account, and was disconnected, had it: outcome and reason are as that one left it',
  },
)

export const EventLine = strict({
  messageId: Type.String(),
  seq: Type.Integer({ description: 'Its number in its lane' }),
  lane: oneOf(['live', 'catalog', 'backfill']),
  type: Type.String(),
  name: Type.String({ description: 'As the shop names it' }),
  metric: Type.Optional(Type.String({ description: 'As Klaviyo names it, by today’s settings' })),
  person: Person,
  value: Type.Optional(Type.Number({ description: 'Major units' })),
  currency: Type.Optional(Type.String()),
  occurredAt: Time,
  receivedAt: Time,
  outcome: oneOf(outcomes),
  reason: Type.Optional(Type.String({ description: 'Code; see the reasons' })),
  says: Type.Optional(Type.String({ description: 'The reason, in a sentence' })),
  nextAt: Type.Optional(Time),
  former: Type.Optional(Former),
  test: Type.Boolean({ description: 'It was sent as a test' }),
})

/** Filters of lists and of the live stream. */
const filters = {
  outcome: Type.Optional(
    oneOf(outcomes, {
      description:
        'What became of it. `dead` is what failed, with the meaning and the number that the overview has: what Klaviyo ' +
        'rejected, and what could not be sent. `dropped` is what was not sent.',
    }),
  ),
  reason: Type.Optional(Type.String({ maxLength: 64, description: 'Code' })),
  event: Type.Optional(
    Type.String({ maxLength: 255, description: 'As Klaviyo or the shop names it' }),
  ),
  who: Type.Optional(
    Type.String({
      maxLength: 254,
      description: 'Email address, phone number, user id or anonymous id, in full',
    }),
  ),
  test: Type.Optional(oneOf(['true', 'false'])),
}

const OfConnection = strict({ workspaceId: Id, connectionId: Id })
const base = '/workspaces/:workspaceId/connections/:connectionId'

const Looked = {
  looked: Type.Integer({
    description:
      'So many events were looked through. Few found and a `next`: go on from there, it is further back.',
  }),
  masked: Type.Boolean({ description: 'People’s details are hidden' }),
}

export const listEvents = operation({
  id: 'listEvents',
  method: 'GET',
  path: `${base}/events`,
  may: 'read',
  summary: 'A connection’s events, newest first',
  description:
    'A search takes no longer than some tens of milliseconds. Where it has found less than was asked for and there ' +
    'is more to look through, it says so: `next` goes on from there.',
  params: OfConnection,
  query: strict({
    ...filters,
    order: Type.Optional(Type.String({ maxLength: 255, description: 'The shop’s order number' })),
    from: Type.Optional(Time),
    to: Type.Optional(Time),
    lane: Type.Optional(oneOf(['live', 'catalog', 'backfill'])),
    ...pageQuery,
  }),
  answer: strict({ ...pageOf(EventLine).properties, ...Looked }),
})

export const getTimeline = operation({
  id: 'getTimeline',
  method: 'GET',
  path: `${base}/timeline`,
  may: 'read',
  summary: 'All events of a shopper, whatever they were known by, newest first',
  description:
    'Give `who` or `event`. What a visitor did before they were known is among it where a later event told who it was.',
  params: OfConnection,
  query: strict({
    who: filters.who,
    event: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'Message id of an event of theirs',
      }),
    ),
    ...pageQuery,
  }),
  answer: strict({
    people: Type.Array(Person, { description: 'All that the shopper is known by' }),
    ...pageOf(EventLine).properties,
    ...Looked,
  }),
})

export const watchEvents = operation({
  id: 'watchEvents',
  method: 'GET',
  path: `${base}/live`,
  may: 'read',
  summary: 'Events as they come and as they go on: server-sent events, people masked',
  description:
    'For members who are signed in. `row`: an event, new or changed; its id is the number to go on after, which ' +
    '`Last-Event-ID` tells when the connection is made again. `gone`: it does not fit the filter any more. `skipped`: ' +
    'more came than are shown.',
  params: OfConnection,
  query: strict(filters),
  answer: Type.String(),
  contentType: 'text/event-stream',
})
