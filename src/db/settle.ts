import type { Settlement } from '../core/index.ts'
import { addAttempts } from './attempt.ts'
import { advance } from './cursor.ts'
import { headOf } from './event.ts'
import { putExceptions, removeExceptions } from './exception.ts'
import { putLatest } from './latest.ts'
import { keepBudget } from './lease.ts'
import { addOutcomes, patchOutcomes } from './ledger.ts'
import type { Sql } from './sql.ts'
import { addTally, changeOf } from './tally.ts'

/** In a transaction. False: the fence or the place no longer holds, and nothing was written. */
export async function settle(sql: Sql, settlement: Settlement): Promise<boolean> {
  const { cursor: key, reasons, accountId, fence, now } = settlement
  const seq = await advance(sql, key, {
    accountId,
    fence,
    count: reasons.length,
    fromSeq: settlement.fromSeq,
  })
  if (seq === undefined) return false
  if (reasons.length > 0) {
    if (seq > (await headOf(sql, key)))
      throw new Error(
        `${key.connectionId} cannot settle event ${seq} of lane ${key.lane}: there is no such event. This is a bug of the delivery engine.`,
      )
    await addOutcomes(sql, key, seq - reasons.length + 1, reasons, now)
  }
  const patches = settlement.patches ?? []
  const former = patches.length === 0 ? [] : await patchOutcomes(sql, key, patches)
  const patched = patches.map(({ reason }, place) => ({ from: former[place] ?? 0, to: reason }))
  await addTally(sql, key, changeOf(reasons, patched), now)
  await addAttempts(sql, key, settlement.attempts ?? [])
  await removeExceptions(sql, key, settlement.resolved ?? [])
  await putExceptions(sql, settlement.exceptions ?? [])
  await putLatest(sql, key, settlement.latest ?? [])
  if (settlement.budget !== undefined)
    await keepBudget(sql, { accountId, fence, budget: settlement.budget })
  return true
}
