import { type Static, Type } from 'typebox'
import { roles, tokenScopes } from '../core/index.ts'

/** What several things of the API are made of. */

/** Nothing beyond what is named: a field that does not exist is a mistake, and is answered as one. */
export function strict<P extends Record<string, Type.TSchema>>(properties: P, more: object = {}) {
  return Type.Object(properties, { additionalProperties: false, ...more })
}

export function oneOf<const T extends readonly string[]>(values: T, more: object = {}) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...more })
}

export const Id = Type.String({ minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })
export const Time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' })
export const Name = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })
export const Email = Type.String({
  minLength: 3,
  maxLength: 254,
  pattern: '^[^\\s@]+@[^\\s@]+$',
  description: 'Compared without case',
})
/** Judged by its own rules, with words that say why. Longer ones are not even looked at. */
export const Password = Type.String({ maxLength: 1024 })
/** What a one-time link carries. */
export const Code = Type.String({ minLength: 20, maxLength: 200 })
export const RoleName = oneOf(roles)
export const Scope = oneOf(tokenScopes)

export const InWorkspace = strict({ workspaceId: Id })

/** Query strings are text: that it is a number, and which, is told by the pattern. */
export const pageQuery = {
  limit: Type.Optional(
    Type.String({
      pattern: '^([1-9][0-9]?|100)$',
      description: 'How many at most, 1 to 100; 50 unless told',
    }),
  ),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 500, description: '`next` of the page before' }),
  ),
}
export const Page = strict(pageQuery)

/** Who did something; `name`: where they are still there. */
export const Actor = strict({
  type: oneOf(['member', 'token', 'local', 'nobody']),
  id: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
})

export function pageOf<T extends Type.TSchema>(item: T) {
  return strict({
    data: Type.Array(item),
    next: Type.Optional(
      Type.String({ description: 'Give it as `cursor`; absent: this is the end' }),
    ),
  })
}

/** RFC 9457. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.Optional(Type.String()),
  status: Type.Integer(),
  code: Type.String({ description: 'For programs: stays the same whatever the words' }),
  detail: Type.String({ description: 'What happened, and what to do' }),
  requestId: Type.Optional(Type.String()),
  errors: Type.Optional(
    Type.Array(Type.Object({ pointer: Type.String(), message: Type.String() })),
  ),
})

export type Problem = Static<typeof Problem>
