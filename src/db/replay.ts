import {
  type CursorKey,
  type Exception,
  reasonOf,
  reasons,
  type ReasonCode,
} from '../core/index.ts'
import { breath } from './breath.ts'
import { lockCursor } from './cursor.ts'
import { findInDays } from './day.ts'
import { exceptionsBetween, putExceptions } from './exception.ts'
import type { Group } from './group.ts'
import { ledgerBefore, outcomesOf } from './ledger.ts'
import type { Sql } from './sql.ts'

export type Replay =
  | { readonly seqs: readonly number[] }
  | { readonly reason: ReasonCode }
  | { readonly all: true }

/**
 * In steps, each a commit of its own: a replay of a million events keeps nobody waiting. Pressed twice
 * it finds them waiting already and leaves them alone.
 */
export async function replay(
  group: Group,
  key: CursorKey,
  what: Replay,
  now: number,
): Promise<number> {
  if ('seqs' in what) {
    const wanted = new Set(what.seqs)
    return replaySome(group, key, [...wanted], now)
  }
  let count = 0
  let before = Number.MAX_SAFE_INTEGER
  for (;;) {
    const step = await group.write(async (sql) => {
      await lockCursor(sql, key)
      const range =
        'reason' in what ? await nextLedger(sql, key, before) : await nextKept(sql, key, before)
      if (range === undefined) return undefined
      const exceptions = await exceptionsBetween(sql, key, range.from, range.to)
      const seqs = new Set(
        exceptions
          .filter(
            ({ state, reason }) =>
              state === 'kept' && (!('reason' in what) || reason === what.reason),
          )
          .map(({ seq }) => seq),
      )
      if ('reason' in what) for (const seq of seqsWith(range, what.reason)) seqs.add(seq)
      return { from: range.from, made: await ask(sql, key, [...seqs], now) }
    })
    if (step === undefined) return count
    count += step.made
    before = step.from
    await breath()
  }
}

const stepEvents = 1000

async function replaySome(
  group: Group,
  key: CursorKey,
  seqs: readonly number[],
  now: number,
): Promise<number> {
  let count = 0
  for (let start = 0; start < seqs.length; start += stepEvents) {
    const some = seqs.slice(start, start + stepEvents)
    count += await group.write((sql) => ask(sql, key, some, now))
  }
  return count
}

interface Range {
  readonly from: number
  readonly to: number
  readonly outcomes: Uint8Array
}

async function nextLedger(sql: Sql, key: CursorKey, before: number): Promise<Range | undefined> {
  const [row] = await ledgerBefore(sql, key, before - 1, 1)
  return row && { from: row.fromSeq, to: row.toSeq, outcomes: row.outcomes }
}

async function nextKept(sql: Sql, key: CursorKey, before: number): Promise<Range | undefined> {
  const rows = await sql.query<{ seq: number }>(
    `select seq
       from exception
      where workspace_id = $1 and connection_id = $2 and lane = $3 and seq < $4
      order by seq desc
      limit $5`,
    [key.workspaceId, key.connectionId, key.lane, before, stepEvents],
  )
  const [newest] = rows
  const oldest = rows.at(-1)
  if (newest === undefined || oldest === undefined) return undefined
  return { from: oldest.seq, to: newest.seq, outcomes: new Uint8Array() }
}

function seqsWith({ from, outcomes }: Range, reason: ReasonCode): number[] {
  const { number } = reasons[reason]
  const seqs: number[] = []
  for (
    let place = outcomes.indexOf(number);
    place >= 0;
    place = outcomes.indexOf(number, place + 1)
  )
    seqs.push(from + place)
  return seqs
}

/** Puts those of them that have ended, and whose bodies are still there, into state `replay`. */
async function ask(
  sql: Sql,
  key: CursorKey,
  seqs: readonly number[],
  now: number,
): Promise<number> {
  if (seqs.length === 0) return 0
  const cursor = await lockCursor(sql, key)
  const settled = seqs.filter((seq) => cursor !== undefined && seq <= cursor.seq)
  const bytes = await outcomesOf(sql, key, settled)
  const there = await findInDays<{ messageId: string }>(
    sql,
    `select message_id as "messageId"
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and day = $5`,
    settled.map((seq) => ({ ...key, seq })),
  )
  const asked: Exception[] = []
  for (const [place, seq] of settled.entries()) {
    const byte = bytes.get(seq)
    const event = there[place]
    if (event === undefined || byte === undefined) continue
    const [former] = await exceptionsBetween(sql, key, seq, seq)
    if (former === undefined ? !hasEnded(byte) : former.state !== 'kept') continue
    asked.push({
      workspaceId: key.workspaceId,
      connectionId: key.connectionId,
      sourceId: key.sourceId,
      lane: key.lane,
      seq,
      state: 'replay',
      reason: former?.reason ?? reasonOf(byte),
      messageId: event.messageId,
      tries: 0,
      failures: former?.failures ?? 0,
      dueAt: now,
      firstAt: former?.firstAt ?? now,
      lastAt: now,
      ...(former?.detail !== undefined && { detail: former.detail }),
    })
  }
  await putExceptions(sql, asked)
  return asked.length
}

function hasEnded(byte: number): boolean {
  const code = reasonOf(byte)
  return code !== 'exception' && code !== 'anonymous_waiting'
}
