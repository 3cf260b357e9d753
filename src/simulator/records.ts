import { type Answer, type Call, empty, type Handler } from './call.ts'
import { writeTime } from './clock.ts'
import type { Entry } from './entry.ts'
import { notFound } from './errors.ts'
import { type Condition, meets } from './filter.ts'
import type { Json, JsonObject } from './json.ts'
import {
  type PageOf,
  pageOf,
  type Ref,
  type Resource,
  resource,
  showOne,
  showPage,
  type SortKey,
} from './resource.ts'

/** How one relation of a kind is shown, and what is included for it. */
interface Relation {
  readonly type: string
  /** To one, not to many. */
  readonly one?: boolean
  /** Whether its ids are shown without `include`. */
  readonly always?: boolean
  /** The related thing, for `include` and for the paths that lead to it. */
  readonly show?: (call: Call, id: string) => Resource | undefined
}

/** What kind of thing entries are: one per resource type of the API. */
export interface Kind {
  readonly type: string
  readonly path: string
  /** The size of a page where the call cannot say one. */
  readonly pageSize: number
  /** The names under which the times are shown; without a name a time is not shown. */
  readonly created?: string
  readonly updated?: string
  readonly relations: { readonly [name: string]: Relation }
  /** Attributes that are kept and not shown, such as secrets. */
  readonly hidden?: readonly string[]
  /** Attributes that are worked out when they are asked for. */
  readonly computed?: (call: Call, entry: Entry) => { readonly [name: string]: unknown }
  /** The value of a field to filter or sort by, where it is not an attribute. */
  readonly fieldOf?: (entry: Entry, field: string, call: Call) => unknown
}

export function tableOf(call: Pick<Call, 'account'>, kind: Kind): Map<string, Entry> {
  return call.account.table(kind.type)
}

export function entryOf(call: Call, kind: Kind, id = call.params['id'] ?? ''): Entry {
  const entry = tableOf(call, kind).get(id)
  if (entry === undefined) throw notFound(kind.type, id)
  return entry
}

export function addEntry(
  call: Pick<Call, 'account' | 'now'>,
  kind: Kind,
  id: string,
  attributes: JsonObject,
  related: { [relation: string]: string[] } = {},
): Entry {
  const own: { [name: string]: Json } = {}
  for (const [name, value] of Object.entries(attributes)) own[name] = value ?? null
  const entry: Entry = { id, created: call.now, updated: call.now, attributes: own, related }
  call.account.table(kind.type).set(id, entry)
  return entry
}

/** Writes what a PATCH names; a member that is not there stays as it is. */
export function patchEntry(call: Call, entry: Entry, attributes: JsonObject): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) entry.attributes[name] = value
  }
  entry.updated = call.now
}

export function showEntry(call: Call, kind: Kind, entry: Entry): Resource {
  const attributes: { [name: string]: unknown } = {}
  for (const [name, value] of Object.entries(entry.attributes)) {
    if (kind.hidden?.includes(name) !== true) attributes[name] = value
  }
  Object.assign(attributes, kind.computed?.(call, entry))
  if (kind.created !== undefined) attributes[kind.created] = writeTime(entry.created)
  if (kind.updated !== undefined) attributes[kind.updated] = writeTime(entry.updated)
  const relations: { [name: string]: Ref | readonly Ref[] | undefined } = {}
  for (const [name, relation] of Object.entries(kind.relations)) {
    const ids = entry.related[name] ?? []
    const isShown = relation.always === true || call.query.include.has(name)
    const refs = ids.map((id) => ({ type: relation.type, id }))
    relations[name] = isShown ? (relation.one === true ? refs[0] : refs) : undefined
  }
  return resource(call, { type: kind.type, id: entry.id, path: kind.path, attributes, relations })
}

/** A function that shows the entry of an id: what relations of other kinds need. */
export const shower =
  (kind: () => Kind) =>
  (call: Call, id: string): Resource | undefined => {
    const entry = tableOf(call, kind()).get(id)
    return entry === undefined ? undefined : showEntry(call, kind(), entry)
  }

function includedFor(
  call: Call,
  kind: Kind,
  entries: readonly Entry[],
): readonly Resource[] | undefined {
  if (call.query.include.size === 0) return undefined
  const included: Resource[] = []
  for (const name of call.query.include) {
    const show = kind.relations[name]?.show
    if (show === undefined) continue
    for (const entry of entries) {
      for (const id of entry.related[name] ?? []) {
        const shown = show(call, id)
        if (shown !== undefined) included.push(shown)
      }
    }
  }
  return included
}

/** GET of one. */
export const getEntry =
  (kind: Kind): Handler =>
  (call) => {
    const entry = entryOf(call, kind, call.params['job_id'] ?? call.params['id'])
    return showOne(call, 200, showEntry(call, kind, entry), includedFor(call, kind, [entry]))
  }

/** GET of all that meet the filter. */
export const getEntries =
  (kind: Kind): Handler =>
  (call) =>
    showEntries(call, kind, pageOfEntries(call, kind, tableOf(call, kind).values()))

export function showEntries(call: Call, kind: Kind, page: PageOf<Entry>): Answer {
  return showPage(
    call,
    page,
    (entry) => showEntry(call, kind, entry),
    includedFor(call, kind, page.items),
  )
}

export const createdAnswer = (call: Call, kind: Kind, entry: Entry, status = 201): Answer =>
  showOne(call, status, showEntry(call, kind, entry))

export const deleteEntry =
  (kind: Kind): Handler =>
  (call) => {
    tableOf(call, kind).delete(entryOf(call, kind).id)
    return empty(204)
  }

/** GET of what an entry is related to: as resources, or as their ids alone. */
export function relationHandlers(
  kind: Kind,
  relation: string,
  names: { readonly resources?: string; readonly ids?: string },
  usualSize = 100,
): { readonly [operation: string]: Handler } {
  const rule = kind.relations[relation]
  if (rule === undefined) throw new Error(`${kind.type} has no relation ${relation}`)
  const idsOf = (call: Call): readonly string[] => entryOf(call, kind).related[relation] ?? []
  const shown = (call: Call): readonly Resource[] =>
    idsOf(call).flatMap((id) => rule.show?.(call, id) ?? [])
  const pageOfRefs = <Item extends { readonly id: string }>(
    call: Call,
    items: readonly Item[],
  ): PageOf<Item> => pageOf(call, items, { idOf: ({ id }) => id, keyOf: ({ id }) => id, usualSize })
  const resources: Handler = (call) =>
    rule.one === true
      ? showOne(call, 200, shown(call)[0] ?? null)
      : showPage(call, pageOfRefs(call, shown(call)), (item) => item)
  const ids: Handler = (call) => {
    const refs = idsOf(call).map((id) => ({ type: rule.type, id }))
    return rule.one === true
      ? {
          status: 200,
          body: { data: refs[0] ?? null, links: { self: `${call.base}${call.target}` } },
        }
      : showPage(call, pageOfRefs(call, refs), (item) => item)
  }
  return {
    ...(names.resources === undefined ? {} : { [names.resources]: resources }),
    ...(names.ids === undefined ? {} : { [names.ids]: ids }),
  }
}

export function pageOfEntries(call: Call, kind: Kind, entries: Iterable<Entry>): PageOf<Entry> {
  const found = [...entries].filter((entry) =>
    call.query.filter.every((condition) => meetsCondition(call, kind, entry, condition)),
  )
  return pageOf(call, found, {
    idOf: ({ id }) => id,
    keyOf: (entry, field) =>
      field === '' ? entry.created : (valueOf(call, kind, entry, field) as SortKey),
    usualSize: kind.pageSize,
  })
}

function meetsCondition(call: Call, kind: Kind, entry: Entry, condition: Condition): boolean {
  return meets(valueOf(call, kind, entry, condition.field), condition)
}

function valueOf(call: Call, kind: Kind, entry: Entry, field: string): unknown {
  const own = kind.fieldOf?.(entry, field, call)
  if (own !== undefined) return own
  if (field === 'id' || field === 'ids') return entry.id
  if (field === 'created' || field === kind.created) return entry.created
  if (field === 'updated' || field === kind.updated) return entry.updated
  if (field.endsWith('.id')) return entry.related[field.slice(0, -3)]
  return entry.attributes[field] ?? null
}

/** The ids that a to-many relation of a body names. */
export function idsIn(relationship: unknown): string[] | undefined {
  const data = (relationship as { data?: readonly { id: string }[] | null } | null | undefined)
    ?.data
  return data?.map(({ id }) => id)
}

/** The id that a to-one relation of a body names. */
export function idIn(relationship: unknown): string | undefined {
  return (relationship as { data?: { id: string } | null } | null | undefined)?.data?.id
}
