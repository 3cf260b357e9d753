import type { Clock, Config, SourceRow } from '../../core/index.ts'

/** A source as events come to it. */
export interface Entrance {
  readonly source: SourceRow
  /** It came under the key of the pages, which may tell behaviour only: a signed token may tell more. */
  readonly isUnbelieved: boolean
  /** It came under the key of the pages. */
  readonly isOfPages: boolean
  /** Of those: the only ones that may use it. */
  readonly origins: readonly string[] | undefined
  /** Of its store, to read phone numbers with. */
  readonly country: string | undefined
}

export interface Entrances {
  /** Undefined: no source has that key. */
  find(writeKey: string): Promise<Entrance | undefined>
  /** What was found a moment ago, without waiting. */
  recall(writeKey: string): Entrance | undefined
}

const maxKeyLength = 255
/** A source that is switched off is so at the latest after this. */
const recallMs = 1000
const maxRecalled = 20_000

/** Finds the source of a write key, with what is needed of its store. */
export function entrancesOf(config: Config, clock: Clock): Entrances {
  const countries = new Map<string, string | undefined>()
  const found = new Map<string, { readonly entrance: Entrance; readonly until: number }>()

  return {
    recall(writeKey) {
      const known = found.get(writeKey)
      return known !== undefined && known.until > clock.monotonic() ? known.entrance : undefined
    },

    async find(writeKey) {
      if (writeKey.length > maxKeyLength || writeKey.includes('\0')) return undefined
      const source = await config.sourceOfKey(writeKey)
      if (source === undefined) return undefined
      const { workspaceId, storeId } = source
      if (!countries.has(storeId)) {
        for (const store of await config.stores(workspaceId)) countries.set(store.id, store.country)
      }
      const isOfPages = writeKey === source.browserKey
      const isUnbelieved = isOfPages && source.browserMay !== 'everything'
      const origins = isOfPages ? source.origins : undefined
      const entrance = { source, isOfPages, isUnbelieved, origins, country: countries.get(storeId) }
      if (found.size >= maxRecalled) found.clear()
      found.set(writeKey, { entrance, until: clock.monotonic() + recallMs })
      return entrance
    },
  }
}
