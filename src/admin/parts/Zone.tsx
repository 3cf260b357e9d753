import { Group, Text } from '@mantine/core'
import { useSearch } from '@tanstack/react-router'
import { createContext, type ReactNode, useContext } from 'react'
import { useWords } from '../language.ts'
import { useConnections, useStore, useStores, useWorkspaceId } from '../place.ts'
import { words } from '../words/parts.ts'
import { knownZone, ownZone } from '../zone.ts'
import { Icon } from './Icon.tsx'
import { Loading } from './Loading.tsx'

/** Whose clock times are shown by. */
export interface Zone {
  /** IANA, as Europe/Berlin. */
  readonly name: string
  /** `own`: the browser's, for what is of no store. `mixed`: the browser's, since several stores' clocks differ. */
  readonly of: 'store' | 'own' | 'mixed'
}

const own: Zone = { name: ownZone(), of: 'own' }
const Clock = createContext<Zone>(own)

export function useZone(): Zone {
  return useContext(Clock)
}

/** What is inside is of this store. */
export function StoreZone({
  store: { timeZone },
  children,
}: {
  readonly store: { readonly timeZone: string }
  readonly children: ReactNode
}) {
  return <Clock value={zoneOf(timeZone)}>{children}</Clock>
}

/**
 * For a page: the clock of the store it is about. `all`: it is about the whole workspace, so that of the store that
 * was chosen, else the one that all stores have in common. Waits for the stores: no time shows twice.
 */
export function PageZone({
  about,
  children,
}: {
  readonly about: 'store' | 'all' | 'none'
  readonly children: ReactNode
}) {
  const isAtWorkspace = useWorkspaceId() !== undefined
  const { of, connection }: { readonly of?: string; readonly connection?: string } = useSearch({
    strict: false,
  })
  const stores = useStores()
  const connections = useConnections()
  const ofPage = useStore()?.timeZone
  if (about === 'none' || !isAtWorkspace) return <Clock value={own}>{children}</Clock>
  if (stores.isPending || connections.isPending) return <Loading />
  if (about === 'store') return <Clock value={zoneOf(ofPage)}>{children}</Clock>
  const chosen = connections.data?.data.find(({ id }) => id === (of ?? connection))?.storeId
  const shown = stores.data?.data.filter(({ id }) => chosen === undefined || id === chosen) ?? []
  const [name, ...others] = new Set(shown.map(({ timeZone }) => timeZone))
  const zone = others.length === 0 ? zoneOf(name) : ({ ...own, of: 'mixed' } as const)
  return <Clock value={zone}>{children}</Clock>
}

/** Said where it is not the clock that the reader takes for granted. */
export function WhoseClock() {
  const say = useWords(words)
  const { name, of } = useZone()
  if (of === 'own' || (of === 'store' && name === own.name)) return null
  return (
    <Group gap={6} c="dimmed" wrap="nowrap">
      <Icon name="clock" size={14} />
      <Text size="sm">{of === 'store' ? say.timesIn(name) : say.timesOwn(name)}</Text>
    </Group>
  )
}

function zoneOf(name: string | undefined): Zone {
  if (name === undefined) return own
  return { name: knownZone(name), of: 'store' }
}
