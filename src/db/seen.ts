import { hash } from 'node:crypto'
import type { Lane } from '../core/index.ts'
import type { Appending } from './rows.ts'
import type { Sql } from './sql.ts'

export interface Seen {
  readonly lane: Lane
  readonly seq: number
}

/** The store's source and its message id in 16 bytes. */
export function digestOf(sourceId: string, messageId: string): Uint8Array {
  return hash('sha256', `${sourceId} ${messageId}`, 'buffer').subarray(0, 16)
}

export async function findSeen(
  sql: Sql,
  events: readonly { readonly workspaceId: string; readonly digest: Uint8Array }[],
): Promise<readonly (Seen | undefined)[]> {
  return sql.find<Seen>(
    'select lane, seq from seen where workspace_id = $1 and digest = $2',
    events.map(({ workspaceId, digest }) => [workspaceId, digest]),
  )
}

export async function addSeen(
  sql: Sql,
  events: readonly {
    readonly event: Appending
    readonly digest: Uint8Array
    readonly seq: number
  }[],
): Promise<void> {
  await sql.each(
    'insert into seen (workspace_id, digest, lane, seq, received_at) values ($1, $2, $3, $4, $5)',
    events.map(({ event, digest, seq }) => [
      event.workspaceId,
      digest,
      event.lane,
      seq,
      event.receivedAt,
    ]),
  )
}
