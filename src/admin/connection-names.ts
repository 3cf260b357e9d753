import { type Language, useLanguage } from './language.ts'
import { useFormatTime } from './parts/Time.tsx'
import { type Connection, useConnections, useStores } from './place.ts'
import { knownZone } from './zone.ts'

export interface NamedConnection {
  readonly connection: Connection
  readonly name: string
  /** It was disconnected. */
  readonly isFormer: boolean
}

const untils: Readonly<Record<Language, (when: string) => string>> = {
  en: (when) => `until ${when}`,
  de: (when) => `bis ${when}`,
}
const unknown: Readonly<Record<Language, string>> = { en: 'ended', de: 'beendet' }

/**
 * Every connection by a name that no other has: the store, the account, and until when it was connected where it
 * is not any more. Those that are connected first, then the newest.
 */
export function useNamedConnections(): readonly NamedConnection[] {
  const language = useLanguage()
  const format = useFormatTime()
  const connections = useConnections().data?.data ?? []
  const stores = useStores().data?.data ?? []
  const nameOf = (connection: Connection, style: 'date' | 'full') => {
    const { storeId, accountName, state, until } = connection
    const store = stores.find(({ id }) => id === storeId)
    const name = `${store?.name ?? storeId} → ${accountName}`
    if (state !== 'disconnected') return name
    // By its own store's clock: the same wherever it is named.
    const zone = store === undefined ? undefined : knownZone(store.timeZone)
    const when =
      until === undefined ? unknown[language] : untils[language](format(until, style, zone))
    return `${name}, ${when}`
  }
  return connections
    .map((connection) => {
      const name = nameOf(connection, 'date')
      const isAlone = connections.every(
        (one) => one.id === connection.id || nameOf(one, 'date') !== name,
      )
      return {
        connection,
        name: isAlone ? name : nameOf(connection, 'full'),
        isFormer: connection.state === 'disconnected',
      }
    })
    .toSorted(
      (one, other) =>
        Number(one.isFormer) - Number(other.isFormer) ||
        (one.isFormer
          ? other.connection.since.localeCompare(one.connection.since)
          : one.name.localeCompare(other.name)),
    )
}

/** The name of one of them, by its id. */
export function useConnectionName(): (connectionId: string) => string {
  const all = useNamedConnections()
  return (id) => all.find(({ connection }) => connection.id === id)?.name ?? id
}
