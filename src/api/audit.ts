import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Actor, Id, InWorkspace, pageOf, pageQuery, strict, Time } from './shapes.ts'

const Act = strict({
  number: Type.Integer(),
  at: Time,
  by: Actor,
  address: Type.String(),
  action: Type.String(),
  target: Type.Optional(Type.String()),
  before: Type.Optional(Type.Unknown()),
  after: Type.Optional(Type.Unknown()),
  hash: Type.String(),
})

export const listActs = operation({
  id: 'listActs',
  method: 'GET',
  path: '/workspaces/:workspaceId/audit',
  may: 'manage',
  summary: 'Who did what, newest first',
  params: InWorkspace,
  query: strict({
    ...pageQuery,
    about: Type.Optional(
      Type.String({
        pattern: '^[a-z_]{1,40}$',
        description: 'What the act begins with: `member`, `connection`, …',
      }),
    ),
    by: Type.Optional(Id),
  }),
  answer: pageOf(Act),
})

export const exportActs = operation({
  id: 'exportActs',
  method: 'GET',
  path: '/workspaces/:workspaceId/audit.csv',
  may: 'manage',
  summary: 'The whole trail as CSV, oldest first',
  params: InWorkspace,
  answer: Type.String(),
  contentType: 'text/csv',
})

export const verifyActs = operation({
  id: 'verifyActs',
  method: 'GET',
  path: '/workspaces/:workspaceId/audit/check',
  may: 'manage',
  summary: 'Whether every row of the trail is as it was written',
  params: InWorkspace,
  answer: strict({
    whole: Type.Boolean(),
    rows: Type.Optional(Type.Integer()),
    brokenAt: Type.Optional(Type.Integer({ description: 'The first row that does not fit' })),
  }),
})
