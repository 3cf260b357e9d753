import type { Answer, Call } from './call.ts'
import { invalidParameter } from './errors.ts'
import { isObject } from './json.ts'
import { writeTime } from './clock.ts'

export interface Ref {
  readonly type: string
  readonly id: string
}

/** A thing as JSON:API shows it. */
export interface Resource extends Ref {
  readonly attributes?: { readonly [name: string]: unknown }
  readonly relationships?: { readonly [name: string]: unknown }
  readonly links: { readonly self: string }
  readonly [name: string]: unknown
}

type Attributes = { readonly [name: string]: unknown }

/** Makes resources of one type, with the links that Klaviyo gives them. */
export function resource(
  call: Pick<Call, 'base'> & { readonly query: Pick<Call['query'], 'values'> },
  {
    type,
    id,
    path,
    attributes,
    relations = {},
    extra = {},
  }: {
    readonly type: string
    readonly id: string
    /** The collection, `/api/profiles`. */
    readonly path: string
    readonly attributes: Attributes
    /** Names of relations; where the related are known, which they are. */
    readonly relations?: { readonly [name: string]: Ref | readonly Ref[] | null | undefined }
    readonly extra?: { readonly [name: string]: unknown }
  },
): Resource {
  const self = `${call.base}${path}/${encodeURIComponent(id)}/`
  const relationships: { [name: string]: unknown } = {}
  for (const [name, data] of Object.entries(relations)) {
    const links = {
      self: `${self}relationships/${name}/`,
      related: `${self}${name}/`,
    }
    relationships[name] = data === undefined ? { links } : { data, links }
  }
  return {
    type,
    id,
    attributes: sparse(attributes, call.query.values.get(`fields[${type}]`)),
    ...(Object.keys(relationships).length === 0 ? {} : { relationships }),
    links: { self },
    ...extra,
  }
}

/** Only the fields that were asked for; `location.city` asks for a part. */
function sparse(attributes: Attributes, fields: string | undefined): Attributes {
  if (fields === undefined || fields === '') return attributes
  const kept: { [name: string]: unknown } = {}
  for (const field of fields.split(',')) copyField(attributes, field.split('.'), kept)
  return kept
}

function copyField(
  from: Attributes,
  path: readonly string[],
  to: { [name: string]: unknown },
): void {
  const [name, ...rest] = path
  if (name === undefined || !Object.hasOwn(from, name)) return
  const value = from[name]
  if (rest.length === 0 || !isObject(value)) {
    to[name] = value
    return
  }
  const part = isObject(to[name]) ? { ...to[name] } : {}
  copyField(value, rest, part)
  to[name] = part
}

/** The answer with one resource. */
export function showOne(
  call: Call,
  status: number,
  data: Resource | null,
  included?: readonly Resource[],
): Answer {
  return {
    status,
    body: {
      data,
      ...(included === undefined ? {} : { included }),
      links: { self: selfOf(call) },
    },
  }
}

/** The answer with a whole collection that is never paged. */
export function showAll(
  call: Call,
  data: readonly unknown[],
  included?: readonly Resource[],
): Answer {
  return {
    status: 200,
    body: {
      data,
      ...(included === undefined ? {} : { included: distinct(included) }),
      links: { self: selfOf(call), next: null, prev: null },
    },
  }
}

export interface PageOf<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

/** What an item is sorted by, with its id to tell equals apart. */
export type SortKey = number | string | null

/**
 * One page of a collection, sorted by what the call asks for, and the cursor of the next. The cursor
 * names the last item, so that a page does not move when items come or go before it.
 */
export function pageOf<Item>(
  call: Call,
  items: Iterable<Item>,
  {
    idOf,
    keyOf,
    usualSize = 20,
  }: {
    readonly idOf: (item: Item) => string
    /** The value of a field to sort by; without a sort the field is ''. */
    readonly keyOf: (item: Item, field: string) => SortKey
    readonly usualSize?: number
  },
): PageOf<Item> {
  const { field, descending } = call.query.sort ?? { field: '', descending: false }
  const sign = descending ? -1 : 1
  const keyed = [...items].map((item) => ({ item, key: keyOf(item, field), id: idOf(item) }))
  const order = (
    a: { readonly key: SortKey; readonly id: string },
    b: { readonly key: SortKey; readonly id: string },
  ): number => sign * (compareKeys(a.key, b.key) || compareKeys(a.id, b.id))
  keyed.sort(order)
  let start = 0
  if (call.query.cursor !== undefined) {
    const [key, id] = readCursor(call.query.cursor)
    start = keyed.findIndex((one) => order(one, { key, id }) > 0)
    if (start < 0) start = keyed.length
  }
  const size = call.query.pageSize ?? usualSize
  const page = keyed.slice(start, start + size)
  const last = page.at(-1)
  return {
    items: page.map(({ item }) => item),
    next:
      last === undefined || start + size >= keyed.length ? null : writeCursor(last.key, last.id),
  }
}

function compareKeys(a: SortKey, b: SortKey): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  return a < b ? -1 : 1
}

export function writeCursor(key: SortKey, id: string): string {
  return Buffer.from(JSON.stringify([key, id, true])).toString('base64url')
}

export function readCursor(cursor: string): readonly [SortKey, string] {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(read) && typeof read[1] === 'string') return [read[0] as SortKey, read[1]]
  } catch {
    // Said below.
  }
  throw invalidParameter('Invalid cursor provided: take it from links.next.', 'page[cursor]')
}

/** The answer with a page of resources. */
export function showPage<Item>(
  call: Call,
  page: PageOf<Item>,
  render: (item: Item) => unknown,
  included?: readonly Resource[],
): Answer {
  return {
    status: 200,
    body: {
      data: page.items.map((item) => render(item)),
      ...(included === undefined ? {} : { included: distinct(included) }),
      links: {
        self: selfOf(call),
        next: page.next === null ? null : nextOf(call, page.next),
        prev: null,
      },
    },
  }
}

function distinct(resources: readonly Resource[]): readonly Resource[] {
  return [...new Map(resources.map((one) => [`${one.type}\n${one.id}`, one])).values()]
}

function selfOf(call: Call): string {
  const [path = '', query] = call.target.split('?', 2)
  // A link is an address: what callers may leave as it is, such as brackets, is written out.
  const written = query?.replaceAll(/[^\w.~!$&'()*+,;=:@/?%-]/g, (mark) => encodeURIComponent(mark))
  return `${call.base}${path.replace(/\/$/, '')}${written === undefined ? '' : `?${written}`}`
}

function nextOf(call: Call, cursor: string): string {
  const [path = '', query = ''] = call.target.split('?', 2)
  const params = new URLSearchParams(query)
  params.set('page[cursor]', cursor)
  return `${call.base}${path.replace(/\/$/, '')}?${params.toString()}`
}

export const timeOrNull = (ms: number | null): string | null => (ms === null ? null : writeTime(ms))
