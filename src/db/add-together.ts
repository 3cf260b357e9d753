import type { Actor, Added } from '../core/index.ts'
import { noteChange } from './change.ts'
import { addConnection } from './connection.ts'
import { addDestination, changeCredentials } from './destination.ts'
import { putMembership } from './membership.ts'
import { addSource } from './source.ts'
import type { Sql } from './sql.ts'
import { addStore } from './store.ts'
import { addWorkspace } from './workspace.ts'

/** In the order in which each needs the one before. */
export async function addTogether(sql: Sql, added: Added, by: Actor | undefined): Promise<void> {
  const { workspace, membership, store, source, destination, renewed, connection } = added
  if (workspace !== undefined) await addWorkspace(sql, workspace)
  if (membership !== undefined) await putMembership(sql, membership)
  if (store !== undefined) await addStore(sql, store)
  if (source !== undefined) await addSource(sql, source)
  if (destination !== undefined) await addDestination(sql, destination)
  if (renewed !== undefined) await changeCredentials(sql, renewed.workspaceId, renewed.id, renewed)
  if (connection !== undefined) await addConnection(sql, connection, by)
  const changed = connection ?? renewed ?? destination
  if (changed !== undefined) await noteChange(sql, changed.workspaceId)
}
