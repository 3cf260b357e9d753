import { type Act, type CursorKey, type Exception, reasonOf, reasons } from '../core/index.ts'
import { withCount } from './audit.ts'
import { lockCursor } from './cursor.ts'
import { findInDays } from './day.ts'
import { exceptionsAt, putExceptions, removeExceptions } from './exception.ts'
import type { Group } from './group.ts'
import { outcomesOf } from './ledger.ts'
import { changeOutcomes } from './outcome.ts'
import type { Sql } from './sql.ts'

/** Of these events: in steps, each a commit of its own. Pressed twice it finds them waiting already. */
export async function replay(
  group: Group,
  key: CursorKey,
  seqs: readonly number[],
  now: number,
  act?: Act,
): Promise<number> {
  return inSteps(seqs, (some) =>
    group.write((sql) => withCount(sql, act, () => askAgain(sql, key, some, { now }))),
  )
}

export async function discard(
  group: Group,
  key: CursorKey,
  seqs: readonly number[],
  now: number,
  act?: Act,
): Promise<number> {
  return inSteps(seqs, (some) =>
    group.write((sql) => withCount(sql, act, () => letGo(sql, key, some, { now }))),
  )
}

const stepEvents = 1000

async function inSteps(
  seqs: readonly number[],
  step: (some: readonly number[]) => Promise<number>,
): Promise<number> {
  const wanted = [...new Set(seqs)]
  let count = 0
  for (let start = 0; start < wanted.length; start += stepEvents)
    count += await step(wanted.slice(start, start + stepEvents))
  return count
}

/** Puts those of them that have ended, and whose bodies are still there, into state `replay`. */
export async function askAgain(
  sql: Sql,
  key: CursorKey,
  seqs: readonly number[],
  { now, errandId }: { readonly now: number; readonly errandId?: string },
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
  const formers = await exceptionsAt(sql, key, settled)
  const asked: Exception[] = []
  for (const [place, seq] of settled.entries()) {
    const byte = bytes.get(seq)
    const event = there[place]
    if (event === undefined || byte === undefined) continue
    const former = formers.get(seq)
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
      lastAt: former?.lastAt ?? now,
      ...(former?.detail !== undefined && { detail: former.detail }),
      ...(errandId !== undefined && { errandId }),
    })
  }
  await putExceptions(sql, asked)
  return asked.length
}

function hasEnded(byte: number): boolean {
  const code = reasonOf(byte)
  return code !== 'exception' && code !== 'anonymous_waiting'
}

/** Those of them that had failed end as `discarded`, or as told; their bodies go when their time has come. */
export async function letGo(
  sql: Sql,
  key: CursorKey,
  seqs: readonly number[],
  {
    now,
    reason = 'discarded',
  }: { readonly now: number; readonly reason?: 'discarded' | 'failed_expired' },
): Promise<number> {
  if (seqs.length === 0) return 0
  await lockCursor(sql, key)
  const formers = await exceptionsAt(sql, key, seqs)
  const kept = [...formers.values()].filter(({ state }) => state === 'kept').map(({ seq }) => seq)
  await removeExceptions(
    sql,
    kept.map((seq) => [key, seq] as const),
  )
  const patches = kept.map((seq) => ({ seq, reason }))
  await changeOutcomes(sql, key, patches, now)
  return kept.length
}

/** Takes back what was asked for again and is not under way yet: it is as before. */
export async function takeBack(
  sql: Sql,
  key: CursorKey,
  asked: readonly Exception[],
): Promise<void> {
  const failed = asked.filter(({ failures }) => failures > 0)
  const others = asked.filter(({ failures }) => failures === 0)
  await removeExceptions(
    sql,
    others.map(({ seq }) => [key, seq] as const),
  )
  await putExceptions(
    sql,
    failed.map((one) => {
      const { errandId: _, ...row } = one
      return { ...row, state: 'kept', tries: row.failures, dueAt: 0 }
    }),
  )
}

/** Whether what ended so is kept as an exception, wherever the reason was found. */
export function isAlwaysKept(reason: keyof typeof reasons): boolean {
  return reasons[reason].outcome === 'dead'
}
