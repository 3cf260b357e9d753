import type { Sql } from './sql.ts'

/** An event of lane `live` whose visitor is not known. */
export interface Guest {
  readonly workspaceId: string
  readonly sourceId: string
  readonly anonymousId: string
  readonly seq: number
}

export async function addGuests(sql: Sql, guests: readonly Guest[]): Promise<void> {
  await sql.each(
    'insert into guest (workspace_id, source_id, anonymous_id, seq) values ($1, $2, $3, $4)',
    guests.map((one) => [one.workspaceId, one.sourceId, one.anonymousId, one.seq]),
  )
}

/** The numbers of a visitor's events before `seq`. */
export async function guestsBefore(
  sql: Sql,
  { workspaceId, sourceId }: Pick<Guest, 'workspaceId' | 'sourceId'>,
  anonymousId: string,
  seq: number,
): Promise<readonly number[]> {
  const rows = await sql.query<{ seq: number }>(
    `select seq
       from guest
      where workspace_id = $1 and source_id = $2 and anonymous_id = $3 and seq < $4`,
    [workspaceId, sourceId, anonymousId, seq],
  )
  return rows.map((row) => row.seq)
}

/** PostgreSQL drops them by span. */
export async function removeGuests(sql: Sql, guests: readonly Guest[]): Promise<void> {
  if (sql.shared) return
  await sql.each(
    `delete from guest
      where workspace_id = $1 and source_id = $2 and anonymous_id = $3 and seq = $4`,
    guests.map((one) => [one.workspaceId, one.sourceId, one.anonymousId, one.seq]),
  )
}
