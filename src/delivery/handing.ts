import type { Appended, Hint, Journaled, Received } from '../core/index.ts'
import type { Herald } from './herald.ts'
import type { Readers } from './readers.ts'
import type { Roster } from './roster.ts'
import type { Handed } from './window.ts'

interface Parts {
  readonly readers: Readers
  readonly roster: Roster
  /** Tells the other nodes; undefined: there are none. */
  readonly herald: Herald | undefined
}

/** Hands on what was just appended: in memory to the loops of this node, and as a hint to the others. */
export function handOn(
  { readers, roster, herald }: Parts,
  events: readonly Received[],
  appended: readonly Appended[],
): void {
  const bySource = new Map<string, { readonly place: Received; readonly list: Handed[] }>()
  for (const [index, received] of events.entries()) {
    const done = appended[index]
    if (done === undefined) continue
    const { workspaceId, sourceId, lane } = received
    const runs = readers.of(sourceId, lane)
    if (runs.length < roster.connectionsTo(sourceId) || runs.length === 0)
      herald?.tell({ workspaceId, sourceId, lane, seq: done.seq })
    if (done.duplicate) {
      // The first time nobody may have heard of it: its commit was made, and its answer lost.
      for (const run of runs) run.more(lane, done.seq)
      continue
    }
    if (runs.length === 0) continue
    const key = `${lane} ${sourceId}`
    const group = bySource.get(key)
    const entry = { journaled: journaledOf(received, done), link: done.link }
    if (group === undefined) bySource.set(key, { place: received, list: [entry] })
    else group.list.push(entry)
  }
  for (const { place, list } of bySource.values()) {
    for (const run of readers.of(place.sourceId, place.lane)) run.offer(place.lane, list)
  }
}

/** The lane reaches to that number, as another node or the journal says. */
export function reaches(readers: Readers, { sourceId, lane, seq }: Hint): void {
  for (const run of readers.of(sourceId, lane)) run.more(lane, seq)
}

function journaledOf(received: Received, { seq, identifiers }: Appended): Journaled {
  const { workspaceId, sourceId, lane, event, body, name, occurredAt, receivedAt } = received
  return {
    workspaceId,
    sourceId,
    lane,
    seq,
    messageId: event.messageId,
    name,
    event,
    bodyBytes: body.length,
    identifiers,
    occurredAt,
    receivedAt,
  }
}
