import type { Member } from '../core/index.ts'
import type { Sql, Value } from './sql.ts'

interface Row extends Omit<Member, 'operator' | 'totp' | 'recovery'> {
  readonly operator: number
  readonly totp: string | null
  readonly recovery: string
}

/** Of the table under the name `m`. */
export const memberColumns = `m.member_id as id, m.email, m.name, m.operator, m.password, m.totp,
  m.totp_step as "totpStep", m.recovery, m.created_at as "createdAt"`

export function memberOf({ operator, totp, recovery, ...row }: Row): Member {
  return {
    ...row,
    operator: operator === 1,
    ...(totp !== null && { totp }),
    recovery: JSON.parse(recovery) as string[],
  }
}

export async function hasMembers(sql: Sql): Promise<boolean> {
  return (await sql.query('select member_id from member limit 1')).length > 0
}

export async function member(sql: Sql, id: string): Promise<Member | undefined> {
  const [row] = await sql.query<Row>(
    `select ${memberColumns} from member m where m.member_id = $1`,
    [id],
  )
  return row && memberOf(row)
}

export async function memberByEmail(sql: Sql, email: string): Promise<Member | undefined> {
  const [row] = await sql.query<Row>(`select ${memberColumns} from member m where m.email = $1`, [
    email,
  ])
  return row && memberOf(row)
}

/** False: somebody has the email address already. */
export async function addMember(sql: Sql, added: Member): Promise<boolean> {
  const rows = await sql.query(
    `insert into member (member_id, email, name, operator, password, totp, totp_step, recovery, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict do nothing
     returning member_id`,
    [
      added.id,
      added.email,
      added.name,
      added.operator ? 1 : 0,
      added.password,
      added.totp ?? null,
      added.totpStep,
      JSON.stringify(added.recovery),
      added.createdAt,
    ],
  )
  return rows.length === 1
}

export async function changeMember(
  sql: Sql,
  id: string,
  change: Partial<Pick<Member, 'name' | 'password' | 'totpStep' | 'recovery'>> & {
    readonly totp?: string | null
  },
): Promise<void> {
  const columns: readonly (readonly [string, Value | undefined])[] = [
    ['name', change.name],
    ['password', change.password],
    ['totp', change.totp],
    ['totp_step', change.totpStep],
    ['recovery', change.recovery && JSON.stringify(change.recovery)],
  ]
  const given = columns.filter((one): one is [string, Value] => one[1] !== undefined)
  if (given.length === 0) return
  await sql.query(
    `update member
        set ${given.map(([name], index) => `${name} = $${index + 2}`).join(', ')}
      where member_id = $1`,
    [id, ...given.map(([, value]) => value)],
  )
}

export async function useTotpStep(sql: Sql, id: string, step: number): Promise<boolean> {
  const rows = await sql.query(
    `update member
        set totp_step = $2
      where member_id = $1 and totp_step < $2
      returning member_id`,
    [id, step],
  )
  return rows.length === 1
}

export async function useRecovery(sql: Sql, id: string, digest: string): Promise<boolean> {
  const [row] = await sql.query<{ recovery: string }>(
    `select recovery from member where member_id = $1 ${sql.lock}`,
    [id],
  )
  const left = JSON.parse(row?.recovery ?? '[]') as string[]
  if (!left.includes(digest)) return false
  await changeMember(sql, id, { recovery: left.filter((one) => one !== digest) })
  return true
}
