import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Id, InWorkspace, oneOf, pageOf, pageQuery, strict, Time } from './shapes.ts'

const Sync = strict({
  id: Id,
  at: Time,
  connectionId: Id,
  lane: oneOf(['live', 'catalog', 'backfill']),
  what: Type.String({ description: 'What was synced: events, profiles, subscriptions, …' }),
  count: Type.Integer({ description: 'How many of them' }),
  durationMs: Type.Integer(),
  result: oneOf(['accepted', 'refused', 'limited', 'no answer', 'trouble']),
  status: Type.Integer({ description: 'Klaviyo’s HTTP status; 0: no answer came' }),
  error: Type.Optional(Type.String({ description: 'Why no answer came' })),
  said: Type.Optional(
    Type.String({ description: 'What Klaviyo answered; only for who may see people’s details' }),
  ),
})

const only = {
  connection: Type.Optional(Id),
  errors: Type.Optional(
    oneOf(['true', 'false'], { description: 'Only what Klaviyo did not take' }),
  ),
}

export const listSyncs = operation({
  id: 'listSyncs',
  method: 'GET',
  path: '/workspaces/:workspaceId/syncs',
  may: 'read',
  summary: 'Every exchange with Klaviyo, newest first: what, how many, when, with which result',
  params: InWorkspace,
  query: strict({ ...pageQuery, ...only }),
  answer: pageOf(Sync),
})

export const exportSyncs = operation({
  id: 'exportSyncs',
  method: 'GET',
  path: '/workspaces/:workspaceId/syncs.csv',
  may: 'read',
  summary: 'The same as CSV, the newest 10,000',
  params: InWorkspace,
  query: strict(only),
  answer: Type.String(),
  contentType: 'text/csv',
})
