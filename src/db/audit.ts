import { createHash } from 'node:crypto'
import {
  type Act,
  type Actor,
  type AuditCheck,
  type AuditRow,
  type Json,
  objectOf,
} from '../core/index.ts'
import { lockTrail } from './anchor.ts'
import type { Sql } from './sql.ts'

interface ActorColumns {
  readonly byType: Actor['type']
  readonly byId: string | null
}

interface Row extends ActorColumns {
  readonly workspaceId: string
  readonly number: number
  readonly at: number
  readonly address: string
  readonly action: string
  readonly target: string | null
  readonly before: string | null
  readonly after: string | null
  readonly hash: string
}

const columns = `workspace_id as "workspaceId", number, at, by_type as "byType", by_id as "byId", address,
  action, target, before_value as "before", after_value as "after", hash`

/** In the transaction of what was done. */
export async function addAct(sql: Sql, act: Act): Promise<void> {
  // Numbers and hashes follow one another: whoever writes the next one waits for this one's commit.
  await lockTrail(sql, act.workspaceId)
  const [last] = await sql.query<{ number: number; hash: string }>(
    'select number, hash from audit where workspace_id = $1 order by number desc limit 1',
    [act.workspaceId],
  )
  const row: Omit<Row, 'hash'> = {
    workspaceId: act.workspaceId,
    number: (last?.number ?? 0) + 1,
    at: act.at,
    ...columnsOf(act.by),
    address: act.address,
    action: act.action,
    target: act.target ?? null,
    before: textOf(act.before),
    after: textOf(act.after),
  }
  await sql.query(
    `insert into audit (workspace_id, number, at, by_type, by_id, address, action, target,
                        before_value, after_value, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [...valuesOf(row), hashOf(row, last?.hash ?? '')],
  )
}

/** `work` and what is to be remembered of it, or neither. */
export async function withAct<T>(
  sql: Sql,
  act: Act | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const result = await work()
  // What changed nothing was not done.
  if (act !== undefined && result !== false) await addAct(sql, act)
  return result
}

/** The same for work that says how many it came to: they are told, and none is not an act. */
export async function withCount(
  sql: Sql,
  act: Act | undefined,
  work: () => Promise<number>,
): Promise<number> {
  const events = await work()
  if (act !== undefined && events > 0)
    await addAct(sql, { ...act, after: { ...objectOf(act.after), events } })
  return events
}

/** Newest first. */
export async function acts(
  sql: Sql,
  workspaceId: string,
  {
    limit,
    before,
    about = '',
    by = '',
  }: {
    readonly limit: number
    readonly before?: number
    readonly about?: string | undefined
    readonly by?: string | undefined
  },
): Promise<readonly AuditRow[]> {
  const rows = await sql.query<Row>(
    `select ${columns}
       from audit
      where workspace_id = $1 and number < $2
        and ($4 = '' or substr(action, 1, length($4) + 1) = $4 || '.')
        and ($5 = '' or by_id = $5)
      order by number desc
      limit $3`,
    [workspaceId, before ?? Number.MAX_SAFE_INTEGER, limit, about, by],
  )
  return rows.map(actOf)
}

/** Computes every hash again. A row that was edited, taken out or put in does not fit the next one. */
export async function verifyActs(sql: Sql, workspaceId: string): Promise<AuditCheck> {
  let number = 0
  let hash = ''
  for (;;) {
    const rows = await sql.query<Row>(
      `select ${columns}
         from audit
        where workspace_id = $1 and number > $2
        order by number
        limit 1000`,
      [workspaceId, number],
    )
    for (const { hash: kept, ...row } of rows) {
      number += 1
      hash = hashOf({ ...row, number }, hash)
      if (row.number !== number || kept !== hash) return { type: 'broken', at: number }
    }
    if (rows.length === 0) return { type: 'whole', rows: number }
  }
}

function valuesOf(row: Omit<Row, 'hash'>) {
  return [
    row.workspaceId,
    row.number,
    row.at,
    row.byType,
    row.byId,
    row.address,
    row.action,
    row.target,
    row.before,
    row.after,
  ]
}

function hashOf(row: Omit<Row, 'hash'>, previous: string): string {
  return createHash('sha256')
    .update(JSON.stringify([previous, ...valuesOf(row)]))
    .digest('base64url')
}

function textOf(value: Json | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value)
}

function actOf({ byType, byId, target, before, after, ...row }: Row): AuditRow {
  return {
    ...row,
    by: actorOf({ byType, byId }),
    ...(target !== null && { target }),
    ...(before !== null && { before: JSON.parse(before) as Json }),
    ...(after !== null && { after: JSON.parse(after) as Json }),
  }
}

export function columnsOf(by: Actor): ActorColumns {
  return { byType: by.type, byId: 'id' in by ? by.id : null }
}

export function actorOf({ byType, byId }: ActorColumns): Actor {
  return byType === 'member' || byType === 'token'
    ? { type: byType, id: byId ?? '' }
    : { type: byType }
}
