import type { LatestRow } from '../core/index.ts'
import type { Sql } from './sql.ts'
import { together } from './together.ts'

interface OfConnection {
  readonly workspaceId: string
  readonly connectionId: string
}

export async function putLatest(
  sql: Sql,
  applied: readonly (readonly [connection: OfConnection, row: LatestRow])[],
): Promise<void> {
  if (applied.length === 0) return
  // In one order, so that two lanes of a connection never wait for each other.
  const sorted = applied.toSorted((one, other) => (nameOf(...one) < nameOf(...other) ? -1 : 1))
  const rowsOf = (first: boolean) =>
    sorted
      .filter(([, { keep }]) => (keep === 'first') === first)
      .map(([{ workspaceId, connectionId }, { person, group, occurredAt }]) => [
        workspaceId,
        connectionId,
        person,
        group,
        occurredAt,
      ])
  await together([
    sql.each(
      `insert into latest (workspace_id, connection_id, person, group_name, occurred_at)
       values ($1, $2, $3, $4, $5)
       on conflict (workspace_id, connection_id, person, group_name) do nothing`,
      rowsOf(true),
    ),
    sql.each(
      `insert into latest (workspace_id, connection_id, person, group_name, occurred_at)
       values ($1, $2, $3, $4, $5)
       on conflict (workspace_id, connection_id, person, group_name) do update
          set occurred_at = excluded.occurred_at
        where excluded.occurred_at > latest.occurred_at`,
      rowsOf(false),
    ),
  ])
}

function nameOf({ workspaceId, connectionId }: OfConnection, { person, group }: LatestRow): string {
  return `${workspaceId} ${connectionId} ${group} ${person}`
}

export async function findLatest(
  sql: Sql,
  { workspaceId, connectionId }: OfConnection,
  asked: readonly { readonly person: string; readonly group: string }[],
): Promise<readonly LatestRow[]> {
  const found = await sql.find<LatestRow>(
    `select person, group_name as "group", occurred_at as "occurredAt"
       from latest
      where workspace_id = $1 and connection_id = $2 and person = $3 and group_name = $4`,
    asked.map(({ person, group }) => [workspaceId, connectionId, person, group]),
  )
  return found.filter((row) => row !== undefined)
}
