import { hash } from 'node:crypto'
import type { Lane } from '../core/index.ts'
import type { Appending } from './rows.ts'
import type { Sql } from './sql.ts'

export interface Seen {
  readonly lane: Lane
  readonly seq: number
}

/** Names a message id of a source in 128 bits. Text: measured eight times faster to make than bytes. */
export function digestOf({
  workspaceId,
  sourceId,
  messageId,
}: {
  readonly workspaceId: string
  readonly sourceId: string
  readonly messageId: string
}): string {
  return hash('sha256', `${workspaceId} ${sourceId} ${messageId}`, 'base64url').slice(0, 22)
}

export async function findSeen(
  sql: Sql,
  events: readonly { readonly workspaceId: string; readonly digest: string }[],
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
    readonly digest: string
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
