import { queryOptions, useIsMutating, useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { isPermitted, permissions, type Permission } from '../core/roles.ts'
import { lastWorkspace } from './last-workspace.ts'
import { type AnswerOf, call, mayOf, type OperationName, type Problem } from './call.ts'

/** Where one is: who is signed in, in which workspace, at which connection, and what one may do there. */

export type Me = AnswerOf<'whoAmI'>
type Workspace = Me['workspaces'][number]
export type Connection = AnswerOf<'listConnections'>['data'][number]
type Store = AnswerOf<'listStores'>['data'][number]

export const whoAmI = queryOptions<Me, Problem>({
  queryKey: ['whoAmI', {}, {}],
  queryFn: ({ signal }) => call('whoAmI', { signal }),
  staleTime: 60_000,
})

export function useMe({ enabled = true } = {}) {
  return useQuery({
    ...whoAmI,
    enabled,
    // Whoever is not signed in is not asked again by every part that wants to know.
    retryOnMount: false,
  })
}

/** As the address names it, whether or not one is a member. */
export function useWorkspaceId(): string | undefined {
  const params: { readonly workspaceId?: string } = useParams({ strict: false })
  return params.workspaceId
}

/**
 * The one that the address names; on pages of one's own, the one that was looked at last. Undefined: one is a
 * member of none, or not of that one.
 */
export function useWorkspace(): Workspace | undefined {
  const named = useWorkspaceId()
  // Pages for whoever is not signed in are of no workspace, and do not ask for one.
  const enabled = location.pathname.startsWith('/admin')
  const all = useMe({ enabled }).data?.workspaces ?? []
  const found = all.find(({ id }) => id === (named ?? lastWorkspace()))
  return named === undefined ? (found ?? all[0]) : found
}

export function connectionsOf(workspaceId: string | undefined) {
  return queryOptions<AnswerOf<'listConnections'>, Problem>({
    queryKey: ['listConnections', { workspaceId }, {}],
    queryFn: ({ signal }) => call('listConnections', { params: { workspaceId }, signal }),
    staleTime: 10_000,
  })
}

export function useConnections() {
  const workspaceId = useWorkspace()?.id
  return useQuery({
    ...connectionsOf(workspaceId),
    enabled: workspaceId !== undefined,
    refetchInterval: 30_000,
  })
}

/** What a change of one was answered with shows at once, and not only when all have been read again. */
export function useNoteConnection() {
  const queries = useQueryClient()
  const { queryKey } = connectionsOf(useWorkspace()?.id)
  return (connectionId: string, change: Pick<Connection, 'version' | 'settings'>) =>
    queries.setQueryData(
      queryKey,
      (former) =>
        former && {
          ...former,
          data: former.data.map((one) => (one.id === connectionId ? { ...one, ...change } : one)),
        },
    )
}

export function storesOf(workspaceId: string | undefined) {
  return queryOptions<AnswerOf<'listStores'>, Problem>({
    queryKey: ['listStores', { workspaceId }, {}],
    queryFn: ({ signal }) => call('listStores', { params: { workspaceId }, signal }),
    staleTime: 60_000,
  })
}

export function useStores() {
  const workspaceId = useWorkspace()?.id
  return useQuery({ ...storesOf(workspaceId), enabled: workspaceId !== undefined })
}

/**
 * The one that was chosen (`?connection=`), or that of the chosen store (`?store=`), which may have none; else the
 * first that was not disconnected.
 */
export function useConnection(): Connection | undefined {
  const { connection, store }: { readonly connection?: string; readonly store?: string } =
    useSearch({ strict: false })
  const all = useConnections().data?.data ?? []
  if (store !== undefined)
    return all.find(({ storeId, state }) => storeId === store && state !== 'disconnected')
  return (
    all.find(({ id }) => id === connection) ??
    all.find(({ state }) => state !== 'disconnected') ??
    all[0]
  )
}

/** The address names a connection or a store that the workspace does not have. */
export function useIsElsewhere(): boolean {
  const { connection, store }: { readonly connection?: string; readonly store?: string } =
    useSearch({ strict: false })
  const connections = useConnections().data?.data
  const stores = useStores().data?.data
  if (store !== undefined) return stores?.every(({ id }) => id !== store) === true
  return connection !== undefined && connections?.every(({ id }) => id !== connection) === true
}

/** Whether Klaviyo can be asked about it now: not while it refuses us, nor once somebody has pressed Disconnect. */
export function useCanAsk({ id, state: former }: Connection): boolean {
  const isDisconnecting = useIsMutating({ mutationKey: ['disconnect'] }) > 0
  // As it is known by now: whoever shows it may still be drawn as it was before.
  const known = useConnections().data?.data.find((one) => one.id === id)
  const { state } = known ?? { state: former }
  return state !== 'disconnected' && state !== 'ERROR' && !isDisconnecting
}

/** The chosen store, or that of the chosen connection. */
export function useStore(): Store | undefined {
  const { store }: { readonly store?: string } = useSearch({ strict: false })
  const connection = useConnection()
  const storeId = store ?? connection?.storeId
  const stores = useStores().data?.data ?? []
  return stores.find(({ id }) => id === storeId) ?? stores[0]
}

/** For `ask.ts`. */
export function usePlaceIds(): Readonly<Record<string, string | undefined>> {
  return { workspaceId: useWorkspace()?.id, connectionId: useConnection()?.id }
}

/** Whether one may do it: `may('replay')`, by an operation's name or a permission. */
export function useMay(): (what: OperationName | Permission) => boolean {
  const role = useWorkspace()?.role
  const isOperator = useMe().data?.member?.operator === true
  return (what) => {
    const needed = isPermission(what) ? what : mayOf(what)
    if (isPermission(needed)) return role !== undefined && isPermitted(role, needed)
    return needed !== 'operator' || isOperator
  }
}

function isPermission(what: string): what is Permission {
  return Object.hasOwn(permissions, what)
}

/** Whom one looks for stands in the browser's history alone: addresses are kept, and sent around. */
const unwritten: ReadonlySet<string> = new Set(['who'])

/** What is filtered by stands in the address: it can be sent to somebody, and the way back leads to it. */
export function useFilters<const Name extends string>(
  names: readonly Name[],
): readonly [
  filters: Readonly<Partial<Record<Name, string>>>,
  setFilters: (change: Readonly<Partial<Record<Name, string | undefined>>>) => void,
] {
  const search: Readonly<Record<string, string | undefined>> = useSearch({ strict: false })
  const told = useLocation({ select: ({ state }) => (state as Told).told })
  const navigate = useNavigate()
  const filters = Object.fromEntries(
    names.flatMap((name) => {
      const value = (unwritten.has(name) ? told?.[name] : undefined) ?? search[name]
      return value === undefined || value === '' ? [] : [[name, value]]
    }),
  ) as Partial<Record<Name, string>>
  return [
    filters,
    (change) =>
      void navigate({
        to: '.',
        search: (former: object) =>
          filled(Object.entries({ ...former, ...change }).filter(([name]) => !unwritten.has(name))),
        state: (former: Told) => {
          const all = Object.entries({ ...search, ...former.told, ...change })
          return { told: filled(all.filter(([name]) => unwritten.has(name))) }
        },
        replace: true,
      } as never),
  ]
}

/** Of an entry of the browser's history. */
interface Told {
  readonly told?: Readonly<Record<string, string | undefined>>
}

function filled(
  entries: readonly (readonly [string, unknown])[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(entries.filter(([, value]) => (value ?? '') !== ''))
}
