import type { Connection, EventRow, Live } from '../core/index.ts'
import { liveOf } from './live.ts'
import { cursorOf, destinationOf, type OverviewParts } from './overview.ts'
import type { Filters } from './query.ts'

/** A line of an event list, with when it is tried again. */
export type ShownRow = EventRow & { readonly nextAt?: number }

/**
 * A connection's events, newest first. What waits for its turn does as its connection does at this moment:
 * it is held, retrying or sending, for the same reason. The journal knows nothing of that, so such events
 * are asked of it as waiting ones.
 */
export async function eventRowsOf(
  { journal, config, engine }: OverviewParts,
  connection: Connection,
  filters: Filters,
): Promise<readonly ShownRow[]> {
  const { workspaceId, id: connectionId, sourceId } = connection
  const live = liveOf(engine, connection, await destinationOf(config, connection))
  const query = { workspaceId, connectionId, sourceId, ...filters }
  const { outcome, reason, limit, before = Infinity } = filters
  const isFiltered = outcome !== undefined || reason !== undefined
  if (!isFiltered || !isTelling(live)) {
    return (await journal.events(query)).map((row) => withLive(row, live))
  }

  const rows: ShownRow[] = []
  if (outcome === 'waiting') {
    // Those of a waiting connection; the others that wait, for their shopper, are all before its turn.
    const { seq } = await journal.standing(cursorOf(connection, filters.lane))
    rows.push(...(await journal.events({ ...query, before: Math.min(before, seq + 1) })))
  } else {
    rows.push(...(await journal.events(query)))
  }
  const fits =
    (outcome === undefined || outcome === live.state) &&
    (reason === undefined || reason === live.reason)
  if (fits) {
    const { reason: _, ...others } = query
    const waiting = await journal.events({ ...others, outcome: 'waiting' })
    const known = new Set(rows.map(({ seq }) => seq))
    for (const row of waiting) {
      if (isInTurn(row) && !known.has(row.seq)) rows.push(withLive(row, live))
    }
  }
  return rows.toSorted((a, b) => b.seq - a.seq).slice(0, limit)
}

/** With what its connection does, where it waits for its turn. */
export function withLive<Row extends EventRow>(row: Row, live: Live): Row & ShownRow {
  if (!isInTurn(row) || !isTelling(live)) return row
  const { state, reason, nextAt } = live
  return {
    ...row,
    outcome: state,
    ...(reason === undefined ? {} : { reason }),
    ...(nextAt === undefined ? {} : { nextAt }),
  }
}

/** What waits for a shopper has a reason. */
function isInTurn({ outcome, reason }: EventRow): boolean {
  return outcome === 'waiting' && reason === undefined
}

function isTelling({ state, reason }: Live): boolean {
  return state === 'sending' || reason !== undefined
}
