import type { CartContents, Carts, KeptCart } from '../core/index.ts'
import type { Group } from './group.ts'
import type { Sql } from './sql.ts'

interface Row extends KeptCart {
  readonly contents: string | null
}

export function openCarts(sql: Sql, group: Group): Carts {
  return {
    keep: (cart, contents) => group.write((tx) => keepCart(tx, cart, contents)),
    async find(digest) {
      const row = await findCart(sql, digest)
      if (row === undefined) return undefined
      const { contents, ...cart } = row
      return { ...cart, used: contents === null }
    },
    async use(digest, now) {
      const row = await findCart(sql, digest)
      if (row === undefined || row.contents === null) return undefined
      const isOurs = await group.write((tx) => useCart(tx, row, now))
      return isOurs ? (JSON.parse(row.contents) as CartContents) : undefined
    },
  }
}

async function keepCart(
  sql: Sql,
  { workspaceId, storeId, digest, expiresAt }: KeptCart,
  contents: CartContents,
): Promise<void> {
  await sql.query(
    `insert into cart (workspace_id, digest, store_id, contents, expires_at)
     values ($1, $2, $3, $4, $5)`,
    [workspaceId, digest, storeId, JSON.stringify(contents), expiresAt],
  )
}

/** Whoever opens a link names no workspace. */
async function findCart(sql: Sql, digest: string): Promise<Row | undefined> {
  const [row] = await sql.query<Row>(
    `select workspace_id as "workspaceId", store_id as "storeId", digest, contents,
            expires_at as "expiresAt"
       from cart where digest = $1`,
    [digest],
  )
  return row
}

/** Of two that come at once one gets true. */
async function useCart(sql: Sql, { workspaceId, digest }: Row, now: number): Promise<boolean> {
  const rows = await sql.query(
    `update cart
        set used_at = $3, contents = null
      where workspace_id = $1 and digest = $2 and used_at is null and expires_at > $3
      returning digest`,
    [workspaceId, digest, now],
  )
  return rows.length === 1
}
