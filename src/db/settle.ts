import type { CursorKey, Settlement } from '../core/index.ts'
import { addAttempts, newestOf } from './attempt.ts'
import { advance } from './cursor.ts'
import { addNews } from './errand.ts'
import { headsOf } from './event.ts'
import { putExceptions, removeExceptions } from './exception.ts'
import { addHours } from './hourly.ts'
import { putLatest } from './latest.ts'
import { keepBudgets } from './lease.ts'
import { addOutcomes } from './ledger.ts'
import { changeOutcomes } from './outcome.ts'
import type { Sql } from './sql.ts'
import { addTally, changeOf } from './tally.ts'
import { together } from './together.ts'

/**
 * In a transaction, a statement for all of them at once. False: the fence or the place of that one no longer
 * holds, and nothing of it was written.
 */
export async function settle(
  sql: Sql,
  settlements: readonly Settlement[],
): Promise<readonly boolean[]> {
  const settled: boolean[] = []
  for (const wave of wavesOf(settlements)) {
    const done = await settleWave(
      sql,
      wave.map((place) => settlements[place]!),
    )
    for (const [index, place] of wave.entries()) settled[place] = done[index]!
  }
  return settled
}

/** Their places, so that no wave has two of one cursor. Cursors in one order, so that no two commits wait for each other. */
function wavesOf(settlements: readonly Settlement[]): readonly (readonly number[])[] {
  const names = settlements.map(({ cursor }) => nameOf(cursor))
  const places = [...names.keys()].toSorted((one, other) =>
    names[one]! < names[other]! ? -1 : names[one]! > names[other]! ? 1 : one - other,
  )
  const waves: number[][] = []
  let turn = 0
  for (const [index, place] of places.entries()) {
    turn = index > 0 && names[places[index - 1]!] === names[place] ? turn + 1 : 0
    const wave = waves[turn]
    if (wave === undefined) waves.push([place])
    else wave.push(place)
  }
  return waves
}

function nameOf({ workspaceId, connectionId, lane }: CursorKey): string {
  return `${workspaceId} ${connectionId} ${lane}`
}

interface Moved {
  readonly settlement: Settlement
  readonly key: CursorKey
  /** Where the cursor stands now. */
  readonly seq: number
}

async function settleWave(
  sql: Sql,
  settlements: readonly Settlement[],
): Promise<readonly boolean[]> {
  const seqs = await advance(
    sql,
    settlements.map(({ cursor, accountId, fence, reasons, fromSeq, attempts = [] }) => ({
      key: cursor,
      accountId,
      fence,
      count: reasons.length,
      fromSeq,
      ...newestOf(attempts),
    })),
  )
  const moved: Moved[] = []
  for (const [place, settlement] of settlements.entries()) {
    const seq = seqs[place]
    if (seq !== undefined) moved.push({ settlement, key: settlement.cursor, seq })
  }
  if (moved.length > 0) await write(sql, moved)
  return seqs.map((seq) => seq !== undefined)
}

async function write(sql: Sql, moved: readonly Moved[]): Promise<void> {
  const further = moved.filter(({ settlement }) => settlement.reasons.length > 0)
  const patching = moved.filter(({ settlement }) => (settlement.patches ?? []).length > 0)
  const budgets = new Map<string, { accountId: string; fence: number; budget: string }>()
  for (const { settlement } of moved) {
    const { accountId, fence, budget } = settlement
    if (budget !== undefined) budgets.set(accountId, { accountId, fence, budget })
  }
  const of = <T>(list: (settlement: Settlement) => readonly T[] | undefined) =>
    moved.flatMap(({ settlement, key }) =>
      (list(settlement) ?? []).map((one) => [key, one] as const),
    )
  await together([
    checkHeads(sql, further),
    addOutcomes(
      sql,
      further.map(({ settlement: { reasons, now }, key, seq }) => ({
        key,
        fromSeq: seq - reasons.length + 1,
        codes: reasons,
        now,
      })),
    ),
    addTally(
      sql,
      further.map(({ settlement: { reasons, now }, key }) => ({
        key,
        change: changeOf(reasons, []),
        now,
      })),
    ),
    addHours(
      sql,
      of(({ hours }) => hours),
    ),
    addAttempts(
      sql,
      of(({ attempts }) => attempts),
    ),
    removeExceptions(
      sql,
      of(({ resolved }) => resolved),
    ),
    putExceptions(
      sql,
      moved.flatMap(({ settlement }) => settlement.exceptions ?? []),
    ),
    putLatest(
      sql,
      of(({ latest }) => latest),
    ),
    addNews(
      sql,
      of(({ errands }) => errands),
    ),
    // Accounts' leases in one order, for every node.
    keepBudgets(
      sql,
      [...budgets.values()].toSorted((one, other) => (one.accountId < other.accountId ? -1 : 1)),
    ),
  ])
  // What the same call settled may be patched by it.
  for (const { settlement, key } of patching) await patch(sql, settlement, key)
}

async function patch(sql: Sql, { patches = [], now }: Settlement, key: CursorKey): Promise<void> {
  await changeOutcomes(sql, key, patches, now)
}

async function checkHeads(sql: Sql, moved: readonly Moved[]): Promise<void> {
  if (moved.length === 0) return
  const heads = await headsOf(
    sql,
    moved.map(({ key }) => key),
  )
  for (const [place, { key, seq }] of moved.entries())
    if (seq > heads[place]!)
      throw new Error(
        `${key.connectionId} cannot settle event ${seq} of lane ${key.lane}: there is no such event. This is a bug of the delivery engine.`,
      )
}
