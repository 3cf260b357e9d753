import { randomUUID } from 'node:crypto'
import {
  type CursorKey,
  type EventPage,
  type EventQuery,
  type EventRow,
  type FoundEvent,
  type Identifiers,
  type Journal,
  lanes,
} from '../core/index.ts'
import { adopt } from './adopt.ts'
import { exchangesOf } from './attempt.ts'
import { breath } from './breath.ts'
import { noteChange } from './change.ts'
import { intend } from './cursor.ts'
import { endGuests } from './end-guests.ts'
import { begin, cancel, countFor, errandsOf, proceed } from './errand.ts'
import { findEvents, findGuestEvents, headsOf, readEvents } from './event.ts'
import { countKept } from './exception-count.ts'
import { dueExceptions, newestKept, nextDue } from './exception.ts'
import { expireFailed, failedNotice } from './expire-failed.ts'
import type { Group } from './group.ts'
import { findLatest } from './latest.ts'
import { claim, release } from './lease.ts'
import { linksBetween, nameGuests } from './link.ts'
import { addHints, bury, findNodes, join, leave, renew, retire, takeHints } from './node.ts'
import { addRefused, countRefused, newestRefused } from './refused.ts'
import { discard, replay } from './replay.ts'
import { retain } from './retain.ts'
import { blockEvents, Outliner } from './outline.ts'
import type { Appending, AppendResult, StoredEvent } from './rows.ts'
import type { SeenIds } from './seen.ts'
import type { Sql } from './sql.ts'
import { boundsOf, searchStep } from './search.ts'
import { standingOf, storyOf, waitingGuests } from './status.ts'
import { findSuccessors } from './successors.ts'
import { together } from './together.ts'

type Stored<Method extends (...args: never[]) => unknown> = (
  ...args: Parameters<Method>
) => Promise<readonly StoredEvent[]>

/** The journal with events in their flat form; see `rows.ts`. */
export interface FlatJournal extends Omit<
  Journal,
  'append' | 'read' | 'readSome' | 'waitingGuest' | 'successors' | 'close'
> {
  append(events: readonly Appending[]): Promise<AppendResult>
  readonly read: Stored<Journal['read']>
  readonly readSome: Stored<Journal['readSome']>
  readonly waitingGuest: Stored<Journal['waitingGuest']>
  readonly successors: Stored<Journal['successors']>
}

export function openFlatJournal(sql: Sql, group: Group, seen: SeenIds): FlatJournal {
  /** The account that last adopted a connection's cursor. */
  const accounts = new Map<string, string>()
  const outliner = new Outliner(sql, group)
  const note = (place: Pick<CursorKey, 'workspaceId'>) =>
    group.write((tx) => noteChange(tx, place.workspaceId))
  return {
    async append(events) {
      const result = await group.append(events)
      for (const [place, seq] of result.seqs.entries())
        if (seq % blockEvents === 0) outliner.want(events[place]!)
      return result
    },
    refuse: (refused) => group.write((tx) => addRefused(tx, refused)),

    read: (at, after, limit, maxBytes) => readEvents(sql, at, after, limit, maxBytes),
    heads: (places) => headsOf(sql, places),
    readSome: async (at, seqs) => nameGuests(sql, at, await findEvents(sql, at, seqs)),
    links: (at, from, to) => linksBetween(sql, at, from, to),
    endGuests: (place, now) => group.write((tx) => endGuests(tx, { ...place, lane: 'live' }, now)),
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
    successors: (cursor, seq, people) => findSuccessors(sql, cursor, seq, people),

    join: (node) => group.write((tx) => join(tx, node)),
    renew: (node) => group.write((tx) => renew(tx, node)),
    retire: (nodeId) => group.write((tx) => retire(tx, nodeId)),
    leave: (nodeId) => group.write((tx) => leave(tx, nodeId)),
    async look(nodeId) {
      const [{ nodes, dead }, hints] = await together([findNodes(sql), takeHints(sql, nodeId)])
      for (const id of dead) await group.write((tx) => bury(tx, id))
      return { nodes: dead.length === 0 ? nodes : (await findNodes(sql)).nodes, hints }
    },
    claim: (accountIds, node) => group.write((tx) => claim(tx, accountIds, node)),
    release: (given, nodeId) => group.write((tx) => release(tx, given, nodeId)),
    hint: (nodeIds, hinted) => group.write((tx) => addHints(tx, nodeIds, randomUUID(), hinted)),

    adopt(asked) {
      for (const { lease, cursors } of asked)
        for (const { connectionId } of cursors) accounts.set(connectionId, lease.accountId)
      return group.write((tx) => adopt(tx, asked))
    },
    intend: (fence, cursor, intent) =>
      group.write(
        (tx) => intend(tx, fence, cursor, intent),
        accounts.get(cursor.connectionId) ?? cursor.connectionId,
      ),
    settle: (settlement) => group.settle(settlement),

    due: (connection, now, limit) => dueExceptions(sql, connection, now, limit),
    nextDue: (connection) => nextDue(sql, connection),
    latest: (connection, asked) => findLatest(sql, connection, asked),
    async replay(key, seqs, now, act) {
      const count = await replay(group, key, seqs, now, act)
      // Whichever node runs the account looks for it then.
      if (count > 0) await note(key)
      return count
    },
    discard: (key, seqs, now, act) => discard(group, key, seqs, now, act),
    countFor: (place, errand) => countFor(sql, place, errand),
    async begin(place, errand, now, act) {
      const answer = await begin(sql, group, place, errand, now, act)
      await note(place)
      return answer
    },
    proceed: (place, limit, now) => proceed(sql, group, place, limit, now),
    cancel: (place, id, now, act) => cancel(sql, group, place, id, now, act),
    errands: (place, limit) => errandsOf(sql, place, limit),
    expireFailed: (place, keepMs, now) => expireFailed(sql, group, place, keepMs, now),
    failedNotice: (place) => failedNotice(sql, place),
    causes: (place) => countKept(sql, place),
    async failed(place, reason, limit) {
      const each = await Promise.all(
        lanes.map((lane) => newestKept(sql, { ...place, lane }, reason, limit)),
      )
      return each
        .flat()
        .toSorted((one, other) => other.lastAt - one.lastAt)
        .slice(0, limit)
    },

    standing: (cursor) => standingOf(sql, cursor),
    events: (query) => search(sql, query),
    search: (query) =>
      searchPage(sql, query, () => outliner.want({ ...query, lane: query.lane ?? 'live' })),
    story: (query) => storyOf(sql, seen, query),
    exchanges: (query) => exchangesOf(sql, query),
    refusedCounts: (workspaceId) => countRefused(sql, workspaceId),
    refusedNewest: (workspaceId, limit) => newestRefused(sql, workspaceId, limit),

    retain: (limits) => retain(sql, group, seen, limits),
  }
}

/** All that there is, up to the limit. */
async function search(sql: Sql, query: EventQuery): Promise<readonly EventRow[]> {
  const rows: EventRow[] = []
  for await (const step of searchSteps(sql, query, false)) {
    for (const { identifiers: _, body: __, ...row } of step.rows) rows.push(row)
  }
  return rows
}

/** So long a search goes on: people wait for it, and for what else the database has to do. */
const searchMs = 50

async function searchPage(
  sql: Sql,
  query: EventQuery,
  wantOutlines: () => void,
): Promise<EventPage> {
  const end = performance.now() + searchMs
  const events: FoundEvent[] = []
  let looked = 0
  let bytes = 0
  for await (const step of searchSteps(sql, query, true)) {
    looked += step.looked
    if (step.isBehind === true) wantOutlines()
    for (const { identifiers, body = '', ...row } of step.rows) {
      events.push({ ...row, identifiers: JSON.parse(identifiers) as Identifiers, body })
      bytes += body.length
      // Bodies may be large: then a page is shorter.
      if (bytes > pageBytes) return { events, looked, before: row.seq }
    }
    const { before } = step
    if (before !== undefined && performance.now() > end) return { events, looked, before }
    if (before !== undefined && events.length >= query.limit) return { events, looked, before }
  }
  return { events, looked }
}

const pageBytes = 8 * 1024 * 1024

async function* searchSteps(sql: Sql, query: EventQuery, bodies: boolean) {
  let left = query.limit
  let before = query.before
  const bounds = await boundsOf(sql, query)
  for (;;) {
    const at = before === undefined ? {} : { before }
    const step = await searchStep(sql, { ...query, ...at, limit: left }, bodies, bounds)
    left -= step.rows.length
    yield step
    if (step.before === undefined || left <= 0) return
    before = step.before
    await breath()
  }
}
