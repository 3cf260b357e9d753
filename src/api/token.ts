import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Id, InWorkspace, Name, Scope, strict, Time } from './shapes.ts'

const Token = strict({
  id: Id,
  name: Type.String(),
  scopes: Type.Array(Scope),
  networks: Type.Array(Type.String()),
  memberId: Id,
  createdAt: Time,
  expiresAt: Time,
  usedAt: Type.Optional(Time),
  /** After rolling: until when the former one is taken too. */
  formerUntil: Type.Optional(Time),
})

const OfToken = strict({ workspaceId: Id, tokenId: Id })
const Shown = strict({
  ...Token.properties,
  token: Type.String({ description: 'Shown this once' }),
})

export const listTokens = operation({
  id: 'listTokens',
  method: 'GET',
  path: '/workspaces/:workspaceId/tokens',
  may: 'develop',
  summary: 'API tokens; never what they are',
  params: InWorkspace,
  answer: strict({ data: Type.Array(Token) }),
})

export const createToken = operation({
  id: 'createToken',
  method: 'POST',
  path: '/workspaces/:workspaceId/tokens',
  may: 'develop',
  summary: 'Make an API token with some of one’s own permissions',
  params: InWorkspace,
  body: strict({
    name: Name,
    scopes: Type.Array(Scope, { minItems: 1, maxItems: 10, uniqueItems: true }),
    expiresInDays: Type.Integer({ minimum: 1, maximum: 366 }),
    networks: Type.Optional(
      Type.Array(Type.String({ maxLength: 50 }), {
        maxItems: 50,
        description: 'Networks it may come from, as 203.0.113.0/24; empty: all',
      }),
    ),
  }),
  answer: Shown,
  status: 201,
})

export const rollToken = operation({
  id: 'rollToken',
  method: 'POST',
  path: '/workspaces/:workspaceId/tokens/:tokenId/roll',
  may: 'develop',
  summary: 'A new one in its place; the former one is taken for some hours more',
  params: OfToken,
  body: strict({ overlapHours: Type.Integer({ minimum: 0, maximum: 168 }) }),
  answer: Shown,
})

export const endToken = operation({
  id: 'endToken',
  method: 'DELETE',
  path: '/workspaces/:workspaceId/tokens/:tokenId',
  may: 'develop',
  summary: 'End it at once',
  params: OfToken,
})
