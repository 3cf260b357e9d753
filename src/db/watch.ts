import type { Backlog, CursorKey, Reason, Watch } from '../core/index.ts'
import { JournalUnavailable, reasons } from '../core/index.ts'
import { findCursors } from './cursor.ts'
import { findInDays } from './day.ts'
import { headsOf } from './event.ts'
import { versionOf } from './migrate.ts'
import type { Sql } from './sql.ts'

export function openWatch(sql: Sql): Watch {
  return {
    async check() {
      const { pending } = await versionOf(sql)
      if (pending.length > 0)
        throw new JournalUnavailable(
          `The database lacks ${pending.join(', ')}: run the migrations.`,
        )
    },
    backlogs: (cursors) => backlogsOf(sql, cursors),
  }
}

/** Numbers of the reasons by which an event is at Klaviyo. */
const accepted = Object.values<Reason>(reasons)
  .filter(({ outcome }) => outcome === 'accepted' || outcome === 'confirmed')
  .map(({ number }) => number)
  .join(', ')

async function backlogsOf(sql: Sql, keys: readonly CursorKey[]): Promise<readonly Backlog[]> {
  const cursors = await findCursors(sql, keys)
  const heads = await headsOf(sql, keys)
  const seqs = keys.map((_, place) => cursors[place]?.seq ?? heads[place]!)
  const newest = await receivedAt(sql, keys, heads)
  const oldest = await receivedAt(
    sql,
    keys,
    seqs.map((seq) => seq + 1),
  )
  const behind = keys.flatMap((key, place) => {
    const at = oldest[place]
    return at === undefined ? [] : { key, place, minute: Math.max(1, Math.floor(at / 60_000)) }
  })
  const sums = await sql.find<{ events: number | null }>(
    `select cast(sum(events) as bigint) as events
       from tally
      where workspace_id = $1 and connection_id = $2 and lane = $3 and minute >= $4
        and reason in (${accepted})`,
    behind.map(({ key, minute }) => [key.workspaceId, key.connectionId, key.lane, minute]),
  )
  const since = new Map(behind.map(({ place }, index) => [place, sums[index]?.events ?? 0]))
  return keys.map(({ workspaceId, connectionId, sourceId, lane }, place) => {
    const oldestAt = oldest[place]
    const newestAt = newest[place]
    return {
      workspaceId,
      connectionId,
      sourceId,
      lane,
      waiting: Math.max(0, heads[place]! - seqs[place]!),
      acceptedSince: since.get(place) ?? 0,
      ...(oldestAt !== undefined && { oldestAt }),
      ...(newestAt !== undefined && { newestAt }),
    }
  })
}

/** When those events were received; undefined where there is none. */
async function receivedAt(
  sql: Sql,
  keys: readonly CursorKey[],
  seqs: readonly number[],
): Promise<readonly (number | undefined)[]> {
  const rows = await findInDays<{ receivedAt: number }>(
    sql,
    `select received_at as "receivedAt"
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and day = $5`,
    keys.map(({ workspaceId, sourceId, lane }, place) => ({
      workspaceId,
      sourceId,
      lane,
      seq: seqs[place]!,
    })),
  )
  return rows.map((row) => row?.receivedAt)
}
