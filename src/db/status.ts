import {
  type CursorKey,
  type EventRow,
  type EventStory,
  type Exception,
  type Formers,
  type Identifiers,
  type Lane,
  type Outcome,
  type Place,
  type ReasonCode,
  reasonOf,
  reasons,
  type Standing,
} from '../core/index.ts'
import { attemptsOf } from './attempt.ts'
import { findCursor } from './cursor.ts'
import { findInDays } from './day.ts'
import { headOf } from './event.ts'
import { countExceptions } from './exception-count.ts'
import { exceptionOfMessage, exceptionsBetween } from './exception.ts'
import { ledgerBefore, outcomesOf } from './ledger.ts'
import type { SeenIds } from './seen.ts'
import type { Sql } from './sql.ts'
import { countsOf } from './tally.ts'
import { together } from './together.ts'

/** The status of an event is not kept anywhere: it follows from cursor, ledger and exceptions. */
export interface Status {
  readonly outcome: Outcome
  readonly reason?: ReasonCode
  readonly formerId?: string
}

/** A lane of a connection, and who had its source before. */
export type Told = CursorKey & Formers

export interface Row {
  readonly seq: number
  readonly messageId: string
  readonly type: string
  readonly name: string
  readonly person: string | null
  readonly anonymousId: string | null
  readonly occurredAt: number
  readonly receivedAt: number
}

export const rowColumns = `seq, message_id as "messageId", type, name, person, anonymous_id as "anonymousId",
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

/** Of each event in a range of numbers. */
export type StatusOf = (seq: number) => Status

/** With what became of each; newest first. `known`: it was looked up already. */
export async function withStatus(
  sql: Sql,
  key: Told,
  rows: readonly Row[],
  known?: StatusOf,
): Promise<readonly EventRow[]> {
  const newestRow = rows[0]
  const oldestRow = rows.at(-1)
  if (newestRow === undefined || oldestRow === undefined) return []
  const status = known ?? (await statusOf(sql, key, oldestRow.seq, newestRow.seq))
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

/** Says the status of each event in `from`..`to`: as the connection has it, or who had the source before it. */
export async function statusOf(sql: Sql, key: Told, from: number, to: number): Promise<StatusOf> {
  const own = await ownStatusOf(sql, key, from, to)
  const each: ((seq: number) => Status | undefined)[] = [own]
  for (const formerId of key.formers ?? []) {
    // What a connection has begins somewhere, and has no gaps.
    if (each.some((one) => one(from) !== undefined)) break
    const theirs = await ownStatusOf(sql, { ...key, connectionId: formerId }, from, to)
    each.push((seq) => {
      const status = theirs(seq)
      return status && { ...status, formerId }
    })
  }
  return (seq) => {
    for (const one of each) {
      const status = one(seq)
      if (status !== undefined) return status
    }
    return { outcome: 'dropped', reason: 'before_go_live' }
  }
}

/** The same as the connection itself has it; undefined: it came before the connection. */
async function ownStatusOf(
  sql: Sql,
  key: CursorKey,
  from: number,
  to: number,
): Promise<(seq: number) => Status | undefined> {
  // First: what the ledger says afterwards reaches at least as far.
  const cursor = await findCursor(sql, key)
  const [bytes, between] = await together([
    bytesOf(sql, key, from, to),
    exceptionsBetween(sql, key, from, to),
  ])
  const exceptions = new Map<number, Exception>()
  for (const one of between) exceptions.set(one.seq, one)
  return (seq) => {
    const exception = exceptions.get(seq)
    if (exception !== undefined) return statusOfException(exception)
    if (cursor === undefined || seq > cursor.seq) return { outcome: 'waiting' }
    const byte = bytes[seq - from] ?? 0
    // The cursor began after it.
    if (byte === 0) return undefined
    const reason = reasonOf(byte)
    return { outcome: reasons[reason].outcome, reason }
  }
}

/** Ledger bytes of a range; 0: the ledger says nothing. */
async function bytesOf(sql: Sql, key: CursorKey, from: number, to: number): Promise<Uint8Array> {
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
  return bytes
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
  query: Place & Formers & { readonly messageId: string },
): Promise<EventStory | undefined> {
  const digest = seenIds.digestOf(query)
  let seen: { readonly lane: Lane; readonly seq: number } | undefined = (
    await seenIds.find(sql, [{ workspaceId: query.workspaceId, digest }])
  )[0]
  // What failed is kept for longer than message ids are.
  for (const connectionId of [query.connectionId, ...(query.formers ?? [])])
    seen ??= await exceptionOfMessage(sql, { ...query, connectionId }, query.messageId)
  if (seen === undefined) return undefined
  const key = { ...query, lane: seen.lane }
  const [row] = await findInDays<Row & { identifiers: string; body: string }>(
    sql,
    `select ${rowColumns}, identifiers, body
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and day = $5`,
    [{ ...key, seq: seen.seq }],
  )
  if (row === undefined) return undefined
  const [event] = await withStatus(sql, key, [row])
  const teller = { ...key, connectionId: event!.formerId ?? key.connectionId }
  const [exception] = await exceptionsBetween(sql, teller, seen.seq, seen.seq)
  return {
    ...event!,
    body: row.body,
    identifiers: JSON.parse(row.identifiers) as Identifiers,
    attempts: await attemptsOf(sql, teller, seen.seq),
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
