import type { EventAction, ProfileGroup, ProfileInput } from '../action.ts'
import type { Connection } from '../connection.ts'
import type { Event, Journaled, Json, JsonObject } from '../event.ts'
import { type Draft, isList, objectOf } from '../json.ts'
import type { Kit } from '../kit.ts'
import type { Store } from '../settings.ts'
import { currencyOf } from './amount.ts'
import { fit, fitCount, type Notes } from './fit.ts'
import { flattened } from './flatten.ts'
import type { FanOut, GroupMapping, MetricMapping } from './mapping.ts'
import { moneyReader } from './money.ts'
import { withProductIds } from './product-id.ts'
import { compileRecord, compileSource, entriesOf } from './record.ts'
import { addStoreDetails, atStore } from './store.ts'
import { addSession } from './session.ts'
import { fitId, idTextOf, LineIds } from './unique-id.ts'

/** A mapping, ready to run. Its parts are switched by themselves. */
export interface Compiled {
  readonly metric: string
  /** Whether nobody but a person with an email address gets it. */
  readonly needsEmail: boolean
  /** What happens to orders and contracts is the shop's to say, under whatever name it goes. */
  readonly ofShop: boolean
  /** The properties of the profile that this kind of event sets. */
  groups(journaled: Journaled, notes: Notes): readonly ProfileGroup[]
  event(journaled: Journaled, metric: string, profile: ProfileInput, notes: Notes): EventAction
  readonly fanOut?: {
    readonly metric: string
    events(journaled: Journaled, profile: ProfileInput, notes: Notes): readonly EventAction[]
  }
}

/** Turns the data into closures, once: nothing of a mapping is interpreted per event. */
export function compileMapping(written: MetricMapping, connection: Connection, kit: Kit): Compiled {
  const { store, settings } = connection
  const mapping = withProductIds(atStore(written, store), settings.productIds)
  const moneyOf = moneyReader(settings, store)
  const { leftOut = {} } = mapping
  const fill = compileRecord(mapping.properties ?? {}, {
    root: 'properties.',
    others: mapping.others ?? true,
    drop: mapping.drop ?? [],
    leftOut,
    depth: 1,
  })
  const idOf = compileIds(mapping, connection, kit)
  const readValue = compileSource(mapping.value ?? plainValue)
  const readCurrency = compileSource(mapping.currency ?? 'properties.currency')
  const empty = emptyOf(store)

  const flat = settings.flatten ? flattened : asItIs

  const groups = (mapping.profile ?? []).map(compileGroup)
  const plain = mapping.plain === true ? Object.keys(mapping.properties ?? {}) : []
  const leftOutNames = Object.keys(leftOut)
  const compiled: Compiled = {
    metric: mapping.metric,
    needsEmail: mapping.needs === 'email',
    ofShop: mapping.object === 'order' || mapping.object === 'subscription',
    groups: (journaled, notes) =>
      groups.map((read) => read(journaled, notes)).filter((group) => group !== undefined),
    event(journaled, metric, profile, notes) {
      const { event } = journaled
      const out: Draft = {}
      const properties = objectOf(event.properties) ?? noProperties
      fill(properties, event, out, notes)
      for (const name of plain) if (!isPlain(out[name])) delete out[name]
      addSession(event, out, notes)
      const uniqueId = fitId(idOf(journaled, notes), kit)
      const action: { -readonly [key in keyof EventAction]: EventAction[key] } = {
        type: 'event',
        metric,
        time: journaled.occurredAt,
        properties: out,
        uniqueId,
        profile,
      }
      const currency = currencyIn(event, notes)
      const given = { amount: readValue(event, notes), currency }
      const { value, currency: paid } = moneyOf(given, properties, properties, notes)
      if (value !== undefined) {
        action.value = value
        if (paid !== undefined) action.currency = paid
      }
      if (settings.storeDetails) addStoreDetails(out, event, currency, store)
      // Nor do the visit and the store bring it back.
      for (const name of leftOutNames) delete out[name]
      if (settings.legacyNames) {
        if (value !== undefined) out['$value'] = value
        out['$event_id'] = uniqueId
      }
      action.properties = isEmpty(out) ? empty : fitCount(flat(out), notes)
      return action
    },
  }
  if (mapping.fanOut === undefined) return compiled
  return {
    ...compiled,
    fanOut: {
      metric: mapping.fanOut.metric,
      events: compileFanOut(mapping.fanOut, idOf, currencyIn, connection, kit),
    },
  }

  function currencyIn(event: Event, notes: Notes): string | undefined {
    const given = readCurrency(event, notes)
    if (given === undefined) return store.currency
    const currency = currencyOf(given)
    if (currency === undefined) notes.add('currency_left_out')
    return currency
  }
}

const asItIs = (properties: JsonObject): JsonObject => properties

/** Of an event without a mapping: `revenue` is its value too (R19). */
const plainValue = {
  first: ['properties.$value', 'properties.value', 'properties.revenue'],
} as const

const noProperties: JsonObject = {}

/** What an event shows that came without anything to look at (Z14). */
function emptyOf(store: Store): Draft {
  return { Store: store.domain ?? store.key }
}

type ReadId = (journaled: Journaled, notes: Notes) => string

function compileIds(mapping: MetricMapping, { store, settings }: Connection, kit: Kit): ReadId {
  const readId = compileSource(mapping.id ?? 'properties.$event_id')
  const readPart = mapping.part === undefined ? undefined : compileSource(mapping.part)
  const prefix = settings.uniqueIds === 'store' ? `${store.key}:${mapping.object ?? 'event'}:` : ''
  return (journaled, notes) => {
    const id = idTextOf(readId(journaled.event, notes))
    if (id === undefined) return journaled.messageId === '' ? kit.digest('') : journaled.messageId
    const part = readPart === undefined ? undefined : idTextOf(readPart(journaled.event, notes))
    return part === undefined ? prefix + id : `${prefix}${id}:${part}`
  }
}

function compileGroup(
  group: GroupMapping,
): (journaled: Journaled, notes: Notes) => ProfileGroup | undefined {
  const { name, keep, at } = group
  const reads = Object.entries(group.properties).map(
    ([property, source]) => [property, compileSource(source)] as const,
  )
  const condition = group.when === undefined ? undefined : compileSource(group.when)
  return ({ event, occurredAt }, notes) => {
    if (condition !== undefined && !isPlain(condition(event, notes))) return undefined
    const properties: Draft = {}
    let some = at !== undefined
    for (const [property, read] of reads) {
      const value = read(event, notes)
      if (value !== undefined && value !== '') {
        properties[property] = fit(value, 1, notes)
        some = true
      } else if (keep === 'latest') properties[property] = null
    }
    if (!some) return undefined
    if (at !== undefined) properties[at] = new Date(occurredAt).toISOString()
    return { name, keep, properties }
  }
}

/** A text that says something, a number, or yes and no: what segments and templates can use. */
function isPlain(value: Json | undefined): boolean {
  return value !== undefined && value !== '' && typeof value !== 'object'
}

/** A megabyte of bare ids would become half a million events: no order has so many lines. */
const maxLines = 25_000

function compileFanOut(
  fanOut: FanOut,
  idOf: ReadId,
  currencyIn: (event: Event, notes: Notes) => string | undefined,
  { store, settings }: Connection,
  kit: Kit,
): (journaled: Journaled, profile: ProfileInput, notes: Notes) => readonly EventAction[] {
  const empty = emptyOf(store)
  const flat = settings.flatten ? flattened : asItIs
  const readList = compileSource(fanOut.each)
  const readLine = compileSource(fanOut.line)
  const readKey = compileSource(fanOut.key)
  const readValue = compileSource(fanOut.value)
  const moneyOf = moneyReader(settings, store)
  const fill = compileRecord(fanOut.properties, { root: '', others: true, depth: 1 })
  const shared = Object.entries(fanOut.shared).map(
    ([name, source]) => [name, compileSource(source)] as const,
  )

  return (journaled, profile, notes) => {
    const { event } = journaled
    const list = readList(event, notes)
    const tooMany = isList(list) && list.length > maxLines
    if (tooMany) notes.add('lines_cut')
    const lines = entriesOf(tooMany ? list.slice(0, maxLines) : list)
    if (lines.length === 0) return []
    const orderId = idOf(journaled, notes)
    const currency = currencyIn(event, notes)
    const properties = objectOf(event.properties) ?? noProperties
    const ids = new LineIds()
    const actions: EventAction[] = []
    for (const line of lines) {
      const out: Draft = {}
      for (const [name, read] of shared) {
        const value = read(event, notes)
        if (value !== undefined) out[name] = fit(value, 1, notes)
      }
      fill(line, line, out, notes)
      addSession(event, out, notes)
      const lineId = ids.next(
        idTextOf(readLine(line, notes)) ??
          ownIdOf(line) ??
          idTextOf(readKey(line, notes)) ??
          kit.digest(JSON.stringify(line)).slice(0, 16),
      )
      const uniqueId = fitId(`${orderId}:${lineId}`, kit)
      const given = { amount: readValue(line, notes), currency }
      const { value, currency: paid } = moneyOf(given, line, properties, notes)
      if (isEmpty(out)) Object.assign(out, empty)
      if (settings.storeDetails) addStoreDetails(out, event, currency, store)
      if (settings.legacyNames) {
        if (value !== undefined) out['$value'] = value
        out['$event_id'] = uniqueId
      }
      const action: { -readonly [key in keyof EventAction]: EventAction[key] } = {
        type: 'event',
        metric: fanOut.metric,
        time: journaled.occurredAt,
        properties: fitCount(flat(out), notes),
        uniqueId,
        profile,
      }
      if (value !== undefined) {
        action.value = value
        if (paid !== undefined) action.currency = paid
      }
      actions.push(action)
    }
    return actions
  }
}

/** `id` is the line's own where the product is named beside it; alone it is the product's. */
function ownIdOf(line: JsonObject): string | undefined {
  return line['product_id'] === undefined ? undefined : idTextOf(line['id'])
}

function isEmpty(properties: Draft): boolean {
  // oxlint-disable-next-line guard-for-in
  for (const _ in properties) return false
  return true
}
