import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Changes } from './settings.ts'
import { Id, oneOf, strict, Time } from './shapes.ts'

const Side = strict({
  outcome: oneOf(['send', 'wait', 'not sent', 'refused']),
  reason: Type.Optional(Type.String()),
  rule: Type.Optional(Type.String({ description: 'The name of the rule that removes it' })),
  lines: Type.Array(Type.String(), { description: 'For people, in order' }),
  events: Type.Array(
    strict({
      metric: Type.String(),
      value: Type.Optional(Type.Number()),
      currency: Type.Optional(Type.String()),
      properties: Type.Array(strict({ name: Type.String(), value: Type.String() })),
    }),
    {
      description: 'What Klaviyo would get; people masked',
    },
  ),
})

const Counts = strict({ send: Type.Integer(), wait: Type.Integer(), drop: Type.Integer() })

export const previewSettings = operation({
  id: 'previewSettings',
  method: 'POST',
  path: '/workspaces/:workspaceId/connections/:connectionId/preview',
  may: 'develop',
  summary: 'Try changed settings on the events that came last; nothing is sent or kept',
  params: strict({ workspaceId: Id, connectionId: Id }),
  body: strict({
    settings: Changes,
    events: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 50, description: 'How many; 20 unless told' }),
    ),
    name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 256, description: 'Only events of this name' }),
    ),
  }),
  answer: strict({
    looked: Type.Integer(),
    changed: Type.Integer(),
    before: Counts,
    after: Counts,
    data: Type.Array(
      strict({
        messageId: Type.String(),
        name: Type.String(),
        receivedAt: Time,
        changed: Type.Boolean(),
        before: Side,
        after: Side,
        differences: Type.Array(
          strict({
            field: Type.String({ description: 'The metric and its property' }),
            before: Type.Optional(Type.String()),
            after: Type.Optional(Type.String()),
          }),
        ),
      }),
    ),
  }),
})
