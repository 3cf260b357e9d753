import type { Connection } from '../src/core/index.ts'
import { settingsOf } from '../src/core/index.ts'

/** A merchant: a workspace with one store, one write key and one Klaviyo account. */
export interface Shop {
  readonly writeKey: string
  readonly accountId: string
  readonly privateKey: string
  readonly connection: Omit<Connection, 'version'>
}

export function shop(number: number): Shop {
  const name = String(number).padStart(5, '0')
  const workspaceId = `wsp_${name}`
  return {
    writeKey: `wk_${name}`,
    accountId: `A${name}`,
    privateKey: `pk_bench_${name}`,
    connection: {
      workspaceId,
      id: `con_${name}`,
      sourceId: `src_${name}`,
      destinationId: `dst_${name}`,
      store: { id: `sto_${name}`, key: 'acme', currency: 'EUR', country: 'DE' },
      settings: settingsOf('storefront'),
      state: 'connected',
      since: 0,
    },
  }
}

export function shops(count: number, from = 0): readonly Shop[] {
  return Array.from({ length: count }, (_, index) => shop(from + index))
}
