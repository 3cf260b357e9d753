import type { Role, Ticket } from '../core/index.ts'
import type { Sql } from './sql.ts'

interface Row {
  readonly digest: string
  readonly kind: Ticket['kind']
  readonly createdAt: number
  readonly expiresAt: number
  readonly email: string | null
  readonly workspaceId: string | null
  readonly role: Role | null
  readonly memberId: string | null
}

const columns = `digest, kind, created_at as "createdAt", expires_at as "expiresAt", email,
  workspace_id as "workspaceId", role, member_id as "memberId"`

function ticketOf({ email, workspaceId, role, memberId, ...row }: Row): Ticket {
  return {
    ...row,
    ...(email !== null && { email }),
    ...(workspaceId !== null && { workspaceId }),
    ...(role !== null && { role }),
    ...(memberId !== null && { memberId }),
  }
}

/** What was given for the same before works no more. */
export async function addTicket(sql: Sql, added: Ticket): Promise<void> {
  const { email, workspaceId, role, memberId } = added
  await sql.query(
    `delete from ticket
      where kind = $1 and used_at is null and coalesce(email, '') = $2
        and coalesce(workspace_id, '') = $3 and coalesce(member_id, '') = $4`,
    [added.kind, email ?? '', workspaceId ?? '', memberId ?? ''],
  )
  await sql.query(
    `insert into ticket (digest, kind, created_at, expires_at, email, workspace_id, role, member_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      added.digest,
      added.kind,
      added.createdAt,
      added.expiresAt,
      email ?? null,
      workspaceId ?? null,
      role ?? null,
      memberId ?? null,
    ],
  )
}

/** Also one that is over or was used. */
export async function ticket(
  sql: Sql,
  digest: string,
): Promise<(Ticket & { readonly used: boolean }) | undefined> {
  const [row] = await sql.query<Row & { used: number | null }>(
    `select ${columns}, used_at as used from ticket where digest = $1`,
    [digest],
  )
  if (row === undefined) return undefined
  const { used, ...rest } = row
  return { ...ticketOf(rest), used: used !== null }
}

/** Of two that come at once one gets it. */
export async function useTicket(
  sql: Sql,
  digest: string,
  now: number,
): Promise<Ticket | undefined> {
  const [row] = await sql.query<Row>(
    `update ticket
        set used_at = $2
      where digest = $1 and used_at is null and expires_at > $2
      returning ${columns}`,
    [digest, now],
  )
  return row && ticketOf(row)
}

export async function invitesOf(sql: Sql, workspaceId: string): Promise<readonly Ticket[]> {
  const rows = await sql.query<Row>(
    `select ${columns}
       from ticket
      where workspace_id = $1 and kind = 'invite' and used_at is null
      order by created_at, digest`,
    [workspaceId],
  )
  return rows.map(ticketOf)
}

export async function dropInvite(sql: Sql, workspaceId: string, email: string): Promise<boolean> {
  const rows = await sql.query(
    `delete from ticket
      where workspace_id = $1 and kind = 'invite' and email = $2 and used_at is null
      returning digest`,
    [workspaceId, email],
  )
  return rows.length > 0
}
