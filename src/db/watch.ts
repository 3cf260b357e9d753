import type { Backlog, CursorKey, Reason, Watch } from '../core/index.ts'
import { JournalUnavailable, reasons } from '../core/index.ts'
import { findCursors } from './cursor.ts'
import { findInDays } from './day.ts'
import { headOf, headsOf } from './event.ts'
import { hoursOf, pacesOf, sumsOf } from './hourly.ts'
import { causesMore, failedPage } from './kept.ts'
import { beginOf, seqsWithByte } from './ledger.ts'
import { nodeStates } from './node.ts'
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
    hours: (keys, span) => hoursOf(sql, keys, span),
    sums: (keys, kind, span) => sumsOf(sql, keys, kind, span),
    waitingSince: (keys, times) => waitingSince(sql, keys, times),
    endedBefore: (former, taker, since) => endedBefore(sql, former, taker, since),
    paces: (keys, since) => pacesOf(sql, keys, since),
    nodes: () => nodeStates(sql),
    causes: (place, codes) => causesMore(sql, place, codes),
    failed: (place, reason, page) => failedPage(sql, place, reason, page),
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

/**
 * Numbers rise with time, so each time's place among those that wait is found by halving: a few looks,
 * however many wait.
 */
async function waitingSince(
  sql: Sql,
  keys: readonly CursorKey[],
  times: readonly number[],
): Promise<readonly number[]> {
  const cursors = await findCursors(sql, keys)
  const heads = await headsOf(sql, keys)
  const waiting = times.map(() => 0)
  const searches = keys.flatMap((key, place) => {
    const head = heads[place]!
    const from = cursors[place]?.seq ?? head
    // The first that came at that time or later is after `low`, and `high` at the latest.
    return head === from
      ? []
      : times.map((at, index) => ({ key, index, at, head, low: from, high: head + 1 }))
  })
  for (;;) {
    const open = searches.filter(({ low, high }) => high - low > 1)
    if (open.length === 0) break
    const middles = open.map(({ low, high }) => Math.floor((low + high) / 2))
    const found = await receivedAt(
      sql,
      open.map(({ key }) => key),
      middles,
    )
    for (const [place, search] of open.entries()) {
      // What waits is there; what is not was settled meanwhile.
      if ((found[place] ?? 0) >= search.at) search.high = middles[place]!
      else search.low = middles[place]!
    }
  }
  for (const { index, head, high } of searches)
    waiting[index] = (waiting[index] ?? 0) + head + 1 - high
  return waiting
}

async function endedBefore(
  sql: Sql,
  former: CursorKey,
  taker: CursorKey,
  since: number,
): Promise<number> {
  const last = Math.min(await headOf(sql, taker), (await beginOf(sql, taker)) - 1)
  let [low, high] = [0, last + 1]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    const [at = 0] = await receivedAt(sql, [former], [middle])
    if (at >= since) high = middle
    else low = middle
  }
  const ended = await seqsWithByte(sql, former, reasons.disconnected.number, high, last)
  return ended.length
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
