import type { Clock, Connection, Lane, ReasonCode } from '../core/index.ts'
import { lanes } from '../core/index.ts'
import { cursorOf, type OverviewParts } from './overview.ts'

export type Wanted =
  | { readonly messageIds: readonly string[] }
  | { readonly reason: ReasonCode }
  | { readonly all: true }

export interface Replayed {
  /** How many go out again. What waits already is not counted. */
  readonly count: number
  /** Message ids that are not known, or whose events are gone. */
  readonly unknown: readonly string[]
}

/** Sends ended events again: the same events, the same unique ids, by the settings of today. */
export async function replayEvents(
  { journal, engine, clock }: OverviewParts & { readonly clock: Clock },
  connection: Connection,
  wanted: Wanted,
): Promise<Replayed> {
  const now = clock.now()
  let count = 0
  const unknown: string[] = []
  if ('messageIds' in wanted) {
    const seqs = new Map<Lane, number[]>()
    const { workspaceId, id: connectionId, sourceId } = connection
    for (const messageId of new Set(wanted.messageIds)) {
      const story = await journal.story({ workspaceId, connectionId, sourceId, messageId })
      if (story === undefined) unknown.push(messageId)
      else seqs.set(story.lane, [...(seqs.get(story.lane) ?? []), story.seq])
    }
    for (const [lane, some] of seqs) {
      count += await journal.replay(cursorOf(connection, lane), { seqs: some }, now)
    }
  } else {
    for (const lane of lanes) count += await journal.replay(cursorOf(connection, lane), wanted, now)
  }
  if (count > 0) await engine.reload()
  return { count, unknown }
}
