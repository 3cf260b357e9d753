import { type CursorKey, reasons } from '../core/index.ts'
import { lockCursor } from './cursor.ts'
import type { LedgerRow } from './ledger.ts'
import { changeOutcomes } from './outcome.ts'
import type { Sql } from './sql.ts'

/**
 * A step: what waits for its visitor over a connection that was disconnected ends as that, for nobody will send it.
 * False: nothing was left.
 */
export async function endGuests(sql: Sql, key: CursorKey, now: number): Promise<boolean> {
  await lockCursor(sql, key)
  const { number } = reasons.anonymous_waiting
  const [row] = await sql.query<Omit<LedgerRow, 'toSeq'>>(
    `select from_seq as "fromSeq", outcomes
       from ledger
      where workspace_id = $1 and connection_id = $2 and lane = $3 and ${sql.holds('outcomes', '$4')}
      order by from_seq
      limit 1`,
    [key.workspaceId, key.connectionId, key.lane, Uint8Array.of(number)],
  )
  if (row === undefined) return false
  const waiting = [...row.outcomes.entries()].filter(([, byte]) => byte === number)
  const patches = waiting.map(([place]) => ({
    seq: row.fromSeq + place,
    reason: 'disconnected' as const,
  }))
  await changeOutcomes(sql, key, patches, now)
  return true
}
