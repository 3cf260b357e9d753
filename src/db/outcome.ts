import type { CursorKey, Patch } from '../core/index.ts'
import { moveHours } from './hourly.ts'
import { patchOutcomes } from './ledger.ts'
import type { Sql } from './sql.ts'
import { addTally, changeOf } from './tally.ts'
import { together } from './together.ts'

/** Sets the bytes of events that are settled, and counts them anew. Whoever does holds the cursor's lock. */
export async function changeOutcomes(
  sql: Sql,
  key: CursorKey,
  patches: readonly Patch[],
  now: number,
): Promise<void> {
  const former = await patchOutcomes(sql, key, patches)
  const patched = patches.map(({ reason }, place) => ({ from: former[place] ?? 0, to: reason }))
  await together([
    addTally(sql, [{ key, change: changeOf([], patched), now }]),
    moveHours(sql, key, patches, former),
  ])
}
