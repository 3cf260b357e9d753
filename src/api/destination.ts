import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Id, InWorkspace, oneOf, strict, Time } from './shapes.ts'

const Destination = strict({
  id: Id,
  accountId: Type.String({ description: 'Klaviyo’s id of the account' }),
  accountName: Type.Optional(Type.String()),
  publicKey: Type.Optional(
    Type.String({
      description: 'Klaviyo’s public id of the account, as pages use it; absent: not known',
    }),
  ),
  auth: oneOf(['key', 'oauth']),
  state: oneOf(['connected', 'error']),
  error: Type.Optional(
    strict({ reason: Type.String(), detail: Type.Optional(Type.String()), at: Time }),
  ),
})

const PublicKey = Type.String({ minLength: 1, maxLength: 50, pattern: '^\\w+$' })

const Key = strict({
  privateKey: Type.String({ minLength: 1, maxLength: 200, pattern: '^\\S+$' }),
  publicKey: Type.Optional(
    Type.String({ ...PublicKey, description: 'The account’s id, for a key that may not read it' }),
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

export const changePublicKey = operation({
  id: 'changePublicKey',
  method: 'PUT',
  path: `${base}/:destinationId/public-key`,
  may: 'connect',
  summary: 'Set the account’s public key, where its credentials may not read it',
  params: strict({ workspaceId: Id, destinationId: Id }),
  body: strict({ publicKey: PublicKey }),
  answer: Destination,
})

export const listPermissions = operation({
  id: 'listPermissions',
  method: 'GET',
  path: `${base}/:destinationId/permissions`,
  may: 'read',
  summary: 'What Klaviyo lets us do in the account, as it says now',
  params: strict({ workspaceId: Id, destinationId: Id }),
  answer: strict({
    state: oneOf(['known', 'unknown'], { description: '`unknown`: Klaviyo could not be asked' }),
    says: Type.Optional(Type.String()),
    data: Type.Array(
      strict({
        permission: Type.String({ description: 'As Klaviyo names it' }),
        granted: Type.Boolean(),
        says: Type.Optional(Type.String({ description: 'What does not work without it' })),
      }),
    ),
  }),
})
