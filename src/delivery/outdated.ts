import type {
  Action,
  CursorKey,
  Identifiers,
  Journal,
  Json,
  JsonObject,
  Mapper,
} from '../core/index.ts'
import { personKeyOf } from '../core/index.ts'
import type { Item } from './item.ts'

/** What somebody's later events say of the person: names of attributes and of properties. */
interface Said {
  readonly attributes: Set<string>
  readonly location: Set<string>
  readonly properties: Set<string>
}

/**
 * The actions of an event that goes out later than its successors, without what those say of the person
 * themselves: it is newer (C5, T42). Groups have their own rule, by time; see `Latest`.
 */
export async function withoutOutdated(
  journal: Journal,
  key: CursorKey,
  mapper: Mapper,
  { journaled }: Item,
  actions: readonly Action[],
): Promise<readonly Action[]> {
  if (!actions.some(says)) return actions
  const people = peopleOf(journaled.identifiers)
  if (people.length === 0) return actions
  const successors = await journal.successors(key, journaled.seq, people)
  if (successors.length === 0) return actions
  const said: Said = { attributes: new Set(), location: new Set(), properties: new Set() }
  for (const successor of successors) {
    const planned = mapper.plan(successor)
    if (planned.type === 'send') for (const action of planned.actions) note(action, said)
  }
  return actions.map((action) => without(action, said))
}

/** All names under which the journal may have the person: one that it does not know by its address yet, and one that it does. */
function peopleOf({ email, phone, externalId }: Identifiers): string[] {
  const each: Identifiers[] = []
  if (email !== undefined) each.push({ email })
  if (phone !== undefined) each.push({ phone })
  if (externalId !== undefined) each.push({ externalId })
  return each.flatMap((one) => personKeyOf(one) ?? [])
}

function says({ profile }: Action): boolean {
  return (
    profile.attributes !== undefined ||
    profile.properties !== undefined ||
    profile.patch !== undefined
  )
}

function note({ profile }: Action, said: Said): void {
  const { attributes = {}, properties = {}, patch } = profile
  for (const name of Object.keys(attributes)) if (name !== 'location') said.attributes.add(name)
  for (const name of Object.keys(placeOf(attributes))) said.location.add(name)
  for (const name of Object.keys(properties)) said.properties.add(name)
  if (patch === undefined) return
  for (const name of [...Object.keys(patch.append), ...Object.keys(patch.unappend)])
    said.properties.add(name)
  for (const name of patch.unset) said.properties.add(name)
}

function without<A extends Action>(action: A, said: Said): A {
  const { attributes, properties, patch, ...rest } = action.profile
  const place = attributes === undefined ? {} : left(placeOf(attributes), said.location)
  const own = attributes === undefined ? {} : left(attributes, said.attributes)
  const { location: _, ...plain } = own
  const kept = Object.keys(place).length > 0 ? { ...plain, location: place } : plain
  const more = properties === undefined ? {} : left(properties, said.properties)
  const profile = {
    ...rest,
    ...(Object.keys(kept).length > 0 && { attributes: kept }),
    ...(Object.keys(more).length > 0 && { properties: more }),
    ...(patch !== undefined && {
      patch: {
        append: left(patch.append, said.properties),
        unappend: left(patch.unappend, said.properties),
        unset: patch.unset.filter((name) => !said.properties.has(name)),
      },
    }),
  }
  return { ...action, profile }
}

function placeOf({ location }: JsonObject): JsonObject {
  return typeof location === 'object' && location !== null && !Array.isArray(location)
    ? (location as JsonObject)
    : {}
}

function left(object: JsonObject, names: ReadonlySet<string>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]) =>
      value === undefined || names.has(name) ? [] : [[name, value]],
    ),
  )
}
