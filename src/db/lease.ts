import type { Lease } from '../core/index.ts'
import type { Sql } from './sql.ts'

/** Free is what nobody owns, or a node that is no more; see `node.ts`. */
export async function claim(
  sql: Sql,
  accountIds: readonly string[],
  node: { readonly id: string; readonly most: number },
): Promise<readonly Lease[]> {
  const owned = await sql.query<{ accountId: string; owner: string; alive: string | null }>(
    `select l.account_id as "accountId", l.owner, n.node_id as alive
       from lease l
       left join node n on n.node_id = l.owner
      where l.owner is not null`,
  )
  const ownerOf = new Map(owned.map((row) => [row.accountId, row]))
  const free = accountIds.filter((accountId) => {
    const row = ownerOf.get(accountId)
    return row === undefined || row.alive === null || row.owner === node.id
  })
  const isOrphan = (accountId: string) => {
    const owner = ownerOf.get(accountId)?.owner
    return owner !== undefined && owner !== node.id
  }
  // In one order for every node, so that two do not wait for each other.
  const wanted = free.slice(0, node.most).toSorted()
  if (wanted.length === 0) return []
  await sql.each(
    'insert into lease (account_id, fence) values ($1, 0) on conflict (account_id) do nothing',
    wanted.map((accountId) => [accountId]),
  )
  // From whom it was seen to belong to, or from nobody: meanwhile it may have become another's.
  await sql.each(
    `update lease
        set owner = $2, fence = fence + 1
      where account_id = $1 and coalesce(owner, '') = $3`,
    wanted.map((accountId) => [accountId, node.id, ownerOf.get(accountId)?.owner ?? '']),
  )
  const rows = await sql.find<{ fence: number; budget: string | null; age: number | null }>(
    `select fence, budget, ${sql.clock} - budget_at as age
       from lease
      where account_id = $1 and owner = $2`,
    wanted.map((accountId) => [accountId, node.id]),
  )
  return rows.flatMap((row, place) =>
    row === undefined
      ? []
      : {
          accountId: wanted[place]!,
          fence: row.fence,
          ...(row.budget !== null && { budget: row.budget, budgetAgeMs: row.age ?? 0 }),
          ...(isOrphan(wanted[place]!) && { orphaned: true }),
        },
  )
}

export async function release(
  sql: Sql,
  accounts: readonly { readonly accountId: string; readonly budget?: string }[],
  nodeId: string,
): Promise<void> {
  const given = accounts.toSorted((one, other) => (one.accountId < other.accountId ? -1 : 1))
  await sql.each(
    `update lease
        set owner = null, budget = coalesce($3, budget),
            budget_at = case when $3 is null then budget_at else ${sql.clock} end
      where account_id = $1 and owner = $2`,
    given.map(({ accountId, budget }) => [accountId, nodeId, budget ?? null]),
  )
}

/** Whether each account's lease still has this fence. Nobody takes those that have, until the transaction ends. */
export async function holding(sql: Sql, leases: readonly Lease[]): Promise<readonly boolean[]> {
  const rows = await sql.find(
    `select fence from lease where account_id = $1 and fence = $2 ${sql.lock}`,
    leases.map(({ accountId, fence }) => [accountId, fence]),
  )
  return rows.map((row) => row !== undefined)
}

export async function keepBudgets(
  sql: Sql,
  leases: readonly {
    readonly accountId: string
    readonly fence: number
    readonly budget: string
  }[],
): Promise<void> {
  if (leases.length === 0) return
  await sql.each(
    'update lease set budget = $3 where account_id = $1 and fence = $2',
    leases.map(({ accountId, fence, budget }) => [accountId, fence, budget]),
  )
}
