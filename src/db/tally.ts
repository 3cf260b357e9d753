import { type CursorKey, reasonOf, type ReasonCode, reasons } from '../core/index.ts'
import type { Sql } from './sql.ts'

/** By the numbers of reasons, how many events have that ledger byte more (or, negative, less) than before. */
export type Change = ReadonlyMap<number, number>

export function changeOf(
  settled: readonly ReasonCode[],
  patched: readonly { readonly from: number; readonly to: ReasonCode }[],
): Change {
  const change = new Map<number, number>()
  const add = (number: number, by: number): void => {
    change.set(number, (change.get(number) ?? 0) + by)
  }
  for (const code of settled) add(reasons[code].number, 1)
  for (const { from, to } of patched) {
    add(from, -1)
    add(reasons[to].number, 1)
  }
  return change
}

/** What changed for a connection in a lane. */
export interface Changed {
  readonly key: CursorKey
  readonly change: Change
  readonly now: number
}

/** Adds to the minute of `now`, and to the sum of all minutes, which is kept as minute 0. */
export async function addTally(sql: Sql, changed: readonly Changed[]): Promise<void> {
  const rows = changed.flatMap(({ key, change, now }) =>
    [...change]
      .filter(([, events]) => events !== 0)
      .flatMap(([number, events]) =>
        [0, Math.floor(now / 60_000)].map((minute) => [
          key.workspaceId,
          key.connectionId,
          key.lane,
          minute,
          number,
          events,
        ]),
      ),
  )
  if (rows.length === 0) return
  await sql.each(
    `insert into tally (workspace_id, connection_id, lane, minute, reason, events)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (workspace_id, connection_id, lane, minute, reason) do update
        set events = tally.events + excluded.events`,
    rows,
  )
}

/** How many events have each ledger byte now. */
export async function countsOf(
  sql: Sql,
  key: CursorKey,
): Promise<Readonly<Partial<Record<ReasonCode, number>>>> {
  const rows = await sql.query<{ reason: number; events: number }>(
    `select reason, events
       from tally
      where workspace_id = $1 and connection_id = $2 and lane = $3 and minute = 0 and events <> 0
      order by reason`,
    [key.workspaceId, key.connectionId, key.lane],
  )
  return Object.fromEntries(rows.map(({ reason, events }) => [reasonOf(reason), events]))
}
