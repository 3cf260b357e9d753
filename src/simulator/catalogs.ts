import { type Answer, type Call, empty, type Handler } from './call.ts'
import { conflict, invalid, notFound, refuse } from './errors.ts'
import { bulkJob, jobKind } from './jobs.ts'
import { type JsonObject, textOf } from './json.ts'
import type { Entry } from './entry.ts'
import {
  addEntry,
  createdAnswer,
  entryOf,
  getEntries,
  getEntry,
  idIn,
  idsIn,
  type Kind,
  patchEntry,
  relationHandlers,
  shower,
  tableOf,
} from './records.ts'

const prefix = '$custom:::$default:::'
const mostPerJob = 100
const mostMetadataBytes = 100_000

export const itemKind: Kind = {
  type: 'catalog-item',
  path: '/api/catalog-items',
  pageSize: 100,
  created: 'created',
  updated: 'updated',
  relations: {
    variants: { type: 'catalog-variant', show: shower(() => variantKind) },
    categories: { type: 'catalog-category', show: shower(() => categoryKind) },
  },
  fieldOf: (entry, field) =>
    field === 'category.id' ? (entry.related['categories'] ?? []) : undefined,
}

export const variantKind: Kind = {
  type: 'catalog-variant',
  path: '/api/catalog-variants',
  pageSize: 100,
  created: 'created',
  updated: 'updated',
  relations: {
    item: { type: 'catalog-item', one: true, always: true, show: shower(() => itemKind) },
  },
}

const categoryKind: Kind = {
  type: 'catalog-category',
  path: '/api/catalog-categories',
  pageSize: 100,
  updated: 'updated',
  relations: { items: { type: 'catalog-item', show: shower(() => itemKind) } },
  fieldOf: (entry, field) => (field === 'item.id' ? (entry.related['items'] ?? []) : undefined),
}

/** One element of a catalog as a body has it. */
interface Element {
  readonly id?: string
  readonly attributes?: JsonObject
  readonly relationships?: { readonly [name: string]: unknown } | null
}

interface Shelf {
  readonly kind: Kind
  /** Attributes that a new one has when the body does not say. */
  readonly defaults: JsonObject
  readonly relate: (call: Call, entry: Entry, element: Element) => void
  readonly forget: (call: Call, entry: Entry) => void
}

const looks = {
  image_full_url: null,
  image_thumbnail_url: null,
  images: [],
  custom_metadata: {},
  published: true,
}

const shelves: { readonly [name in 'item' | 'variant' | 'category']: Shelf } = {
  item: {
    kind: itemKind,
    defaults: { price: null, ...looks },
    relate(call, entry, { relationships }) {
      const categories = idsIn(relationships?.['categories'])
      if (categories === undefined) return
      for (const id of categories) mustExist(call, categoryKind, id)
      unrelate(call, itemKind, entry)
      for (const id of categories) link(entry, tableOf(call, categoryKind).get(id))
    },
    forget(call, entry) {
      unrelate(call, itemKind, entry)
      for (const id of entry.related['variants'] ?? []) tableOf(call, variantKind).delete(id)
    },
  },
  variant: {
    kind: variantKind,
    defaults: { inventory_policy: 0, ...looks },
    relate(call, entry, { relationships }) {
      const item = idIn(relationships?.['item'])
      if (item === undefined) return
      mustExist(call, itemKind, item)
      entry.related['item'] = [item]
      const parent = tableOf(call, itemKind).get(item)
      if (parent !== undefined) {
        parent.related['variants'] = [...new Set([...(parent.related['variants'] ?? []), entry.id])]
      }
    },
    forget(call, entry) {
      const parent = tableOf(call, itemKind).get(entry.related['item']?.[0] ?? '')
      if (parent !== undefined) {
        parent.related['variants'] = (parent.related['variants'] ?? []).filter(
          (id) => id !== entry.id,
        )
      }
    },
  },
  category: {
    kind: categoryKind,
    defaults: {},
    relate(call, entry, { relationships }) {
      const items = idsIn(relationships?.['items'])
      if (items === undefined) return
      for (const id of items) mustExist(call, itemKind, id)
      unrelate(call, categoryKind, entry)
      for (const id of items) {
        const item = tableOf(call, itemKind).get(id)
        if (item !== undefined) link(item, entry)
      }
    },
    forget: (call, entry) => unrelate(call, categoryKind, entry),
  },
}

function mustExist(call: Call, kind: Kind, id: string): void {
  if (!tableOf(call, kind).has(id)) throw notFound(kind.type, id)
}

function link(item: Entry, category: Entry | undefined): void {
  if (category === undefined) return
  item.related['categories'] = [...new Set([...(item.related['categories'] ?? []), category.id])]
  category.related['items'] = [...new Set([...(category.related['items'] ?? []), item.id])]
}

function unlink(item: Entry | undefined, category: Entry | undefined): void {
  if (item === undefined || category === undefined) return
  item.related['categories'] = (item.related['categories'] ?? []).filter((id) => id !== category.id)
  category.related['items'] = (category.related['items'] ?? []).filter((id) => id !== item.id)
}

/** Takes an item out of its categories, or a category from its items. */
function unrelate(call: Call, kind: Kind, entry: Entry): void {
  if (kind === itemKind) {
    for (const id of entry.related['categories'] ?? []) {
      unlink(entry, tableOf(call, categoryKind).get(id))
    }
  } else {
    for (const id of entry.related['items'] ?? []) unlink(tableOf(call, itemKind).get(id), entry)
  }
}

/** Not an upsert: what is there already is refused. */
function create(call: Call, shelf: Shelf, element: Element, pointer: string): Entry {
  const given = element.attributes ?? {}
  const id = `${prefix}${textOf(given['external_id'])}`
  checkAttributes(call, given, pointer)
  if (tableOf(call, shelf.kind).has(id)) {
    throw conflict(`A ${shelf.kind.type} with id ${id} already exists.`, `${pointer}/attributes`)
  }
  const { integration_type: _integration, catalog_type: _catalog, ...attributes } = given
  const entry: Entry = {
    id,
    created: call.now,
    updated: call.now,
    attributes: {},
    related: {},
  }
  shelf.relate(call, entry, element)
  const kept = addEntry(call, shelf.kind, id, { ...shelf.defaults, ...attributes }, entry.related)
  return kept
}

function update(call: Call, shelf: Shelf, element: Element, pointer: string): Entry {
  const entry = tableOf(call, shelf.kind).get(element.id ?? '')
  if (entry === undefined) throw notFound(shelf.kind.type, element.id ?? '')
  checkAttributes(call, element.attributes ?? {}, pointer)
  shelf.relate(call, entry, element)
  patchEntry(call, entry, element.attributes ?? {})
  return entry
}

function remove(call: Call, shelf: Shelf, id: string): void {
  const entry = tableOf(call, shelf.kind).get(id)
  if (entry === undefined) throw notFound(shelf.kind.type, id)
  shelf.forget(call, entry)
  tableOf(call, shelf.kind).delete(id)
}

function checkAttributes(_call: Call, attributes: JsonObject, pointer: string): void {
  const metadata = attributes['custom_metadata']
  if (metadata !== undefined && Buffer.byteLength(JSON.stringify(metadata)) > mostMetadataBytes) {
    throw invalid(
      'The custom metadata is larger than 100 kB.',
      `${pointer}/attributes/custom_metadata`,
    )
  }
  if (attributes['external_id'] === '') {
    throw invalid('The external_id must not be empty.', `${pointer}/attributes/external_id`)
  }
}

const dataOf = (call: Call): Element => (call.body as { data: Element }).data

function crud(
  name: 'item' | 'variant' | 'category',
  plural: string,
): { [operation: string]: Handler } {
  const shelf = shelves[name]
  return {
    [`create_catalog_${name}`]: (call) =>
      createdAnswer(call, shelf.kind, create(call, shelf, dataOf(call), '/data')),
    [`update_catalog_${name}`]: (call) => {
      const id = entryOf(call, shelf.kind).id
      return createdAnswer(
        call,
        shelf.kind,
        update(call, shelf, { ...dataOf(call), id }, '/data'),
        200,
      )
    },
    [`delete_catalog_${name}`]: (call) => {
      remove(call, shelf, entryOf(call, shelf.kind).id)
      return empty(204)
    },
    [`get_catalog_${name}`]: getEntry(shelf.kind),
    [`get_catalog_${plural}`]: getEntries(shelf.kind),
  }
}

function jobs(
  name: 'item' | 'variant' | 'category',
  plural: string,
  names: { readonly start: string; readonly get: string },
): { [operation: string]: Handler } {
  const shelf = shelves[name]
  const handlers: { [operation: string]: Handler } = {}
  for (const verb of ['create', 'update', 'delete'] as const) {
    const type = `catalog-${name}-bulk-${verb}-job`
    const kind = jobKind(type, `/api/${type}s`, {
      [plural]: { type: shelf.kind.type, show: shower(() => shelf.kind) },
    })
    handlers[`bulk_${verb}_${names.start}`] = bulkJob<Element>({
      kind,
      most: mostPerJob,
      relation: plural,
      elementsOf: (body) =>
        (body as { data: { attributes: { [name: string]: { data: readonly Element[] } } } }).data
          .attributes[plural]?.data ?? [],
      work(call, element, place) {
        const pointer = `/data/attributes/${plural}/data/${place}`
        if (verb === 'create') return create(call, shelf, element, pointer).id
        if (verb === 'update') return update(call, shelf, element, pointer).id
        remove(call, shelf, element.id ?? '')
        return element.id ?? ''
      },
    })
    handlers[`get_bulk_${verb}_${names.get}_job`] = getEntry(kind)
    handlers[`get_bulk_${verb}_${names.get}_jobs`] = getEntries(kind)
  }
  return handlers
}

/** Adds, replaces or takes away links between items and categories. Adding one twice is refused. */
function changeLinks(from: 'item' | 'category', change: 'add' | 'update' | 'remove'): Handler {
  return (call): Answer => {
    const kind = shelves[from].kind
    const entry = entryOf(call, kind)
    const relation = from === 'item' ? 'categories' : 'items'
    const otherKind = from === 'item' ? categoryKind : itemKind
    const ids = (call.body as { data: readonly { id: string }[] }).data.map(({ id }) => id)
    for (const id of ids) mustExist(call, otherKind, id)
    const known = new Set(entry.related[relation])
    const repeated = ids.find((id) => known.has(id))
    if (change === 'add' && repeated !== undefined) {
      throw refuse(
        409,
        'duplicate_relationship',
        'Conflict.',
        `The relationship to ${repeated} already exists.`,
        { source: { pointer: '/data' } },
      )
    }
    if (change === 'update') unrelate(call, kind, entry)
    for (const id of ids) {
      const other = tableOf(call, otherKind).get(id)
      const item = from === 'item' ? entry : other
      const category = from === 'item' ? other : entry
      if (change === 'remove') unlink(item, category)
      else if (item !== undefined) link(item, category)
    }
    return empty(204)
  }
}

export const catalogHandlers: { readonly [operation: string]: Handler } = {
  ...crud('item', 'items'),
  ...crud('variant', 'variants'),
  ...crud('category', 'categories'),
  ...jobs('item', 'items', { start: 'catalog_items', get: 'catalog_items' }),
  ...jobs('variant', 'variants', { start: 'catalog_variants', get: 'variants' }),
  ...jobs('category', 'categories', { start: 'catalog_categories', get: 'categories' }),
  ...relationHandlers(categoryKind, 'items', {
    resources: 'get_items_for_catalog_category',
    ids: 'get_item_ids_for_catalog_category',
  }),
  ...relationHandlers(itemKind, 'variants', {
    resources: 'get_variants_for_catalog_item',
    ids: 'get_variant_ids_for_catalog_item',
  }),
  ...relationHandlers(itemKind, 'categories', {
    resources: 'get_categories_for_catalog_item',
    ids: 'get_category_ids_for_catalog_item',
  }),
  add_items_to_catalog_category: changeLinks('category', 'add'),
  update_items_for_catalog_category: changeLinks('category', 'update'),
  remove_items_from_catalog_category: changeLinks('category', 'remove'),
  add_categories_to_catalog_item: changeLinks('item', 'add'),
  update_categories_for_catalog_item: changeLinks('item', 'update'),
  remove_categories_from_catalog_item: changeLinks('item', 'remove'),
}
