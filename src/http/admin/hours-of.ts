import {
  type Connection,
  type CursorKey,
  hourMs,
  hourOf,
  type HourCounts,
  type HourOfReason,
  type Span,
} from '../../core/index.ts'
import { cursorOf } from '../overview.ts'

/**
 * Events of several connections by the hour. A connection that was disconnected goes on ending what its source
 * takes; from when another one has taken over, those events are that one's, and count there alone.
 */
export async function hoursOf(
  counts: Pick<HourCounts, 'hours' | 'endedBefore'>,
  connections: readonly Connection[],
  span: Span,
): Promise<readonly HourOfReason[]> {
  const former = connections.flatMap((connection) => {
    const taker = takerOf(connection, connections)
    return taker === undefined
      ? []
      : [{ connection, taker, from: hourOf(timeOf(connection, taker)) }]
  })
  const others = connections.filter((one) => former.every(({ connection }) => connection !== one))
  const [hours, ...each] = await Promise.all([
    counts.hours(others.map(keyOf), span),
    ...former.map((one) => pastOf(one)),
  ])
  return [...hours, ...each.flat()]

  async function pastOf({ connection, taker, from }: (typeof former)[number]) {
    const rows = await counts.hours([keyOf(connection)], span)
    const isShared = ({ hour, reason }: HourOfReason) => reason === 'disconnected' && hour >= from
    const past = rows.filter((row) => !isShared(row))
    if (!rows.some((row) => isShared(row) && row.hour === from)) return past
    // Of the hour in which it was taken over, what came before that.
    const events = await counts.endedBefore(keyOf(connection), keyOf(taker), from * hourMs)
    return [...past, { hour: from, reason: 'disconnected' as const, events }]
  }
}

function keyOf(connection: Connection): CursorKey {
  return cursorOf(connection, 'live')
}

/** When another connection of its source has taken over from it, epoch milliseconds; undefined: none has. */
export function takenOverAt(
  connection: Connection,
  all: readonly Connection[],
): number | undefined {
  const taker = takerOf(connection, all)
  return taker && timeOf(connection, taker)
}

function timeOf({ endedAt = 0 }: Connection, taker: Connection): number {
  return Math.max(endedAt, taker.since)
}

/** The first that took over. */
function takerOf(
  { id, sourceId, state, since }: Connection,
  all: readonly Connection[],
): Connection | undefined {
  if (state !== 'disconnected') return undefined
  const takers = all.filter(
    (one) =>
      one.id !== id &&
      one.sourceId === sourceId &&
      (one.state !== 'disconnected' || one.since > since),
  )
  return takers.toSorted((one, other) => one.since - other.since)[0]
}
