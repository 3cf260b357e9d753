import {
  type Act,
  type CursorKey,
  type Errand,
  type ErrandNews,
  type Lane,
  lanes,
  type Place,
  reasons,
  type ReasonCode,
} from '../core/index.ts'
import { addAct, withAct } from './audit.ts'
import { breath } from './breath.ts'
import { findCursor, lockCursor } from './cursor.ts'
import { countKept } from './exception-count.ts'
import { exceptionsOfErrand, keptAfter } from './exception.ts'
import type { Group } from './group.ts'
import { ledgerAfter } from './ledger.ts'
import { askAgain, isAlwaysKept, letGo, takeBack } from './replay.ts'
import type { Sql } from './sql.ts'

interface Row extends Omit<Errand, 'reason' | 'endedAt'> {
  readonly reason: ReasonCode | null
  readonly endedAt: number | null
  readonly lane: Lane
  readonly afterSeq: number
  readonly until: string
}

const columns = `workspace_id as "workspaceId", connection_id as "connectionId", errand_id as id, act,
  reason, state, total, taken, accepted, later, ended, lane, after_seq as "afterSeq", until,
  asked_at as "askedAt", ended_at as "endedAt"`

type Wanted = Pick<Errand, 'act' | 'reason'>
type OfConnection = Pick<Place, 'workspaceId' | 'connectionId'>

/** In steps, so that nobody waits for it. */
export async function countFor(sql: Sql, place: Place, { act, reason }: Wanted): Promise<number> {
  if (act === 'discard' || reason === undefined || isAlwaysKept(reason)) {
    const kept = await countKept(sql, place)
    return kept
      .filter((one) => reason === undefined || one.reason === reason)
      .reduce((sum, { count }) => sum + count, 0)
  }
  let count = 0
  for (const lane of lanes) {
    const key = { ...place, lane }
    let after = await droppedTo(sql, key)
    for (;;) {
      const found = await withByte(sql, key, reason, { after, to: Infinity, limit: Infinity })
      count += found.seqs.length
      if (found.end) break
      after = found.last
      await breath()
    }
  }
  return count
}

/** What is not needed any more was dropped up to here: it cannot be delivered again. */
async function droppedTo(sql: Sql, key: CursorKey): Promise<number> {
  const [row] = await sql.query<{ seq: number }>(
    'select seq from floor where workspace_id = $1 and source_id = $2 and lane = $3',
    [key.workspaceId, key.sourceId, key.lane],
  )
  return row?.seq ?? 0
}

export async function begin(
  sql: Sql,
  group: Group,
  place: Place,
  errand: Pick<Errand, 'id' | 'act' | 'reason'>,
  now: number,
  done?: Act,
): Promise<{ readonly errand: Errand; readonly begun: boolean }> {
  const total = await countFor(sql, place, errand)
  return group.write(async (tx) => {
    // Whoever presses at the same moment waits here, and finds this one.
    await lockCursor(tx, { ...place, lane: 'live' })
    const running = await runningOf(tx, place)
    if (running !== undefined) return { errand: errandOf(running), begun: false }
    const until: Partial<Record<Lane, number>> = {}
    for (const lane of lanes) until[lane] = (await findCursor(tx, { ...place, lane }))?.seq ?? 0
    const { workspaceId, connectionId } = place
    const { id, act, reason } = errand
    await tx.query(
      `insert into errand (workspace_id, connection_id, errand_id, act, reason, state, total, taken,
                           accepted, later, ended, lane, after_seq, until, asked_at)
       values ($1, $2, $3, $4, $5, 'running', $6, 0, 0, 0, 0, $7, 0, $8, $9)`,
      [
        workspaceId,
        connectionId,
        id,
        act,
        reason ?? null,
        total,
        'live',
        JSON.stringify(until),
        now,
      ],
    )
    if (done !== undefined) await addAct(tx, done)
    const begun = await runningOf(tx, place)
    if (begun === undefined) throw new Error('An errand is gone in its own transaction.')
    return { errand: errandOf(begun), begun: true }
  })
}

/** The cursor first, then the errand: in the order in which a settlement takes them. */
export async function proceed(
  sql: Sql,
  group: Group,
  place: Place,
  limit: number,
  now: number,
): Promise<boolean> {
  const before = await runningOf(sql, place)
  if (before === undefined) return false
  return group.write(async (tx) => {
    const key = { ...place, lane: before.lane }
    await lockCursor(tx, key)
    const row = await runningOf(tx, place, tx.lock)
    if (row?.lane !== before.lane) return row !== undefined
    // Our own text.
    const to = (JSON.parse(row.until) as Partial<Record<Lane, number>>)[row.lane] ?? 0
    const found = await nextOf(tx, key, row, { after: row.afterSeq, to, limit })
    const count =
      row.act === 'discard'
        ? await letGo(tx, key, found.seqs, { now })
        : await askAgain(tx, key, found.seqs, { now, errandId: row.id })
    const lane = found.end ? lanes[lanes.indexOf(row.lane) + 1] : row.lane
    if (lane === undefined) return finish(tx, row, count, now)
    const afterSeq = found.end ? 0 : found.last
    await tx.query(
      `update errand
          set taken = taken + $4, lane = $5, after_seq = $6
        where workspace_id = $1 and connection_id = $2 and errand_id = $3`,
      [row.workspaceId, row.connectionId, row.id, count, lane, afterSeq],
    )
    return true
  })
}

/** It has come to its last event: it is done once nothing that it made due is left. */
async function finish(sql: Sql, row: Row, count: number, now: number): Promise<boolean> {
  let left = count
  if (row.act === 'replay')
    for (const lane of lanes)
      left += (await exceptionsOfErrand(sql, { ...row, lane }, row.id)).length
  const isDone = row.act === 'discard' || left === 0
  await sql.query(
    `update errand
        set taken = taken + $4, after_seq = $5, state = $6, ended_at = $7
      where workspace_id = $1 and connection_id = $2 and errand_id = $3`,
    [
      row.workspaceId,
      row.connectionId,
      row.id,
      count,
      Number.MAX_SAFE_INTEGER,
      isDone ? 'done' : 'running',
      isDone ? now : null,
    ],
  )
  return count > 0 || isDone
}

export async function cancel(
  sql: Sql,
  group: Group,
  place: Place,
  id: string,
  now: number,
  done?: Act,
): Promise<Errand | undefined> {
  const { workspaceId, connectionId } = place
  await group.write((tx) =>
    withAct(tx, done, async () => {
      const ended = await tx.query(
        `update errand
            set state = 'cancelled', ended_at = $4
          where workspace_id = $1 and connection_id = $2 and errand_id = $3 and state = 'running'
          returning errand_id`,
        [workspaceId, connectionId, id, now],
      )
      return ended.length > 0
    }),
  )
  for (const lane of lanes)
    await group.write(async (tx) => {
      const key = { ...place, lane }
      await lockCursor(tx, key)
      await takeBack(tx, key, await exceptionsOfErrand(tx, key, id))
    })
  const [row] = await sql.query<Row>(
    `select ${columns}
       from errand
      where workspace_id = $1 and connection_id = $2 and errand_id = $3`,
    [workspaceId, connectionId, id],
  )
  return row && errandOf(row)
}

export async function errandsOf(
  sql: Sql,
  { workspaceId, connectionId }: OfConnection,
  limit: number,
): Promise<readonly Errand[]> {
  const rows = await sql.query<Row>(
    `select ${columns}
       from errand
      where workspace_id = $1 and connection_id = $2
      order by asked_at desc, errand_id desc
      limit $3`,
    [workspaceId, connectionId, limit],
  )
  return rows.map(errandOf)
}

export async function addNews(
  sql: Sql,
  news: readonly (readonly [key: CursorKey, news: ErrandNews])[],
): Promise<void> {
  if (news.length === 0) return
  await sql.each(
    `update errand
        set accepted = accepted + $4, later = later + $5, ended = ended + $6
      where workspace_id = $1 and connection_id = $2 and errand_id = $3`,
    news.map(([{ workspaceId, connectionId }, { id, accepted, later, ended }]) => [
      workspaceId,
      connectionId,
      id,
      accepted,
      later,
      ended,
    ]),
  )
}

async function runningOf(
  sql: Sql,
  { workspaceId, connectionId }: OfConnection,
  lock = '',
): Promise<Row | undefined> {
  const [row] = await sql.query<Row>(
    `select ${columns}
       from errand
      where workspace_id = $1 and connection_id = $2 and state = 'running' ${lock}`,
    [workspaceId, connectionId],
  )
  return row
}

/** A piece of the way through a lane. */
interface Found {
  readonly seqs: readonly number[]
  /** It was looked up to here. */
  readonly last: number
  /** There is nothing beyond. */
  readonly end: boolean
}

interface Range {
  readonly after: number
  readonly to: number
  readonly limit: number
}

async function nextOf(
  sql: Sql,
  key: CursorKey,
  { act, reason }: Pick<Row, 'act' | 'reason'>,
  range: Range,
): Promise<Found> {
  if (act === 'replay' && reason !== null && !isAlwaysKept(reason))
    return withByte(sql, key, reason, range)
  const seqs = await keptAfter(sql, key, { ...range, reason: reason ?? undefined })
  return { seqs, last: seqs.at(-1) ?? range.after, end: seqs.length < range.limit }
}

/** So many rows of the ledger, each of some thousand events, are looked through at a time. */
const stepRows = 16

async function withByte(
  sql: Sql,
  key: CursorKey,
  reason: ReasonCode,
  { after, to, limit }: Range,
): Promise<Found> {
  const { number } = reasons[reason]
  const rows = await ledgerAfter(sql, key, after, stepRows)
  const seqs: number[] = []
  let last = after
  for (const { fromSeq, toSeq, outcomes } of rows) {
    const start = Math.max(0, after + 1 - fromSeq)
    for (let place = outcomes.indexOf(number, start); place >= 0;) {
      const seq = fromSeq + place
      if (seq > to) return { seqs, last, end: true }
      if (seqs.length === limit) return { seqs, last, end: false }
      seqs.push(seq)
      last = seq
      place = outcomes.indexOf(number, place + 1)
    }
    last = toSeq
    if (toSeq >= to) return { seqs, last, end: true }
  }
  return { seqs, last, end: rows.length < stepRows }
}

function errandOf(given: Row): Errand {
  const { reason, endedAt, lane: _, afterSeq: __, until: ___, ...row } = given
  return { ...row, ...(reason !== null && { reason }), ...(endedAt !== null && { endedAt }) }
}
