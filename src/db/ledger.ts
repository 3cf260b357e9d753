import { type CursorKey, type Patch, reasons, type ReasonCode } from '../core/index.ts'
import { type CursorAt, findCursor } from './cursor.ts'
import type { Sql, Value } from './sql.ts'
import { together } from './together.ts'

/** The outcomes of `fromSeq`..`toSeq`, one byte each: the number of the reason. */
export interface LedgerRow {
  readonly fromSeq: number
  readonly toSeq: number
  readonly outcomes: Uint8Array
}

const columns = 'from_seq as "fromSeq", to_seq as "toSeq", outcomes'

/** A row grows until it holds so many events: then a patch still rewrites little. */
const rowEvents = 4096
/** And no longer than a day: then `settled_at` tells when its events were settled, to the day. */
const rowMs = 86_400_000

export interface NewOutcomes {
  readonly key: CursorKey
  /** The first of the events, which follow upon the last one's in the ledger. */
  readonly fromSeq: number
  readonly codes: readonly ReasonCode[]
  readonly now: number
}

/** Each of another connection or lane. */
export async function addOutcomes(sql: Sql, added: readonly NewOutcomes[]): Promise<void> {
  if (added.length === 0) return
  const lasts = await sql.find<LedgerRow & { readonly settledAt: number }>(
    `select ${columns}, settled_at as "settledAt"
       from ledger
      where workspace_id = $1 and connection_id = $2 and lane = $3
      order by from_seq desc
      limit 1`,
    added.map(({ key }) => placeOf(key)),
  )
  const grown: (readonly Value[])[] = []
  const fresh: (readonly Value[])[] = []
  for (const [place, { key, fromSeq, codes, now }] of added.entries()) {
    const bytes = Uint8Array.from(codes, (code) => reasons[code].number)
    const last = lasts[place]
    const sameDay = Math.floor(now / rowMs) === Math.floor((last?.settledAt ?? 0) / rowMs)
    let done = 0
    if (last?.toSeq === fromSeq - 1 && last.outcomes.length < rowEvents && sameDay) {
      done = Math.min(bytes.length, rowEvents - last.outcomes.length)
      const outcomes = new Uint8Array(last.outcomes.length + done)
      outcomes.set(last.outcomes)
      outcomes.set(bytes.subarray(0, done), last.outcomes.length)
      grown.push([...placeOf(key), last.fromSeq, last.toSeq + done, outcomes, now])
    }
    while (done < bytes.length) {
      const outcomes = bytes.slice(done, done + rowEvents)
      const from = fromSeq + done
      done += outcomes.length
      fresh.push([...placeOf(key), from, fromSeq + done - 1, outcomes, now])
    }
  }
  await together([
    sql.each(
      `update ledger
          set to_seq = $5, outcomes = $6, settled_at = $7
        where workspace_id = $1 and connection_id = $2 and lane = $3 and from_seq = $4`,
      grown,
    ),
    sql.each(
      `insert into ledger (workspace_id, connection_id, lane, from_seq, to_seq, outcomes, settled_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      fresh,
    ),
  ])
}

function placeOf({ workspaceId, connectionId, lane }: CursorKey): readonly Value[] {
  return [workspaceId, connectionId, lane]
}

/**
 * Sets the bytes of events that are settled. Resolves with each event's former byte, in the order given.
 * Rejects when one is not settled.
 */
export async function patchOutcomes(
  sql: Sql,
  key: CursorKey,
  patches: readonly Patch[],
): Promise<readonly number[]> {
  const rows = new Map<number, LedgerRow>()
  const former: number[] = []
  for (const { seq, reason } of patches) {
    let row = [...rows.values()].find(({ fromSeq, toSeq }) => fromSeq <= seq && seq <= toSeq)
    if (row === undefined) {
      row = await ledgerRowOf(sql, key, seq)
      if (row === undefined)
        throw new Error(
          `The outcome of event ${seq} of ${key.connectionId} cannot be changed: it has none yet.`,
        )
      rows.set(row.fromSeq, row)
    }
    former.push(row.outcomes[seq - row.fromSeq] ?? 0)
    row.outcomes[seq - row.fromSeq] = reasons[reason].number
  }
  await sql.each(
    `update ledger
        set outcomes = $5
      where workspace_id = $1 and connection_id = $2 and lane = $3 and from_seq = $4`,
    Array.from(rows.values(), ({ fromSeq, outcomes }) => [
      key.workspaceId,
      key.connectionId,
      key.lane,
      fromSeq,
      outcomes,
    ]),
  )
  return former
}

async function ledgerRowOf(sql: Sql, key: CursorKey, seq: number): Promise<LedgerRow | undefined> {
  const [row] = await ledgerBefore(sql, key, seq, 1)
  return row !== undefined && seq <= row.toSeq ? row : undefined
}

/** Rows that begin at or before `seq`, newest first. */
export async function ledgerBefore(
  sql: Sql,
  key: CursorKey,
  seq: number,
  limit: number,
): Promise<readonly LedgerRow[]> {
  return sql.query<LedgerRow>(
    `select ${columns}
       from ledger
      where workspace_id = $1 and connection_id = $2 and lane = $3 and from_seq <= $4
      order by from_seq desc
      limit $5`,
    [key.workspaceId, key.connectionId, key.lane, seq, limit],
  )
}

/** The bytes of `seqs`, each undefined where the event is not settled. Any order. */
export async function outcomesOf(
  sql: Sql,
  key: CursorKey,
  seqs: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const bytes = new Map<number, number>()
  let row: LedgerRow | undefined
  for (const seq of seqs.toSorted((a, b) => b - a)) {
    if (row === undefined || seq < row.fromSeq) [row] = await ledgerBefore(sql, key, seq, 1)
    // No row begins that early: nothing before it does either.
    if (row === undefined) break
    const byte = row.outcomes[seq - row.fromSeq]
    if (byte !== undefined) bytes.set(seq, byte)
  }
  return bytes
}

/** The newest number of the lane that each of its connections had settled by `cutoff`. Infinity: it has none. */
export async function settledBefore(
  sql: Sql,
  keys: readonly CursorAt[],
  cutoff: number,
): Promise<number> {
  let end = Infinity
  for (const key of keys) {
    const [row] = await sql.query<{ first: number | null }>(
      `select min(from_seq) as first
         from ledger
        where workspace_id = $1 and connection_id = $2 and lane = $3 and settled_at >= $4`,
      [key.workspaceId, key.connectionId, key.lane, cutoff],
    )
    end = Math.min(end, key.seq, (row?.first ?? Infinity) - 1)
  }
  return end
}

/** The first number that the connection itself has, or will have. */
export async function beginOf(sql: Sql, key: CursorKey): Promise<number> {
  const [first] = await sql.query<{ seq: number }>(
    `select from_seq as seq
       from ledger
      where workspace_id = $1 and connection_id = $2 and lane = $3
      order by from_seq
      limit 1`,
    [key.workspaceId, key.connectionId, key.lane],
  )
  return first?.seq ?? ((await findCursor(sql, key))?.seq ?? Infinity) + 1
}

/** Those of `from`..`to` that have this byte, ascending. */
export async function seqsWithByte(
  sql: Sql,
  key: CursorKey,
  byte: number,
  from: number,
  to: number,
): Promise<readonly number[]> {
  const seqs: number[] = []
  let end = to
  while (end >= from) {
    const [row] = await ledgerBefore(sql, key, end, 1)
    if (row === undefined) break
    for (let seq = Math.min(row.toSeq, end); seq >= Math.max(row.fromSeq, from); seq -= 1)
      if (row.outcomes[seq - row.fromSeq] === byte) seqs.push(seq)
    end = row.fromSeq - 1
  }
  return seqs.toReversed()
}

/** Rows that hold events after `after`, ascending. */
export async function ledgerAfter(
  sql: Sql,
  key: CursorKey,
  after: number,
  limit: number,
): Promise<readonly LedgerRow[]> {
  const [first] = await ledgerBefore(sql, key, after + 1, 1)
  const from = first !== undefined && first.toSeq > after ? first.fromSeq : after + 1
  return sql.query<LedgerRow>(
    `select ${columns}
       from ledger
      where workspace_id = $1 and connection_id = $2 and lane = $3 and from_seq >= $4
      order by from_seq
      limit $5`,
    [key.workspaceId, key.connectionId, key.lane, from, limit],
  )
}
