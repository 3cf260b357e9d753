import type { CursorKey } from '../core/index.ts'
import { reasonOf, reasons } from '../core/index.ts'
import { stretchesFrom } from './day.ts'
import { findEvents } from './event.ts'
import { outcomesOf } from './ledger.ts'
import type { StoredEvent } from './rows.ts'
import type { Sql } from './sql.ts'
import { together } from './together.ts'

/** So many identifies of a person are looked at, the newest. */
const mostIdentifies = 20
/** Other events are looked at as far as that after the one that goes out late. */
const near = 1000
const counts: ReadonlySet<string> = new Set(['accepted', 'confirmed'])

/**
 * Events of the same person after `seq` that have been accepted for the connection, or wait on the straight road:
 * identifies wherever they are, others only near to it. In order.
 */
export async function findSuccessors(
  sql: Sql,
  key: CursorKey,
  seq: number,
  people: readonly string[],
): Promise<readonly StoredEvent[]> {
  const { workspaceId, sourceId, lane } = key
  const seqs = new Set<number>()
  for (const { day, from } of await stretchesFrom(sql, key, seq + 1)) {
    const found = await together(
      people.flatMap((person) => {
        const at = [workspaceId, sourceId, lane, day, person, seq]
        const identifies = sql.query<{ seq: number }>(
          `select seq
             from event
            where workspace_id = $1 and source_id = $2 and lane = $3 and day = $4
              and person = $5 and seq > $6 and type = 'identify'
            order by seq desc
            limit $7`,
          [...at, mostIdentifies],
        )
        if (from > seq + near) return [identifies]
        const others = sql.query<{ seq: number }>(
          `select seq
             from event
            where workspace_id = $1 and source_id = $2 and lane = $3 and day = $4
              and person = $5 and seq > $6 and seq <= $7`,
          [...at, seq + near],
        )
        return [identifies, others]
      }),
    )
    for (const row of found.flat()) seqs.add(row.seq)
  }
  if (seqs.size === 0) return []
  const bytes = await outcomesOf(sql, key, [...seqs])
  const counting = [...seqs].filter((one) => {
    const byte = bytes.get(one)
    return byte === undefined || counts.has(reasons[reasonOf(byte)].outcome)
  })
  return findEvents(sql, key, counting)
}
