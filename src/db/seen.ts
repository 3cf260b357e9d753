import type { Lane } from '../core/index.ts'
import type { Group } from './group.ts'
import type { Appending } from './rows.ts'
import type { Sql } from './sql.ts'

/** The number that the event of a message id got. */
export interface Seen {
  readonly lane: Lane
  readonly seq: number
}

export interface SeenKey {
  readonly workspaceId: string
  readonly digest: string
}

export interface NewSeen extends SeenKey, Seen {
  readonly receivedAt: number
}

/** Which message ids were taken already. */
export interface SeenIds {
  /** Names a message id of a source in 128 bits. Text: measured eight times faster to make than bytes. */
  digestOf(event: Pick<Appending, 'workspaceId' | 'sourceId' | 'messageId'>): string
  find(sql: Sql, keys: readonly SeenKey[]): Promise<readonly (Seen | undefined)[]>
  /** In a transaction. None of them may have been added before. */
  add(sql: Sql, entries: readonly NewSeen[]): Promise<void>
  /** What was added since the last time is committed. */
  kept(): void
  /** What was added since the last time never happened. */
  forget(): void
  /** Drops what came before `cutoff`, sooner or later. */
  drop(sql: Sql, group: Pick<Group, 'write'>, cutoff: number): Promise<void>
}

export function nameOf({
  workspaceId,
  sourceId,
  messageId,
}: Pick<Appending, 'workspaceId' | 'sourceId' | 'messageId'>): string {
  return `${workspaceId} ${sourceId} ${messageId}`
}
