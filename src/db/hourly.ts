import {
  type Counted,
  type CursorKey,
  delayStep,
  fateOf,
  type HourCount,
  hourOf,
  type HourOfReason,
  type Patch,
  type Reason,
  reasonOf,
  type ReasonCode,
  reasons,
  type Span,
} from '../core/index.ts'
import { findInDays } from './day.ts'
import type { Sql } from './sql.ts'

/** Kept so long: a month, and the month before to compare it with. */
const keepHours = 63 * 24

/** Adds up what is of the same hour, kind and name. Whoever writes them holds the cursors' locks. */
export async function addHours(
  sql: Sql,
  added: readonly (readonly [key: CursorKey, count: HourCount])[],
): Promise<void> {
  const rows = new Map<string, (string | number)[]>()
  for (const [{ workspaceId, connectionId, lane }, { kind, hour, what, events }] of added) {
    const name = `${workspaceId} ${connectionId} ${lane} ${kind} ${hour} ${what}`
    const row = rows.get(name)
    if (row === undefined)
      rows.set(name, [workspaceId, connectionId, lane, kind, hour, what, events])
    else row[6] = Number(row[6]) + events
  }
  const changed = [...rows.values()].filter((row) => row[6] !== 0)
  if (changed.length === 0) return
  await sql.each(
    `insert into hourly (workspace_id, connection_id, lane, kind, hour, what, events)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (workspace_id, connection_id, lane, kind, hour, what) do update
        set events = hourly.events + excluded.events`,
    changed,
  )
}

/** Events that were settled before come to another reason: each in the hour in which it was received. */
export async function moveHours(
  sql: Sql,
  key: CursorKey,
  patches: readonly Patch[],
  /** Their former bytes, in the same order. */
  former: readonly number[],
): Promise<void> {
  if (patches.length === 0) return
  const counted = await countedOf(sql, key, patches)
  const added = patches.flatMap(({ reason }, place) => {
    const event = counted[place]
    // Its body is gone, and with it when it came: the month in which it counts mostly is, too.
    if (event === undefined) return []
    const hour = hourOf(event.receivedAt)
    const from = former[place] ?? 0
    const counts: HourCount[] = [reasonCount(hour, reasons[reason].number, 1)]
    if (from !== 0) counts.push(reasonCount(hour, from, -1))
    // What Klaviyo has already counts once there, and here.
    if (isAtKlaviyo(reasons[reason]) && (from === 0 || !isAtKlaviyo(reasons[reasonOf(from)]))) {
      for (const what of event.metrics ?? []) counts.push({ hour, kind: 'metric', what, events: 1 })
      if (event.delayMs !== undefined)
        counts.push({ hour, kind: 'delay', what: String(delayStep(event.delayMs)), events: 1 })
    }
    return counts.map((count) => [key, count] as const)
  })
  await addHours(sql, added)
}

/** Reasons go by their numbers, as in the ledger. */
function reasonCount(hour: number, number: number, events: number): HourCount {
  return { hour, kind: 'reason', what: String(number), events }
}

function isAtKlaviyo({ outcome }: Reason): boolean {
  return outcome === 'accepted' || outcome === 'confirmed'
}

async function countedOf(
  sql: Sql,
  { workspaceId, sourceId, lane }: CursorKey,
  patches: readonly Patch[],
): Promise<readonly (Counted | undefined)[]> {
  const unknown = patches.filter(({ counted }) => counted === undefined).map(({ seq }) => seq)
  const rows = await findInDays<{ receivedAt: number }>(
    sql,
    `select received_at as "receivedAt"
       from event
      where workspace_id = $1 and source_id = $2 and lane = $3 and seq = $4 and day = $5`,
    unknown.map((seq) => ({ workspaceId, sourceId, lane, seq })),
  )
  const found = new Map(unknown.map((seq, place) => [seq, rows[place]]))
  return patches.map(({ seq, counted }) => counted ?? found.get(seq))
}

type Of = Pick<CursorKey, 'workspaceId' | 'connectionId' | 'lane'>

export async function hoursOf(
  sql: Sql,
  keys: readonly Of[],
  { from, to }: Span,
): Promise<readonly HourOfReason[]> {
  const rows = await Promise.all(
    keys.map(({ workspaceId, connectionId, lane }) =>
      sql.query<{ hour: number; what: string; events: number }>(
        `select hour, what, events
           from hourly
          where workspace_id = $1 and connection_id = $2 and lane = $3 and kind = 'reason'
            and hour >= $4 and hour < $5`,
        [workspaceId, connectionId, lane, from, to],
      ),
    ),
  )
  const sums = new Map<string, { hour: number; reason: ReasonCode; events: number }>()
  for (const { hour, what, events } of rows.flat()) {
    const name = `${hour} ${what}`
    const sum = sums.get(name)
    if (sum === undefined) sums.set(name, { hour, reason: reasonOf(Number(what)), events })
    else sum.events += events
  }
  // What came to its reason before there were counts may leave less than nothing behind.
  return [...sums.values()].filter(({ events }) => events > 0)
}

export async function sumsOf(
  sql: Sql,
  keys: readonly Of[],
  kind: 'metric' | 'delay',
  { from, to }: Span,
): Promise<readonly { readonly what: string; readonly events: number }[]> {
  const rows = await Promise.all(
    keys.map(({ workspaceId, connectionId, lane }) =>
      sql.query<{ what: string; events: number }>(
        `select what, cast(sum(events) as bigint) as events
           from hourly
          where workspace_id = $1 and connection_id = $2 and lane = $3 and kind = $4
            and hour >= $5 and hour < $6
          group by what`,
        [workspaceId, connectionId, lane, kind, from, to],
      ),
    ),
  )
  const sums = new Map<string, number>()
  for (const { what, events } of rows.flat()) sums.set(what, (sums.get(what) ?? 0) + events)
  return Array.from(sums, ([what, events]) => ({ what, events })).toSorted(
    (one, other) => other.events - one.events || (one.what < other.what ? -1 : 1),
  )
}

/** By which an event stands under Failed. */
const failed = (Object.keys(reasons) as ReasonCode[])
  .filter((code) => fateOf(code) === 'failed')
  .map((code) => `'${reasons[code].number}'`)
  .join(', ')

export async function pacesOf(
  sql: Sql,
  keys: readonly Of[],
  since: number,
): Promise<readonly { readonly events: number; readonly failed: number }[]> {
  const rows = await sql.find<{ events: number | null; failed: number | null }>(
    `select cast(sum(events) as bigint) as events,
            cast(sum(case when what in (${failed}) then events else 0 end) as bigint) as failed
       from hourly
      where workspace_id = $1 and connection_id = $2 and lane = $3 and kind = 'reason'
        and hour >= $4`,
    keys.map(({ workspaceId, connectionId, lane }) => [workspaceId, connectionId, lane, since]),
  )
  return rows.map((row) => ({
    events: Math.max(0, row?.events ?? 0),
    failed: Math.max(0, row?.failed ?? 0),
  }))
}

/** Forgets what no page asks for any more. */
export async function dropHours(
  sql: Sql,
  { workspaceId, connectionId, lane }: Of,
  now: number,
): Promise<void> {
  await sql.query(
    `delete from hourly
      where workspace_id = $1 and connection_id = $2 and lane = $3
        and kind in ('reason', 'metric', 'delay') and hour < $4`,
    [workspaceId, connectionId, lane, hourOf(now) - keepHours],
  )
}
