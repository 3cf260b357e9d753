import type { Adopted, CursorKey, Lease } from '../core/index.ts'
import { addCursors, adoptCursors, findCursors } from './cursor.ts'
import { headsOf } from './event.ts'
import { nextDues } from './exception.ts'
import { holding } from './lease.ts'
import type { Sql } from './sql.ts'

/** In a transaction, and many at a time: ten thousand accounts are taken in seconds. */
export async function adopt(
  sql: Sql,
  asked: readonly { readonly lease: Lease; readonly cursors: readonly CursorKey[] }[],
): Promise<readonly Adopted[]> {
  const sorted = asked.toSorted((one, other) =>
    one.lease.accountId < other.lease.accountId ? -1 : 1,
  )
  const held = await holding(
    sql,
    sorted.map(({ lease }) => lease),
  )
  const taken = sorted
    .filter((_, place) => held[place])
    .flatMap(({ lease, cursors }) => cursors.map((key) => ({ key, lease })))
  const keys = taken.map(({ key }) => key)
  const there = await findCursors(sql, keys)
  const heads = await headsOf(sql, keys)
  const missing = keys.flatMap((key, place) =>
    there[place] === undefined ? { key, seq: heads[place]! } : [],
  )
  await addCursors(sql, missing)
  await adoptCursors(sql, taken)
  const cursors = await findCursors(sql, keys)
  const dues = await nextDues(sql, keys)
  return cursors.flatMap((cursor, place) => {
    const dueAt = dues[place]
    return cursor === undefined
      ? []
      : { ...cursor, head: heads[place]!, ...(dueAt !== undefined && { dueAt }) }
  })
}
