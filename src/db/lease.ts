import type { Lease } from '../core/index.ts'
import type { Sql } from './sql.ts'

export interface Node {
  readonly id: string
  readonly leaseMs: number
  /** Whoever holds them: this node is the only one. */
  readonly takeAll?: boolean
}

export async function claim(
  sql: Sql,
  accountIds: readonly string[],
  node: Node,
): Promise<readonly Lease[]> {
  const leases: Lease[] = []
  for (const accountId of accountIds.toSorted()) {
    const [row] = await sql.query<{ fence: number; budget: string | null }>(
      `insert into lease (account_id, owner, until_at, fence)
       values ($1, $2, ${sql.clock} + $3, 1)
       on conflict (account_id) do update
          set owner = excluded.owner, until_at = excluded.until_at, fence = lease.fence + 1
        where lease.owner is null or lease.owner = excluded.owner or $4 = 1
           or lease.until_at <= ${sql.clock}
       returning fence, budget`,
      [accountId, node.id, node.leaseMs, node.takeAll === true ? 1 : 0],
    )
    if (row !== undefined)
      leases.push({
        accountId,
        fence: row.fence,
        ...(row.budget !== null && { budget: row.budget }),
      })
  }
  return leases
}

/** Those that are still this node's. One that expired and that nobody took goes on. */
export async function renew(
  sql: Sql,
  accountIds: readonly string[],
  node: Node,
): Promise<readonly string[]> {
  const kept: string[] = []
  for (const accountId of accountIds.toSorted()) {
    const rows = await sql.query(
      `update lease
          set until_at = ${sql.clock} + $3
        where account_id = $1 and owner = $2
        returning account_id`,
      [accountId, node.id, node.leaseMs],
    )
    if (rows.length > 0) kept.push(accountId)
  }
  return kept
}

export async function release(
  sql: Sql,
  accountIds: readonly string[],
  node: { readonly id: string },
): Promise<void> {
  await sql.each(
    'update lease set owner = null, until_at = 0 where account_id = $1 and owner = $2',
    accountIds.toSorted().map((accountId) => [accountId, node.id]),
  )
}

/** Whether the account's lease still has this fence. */
export async function holds(
  sql: Sql,
  { accountId, fence }: { readonly accountId: string; readonly fence: number },
): Promise<boolean> {
  const rows = await sql.query(
    `select 1 from lease where account_id = $1 and fence = $2 ${sql.lock}`,
    [accountId, fence],
  )
  return rows.length === 1
}

export async function keepBudget(
  sql: Sql,
  lease: { readonly accountId: string; readonly fence: number; readonly budget: string },
): Promise<void> {
  await sql.query('update lease set budget = $3 where account_id = $1 and fence = $2', [
    lease.accountId,
    lease.fence,
    lease.budget,
  ])
}
