import { Type } from 'typebox'
import {
  conditionTypes,
  type Rule as CoreRule,
  ruleCalls,
  ruleLimits as limits,
} from '../core/index.ts'
import { oneOf, strict } from './shapes.ts'

const Scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()])
const path = Type.String({
  minLength: 1,
  maxLength: limits.pathLength,
  description: '`event`, `properties.total`, `traits.plan`, `context.page.url`, `person.email`, …',
})

const Condition = strict({
  type: oneOf(conditionTypes),
  path,
  value: Type.Optional(Scalar),
  values: Type.Optional(Type.Array(Scalar, { minItems: 1, maxItems: limits.values })),
})

const Change = strict({
  type: oneOf(['rename', 'set', 'remove']),
  to: Type.Optional(
    Type.String({ minLength: 1, maxLength: limits.renameLength, description: 'Of `rename`' }),
  ),
  path: Type.Optional(path),
  value: Type.Optional(Scalar),
  from: Type.Optional(path),
})

/** What goes with what (a `greater` with a number, a `rename` with a name) is told by the core, in sentences. */
const Rule = Type.Unsafe<CoreRule>(
  strict({
    name: Type.String({ minLength: 1, maxLength: limits.nameLength }),
    enabled: Type.Optional(Type.Boolean()),
    events: Type.Array(Type.String({ maxLength: limits.eventLength }), {
      maxItems: limits.events,
      description: '`*` stands for any characters',
    }),
    calls: Type.Optional(Type.Array(oneOf(ruleCalls), { maxItems: ruleCalls.length })),
    when: Type.Optional(Type.Array(Condition, { maxItems: limits.conditions })),
    decision: oneOf(['send', 'drop', 'change']),
    changes: Type.Optional(Type.Array(Change, { maxItems: limits.changes })),
  }),
)

/** Gone through in their order: the first that sends or drops ends it. */
export const Rules = Type.Array(Rule, { maxItems: limits.rules })
