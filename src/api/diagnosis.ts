import { Type } from 'typebox'
import { Former, outcomes } from './event-list.ts'
import { operation } from './operation.ts'
import { Id, oneOf, strict, Time } from './shapes.ts'

const Step = strict({
  step: oneOf([
    'flag',
    'connected',
    'consumer',
    'switch',
    'received',
    'person',
    'outcome',
    'doubles',
  ]),
  result: oneOf(['ok', 'failed', 'unknown', 'warning']),
  says: Type.String({ description: 'What was found, in a sentence' }),
  at: Type.Optional(
    Type.Unsafe<string>({
      ...Time,
      description:
        'What the sentence speaks of: since when it is connected (or until when it was), when the newest such event ' +
        'came, when it is tried next',
    }),
  ),
  todo: Type.Optional(Type.String({ description: 'What to do about it' })),
})

export const diagnose = operation({
  id: 'diagnose',
  method: 'GET',
  path: '/workspaces/:workspaceId/connections/:connectionId/diagnosis',
  may: 'read',
  summary: 'Why is my event not in Klaviyo? Step by step, and what to do',
  description: 'Asks for a shopper (`who`), an event (`metric`), or both.',
  params: strict({ workspaceId: Id, connectionId: Id }),
  query: strict({
    who: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 254,
        description: 'Email address, phone number or user id of the shopper',
      }),
    ),
    metric: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description: 'As Klaviyo or the shop names it; or the number of an order, whenever it came',
      }),
    ),
    from: Type.Optional(Time),
    to: Type.Optional(Time),
  }),
  answer: strict({
    answer: Type.String({ description: 'In one sentence' }),
    todo: Type.Optional(Type.String()),
    steps: Type.Array(Step),
    near: Type.Array(Type.String(), {
      description: 'Where no event of that name has ever come: names that have, and are like it',
    }),
    events: Type.Array(
      strict({
        messageId: Type.String(),
        name: Type.String(),
        occurredAt: Time,
        outcome: oneOf(outcomes),
        reason: Type.Optional(Type.String()),
        former: Type.Optional(Former),
      }),
      { description: 'The newest that were found, at most 20' },
    ),
  }),
})
