import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Id, InWorkspace, oneOf, strict, Time } from './shapes.ts'

const Destination = strict({
  id: Id,
  accountId: Type.String({ description: 'Klaviyo’s id of the account' }),
  accountName: Type.Optional(Type.String()),
  auth: oneOf(['key', 'oauth']),
  state: oneOf(['connected', 'error']),
  error: Type.Optional(
    strict({ reason: Type.String(), detail: Type.Optional(Type.String()), at: Time }),
  ),
})

const Key = strict({
  privateKey: Type.String({ minLength: 1, maxLength: 200, pattern: '^\\S+$' }),
  publicKey: Type.Optional(
    Type.String({
      maxLength: 50,
      pattern: '^\\w+$',
      description: 'The account’s id, for a key that may not read it',
    }),
  ),
})

const Checked = strict({
  ...Destination.properties,
  warnings: Type.Array(Type.String({ description: 'A permission that the key lacks' })),
})

const base = '/workspaces/:workspaceId/destinations'

export const listDestinations = operation({
  id: 'listDestinations',
  method: 'GET',
  path: base,
  may: 'read',
  summary: 'The Klaviyo accounts; never their keys',
  params: InWorkspace,
  answer: strict({ data: Type.Array(Destination) }),
})

export const createDestination = operation({
  id: 'createDestination',
  method: 'POST',
  path: base,
  may: 'connect',
  summary: 'Add a Klaviyo account by a private key, which is asked about before it is kept',
  params: InWorkspace,
  body: Key,
  answer: Checked,
  status: 201,
})

export const changeKey = operation({
  id: 'changeKey',
  method: 'PUT',
  path: `${base}/:destinationId/key`,
  may: 'connect',
  summary: 'Put another key of the same account in place; what was held goes on',
  params: strict({ workspaceId: Id, destinationId: Id }),
  body: Key,
  answer: Checked,
})
