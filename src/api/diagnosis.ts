import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Id, oneOf, strict, Time } from './shapes.ts'

const Step = strict({
  step: oneOf(['flag', 'connected', 'consumer', 'switch', 'received', 'person', 'outcome']),
  result: oneOf(['ok', 'failed', 'unknown']),
  says: Type.String({ description: 'What was found, in a sentence' }),
  todo: Type.Optional(Type.String({ description: 'What to do about it' })),
})

export const diagnose = operation({
  id: 'diagnose',
  method: 'GET',
  path: '/workspaces/:workspaceId/connections/:connectionId/diagnosis',
  may: 'read',
  summary: 'Why is my event not in Klaviyo? Step by step, and what to do',
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
      Type.String({ minLength: 1, maxLength: 255, description: 'As Klaviyo or the shop names it' }),
    ),
    from: Type.Optional(Time),
    to: Type.Optional(Time),
  }),
  answer: strict({
    answer: Type.String({ description: 'In one sentence' }),
    todo: Type.Optional(Type.String()),
    steps: Type.Array(Step),
    events: Type.Array(
      strict({
        messageId: Type.String(),
        name: Type.String(),
        occurredAt: Time,
        outcome: Type.String(),
        reason: Type.Optional(Type.String()),
      }),
      { description: 'The newest that were found, at most 20' },
    ),
  }),
})
