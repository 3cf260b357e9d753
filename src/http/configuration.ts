import {
  type Act,
  type ActName,
  type Configuration,
  type Connection,
  faultOfMappings,
  faultOfRules,
  filedStore,
  type ImportStep,
  importPlan,
  type InPlace,
  isSource,
  type Kit,
  settingsIn,
  type Setup,
  type SourceRow,
} from '../core/index.ts'
import { checkCartUrl } from './cart/address.ts'
import { Problem } from './problem.ts'
import { checkPlace } from './store-place.ts'

interface Parts {
  readonly config: Setup
  readonly kit: Kit
  readonly ids: Ids
}

/** Makes ids, and the keys of sources that an import adds. */
export interface Ids {
  newId(prefix: string, now: number): string
  newWriteKey(): string
  newBrowserKey(): string
}

/** Who imports, for the trail; each step is an act of its own. */
export type ActOf = (
  action: ActName,
  target?: string,
  change?: Pick<Act, 'before' | 'after'>,
) => Act

/** Undefined: there is no such workspace. */
export async function inPlaceIn(
  { config }: Pick<Parts, 'config'>,
  workspaceId: string,
): Promise<InPlace | undefined> {
  const workspace = await config.workspace(workspaceId)
  if (workspace === undefined) return undefined
  const [stores, sources, destinations, connections] = await Promise.all([
    config.stores(workspaceId),
    config.sources(workspaceId),
    config.destinations(workspaceId),
    config.connections(workspaceId),
  ])
  return { workspace, stores, sources, destinations, connections }
}

/** Throws a `Problem` that names the first thing that the shapes cannot tell: before anything is done. */
export function checkConfiguration(file: Configuration, kit: Kit): void {
  const stores = new Set(file.stores.map(({ key }) => key))
  needOnce(file.stores, ({ key }) => key, 'stores')
  needOnce(file.sources, ({ store, name }) => `${store}\n${name}`, 'sources')
  needOnce(
    file.connections,
    ({ store, source, account }) => `${store}\n${source}\n${account}`,
    'connections',
  )
  for (const [index, store] of file.stores.entries()) {
    checkAt(`stores/${index}/cartUrl`, () => checkCartUrl(store))
    const { country, currency, timeZone } = store
    checkAt(`stores/${index}/country`, () => checkPlace({ country }))
    checkAt(`stores/${index}/currency`, () => checkPlace({ currency }))
    checkAt(`stores/${index}/timeZone`, () => checkPlace({ timeZone }))
  }
  for (const [index, { store }] of file.sources.entries()) {
    if (!stores.has(store))
      throw wrong(`sources/${index}/store`, `There is no store ${store} in the file.`)
  }
  for (const [index, connection] of file.connections.entries()) {
    const { store, source, account, settings } = connection
    const at = `connections/${index}`
    if (!file.sources.some((one) => isSource(one, { store, name: source }))) {
      throw wrong(`${at}/source`, `There is no source ${source} of the store ${store} in the file.`)
    }
    if (!file.destinations.some((one) => one.account === account)) {
      throw wrong(`${at}/account`, 'There is no such account among the destinations of the file.')
    }
    const { rules, mappings } = settings
    const ofRules = rules === undefined ? undefined : faultOfRules(rules, kit)
    if (ofRules !== undefined)
      throw wrong(`${at}/settings/rules${ofRules.pointer}`, ofRules.message)
    const ofMappings = mappings === undefined ? undefined : faultOfMappings(mappings)
    if (ofMappings !== undefined) {
      throw wrong(`${at}/settings/mappings${ofMappings.pointer}`, ofMappings.message)
    }
  }
}

function checkAt(pointer: string, check: () => void): void {
  try {
    check()
  } catch (error) {
    throw wrong(pointer, error instanceof Error ? error.message : String(error))
  }
}

function needOnce<T>(list: readonly T[], keyOf: (one: T) => string, name: string): void {
  const keys = list.map(keyOf)
  const again = keys.findIndex((key, index) => keys.indexOf(key) !== index)
  if (again >= 0) throw wrong(`${name}/${again}`, 'The file names this twice.')
}

function wrong(pointer: string, message: string): Problem {
  return new Problem(422, 'invalid_configuration', `${pointer}: ${message}`, {
    errors: [{ pointer: `/body/${pointer}`, message }],
  })
}

/**
 * Does what the plan says. Each step is one commit with its row in the trail, and a step that is done is none the
 * next time: whatever breaks off is finished by importing the file again.
 */
export async function importInto(
  { config, ids }: Parts,
  workspaceId: string,
  file: Configuration,
  { now, actOf }: { readonly now: number; readonly actOf: ActOf },
): Promise<readonly ImportStep[]> {
  const first = await needed(workspaceId)
  const plan = importPlan(first, file)
  if (plan[0]?.does === 'change') await changeWorkspace(first)
  for (const store of file.stores) await putStore(store)
  for (const source of file.sources) await putSource(source)
  for (const connection of file.connections) await putConnection(connection)
  return plan

  async function needed(id: string): Promise<InPlace> {
    const installed = await inPlaceIn({ config }, id)
    if (installed === undefined) throw new Problem(404, 'not_found', 'There is no such workspace.')
    return installed
  }

  async function changeWorkspace({ workspace }: InPlace): Promise<void> {
    const { secondFactor, flags } = file.workspace
    const change = { secondFactor, flags: { ...workspace.flags, ...flags } }
    const before = { secondFactor: workspace.secondFactor === true, flags: { ...workspace.flags } }
    await config.changeWorkspace(
      workspaceId,
      change,
      actOf('workspace.change', workspaceId, { before, after: change }),
    )
  }

  async function putStore(store: Configuration['stores'][number]): Promise<void> {
    const there = (await config.stores(workspaceId)).find(({ key }) => key === store.key)
    if (there === undefined) {
      const id = ids.newId('sto', now)
      const added = filedStore(store)
      await config.addStore(
        { workspaceId, id, ...added },
        actOf('store.add', id, { after: { ...added } }),
      )
      return
    }
    const { key: _, ...change } = filedStore(store)
    const merged = filedStore({ ...there, ...change })
    if (isEqual(filedStore(there), merged)) return
    const act = actOf('store.change', there.id, {
      before: { ...filedStore(there) },
      after: { ...merged },
    })
    await config.changeStore(workspaceId, there.id, change, act)
  }

  async function putSource(source: Configuration['sources'][number]): Promise<void> {
    const { name, enabled } = source
    const there = await sourceOf(source)
    if (there === undefined) {
      const store = (await config.stores(workspaceId)).find(({ key }) => key === source.store)!
      const added: SourceRow = {
        workspaceId,
        id: ids.newId('src', now),
        storeId: store.id,
        name,
        writeKey: ids.newWriteKey(),
        browserKey: ids.newBrowserKey(),
        browserMay: source.browserMay,
        enabled,
      }
      const act = actOf('source.add', added.id, { after: { name, storeId: store.id } })
      await config.addSource(added, act)
      return
    }
    const change = { enabled, browserMay: source.browserMay }
    const before = { enabled: there.enabled, browserMay: there.browserMay ?? 'behaviour' }
    if (isEqual(before, change)) return
    const act = actOf('source.change', there.id, { before, after: change })
    await config.changeSource(workspaceId, there.id, change, act)
  }

  async function sourceOf({
    store,
    name,
  }: Pick<Configuration['sources'][number], 'store' | 'name'>): Promise<SourceRow | undefined> {
    const storeId = (await config.stores(workspaceId)).find(({ key }) => key === store)?.id
    const sources = await config.sources(workspaceId)
    return sources.find((one) => one.storeId === storeId && one.name === name)
  }

  async function putConnection(filed: Configuration['connections'][number]): Promise<void> {
    const source = (await sourceOf({ store: filed.store, name: filed.source }))!
    const destination = (await config.destinations(workspaceId)).find(
      ({ accountId }) => accountId === filed.account,
    )
    // Its account is not connected here yet: the plan says so.
    if (destination === undefined) return
    const settings = settingsIn(filed)
    const there = (await config.connections(workspaceId)).find(
      ({ sourceId, destinationId, state }) =>
        sourceId === source.id && destinationId === destination.id && state !== 'disconnected',
    )
    if (there === undefined) {
      const store = (await config.stores(workspaceId)).find(({ id }) => id === source.storeId)!
      const { workspaceId: _, name: __, ...ofStore } = store
      const connection: Omit<Connection, 'version'> = {
        workspaceId,
        id: ids.newId('con', now),
        sourceId: source.id,
        destinationId: destination.id,
        store: ofStore,
        settings,
        state: 'connected',
        since: now,
      }
      const after = { sourceId: source.id, destinationId: destination.id, preset: filed.preset }
      await config.addConnection(connection, actOf('connection.add', connection.id, { after }))
      return
    }
    const [step] = importPlan(
      { ...(await needed(workspaceId)), connections: [there] },
      { ...file, connections: [filed] },
    ).filter(({ what }) => what === 'connection')
    if (step?.does !== 'change') return
    const pick = (side: 'from' | 'to') =>
      Object.fromEntries(step.changes.map((change) => [change.field, change[side] as never]))
    const act = actOf('settings.import', there.id, { before: pick('from'), after: pick('to') })
    await config.changeSettings(workspaceId, there.id, settings, now, act)
  }
}

function isEqual(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
