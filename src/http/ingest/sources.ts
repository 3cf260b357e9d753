import type { Config, SourceRow } from '../../core/index.ts'

/** A source as events come to it. */
export interface Entrance {
  readonly source: SourceRow
  /** Of its store, to read phone numbers with. */
  readonly country: string | undefined
}

export type FindEntrance = (writeKey: string) => Promise<Entrance | undefined>

const maxKeyLength = 255

/** Finds the source of a write key, with what is needed of its store. Undefined: no source has that key. */
export function entrancesOf(config: Config): FindEntrance {
  const countries = new Map<string, string | undefined>()

  return async (writeKey) => {
    if (writeKey.length > maxKeyLength || writeKey.includes('\0')) return undefined
    const source = await config.sourceOfKey(writeKey)
    if (source === undefined) return undefined
    const { workspaceId, storeId } = source
    if (!countries.has(storeId)) {
      for (const store of await config.stores(workspaceId)) countries.set(store.id, store.country)
    }
    return { source, country: countries.get(storeId) }
  }
}
