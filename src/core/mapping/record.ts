import type { Json, JsonObject } from '../event.ts'
import { type Draft, isList, isObject } from '../json.ts'
import { amountOf, isOddAmount } from './amount.ts'
import { fit, type Notes } from './fit.ts'
import { isFirst, type Path, type Properties, type Source } from './mapping.ts'

/**
 * Fills `out` with the properties that a mapping names and, under their own names, with the others of
 * `input`. `from` is what the mapping's paths start from: the event, or the entry itself.
 */
export type Fill = (input: JsonObject, from: JsonObject, out: Draft, notes: Notes) => void

/**
 * Made for speed: one pass over what was given, each key looked up once, instead of one look for each
 * property that might be there. What cannot be decided key by key is computed after the pass.
 */
export function compileRecord(
  properties: Properties,
  given: {
    /** `properties.` for an event, nothing for an entry. */
    readonly root: 'properties.' | ''
    readonly others: boolean
    readonly drop?: readonly string[]
    /** Properties that are not filled; the fields that they would take do not go on either. */
    readonly leftOut?: Properties
    /** Of the record's values, for Klaviyo's limit on nesting. */
    readonly depth: number
  },
): Fill {
  const { root, others, depth } = given
  const slots = new Map<string, Slot>()
  const computed: { readonly target: string; readonly read: Read }[] = []
  const spares: Spare[] = []
  const amounts = Object.keys(properties).filter((target) => amountNames.has(target))

  for (const [target, source] of Object.entries(properties)) {
    const keys = plainKeysOf(source, root)
    if (keys === undefined) {
      for (const key of listKeysOf(source, root)) slots.set(key, listSlot)
      computed.push({ target, read: compileSource(source) })
      continue
    }
    const [key, ...rest] = keys
    const slot = slots.get(key!)
    if (typeof slot === 'string') slots.set(key!, [slot, target])
    else if (typeof slot === 'object') slots.set(key!, [...slot, target])
    else slots.set(key!, target)
    for (const spare of rest) {
      const known = spares.find((each) => each.key === spare)
      if (known === undefined) spares.push({ key: spare, targets: [target] })
      else known.targets.push(target)
    }
    // The rest of a `first` that is no plain key.
    const read = computedRestOf(source, root)
    if (read !== undefined) computed.push({ target, read })
  }
  for (const { key } of spares) if (!slots.has(key)) slots.set(key, spareSlot)
  const left = Object.entries(given.leftOut ?? {}).flatMap(([name, source]) => [
    [name],
    ...fieldsOf(source, root),
  ])
  const whole = left.filter(({ length }) => length === 1).map(([key]) => key!)
  const dropped = new Set([...(given.drop ?? []), ...whole, '__proto__', '$value', '$event_id'])
  for (const key of dropped) {
    const slot = slots.get(key)
    // What makes a list of the mapping's own reads it after the pass.
    if (slot === undefined || slot === listSlot) slots.set(key, droppedSlot)
  }
  const inner = left.filter(([key, ...steps]) => steps.length > 0 && !slots.has(key!))
  if (others) {
    for (const target of Object.keys(properties)) {
      if (!slots.has(target)) slots.set(target, ownSlot)
    }
  }

  return (input, from, out, notes) => {
    let spared = false
    let named = false
    // oxlint-disable-next-line guard-for-in
    for (const key in input) {
      const value = input[key]
      if (value === undefined) continue
      const slot = slots.get(key)
      if (slot === undefined) {
        if (others) out[key] = fit(value, depth, notes)
      } else if (typeof slot === 'string') {
        if (value === null || (named && out[slot] !== undefined)) continue
        out[slot] = fit(value, depth, notes)
      } else if (slot === ownSlot) {
        // It came under Klaviyo's own name: nothing else says it better.
        if (value === null) continue
        named = true
        out[key] = fit(value, depth, notes)
      } else if (slot === spareSlot) {
        spared = true
      } else if (slot === listSlot) {
        if (others && !Array.isArray(value)) out[key] = fit(value, depth, notes)
      } else if (slot !== droppedSlot && value !== null) {
        const fitted = fit(value, depth, notes)
        const targets = slot
        for (let index = 0; index < targets.length; index += 1) {
          if (!named || out[targets[index]!] === undefined) out[targets[index]!] = fitted
        }
      }
    }
    if (spared) fillSpared(input, out, notes)
    for (const [key, ...steps] of inner) {
      if (out[key!] !== undefined) out[key!] = without(out[key!]!, steps)
    }
    for (let index = 0; index < computed.length; index += 1) {
      const { target, read } = computed[index]!
      if (out[target] !== undefined) continue
      const value = read(from, notes)
      if (value !== undefined) out[target] = fit(value, depth, notes)
    }
    for (let index = 0; index < amounts.length; index += 1) {
      if (isOddAmount(out[amounts[index]!])) notes.add('amount_is_text')
    }
  }

  function fillSpared(input: JsonObject, out: Draft, notes: Notes): void {
    for (const { key, targets } of spares) {
      const value = input[key]
      if (value === undefined || value === null || slots.get(key) !== spareSlot) continue
      const fitted: Json = fit(value, depth, notes)
      let used = false
      for (const target of targets) {
        if (out[target] !== undefined) continue
        out[target] = fitted
        used = true
      }
      if (!used && others && !dropped.has(key)) out[key] = fitted
    }
  }
}

/** Klaviyo's names for what flows and segments compare or add up. */
const amountNames: ReadonlySet<string> = new Set([
  'Price',
  'ItemPrice',
  'AddedItemPrice',
  'CompareAtPrice',
  'Quantity',
  'AddedItemQuantity',
  'RowTotal',
  'DiscountValue',
])

/** A name read for a property that another name, where given, says better. */
interface Spare {
  readonly key: string
  readonly targets: string[]
}

/** The property or properties that a key becomes; or that it is looked at after the pass, or not at all. */
type Slot =
  | string
  | readonly string[]
  | typeof spareSlot
  | typeof listSlot
  | typeof ownSlot
  | typeof droppedSlot
const spareSlot = Symbol('spare')
const listSlot = Symbol('list')
const ownSlot = Symbol('own')
const droppedSlot = Symbol('dropped')

/** The keys of a source that reads nothing but keys of the record, in their order. */
function plainKeysOf(source: Source, root: string): readonly string[] | undefined {
  if (typeof source === 'string') {
    const key = keyOf(source, root)
    return key === undefined ? undefined : [key]
  }
  if (!('first' in source)) return undefined
  const [head] = source.first
  if (typeof head !== 'string' || keyOf(head, root) === undefined) return undefined
  return source.first
    .filter((each) => typeof each === 'string')
    .map((each) => keyOf(each, root))
    .filter((key) => key !== undefined)
}

function computedRestOf(source: Source, root: string): Read | undefined {
  if (typeof source === 'string' || !('first' in source)) return undefined
  const rest = source.first.filter(
    (each) => typeof each !== 'string' || keyOf(each, root) === undefined,
  )
  return rest.length === 0 ? undefined : compileSource({ first: rest })
}

function keyOf(path: string, root: string): string | undefined {
  if (!path.startsWith(root)) return undefined
  const key = path.slice(root.length)
  return key === '' || key.includes('.') ? undefined : key
}

/** The steps to each value that a source hands on as it is; what it reckons from several is none of them. */
function fieldsOf(source: Source, root: string): readonly (readonly string[])[] {
  if (typeof source === 'string') {
    return source.startsWith(root) ? [source.slice(root.length).split('.')] : []
  }
  if ('path' in source) return fieldsOf(source.path, root)
  if ('first' in source) return source.first.flatMap((each) => fieldsOf(each, root))
  return listKeysOf(source, root).map((key) => [key])
}

/** The same value, with nothing at the end of the steps: the event's own stays as it came. */
function without(value: Json, [step, ...rest]: readonly string[]): Json {
  if (isList(value)) {
    const index = Number(step)
    const entry = value[index]
    if (entry === undefined) return value
    return rest.length === 0 ? value.toSpliced(index, 1) : value.with(index, without(entry, rest))
  }
  if (!isObject(value) || value[step!] === undefined) return value
  const { [step!]: entry, ...others } = value
  return rest.length === 0 ? others : { ...value, [step!]: without(entry!, rest) }
}

/** The keys whose lists a computed property takes over: they do not go on under their own names. */
function listKeysOf(source: Source, root: string): readonly string[] {
  if (typeof source === 'string' || !('each' in source)) return []
  if (typeof source.take === 'string' || isFirst(source.take)) return []
  const lists =
    typeof source.each === 'object' && 'first' in source.each ? source.each.first : [source.each]
  return lists
    .map((each) => (typeof each === 'object' && 'path' in each ? each.path : each))
    .filter((each) => typeof each === 'string')
    .map((each) => keyOf(each, root))
    .filter((key) => key !== undefined)
}

/** Reads a value from an event, or from an entry of one of its lists. Undefined and null are both nothing. */
export type Read = (from: JsonObject, notes: Notes) => Json | undefined

/** Compiled once, when a connection's settings are read. */
export function compileSource(source: Source): Read {
  if (typeof source === 'string') return compilePath(source)
  if ('path' in source) return compileNoted(compilePath(source.path), source.note)
  if ('first' in source) return compileFirst(source.first.map(compileSource))
  if ('each' in source) return compileEach(source)
  if ('times' in source) return compileTimes(source.times)
  if ('constant' in source) {
    const { constant } = source
    return () => constant
  }
  // The store's: `atStore` has put it in place, unless the store has none.
  return () => undefined
}

/** The same, with a note where something is there that is no list. */
function entriesIn(list: Json | undefined, notes: Notes): readonly JsonObject[] {
  if (list !== undefined && list !== null && list !== '' && !isList(list)) notes.add('no_list')
  return entriesOf(list)
}

/** The entries of a list, each as an object: pixels list bare product ids. */
export function entriesOf(list: Json | undefined): readonly JsonObject[] {
  if (!isList(list)) return noEntries
  const entries: JsonObject[] = []
  for (let index = 0; index < list.length; index += 1) {
    const entry = list[index]
    if (isObject(entry)) entries.push(entry)
    else if (typeof entry === 'string' || typeof entry === 'number') {
      entries.push({ product_id: entry })
    }
  }
  return entries
}

const noEntries: readonly JsonObject[] = []

function compilePath(path: Path): Read {
  const steps = path.split('.')
  // An event has no property of such a name; what an object inherits is not the event's.
  if (steps.some((step) => step === '' || step in Object.prototype)) return () => undefined
  const [first, second] = steps
  if (second === undefined) return (from) => from[first!] ?? undefined
  if (steps.length === 2) {
    return (from) => {
      const inner = from[first!]
      return isObject(inner) ? (inner[second] ?? undefined) : undefined
    }
  }
  return (from) => {
    let value: Json | undefined = from
    for (const step of steps) {
      if (isList(value)) value = value[Number(step)]
      else if (isObject(value)) value = value[step]
      else return undefined
    }
    return value ?? undefined
  }
}

function compileNoted(read: Read, note: Parameters<Notes['add']>[0]): Read {
  return (from, notes) => {
    const value = read(from, notes)
    if (value !== undefined) notes.add(note)
    return value
  }
}

function compileFirst(reads: readonly Read[]): Read {
  return (from, notes) => {
    for (let index = 0; index < reads.length; index += 1) {
      const value = reads[index]!(from, notes)
      if (value !== undefined) return value
    }
    return undefined
  }
}

function compileEach({ each, take, distinct }: Extract<Source, { each: Source }>): Read {
  const list = compileSource(each)
  if (typeof take !== 'string' && !isFirst(take)) {
    const record = compileRecord(take, { root: '', others: true, depth: 3 })
    return (from, notes) => {
      const entries = entriesIn(list(from, notes), notes)
      if (entries.length === 0) return undefined
      if (entries.length > maxEntries) notes.add('items_cut')
      const count = Math.min(entries.length, maxEntries)
      const items: Json[] = []
      for (let index = 0; index < count; index += 1) {
        const item: Draft = {}
        record(entries[index]!, entries[index]!, item, notes)
        items.push(item)
      }
      return items
    }
  }
  const read =
    typeof take === 'string' ? compilePath(take) : compileFirst(take.first.map(compilePath))
  return (from, notes) => {
    const entries = entriesIn(list(from, notes), notes)
    const values: Json[] = []
    const counted = new Set<Json>()
    for (let index = 0; index < entries.length; index += 1) {
      const value = read(entries[index]!, notes)
      if (value === undefined) continue
      if (distinct === true) addDistinct(counted, value)
      else values.push(value)
    }
    if (distinct === true) values.push(...counted)
    return values.length === 0 ? undefined : values
  }
}

/** Klaviyo takes no longer lists. */
const maxEntries = 4_000

function addDistinct(values: Set<Json>, value: Json): void {
  if (isList(value)) {
    for (const each of value) addDistinct(values, each)
  } else if (value !== null && values.size < maxEntries) {
    values.add(value)
  }
}

function compileTimes([left, right]: readonly [Path, Path]): Read {
  const readLeft = compilePath(left)
  const readRight = compilePath(right)
  return (from, notes) => {
    const amount = amountOf(readLeft(from, notes))
    const count = amountOf(readRight(from, notes))
    if (amount === undefined || count === undefined) return undefined
    const product = amount * count
    return Number.isFinite(product) ? product : undefined
  }
}
