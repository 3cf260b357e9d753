import type { Token, TokenScope } from '../core/index.ts'
import type { Sql } from './sql.ts'

interface Row extends Omit<Token, 'scopes' | 'networks' | 'usedAt' | 'former'> {
  readonly scopes: string
  readonly networks: string
  readonly usedAt: number | null
  readonly formerDigest: string | null
  readonly formerUntil: number | null
}

const columns = `workspace_id as "workspaceId", token_id as id, member_id as "memberId", name, digest,
  scopes, networks, created_at as "createdAt", expires_at as "expiresAt", used_at as "usedAt",
  former_digest as "formerDigest", former_until as "formerUntil"`

function tokenFrom({ scopes, networks, usedAt, formerDigest, formerUntil, ...row }: Row): Token {
  return {
    ...row,
    scopes: JSON.parse(scopes) as TokenScope[],
    networks: JSON.parse(networks) as string[],
    ...(usedAt !== null && { usedAt }),
    ...(formerDigest !== null && { former: { digest: formerDigest, until: formerUntil ?? 0 } }),
  }
}

export async function tokens(sql: Sql, workspaceId: string): Promise<readonly Token[]> {
  const rows = await sql.query<Row>(
    `select ${columns} from token where workspace_id = $1 order by token_id`,
    [workspaceId],
  )
  return rows.map(tokenFrom)
}

export async function tokenOf(sql: Sql, digest: string): Promise<Token | undefined> {
  const [row] = await sql.query<Row>(`select ${columns} from token where digest = $1`, [digest])
  if (row !== undefined) return tokenFrom(row)
  const [rolled] = await sql.query<Row>(`select ${columns} from token where former_digest = $1`, [
    digest,
  ])
  return rolled && tokenFrom(rolled)
}

export async function addToken(sql: Sql, token: Token): Promise<void> {
  await sql.query(
    `insert into token (workspace_id, token_id, member_id, name, digest, scopes, networks, created_at,
                        expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      token.workspaceId,
      token.id,
      token.memberId,
      token.name,
      token.digest,
      JSON.stringify(token.scopes),
      JSON.stringify(token.networks),
      token.createdAt,
      token.expiresAt,
    ],
  )
}

export async function rollToken(
  sql: Sql,
  workspaceId: string,
  id: string,
  digest: string,
  formerUntil: number,
): Promise<boolean> {
  const rows = await sql.query(
    `update token
        set former_digest = digest, former_until = $4, digest = $3
      where workspace_id = $1 and token_id = $2
      returning token_id`,
    [workspaceId, id, digest, formerUntil],
  )
  return rows.length === 1
}

export async function seeToken(
  sql: Sql,
  workspaceId: string,
  id: string,
  at: number,
): Promise<void> {
  await sql.query('update token set used_at = $3 where workspace_id = $1 and token_id = $2', [
    workspaceId,
    id,
    at,
  ])
}

export async function endToken(sql: Sql, workspaceId: string, id: string): Promise<boolean> {
  const rows = await sql.query(
    'delete from token where workspace_id = $1 and token_id = $2 returning token_id',
    [workspaceId, id],
  )
  return rows.length === 1
}
