import type { DestinationRow } from '../core/index.ts'
import type { Sql } from './sql.ts'

interface Row {
  readonly workspaceId: string
  readonly id: string
  readonly accountId: string
  readonly accountName: string | null
  readonly secret: string
  readonly state: DestinationRow['state']
  readonly errorReason: string | null
  readonly errorDetail: string | null
  readonly errorAt: number | null
  readonly scopes: string | null
  readonly auth: 'key' | 'oauth'
  readonly publicKey: string | null
}

export async function destinations(
  sql: Sql,
  workspaceId?: string,
): Promise<readonly DestinationRow[]> {
  const which = workspaceId === undefined ? '' : 'where workspace_id = $1'
  const rows = await sql.query<Row>(
    `select workspace_id as "workspaceId", destination_id as id, account_id as "accountId",
            account_name as "accountName", secret, state, error_reason as "errorReason",
            error_detail as "errorDetail", error_at as "errorAt", scopes, auth,
            public_key as "publicKey"
       from destination
      ${which}
      order by workspace_id, destination_id`,
    workspaceId === undefined ? [] : [workspaceId],
  )
  return rows.map(destinationOf)
}

function destinationOf(row: Row): DestinationRow {
  const { workspaceId, id, accountId, accountName, secret, state, scopes, auth, publicKey } = row
  return {
    workspaceId,
    id,
    accountId,
    ...(accountName !== null && { accountName }),
    ...(publicKey !== null && { publicKey }),
    ...(auth === 'oauth' && { auth }),
    secret,
    state,
    ...(row.errorReason !== null && {
      error: {
        reason: row.errorReason,
        ...(row.errorDetail !== null && { detail: row.errorDetail }),
        at: row.errorAt ?? 0,
      },
    }),
    ...(scopes !== null && { scopes: JSON.parse(scopes) as string[] }),
  }
}

export async function addDestination(sql: Sql, destination: DestinationRow): Promise<void> {
  const { error, scopes } = destination
  await sql.query(
    `insert into destination (workspace_id, destination_id, account_id, account_name, secret, state,
                              error_reason, error_detail, error_at, scopes, auth, public_key)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      destination.workspaceId,
      destination.id,
      destination.accountId,
      destination.accountName ?? null,
      destination.secret,
      destination.state,
      error?.reason ?? null,
      error?.detail ?? null,
      error?.at ?? null,
      scopes === undefined ? null : JSON.stringify(scopes),
      destination.auth ?? 'key',
      destination.publicKey ?? null,
    ],
  )
}

export async function markDestination(
  sql: Sql,
  workspaceId: string,
  destinationId: string,
  error: DestinationRow['error'],
): Promise<void> {
  await sql.query(
    `update destination
        set state = $3, error_reason = $4, error_detail = $5, error_at = $6
      where workspace_id = $1 and destination_id = $2`,
    [
      workspaceId,
      destinationId,
      error === undefined ? 'connected' : 'error',
      error?.reason ?? null,
      error?.detail ?? null,
      error?.at ?? null,
    ],
  )
}

export async function changeSecret(
  sql: Sql,
  workspaceId: string,
  destinationId: string,
  secret: string,
): Promise<void> {
  await sql.query(
    'update destination set secret = $3 where workspace_id = $1 and destination_id = $2',
    [workspaceId, destinationId, secret],
  )
}

export async function changePublicKey(
  sql: Sql,
  workspaceId: string,
  destinationId: string,
  publicKey: string,
): Promise<void> {
  await sql.query(
    'update destination set public_key = $3 where workspace_id = $1 and destination_id = $2',
    [workspaceId, destinationId, publicKey],
  )
}

export async function secretOf(
  sql: Sql,
  workspaceId: string,
  destinationId: string,
): Promise<string | undefined> {
  const [row] = await sql.query<{ secret: string }>(
    'select secret from destination where workspace_id = $1 and destination_id = $2',
    [workspaceId, destinationId],
  )
  return row?.secret
}

export async function changeCredentials(
  sql: Sql,
  workspaceId: string,
  destinationId: string,
  {
    auth = 'key',
    secret,
    scopes,
    accountName,
  }: Pick<DestinationRow, 'auth' | 'secret' | 'scopes' | 'accountName'>,
): Promise<void> {
  await sql.query(
    `update destination
        set auth = $3, secret = $4, scopes = $5, account_name = coalesce($6, account_name),
            state = 'connected', error_reason = null, error_detail = null, error_at = null
      where workspace_id = $1 and destination_id = $2`,
    [
      workspaceId,
      destinationId,
      auth,
      secret,
      scopes === undefined ? null : JSON.stringify(scopes),
      accountName ?? null,
    ],
  )
}
