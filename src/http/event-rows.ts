import type {
  Connection,
  EventPage,
  EventQuery,
  EventRow,
  FoundEvent,
  Live,
} from '../core/index.ts'
import { formerOf, formersOf, idsOf } from './formers.ts'
import { liveOf } from './live.ts'
import { destinationOf, type OverviewParts } from './overview.ts'
import type { Filters } from './query.ts'

/** A line of an event list, with when it is tried again. */
export type ShownRow = EventRow & {
  readonly nextAt?: number
  /** It came before the connection: what is said is as this one left it. */
  readonly former?: Connection
}

/**
 * A connection's events, newest first. What waits for its turn does as its connection does at this moment:
 * it is held, retrying or sending, for the same reason.
 */
export async function eventRowsOf(
  parts: OverviewParts,
  connection: Connection,
  filters: Filters,
): Promise<readonly ShownRow[]> {
  const { live, formers } = await seenFrom(parts, connection)
  const rows = await parts.journal.events(queryOf(connection, filters, live, formers))
  return rows.map((row) => shown(row, live, formers))
}

export type FoundRow = FoundEvent & ShownRow

/** What a search of some tens of milliseconds finds of them. */
export async function eventPageOf(
  parts: OverviewParts,
  connection: Connection,
  filters: EventFilters,
): Promise<Omit<EventPage, 'events'> & { readonly events: readonly FoundRow[] }> {
  const { live, formers } = await seenFrom(parts, connection)
  const page = await parts.journal.search(queryOf(connection, filters, live, formers))
  return { ...page, events: page.events.map((row) => shown(row, live, formers)) }
}

export type EventFilters = Omit<
  EventQuery,
  'workspaceId' | 'sourceId' | 'connectionId' | 'inTurn' | 'formers'
>

/** What the journal does not know of a connection: what it does, and who had its source before it. */
async function seenFrom({ config, engine }: OverviewParts, connection: Connection) {
  const live = liveOf(engine, connection, await destinationOf(config, connection))
  return { live, formers: await formersOf(config, connection) }
}

/** As people are shown it. */
export function shown<Row extends EventRow>(
  row: Row,
  live: Live,
  formers: readonly Connection[],
): Row & ShownRow {
  const former = formerOf(row, formers)
  return former === undefined ? withLive(row, live) : { ...row, former }
}

/** The journal knows nothing of what a connection does: whether those in turn are meant is said here. */
function queryOf(
  { workspaceId, id: connectionId, sourceId }: Connection,
  filters: EventFilters,
  live: Live,
  formers: readonly Connection[],
): EventQuery {
  const { outcome, reason } = filters
  const query = { workspaceId, connectionId, sourceId, ...filters, formers: idsOf(formers) }
  if ((outcome ?? reason) === undefined || !isTelling(live)) return query
  const inTurn =
    (outcome === undefined || outcome === live.state) &&
    (reason === undefined || reason === live.reason)
  return { ...query, inTurn }
}

/** With what its connection does, where it waits for its turn. */
function withLive<Row extends EventRow>(row: Row, live: Live): Row & ShownRow {
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
