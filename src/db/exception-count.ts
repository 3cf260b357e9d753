import type { CursorKey, Exception, ReasonCode } from '../core/index.ts'
import type { Sql } from './sql.ts'

export type Kind = Pick<Exception, 'workspaceId' | 'connectionId' | 'lane' | 'state' | 'reason'>

/** Counts the kinds anew, after some were changed. Whoever changes them holds their cursors' locks. */
export async function countChange(
  sql: Sql,
  gone: readonly (Kind | undefined)[],
  come: readonly Kind[],
): Promise<void> {
  const change = new Map<string, { readonly kind: Kind; events: number }>()
  const add = (kind: Kind, by: number) => {
    const { workspaceId, connectionId, lane, state, reason } = kind
    const name = `${workspaceId} ${connectionId} ${lane} ${state} ${reason}`
    const known = change.get(name)
    if (known === undefined) change.set(name, { kind, events: by })
    else known.events += by
  }
  for (const kind of gone) if (kind !== undefined) add(kind, -1)
  for (const kind of come) add(kind, 1)
  const rows = [...change.values()].filter(({ events }) => events !== 0)
  if (rows.length === 0) return
  await sql.each(
    `insert into exception_count (workspace_id, connection_id, lane, state, reason, events)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (workspace_id, connection_id, lane, state, reason) do update
        set events = exception_count.events + excluded.events`,
    rows.map(({ kind: { workspaceId, connectionId, lane, state, reason }, events }) => [
      workspaceId,
      connectionId,
      lane,
      state,
      reason,
      events,
    ]),
  )
}

export async function countExceptions(
  sql: Sql,
  key: CursorKey,
): Promise<Readonly<Record<Exception['state'], number>>> {
  const rows = await sql.query<{ state: Exception['state']; events: number }>(
    `select state, cast(sum(events) as bigint) as events
       from exception_count
      where workspace_id = $1 and connection_id = $2 and lane = $3
      group by state`,
    [key.workspaceId, key.connectionId, key.lane],
  )
  const counts = { retry: 0, replay: 0, kept: 0 }
  for (const { state, events } of rows) counts[state] = events
  return counts
}

/** What is kept, by reason, in all lanes; the most frequent first. */
export async function countKept(
  sql: Sql,
  { workspaceId, connectionId }: Pick<CursorKey, 'workspaceId' | 'connectionId'>,
): Promise<readonly { readonly reason: ReasonCode; readonly count: number }[]> {
  return sql.query(
    `select reason, cast(sum(events) as bigint) as count
       from exception_count
      where workspace_id = $1 and connection_id = $2 and state = 'kept'
      group by reason
     having sum(events) > 0
      order by count desc, reason`,
    [workspaceId, connectionId],
  )
}
