import type { CursorKey, Settlement } from '../core/index.ts'
import { addAttempts } from './attempt.ts'
import { advance } from './cursor.ts'
import { headOf } from './event.ts'
import { putExceptions, removeExceptions } from './exception.ts'
import { putLatest } from './latest.ts'
import { keepBudget } from './lease.ts'
import { addOutcomes, patchOutcomes } from './ledger.ts'
import type { Sql } from './sql.ts'
import { addTally, changeOf } from './tally.ts'
import { together } from './together.ts'

/** In a transaction. False: the fence or the place no longer holds, and nothing was written. */
export async function settle(sql: Sql, settlement: Settlement): Promise<boolean> {
  const { cursor: key, reasons, accountId, fence } = settlement
  const seq = await advance(sql, key, {
    accountId,
    fence,
    count: reasons.length,
    fromSeq: settlement.fromSeq,
  })
  if (seq === undefined) return false
  await together([
    reasons.length === 0 ? undefined : checkHead(sql, key, seq),
    account(sql, settlement, seq - reasons.length + 1),
    addAttempts(sql, key, settlement.attempts ?? []),
    removeExceptions(sql, key, settlement.resolved ?? []),
    putExceptions(sql, settlement.exceptions ?? []),
    putLatest(sql, key, settlement.latest ?? []),
    settlement.budget === undefined
      ? undefined
      : keepBudget(sql, { accountId, fence, budget: settlement.budget }),
  ])
  return true
}

async function checkHead(sql: Sql, key: CursorKey, seq: number): Promise<void> {
  if (seq > (await headOf(sql, key)))
    throw new Error(
      `${key.connectionId} cannot settle event ${seq} of lane ${key.lane}: there is no such event. This is a bug of the delivery engine.`,
    )
}

/** Ledger and tally. The reasons are those of `fromSeq` and its successors. */
async function account(sql: Sql, settlement: Settlement, fromSeq: number): Promise<void> {
  const { cursor: key, reasons, patches = [], now } = settlement
  if (reasons.length > 0) await addOutcomes(sql, key, fromSeq, reasons, now)
  const former = patches.length === 0 ? [] : await patchOutcomes(sql, key, patches)
  const patched = patches.map(({ reason }, place) => ({ from: former[place] ?? 0, to: reason }))
  await addTally(sql, key, changeOf(reasons, patched), now)
}
