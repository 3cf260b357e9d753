import { randomUUID } from 'node:crypto'
import type { ReasonCode, Refused } from '../core/index.ts'
import type { Sql } from './sql.ts'

const bodyCharacters = 8192

export async function addRefused(sql: Sql, refused: readonly Refused[]): Promise<void> {
  await sql.each(
    `insert into refused (workspace_id, at, refused_id, source_id, reason, body)
     values ($1, $2, $3, $4, $5, $6)`,
    refused.map(({ workspaceId, at, sourceId, reason, body }) => [
      workspaceId,
      at,
      randomUUID(),
      sourceId,
      reason,
      body.slice(0, bodyCharacters),
    ]),
  )
}

export async function countRefused(
  sql: Sql,
  workspaceId: string,
): Promise<Readonly<Partial<Record<ReasonCode, number>>>> {
  const rows = await sql.query<{ reason: ReasonCode; times: number }>(
    `select reason, count(*) as times
       from refused
      where workspace_id = $1
      group by reason
      order by reason`,
    [workspaceId],
  )
  return Object.fromEntries(rows.map(({ reason, times }) => [reason, times]))
}

export async function newestRefused(
  sql: Sql,
  workspaceId: string,
  limit: number,
): Promise<readonly Refused[]> {
  return sql.query<Refused>(
    `select workspace_id as "workspaceId", source_id as "sourceId", at, reason, body
       from refused
      where workspace_id = $1
      order by at desc, refused_id
      limit $2`,
    [workspaceId, limit],
  )
}
