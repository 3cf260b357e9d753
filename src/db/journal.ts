import type { EventQuery, EventRow, Journal } from '../core/index.ts'
import { breath } from './breath.ts'
import { addCursor, adoptCursor, intend } from './cursor.ts'
import { findEvents, findGuestEvents, headOf, headsOf, readEvents } from './event.ts'
import { dueExceptions, nextDue } from './exception.ts'
import type { Group } from './group.ts'
import { findLatest } from './latest.ts'
import { claim, holds, release, renew } from './lease.ts'
import { linksBetween, nameGuests } from './link.ts'
import { addRefused, countRefused, newestRefused } from './refused.ts'
import { replay } from './replay.ts'
import { retain } from './retain.ts'
import type { Appending, AppendResult, StoredEvent } from './rows.ts'
import { settle } from './settle.ts'
import type { SeenIds } from './seen.ts'
import type { Sql } from './sql.ts'
import { searchEvents, standingOf, storyOf, waitingGuests } from './status.ts'

type Stored<Method extends (...args: never[]) => unknown> = (
  ...args: Parameters<Method>
) => Promise<readonly StoredEvent[]>

/** The journal with events in their flat form; see `rows.ts`. */
export interface FlatJournal extends Omit<
  Journal,
  'append' | 'read' | 'readSome' | 'waitingGuest' | 'close'
> {
  append(events: readonly Appending[]): Promise<AppendResult>
  readonly read: Stored<Journal['read']>
  readonly readSome: Stored<Journal['readSome']>
  readonly waitingGuest: Stored<Journal['waitingGuest']>
}

export function openFlatJournal(sql: Sql, group: Group, seen: SeenIds): FlatJournal {
  /** The account that last adopted a connection's cursor. */
  const accounts = new Map<string, string>()
  return {
    append: (events) => group.append(events),
    refuse: (refused) => group.write((tx) => addRefused(tx, refused)),

    read: (at, after, limit, maxBytes) => readEvents(sql, at, after, limit, maxBytes),
    heads: (lanes) => headsOf(sql, lanes),
    readSome: async (at, seqs) => nameGuests(sql, at, await findEvents(sql, at, seqs)),
    links: (at, from, to) => linksBetween(sql, at, from, to),
    async waitingGuest(cursor, seq, since) {
      const [revealing] = await findEvents(sql, cursor, [seq])
      if (revealing === undefined) return []
      const events = await findGuestEvents(sql, cursor, seq, since)
      const waiting = await waitingGuests(
        sql,
        cursor,
        events.map((event) => event.seq),
      )
      const { identifiers } = revealing
      return events
        .filter((event) => waiting.has(event.seq))
        .map((event) => ({ ...event, identifiers }))
    },

    claim: (accountIds, node) => group.write((tx) => claim(tx, accountIds, node)),
    renew: (accountIds, node) => group.write((tx) => renew(tx, accountIds, node)),
    release: (accountIds, node) => group.write((tx) => release(tx, accountIds, node)),

    adopt(lease, keys) {
      for (const { connectionId } of keys) accounts.set(connectionId, lease.accountId)
      return group.write(async (tx) => {
        if (!(await holds(tx, lease))) return []
        const cursors = []
        for (const key of keys) {
          await addCursor(tx, key, await headOf(tx, key))
          const cursor = await adoptCursor(tx, lease, key)
          if (cursor !== undefined) cursors.push(cursor)
        }
        return cursors
      })
    },
    intend: (fence, cursor, intent) =>
      group.write(
        (tx) => intend(tx, fence, cursor, intent),
        accounts.get(cursor.connectionId) ?? cursor.connectionId,
      ),
    settle: (settlement) => group.write((tx) => settle(tx, settlement), settlement.accountId),

    due: (connection, now, limit) => dueExceptions(sql, connection, now, limit),
    nextDue: (connection) => nextDue(sql, connection),
    latest: (connection, asked) => findLatest(sql, connection, asked),
    replay: (connection, what, now) => replay(group, connection, what, now),

    standing: (cursor) => standingOf(sql, cursor),
    events: (query) => search(sql, query),
    story: (query) => storyOf(sql, seen, query),
    refusedCounts: (workspaceId) => countRefused(sql, workspaceId),
    refusedNewest: (workspaceId, limit) => newestRefused(sql, workspaceId, limit),

    retain: (limits) => retain(sql, group, seen, limits),
  }
}

async function search(sql: Sql, query: EventQuery): Promise<readonly EventRow[]> {
  const rows: EventRow[] = []
  let before = query.before
  for (;;) {
    const limit = query.limit - rows.length
    const page = await searchEvents(sql, {
      ...query,
      limit,
      ...(before !== undefined && { before }),
    })
    rows.push(...page.rows)
    if (page.before === undefined || rows.length >= query.limit) return rows
    before = page.before
    await breath()
  }
}
