import type { BrowserMay } from './browser.ts'
import type { SourceRow, StoreRow, Workspace } from './config.ts'
import type { Connection, DestinationRow } from './connection.ts'
import { presets } from './mapping/presets.ts'
import type { PresetName, Settings } from './settings.ts'

/**
 * A workspace's configuration as one file (M28): all that was set up, nothing that is secret. Things are named by what
 * lasts (a store's key, an account's id), not by ids of ours, so that it can be brought into another workspace.
 */
export interface Configuration {
  readonly tillpost: 'configuration'
  readonly format: 1
  /** What is not in it, for whoever reads it. */
  readonly note: string
  readonly workspace: {
    readonly name: string
    readonly secondFactor: boolean
    readonly flags: Readonly<Record<string, boolean>>
  }
  readonly stores: readonly FiledStore[]
  readonly sources: readonly FiledSource[]
  readonly destinations: readonly FiledDestination[]
  readonly connections: readonly FiledConnection[]
}

export type FiledStore = Pick<
  StoreRow,
  'key' | 'name' | 'domain' | 'country' | 'currency' | 'cartUrl' | 'timeZone'
>

export interface FiledSource {
  /** Key of the store. */
  readonly store: string
  readonly name: string
  readonly enabled: boolean
  readonly browserMay: BrowserMay
}

export interface FiledDestination {
  /** Klaviyo's id of the account. */
  readonly account: string
  readonly name?: string
}

export interface FiledConnection {
  readonly store: string
  readonly source: string
  readonly account: string
  readonly preset: PresetName
  /** What differs from the preset; null: the preset's value is taken away. */
  readonly settings: Readonly<Record<string, unknown>>
}

/** What there is in a workspace. */
export interface InPlace {
  readonly workspace: Workspace
  readonly stores: readonly StoreRow[]
  readonly sources: readonly SourceRow[]
  readonly destinations: readonly DestinationRow[]
  readonly connections: readonly Connection[]
}

const note =
  'Klaviyo keys, write keys and browser keys are not in this file. Connect each account anew where you import it; ' +
  'new sources get new keys there.'

/** The same configuration gives the same text: in an order that lasts. */
export function configurationOf(standing: InPlace): Configuration {
  const { workspace, stores, sources, destinations, connections } = standing
  const keyOf = (storeId: string) => stores.find(({ id }) => id === storeId)?.key ?? ''
  const live = connections.filter(({ state }) => state !== 'disconnected')
  const filed = live.flatMap((connection): FiledConnection[] => {
    const source = sources.find(({ id }) => id === connection.sourceId)
    const destination = destinations.find(({ id }) => id === connection.destinationId)
    if (source === undefined || destination === undefined) return []
    const { settings } = connection
    return [
      {
        store: keyOf(source.storeId),
        source: source.name,
        account: destination.accountId,
        preset: settings.preset,
        settings: differencesOf(settings),
      },
    ]
  })
  return {
    tillpost: 'configuration',
    format: 1,
    note,
    workspace: {
      name: workspace.name,
      secondFactor: workspace.secondFactor === true,
      flags: { ...workspace.flags },
    },
    stores: inOrder(stores.map(filedStore), ({ key }) => key),
    sources: inOrder(
      sources.map(({ storeId, name, enabled, browserMay = 'behaviour' }) => ({
        store: keyOf(storeId),
        name,
        enabled,
        browserMay,
      })),
      ({ store, name }) => `${store}\n${name}`,
    ),
    destinations: inOrder(
      destinations.map(({ accountId, accountName }) => ({
        account: accountId,
        ...(accountName === undefined ? {} : { name: accountName }),
      })),
      ({ account }) => account,
    ),
    connections: inOrder(filed, ({ store, source, account }) => `${store}\n${source}\n${account}`),
  }
}

export function filedStore(store: FiledStore): FiledStore {
  const { key, name, domain, country, currency, cartUrl, timeZone } = store
  return {
    key,
    name,
    ...(domain === undefined ? {} : { domain }),
    ...(country === undefined ? {} : { country }),
    ...(currency === undefined ? {} : { currency }),
    ...(cartUrl === undefined ? {} : { cartUrl }),
    ...(timeZone === undefined ? {} : { timeZone }),
  }
}

function inOrder<T>(list: readonly T[], keyOf: (one: T) => string): readonly T[] {
  return list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
}

/** What of the settings differs from their preset, by name. */
export function differencesOf(settings: Settings): FiledConnection['settings'] {
  const usual = new Map<string, unknown>(Object.entries(presets[settings.preset]))
  const own = new Map<string, unknown>(Object.entries(settings))
  const names = [...new Set([...usual.keys(), ...own.keys()])].toSorted()
  return Object.fromEntries(
    names
      .filter((name) => !isSame(own.get(name), usual.get(name)))
      .map((name) => [name, own.get(name) ?? null]),
  )
}

/** The settings that a file's connection has. What is in it was looked at before. */
export function settingsIn({ preset, settings }: Pick<FiledConnection, 'preset' | 'settings'>) {
  const all = Object.entries({ ...presets[preset], ...settings, preset })
  return Object.fromEntries(
    all.filter(([, value]) => value !== null && value !== undefined),
  ) as unknown as Settings
}

/** One thing that an import does, or leaves, for people to look at first. */
export interface ImportStep {
  readonly what: 'workspace' | 'store' | 'source' | 'account' | 'connection'
  /** `blocked`: a person has to do something first; see `todo`. */
  readonly does: 'add' | 'change' | 'leave' | 'blocked'
  readonly name: string
  readonly changes: readonly {
    readonly field: string
    readonly from: unknown
    readonly to: unknown
  }[]
  readonly todo?: string
}

/** What an import of the file would do to what there is. Nothing is ever taken away. */
export function importPlan(now: InPlace, file: Configuration): readonly ImportStep[] {
  const here = configurationOf(now)
  const steps: ImportStep[] = []
  const { secondFactor, flags } = file.workspace
  const wanted = { secondFactor, ...flags }
  steps.push(
    stepOf('workspace', now.workspace.name, wanted, {
      secondFactor: here.workspace.secondFactor,
      // A flag that nobody has set is on.
      ...Object.fromEntries(Object.keys(flags).map((name) => [name, true])),
      ...here.workspace.flags,
    }),
  )
  for (const store of file.stores) {
    const there = here.stores.find(({ key }) => key === store.key)
    steps.push(stepOf('store', `${store.name} (${store.key})`, filedStore(store), there))
  }
  for (const source of file.sources) {
    const there = here.sources.find((one) => isSource(one, source))
    steps.push(stepOf('source', `${source.name} (${source.store})`, source, there))
  }
  for (const { account, name } of file.destinations) {
    const isThere = here.destinations.some((one) => one.account === account)
    steps.push({
      what: 'account',
      does: isThere ? 'leave' : 'blocked',
      name: name ?? account,
      changes: [],
      ...(isThere
        ? {}
        : {
            todo: 'Connect this Klaviyo account here first: its key is not in the file. Then import again.',
          }),
    })
  }
  for (const connection of file.connections) {
    const { store, source, account } = connection
    const name = `${source} (${store}) → ${titleOf(file, account)}`
    const there = here.connections.find(
      (one) =>
        isSource({ store: one.store, name: one.source }, { store, name: source }) &&
        one.account === account,
    )
    if (there === undefined && !here.destinations.some((one) => one.account === account)) {
      steps.push({
        what: 'connection',
        does: 'blocked',
        name,
        changes: [],
        todo: 'It is made once its account is connected: import again then.',
      })
      continue
    }
    steps.push(
      stepOf(
        'connection',
        name,
        asRecord(settingsIn(connection)),
        there && asRecord(settingsIn(there)),
      ),
    )
  }
  return steps
}

function titleOf({ destinations }: Configuration, account: string): string {
  return destinations.find((one) => one.account === account)?.name ?? account
}

export function isSource(
  one: Pick<FiledSource, 'store' | 'name'>,
  other: Pick<FiledSource, 'store' | 'name'>,
): boolean {
  return one.store === other.store && one.name === other.name
}

function asRecord(object: object): Readonly<Record<string, unknown>> {
  return { ...object }
}

function stepOf(
  what: ImportStep['what'],
  name: string,
  wanted: object,
  there: object | undefined,
): ImportStep {
  if (there === undefined) return { what, does: 'add', name, changes: [] }
  const from = new Map<string, unknown>(Object.entries(there))
  const to = new Map<string, unknown>(Object.entries(wanted))
  // A store's field that the file does not name stays.
  const names = what === 'connection' ? new Set([...from.keys(), ...to.keys()]) : to.keys()
  const changes = [...names]
    .toSorted()
    .filter((field) => !isSame(from.get(field), to.get(field)))
    .map((field) => ({ field, from: from.get(field) ?? null, to: to.get(field) ?? null }))
  return { what, does: changes.length === 0 ? 'leave' : 'change', name, changes }
}

function isSame(a: unknown, b: unknown): boolean {
  return textOf(a) === textOf(b)
}

/** As JSON whose keys are in order: PostgreSQL, files and people each have an order of their own. */
function textOf(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? ''
  )
}
