import { type CursorKey, type Expiry, lanes, noticeMs, type Place } from '../core/index.ts'
import { breath } from './breath.ts'
import type { Group } from './group.ts'
import { letGo } from './replay.ts'
import type { Sql } from './sql.ts'

/** So many are looked at in a commit. */
const stepEvents = 1000

/** In steps, each a commit of its own. */
export async function expireFailed(
  sql: Sql,
  group: Group,
  place: Place,
  keepMs: number | undefined,
  now: number,
): Promise<Expiry | undefined> {
  const { workspaceId, connectionId } = place
  if (keepMs === undefined) {
    if ((await noticeOf(sql, place)) !== undefined)
      await group.write((tx) =>
        tx.query('delete from failed_notice where workspace_id = $1 and connection_id = $2', [
          workspaceId,
          connectionId,
        ]),
      )
    return undefined
  }
  const told = await group.write((tx) =>
    tx.query(
      `insert into failed_notice (workspace_id, connection_id, keep_ms, told_at)
       values ($1, $2, $3, $4)
       on conflict (workspace_id, connection_id) do update
          set keep_ms = excluded.keep_ms, told_at = excluded.told_at
        where failed_notice.keep_ms > excluded.keep_ms
       returning told_at`,
      [workspaceId, connectionId, keepMs, now],
    ),
  )
  const startsAt = ((await noticeOf(sql, place))?.toldAt ?? now) + noticeMs
  const isTold = told.length > 0
  let count = 0
  for (const lane of lanes) {
    const key = { ...place, lane }
    let after = 0
    for (;;) {
      const page = await keptSince(sql, key, after)
      const old = page.filter(({ lastAt }) => lastAt < now - keepMs).map(({ seq }) => seq)
      if (now < startsAt) count += old.length
      else
        count += await group.write((tx) => letGo(tx, key, old, { now, reason: 'failed_expired' }))
      after = page.at(-1)?.seq ?? 0
      if (page.length < stepEvents) break
      await breath()
    }
  }
  return {
    startsAt,
    isTold,
    ...(now < startsAt ? { count, deleted: 0 } : { count: 0, deleted: count }),
  }
}

/** When deleting begins, or has begun; undefined: it was not told yet. */
export async function failedNotice(
  sql: Sql,
  place: Pick<Place, 'workspaceId' | 'connectionId'>,
): Promise<number | undefined> {
  const notice = await noticeOf(sql, place)
  return notice && notice.toldAt + noticeMs
}

async function noticeOf(
  sql: Sql,
  { workspaceId, connectionId }: Pick<Place, 'workspaceId' | 'connectionId'>,
): Promise<{ readonly toldAt: number } | undefined> {
  const [row] = await sql.query<{ toldAt: number }>(
    `select told_at as "toldAt"
       from failed_notice
      where workspace_id = $1 and connection_id = $2`,
    [workspaceId, connectionId],
  )
  return row
}

async function keptSince(
  sql: Sql,
  key: CursorKey,
  after: number,
): Promise<readonly { readonly seq: number; readonly lastAt: number }[]> {
  return sql.query(
    `select seq, last_at as "lastAt"
       from exception
      where workspace_id = $1 and connection_id = $2 and lane = $3 and seq > $4 and state = 'kept'
      order by seq
      limit $5`,
    [key.workspaceId, key.connectionId, key.lane, after, stepEvents],
  )
}
