import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Id, InWorkspace, strict } from './shapes.ts'

/** Deleting is for good and at once: disconnecting comes first, and can be taken back by connecting again. */
const atOnce =
  'At once and for good, with everything that was kept of it; the trail keeps that it was done. Nothing is deleted in Klaviyo. '

export const deleteConnection = operation({
  id: 'deleteConnection',
  method: 'DELETE',
  path: '/workspaces/:workspaceId/connections/:connectionId',
  may: 'connect',
  summary: 'Delete a connection that was disconnected',
  description: `${atOnce}Refused (409) while it is connected, or while something of it still waits to end.`,
  params: strict({ workspaceId: Id, connectionId: Id }),
})

export const deleteDestination = operation({
  id: 'deleteDestination',
  method: 'DELETE',
  path: '/workspaces/:workspaceId/destinations/:destinationId',
  may: 'connect',
  summary: 'Delete a Klaviyo account with its key, and its former connections',
  description: `${atOnce}Refused (409) while a store is connected to it.`,
  params: strict({ workspaceId: Id, destinationId: Id }),
})

export const deleteSource = operation({
  id: 'deleteSource',
  method: 'DELETE',
  path: '/workspaces/:workspaceId/sources/:sourceId',
  may: 'develop',
  summary: 'Delete a source with its keys and events, and its former connections',
  description: `${atOnce}Refused (409) while it is connected. Takes some seconds: its keys are forgotten first.`,
  params: strict({ workspaceId: Id, sourceId: Id }),
})

export const deleteStore = operation({
  id: 'deleteStore',
  method: 'DELETE',
  path: '/workspaces/:workspaceId/stores/:storeId',
  may: 'develop',
  summary: 'Delete a store with its sources, and what it knows of its shoppers',
  description: `${atOnce}Refused (409) while it is connected. Takes some seconds: its keys are forgotten first.`,
  params: strict({ workspaceId: Id, storeId: Id }),
})

export const countForDeletion = operation({
  id: 'countForDeletion',
  method: 'GET',
  path: '/workspaces/:workspaceId/deletion',
  may: 'own',
  summary: 'What deleting the workspace would end and delete',
  params: InWorkspace,
  answer: strict({
    name: Type.String({ description: 'To be typed as confirmation' }),
    connected: Type.Integer({ description: 'Connections that have to be disconnected first' }),
    waiting: Type.Integer({ description: 'Events that wait, and end as not sent' }),
    failed: Type.Integer(),
    stores: Type.Integer(),
    members: Type.Integer(),
  }),
})

export const deleteWorkspace = operation({
  id: 'deleteWorkspace',
  method: 'DELETE',
  path: '/workspaces/:workspaceId',
  may: 'own',
  summary: 'Delete a workspace and everything in it but its trail',
  description: `${atOnce}Its name confirms it. Refused (409) while a store is connected. Takes some seconds: its keys are forgotten first.`,
  params: InWorkspace,
  body: strict({ name: Type.String({ maxLength: 100, description: 'The workspace’s, as it is' }) }),
})
