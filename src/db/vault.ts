import type { Sealed } from '../core/index.ts'
import type { Sql } from './sql.ts'

/** Everything that is kept encrypted for longer than a day. */
export async function sealed(sql: Sql): Promise<readonly Sealed[]> {
  const destinations = await sql.query<Omit<Sealed, 'kind'>>(
    `select workspace_id as "workspaceId", destination_id as id, secret as text
       from destination
      where secret <> ''
      order by workspace_id, destination_id`,
  )
  const members = await sql.query<Omit<Sealed, 'kind'>>(
    `select member_id as id, totp as text from member where totp is not null order by member_id`,
  )
  return [
    ...destinations.map((row): Sealed => ({ ...row, kind: 'destination' })),
    ...members.map((row): Sealed => ({ ...row, kind: 'totp' })),
  ]
}

/** False: it is another text by now (tokens were refreshed), and stays. */
export async function reseal(
  sql: Sql,
  { kind, workspaceId = '', id, text }: Sealed,
  anew: string,
): Promise<boolean> {
  const rows =
    kind === 'totp'
      ? await sql.query(
          'update member set totp = $3 where member_id = $1 and totp = $2 returning member_id',
          [id, text, anew],
        )
      : await sql.query(
          `update destination
              set secret = $4
            where workspace_id = $1 and destination_id = $2 and secret = $3
            returning destination_id`,
          [workspaceId, id, text, anew],
        )
  return rows.length === 1
}
