import * as api from '../../api/index.ts'
import type { StoreRow } from '../../core/index.ts'
import { checkCartUrl } from '../cart/address.ts'
import { Problem } from '../problem.ts'
import { checkPlace } from '../store-place.ts'
import type { AdminParts } from './parts.ts'
import { nothingHere, type Serve } from './serve.ts'

export function serveStores(serve: Serve, parts: AdminParts): void {
  const { config, engine, ids } = parts

  serve(api.listStores, async ({ params }) => ({
    data: (await config.stores(params.workspaceId)).map(storeShape),
  }))

  serve(api.createStore, async (ask) => {
    const { workspaceId } = ask.params
    const { key: given, name, ...rest } = ask.body
    const key = given ?? keyOf(name)
    const taken = await config.stores(workspaceId)
    if (taken.some((one) => one.key === key)) {
      throw new Problem(409, 'key_taken', `Another store has the key ${key}. Send another \`key\`.`)
    }
    checkCartUrl(rest)
    checkPlace(rest)
    const store: StoreRow = {
      workspaceId,
      id: ids.newId('sto', ask.now),
      name: name.trim(),
      key,
      ...rest,
    }
    await config.addStore(store, ask.act('store.add', store.id, { after: storeShape(store) }))
    return storeShape(store)
  })

  serve(api.changeStore, async (ask) => {
    const { workspaceId, storeId } = ask.params
    const former = (await config.stores(workspaceId)).find(({ id }) => id === storeId)
    if (former === undefined) throw nothingHere()
    const changed = { ...former, ...ask.body }
    checkCartUrl(changed)
    checkPlace(ask.body)
    const change = { before: storeShape(former), after: storeShape(changed) }
    const act = ask.act('store.change', storeId, change)
    await config.changeStore(workspaceId, storeId, ask.body, act)
    await engine.reload()
    return storeShape(changed)
  })
}

function storeShape(store: StoreRow) {
  const { id, name, key, domain, country, currency, cartUrl, timeZone = 'UTC' } = store
  return {
    id,
    name,
    key,
    ...(domain === undefined ? {} : { domain }),
    ...(country === undefined ? {} : { country }),
    ...(currency === undefined ? {} : { currency }),
    ...(cartUrl === undefined ? {} : { cartUrl }),
    timeZone,
  }
}

/** What unique ids start with: lasting, and readable. */
function keyOf(storeName: string): string {
  const key = storeName
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/gu, '')
  return key === '' ? 'store' : key
}
