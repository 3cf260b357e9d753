import type { Store, StoreRow } from '../core/index.ts'
import type { Sql } from './sql.ts'

/** A store's columns that mapping needs; null where it has none. */
export interface StoreColumns {
  readonly storeId: string
  readonly storeKey: string
  readonly domain: string | null
  readonly country: string | null
  readonly currency: string | null
}

export async function stores(sql: Sql, workspaceId: string): Promise<readonly StoreRow[]> {
  const rows = await sql.query<
    StoreColumns & { workspaceId: string; name: string; cartUrl: string | null; timeZone: string }
  >(
    `select workspace_id as "workspaceId", store_id as "storeId", name, store_key as "storeKey",
            domain, country, currency, cart_url as "cartUrl", time_zone as "timeZone"
       from store
      where workspace_id = $1
      order by store_id`,
    [workspaceId],
  )
  return rows.map((row) => ({
    workspaceId: row.workspaceId,
    name: row.name,
    ...(row.cartUrl !== null && { cartUrl: row.cartUrl }),
    timeZone: row.timeZone,
    ...storeOf(row),
  }))
}

export function storeOf({ storeId, storeKey, domain, country, currency }: StoreColumns): Store {
  return {
    id: storeId,
    key: storeKey,
    ...(domain !== null && { domain }),
    ...(country !== null && { country }),
    ...(currency !== null && { currency }),
  }
}

export async function addStore(sql: Sql, store: StoreRow): Promise<void> {
  await sql.query(
    `insert into store (workspace_id, store_id, name, store_key, domain, country, currency,
                        cart_url, time_zone)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      store.workspaceId,
      store.id,
      store.name,
      store.key,
      store.domain ?? null,
      store.country ?? null,
      store.currency ?? null,
      store.cartUrl ?? null,
      store.timeZone ?? 'UTC',
    ],
  )
}

export async function changeStore(
  sql: Sql,
  workspaceId: string,
  storeId: string,
  {
    name,
    domain,
    country,
    currency,
    cartUrl,
    timeZone,
  }: Partial<Omit<StoreRow, 'workspaceId' | 'id' | 'key'>>,
): Promise<void> {
  await sql.query(
    `update store
        set name = coalesce($3, name), domain = coalesce($4, domain),
            country = coalesce($5, country), currency = coalesce($6, currency),
            cart_url = coalesce($7, cart_url), time_zone = coalesce($8, time_zone)
      where workspace_id = $1 and store_id = $2`,
    [
      workspaceId,
      storeId,
      name ?? null,
      domain ?? null,
      country ?? null,
      currency ?? null,
      cartUrl ?? null,
      timeZone ?? null,
    ],
  )
}
