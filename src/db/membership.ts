import type { Member, Membership, Role } from '../core/index.ts'
import { memberColumns, memberOf } from './member.ts'
import type { Sql } from './sql.ts'

const columns = `s.workspace_id as "workspaceId", s.member_id as "memberId", s.role, s.since`

export async function membersOf(
  sql: Sql,
  workspaceId: string,
): Promise<readonly (Membership & { readonly member: Member })[]> {
  const rows = await sql.query<Membership & Parameters<typeof memberOf>[0]>(
    `select ${columns}, ${memberColumns}
       from membership s
       join member m on m.member_id = s.member_id and s.workspace_id = $1
      where s.workspace_id = $1
      order by s.member_id`,
    [workspaceId],
  )
  return rows.map(({ workspaceId: of, memberId, role, since, ...row }) => ({
    workspaceId: of,
    memberId,
    role,
    since,
    member: memberOf(row),
  }))
}

/** The one look across workspaces: in which of them somebody is. */
export async function membershipsOf(sql: Sql, memberId: string): Promise<readonly Membership[]> {
  return sql.query<Membership>(
    `select ${columns} from membership s where s.member_id = $1 order by s.workspace_id`,
    [memberId],
  )
}

export async function membership(
  sql: Sql,
  workspaceId: string,
  memberId: string,
): Promise<Membership | undefined> {
  const [row] = await sql.query<Membership>(
    `select ${columns} from membership s where s.workspace_id = $1 and s.member_id = $2`,
    [workspaceId, memberId],
  )
  return row
}

export async function putMembership(
  sql: Sql,
  { workspaceId, memberId, role, since }: Membership,
): Promise<void> {
  await sql.query(
    `insert into membership (workspace_id, member_id, role, since)
     values ($1, $2, $3, $4)
     on conflict (workspace_id, member_id) do update set role = excluded.role`,
    [workspaceId, memberId, role, since],
  )
}

/** Role undefined: ends it. False: nobody would own the workspace any more. */
export async function changeRole(
  sql: Sql,
  workspaceId: string,
  memberId: string,
  role: Role | undefined,
): Promise<boolean> {
  // Two owners who leave at once must not both be let go.
  const owners = await sql.query<{ memberId: string }>(
    `select member_id as "memberId"
       from membership
      where workspace_id = $1 and role = 'owner'
      order by member_id ${sql.lock}`,
    [workspaceId],
  )
  if (role !== 'owner' && owners.length === 1 && owners[0]!.memberId === memberId) return false
  await (role === undefined
    ? sql.query('delete from membership where workspace_id = $1 and member_id = $2', [
        workspaceId,
        memberId,
      ])
    : sql.query('update membership set role = $3 where workspace_id = $1 and member_id = $2', [
        workspaceId,
        memberId,
        role,
      ]))
  return true
}
