import type { Identity, Member } from '../core/index.ts'
import { memberColumns, memberOf } from './member.ts'
import type { Sql } from './sql.ts'

export async function memberByIdentity(
  sql: Sql,
  issuer: string,
  subject: string,
): Promise<Member | undefined> {
  const [row] = await sql.query<Parameters<typeof memberOf>[0]>(
    `select ${memberColumns}
       from member_identity i
       join member m on m.member_id = i.member_id
      where i.issuer = $1 and i.subject = $2`,
    [issuer, subject],
  )
  return row && memberOf(row)
}

/** False: the identity is another member's, or the member has another one of that issuer. */
export async function bindIdentity(
  sql: Sql,
  { issuer, subject, memberId, boundAt }: Identity,
): Promise<boolean> {
  const rows = await sql.query(
    `insert into member_identity (issuer, subject, member_id, bound_at)
     values ($1, $2, $3, $4)
     on conflict do nothing
     returning member_id`,
    [issuer, subject, memberId, boundAt],
  )
  return rows.length === 1
}

export async function dropIdentities(sql: Sql, memberId: string): Promise<void> {
  await sql.query('delete from member_identity where member_id = $1', [memberId])
}
