import {
  type CursorKey,
  type EventQuery,
  type EventRow,
  type EventStory,
  type Exception,
  type Identifiers,
  type Outcome,
  type ReasonCode,
  reasonOf,
  reasons,
  type Standing,
} from '../core/index.ts'
import { attemptsOf } from './attempt.ts'
import { findCursor } from './cursor.ts'
import { findInDays, type Stretch, stretchesFrom } from './day.ts'
import { headOf } from './event.ts'
import { countExceptions } from './exception-count.ts'
import { exceptionOfMessage, exceptionsBetween } from './exception.ts'
import { ledgerBefore, outcomesOf } from './ledger.ts'
import type { SeenIds } from './seen.ts'
import type { Sql } from './sql.ts'
import { countsOf } from './tally.ts'

/** The status of an event is not kept anywhere: it follows from cursor, ledger and exceptions. */
interface Status {
  readonly outcome: Outcome
  readonly reason?: ReasonCode
}

interface Row {
  readonly seq: number
  readonly messageId: string
  readonly type: string
  readonly name: string
  readonly person: string | null
  readonly anonymousId: string | null
  readonly occurredAt: number
  readonly receivedAt: number
}

const columns = `seq, message_id as "messageId", type, name, person, anonymous_id as "anonymousId",
  occurred_at as "occurredAt", received_at as "receivedAt"`

export async function standingOf(sql: Sql, key: CursorKey): Promise<Standing> {
  const head = await headOf(sql, key)
  const [cursor] = await sql.query<{
    seq: number
    successAt: number | null
    errorAt: number | null
    errorStatus: number | null
    errorText: string | null
  }>(
    `select seq, success_at as "successAt", error_at as "errorAt", error_status as "errorStatus",
            error_text as "errorText"
       from cursor
      where workspace_id = $1 and connection_id = $2 and lane = $3`,
    [key.workspaceId, key.connectionId, key.lane],
  )
  const seq = cursor?.seq ?? head
  const [oldest] = await findInDays<{ receivedAt: number }>(
    sql,
    `select received_at as "receivedAt"
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and day = $5`,
    [{ workspaceId: key.workspaceId, sourceId: key.sourceId, lane: key.lane, seq: seq + 1 }],
  )
  const { workspaceId, connectionId, sourceId, lane } = key
  return {
    workspaceId,
    connectionId,
    sourceId,
    lane,
    seq,
    head,
    waiting: head - seq,
    counts: await countsOf(sql, key),
    exceptions: await countExceptions(sql, key),
    ...(oldest !== undefined && { oldestAt: oldest.receivedAt }),
    ...(typeof cursor?.successAt === 'number' && { lastSuccessAt: cursor.successAt }),
    ...(typeof cursor?.errorAt === 'number' && {
      lastError: {
        at: cursor.errorAt,
        status: cursor.errorStatus ?? 0,
        text: cursor.errorText ?? '',
      },
    }),
  }
}

/** Where a search for events goes on. Undefined: it is done. */
export interface Page {
  readonly rows: readonly EventRow[]
  readonly before: number | undefined
}

/** How many events one step of a search looks at. */
const stepEvents = 4096

/**
 * One step of a search, newest first: what it finds among the next few thousand events before
 * `query.before`. Steps are short, so that a search for what is rare keeps nobody else waiting.
 */
export async function searchEvents(sql: Sql, query: EventQuery): Promise<Page> {
  const key: CursorKey = { ...query, lane: query.lane ?? 'live' }
  const start = Math.min(query.before ?? Infinity, (await headOf(sql, key)) + 1)
  const filters = query.outcome !== undefined || query.reason !== undefined
  if (!filters && query.person === undefined) {
    const rows = await newest(sql, key, start, query.limit)
    const found = await withStatus(sql, key, rows)
    return { rows: found, before: rows.length < query.limit ? undefined : rows.at(-1)?.seq }
  }
  const from = Math.max(1, start - stepEvents)
  const seqs = filters ? await seqsWith(sql, key, query, from, start - 1) : undefined
  const some = seqs?.slice(0, query.limit)
  const rows = await rowsBetween(sql, key, {
    from,
    to: start - 1,
    limit: query.limit,
    seqs: some,
    person: query.person,
  })
  const found = await withStatus(sql, key, rows)
  if (found.length >= query.limit) return { rows: found, before: found.at(-1)?.seq }
  // Of those looked at some are another person's, or gone: there may be more in this range.
  if (seqs !== undefined && some !== undefined && seqs.length > some.length)
    return { rows: found, before: some.at(-1) }
  return { rows: found, before: from > 1 ? from : undefined }
}

/** The events of a range whose status is asked for, newest first. Reads the ledger, not the events. */
async function seqsWith(
  sql: Sql,
  key: CursorKey,
  query: EventQuery,
  from: number,
  to: number,
): Promise<readonly number[]> {
  const status = await statusOf(sql, key, from, to)
  const seqs: number[] = []
  for (let seq = to; seq >= from; seq -= 1) {
    const { outcome, reason } = status(seq)
    if (query.outcome !== undefined && outcome !== query.outcome) continue
    if (query.reason !== undefined && reason !== query.reason) continue
    seqs.push(seq)
  }
  return seqs
}

async function rowsBetween(
  sql: Sql,
  key: CursorKey,
  {
    from,
    to,
    limit,
    seqs,
    person,
  }: {
    readonly from: number
    readonly to: number
    readonly limit: number
    readonly seqs: readonly number[] | undefined
    readonly person: string | undefined
  },
): Promise<readonly Row[]> {
  if (person !== undefined && seqs === undefined)
    return newestIn(sql, key, { from, to, limit }, (stretch, left) =>
      sql.query<Row>(
        `select ${columns}
           from event
          where workspace_id = $1 and source_id = $2 and lane = $3 and day = $4
            and seq between $5 and $6 and person = $7
          order by seq desc
          limit $8`,
        [...placeOf(key), stretch.day, stretch.from, stretch.to, person, left],
      ),
    )
  const found = await findInDays<Row>(
    sql,
    `select ${columns}
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and day = $5
        and (cast($6 as text) is null or person = $6)`,
    (seqs ?? []).map((seq) => ({ ...key, seq })),
    [person ?? null],
  )
  return found.filter((row) => row !== undefined)
}

async function newest(
  sql: Sql,
  key: CursorKey,
  before: number,
  limit: number,
): Promise<readonly Row[]> {
  return newestIn(sql, key, { from: 1, to: before - 1, limit }, (stretch, left) =>
    sql.query<Row>(
      `select ${columns}
         from event
        where workspace_id = $1 and source_id = $2 and lane = $3 and day = $4
          and seq between $5 and $6
        order by seq desc
        limit $7`,
      [...placeOf(key), stretch.day, stretch.from, stretch.to, left],
    ),
  )
}

/** Asks for one day after the other, the newest first, until there are enough. */
async function newestIn(
  sql: Sql,
  key: CursorKey,
  { from, to, limit }: { readonly from: number; readonly to: number; readonly limit: number },
  ask: (stretch: Stretch, limit: number) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const stretch of (await stretchesFrom(sql, key, from)).toReversed()) {
    if (rows.length >= limit) break
    const some = { ...stretch, from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) }
    if (some.from <= some.to) rows.push(...(await ask(some, limit - rows.length)))
  }
  return rows
}

function placeOf(key: CursorKey): readonly string[] {
  return [key.workspaceId, key.sourceId, key.lane]
}

async function withStatus(
  sql: Sql,
  key: CursorKey,
  rows: readonly Row[],
): Promise<readonly EventRow[]> {
  const newestRow = rows[0]
  const oldestRow = rows.at(-1)
  if (newestRow === undefined || oldestRow === undefined) return []
  const status = await statusOf(sql, key, oldestRow.seq, newestRow.seq)
  return rows.map(({ person, anonymousId, ...row }) => ({
    workspaceId: key.workspaceId,
    sourceId: key.sourceId,
    lane: key.lane,
    ...row,
    ...(person !== null && { person }),
    ...(anonymousId !== null && { anonymousId }),
    ...status(row.seq),
  }))
}

/** Says the status of each event in `from`..`to`. */
async function statusOf(
  sql: Sql,
  key: CursorKey,
  from: number,
  to: number,
): Promise<(seq: number) => Status> {
  const cursor = await findCursor(sql, key)
  const bytes = new Uint8Array(Math.max(0, to - from + 1))
  let end = to
  while (end >= from) {
    const [row] = await ledgerBefore(sql, key, end, 1)
    if (row === undefined) break
    const first = Math.max(row.fromSeq, from)
    const last = Math.min(row.toSeq, to)
    if (last >= first)
      bytes.set(row.outcomes.subarray(first - row.fromSeq, last - row.fromSeq + 1), first - from)
    end = row.fromSeq - 1
  }
  const exceptions = new Map<number, Exception>()
  for (const one of await exceptionsBetween(sql, key, from, to)) exceptions.set(one.seq, one)
  return (seq) => {
    const exception = exceptions.get(seq)
    if (exception !== undefined) return statusOfException(exception)
    if (cursor === undefined || seq > cursor.seq) return { outcome: 'waiting' }
    const byte = bytes[seq - from] ?? 0
    // The cursor began after it: it came before the connection.
    if (byte === 0) return { outcome: 'dropped', reason: 'before_go_live' }
    const reason = reasonOf(byte)
    return { outcome: reasons[reason].outcome, reason }
  }
}

function statusOfException({ state, reason }: Exception): Status {
  // `retry_cycle` waits for its cycle, a missing permission is held, an event's own trouble is tried again.
  if (state === 'retry') return { outcome: reasons[reason].outcome, reason }
  if (state === 'replay') return { outcome: 'retrying', reason }
  return { outcome: reasons[reason].outcome, reason }
}

export async function storyOf(
  sql: Sql,
  seenIds: SeenIds,
  query: {
    readonly workspaceId: string
    readonly sourceId: string
    readonly connectionId: string
    readonly messageId: string
  },
): Promise<EventStory | undefined> {
  const digest = seenIds.digestOf(query)
  // What failed is kept for longer than message ids are.
  const seen =
    (await seenIds.find(sql, [{ workspaceId: query.workspaceId, digest }]))[0] ??
    (await exceptionOfMessage(sql, query, query.messageId))
  if (seen === undefined) return undefined
  const key = { ...query, lane: seen.lane }
  const [row] = await findInDays<Row & { identifiers: string; body: string }>(
    sql,
    `select ${columns}, identifiers, body
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and day = $5`,
    [{ ...key, seq: seen.seq }],
  )
  if (row === undefined) return undefined
  const [event] = await withStatus(sql, key, [row])
  const [exception] = await exceptionsBetween(sql, key, seen.seq, seen.seq)
  return {
    ...event!,
    body: row.body,
    identifiers: JSON.parse(row.identifiers) as Identifiers,
    attempts: await attemptsOf(sql, key, seen.seq),
    ...(exception !== undefined && { exception }),
  }
}

/** Those of `seqs` whose ledger byte says that they wait for their visitor. */
export async function waitingGuests(
  sql: Sql,
  key: CursorKey,
  seqs: readonly number[],
): Promise<ReadonlySet<number>> {
  const bytes = await outcomesOf(sql, key, seqs)
  return new Set(seqs.filter((seq) => bytes.get(seq) === reasons.anonymous_waiting.number))
}
