import {
  isFirst,
  isLeftOut,
  type Source,
  usualFields,
  usualRoots,
} from '../../../core/mapping/mapping.ts'
import type { MappingChange } from '../../../core/mapping/own-mappings.ts'
import type { AnswerOf } from '../../call.ts'
import type { Connection } from '../../place.ts'
import type { words } from '../../words/send.ts'

export type Mapping = AnswerOf<'listMappings'>['data'][number]
/** What was changed of a mapping; nothing: it is as it comes with the product; null: it was taken away. */
export type Change = MappingChange | null
type Mappings = Connection['settings']['mappings']

/** The same for every name that the shop may send it under. */
export function changeIn(all: Mappings, { events }: Mapping): Change {
  const found = events.map((name) => all[name]).find((one) => one !== undefined)
  return found === undefined ? {} : found
}

export function withChange(all: Mappings, { events }: Mapping, change: Change): Mappings {
  const others = Object.entries(all).filter(([event]) => !events.includes(event))
  const isNone = change !== null && Object.keys(change).length === 0
  return Object.fromEntries([...others, ...(isNone ? [] : events.map((one) => [one, change]))])
}

/** One property as it will be sent, or left out. */
export interface Row {
  readonly name: string
  readonly source: Source
  readonly isLeftOut: boolean
  readonly isChanged: boolean
}

export function rowsOf({ builtInProperties: base }: Mapping, change: Change): readonly Row[] {
  if (change === null) return []
  const names = new Set([...Object.keys(base), ...Object.keys(change.properties ?? {})])
  return [...names].map((name) => rowOf(name, base, change))
}

function rowOf(name: string, base: Mapping['builtInProperties'], change: MappingChange): Row {
  const own = change.properties?.[name]
  const source = base[name] ?? `properties.${name}`
  if (own === undefined) return { name, source, isLeftOut: false, isChanged: false }
  if (own === null) return { name, source, isLeftOut: true, isChanged: true }
  return isLeftOut(own)
    ? { name, source: own.leftOut, isLeftOut: true, isChanged: true }
    : { name, source: own, isLeftOut: false, isChanged: true }
}

export function withProperty(change: Change, name: string, source: Source): MappingChange {
  return { ...change, properties: { ...change?.properties, [name]: source } }
}

/** What a property of one's own was is remembered, to put it back. */
export function withoutProperty(change: Change, { name, source, isChanged }: Row): MappingChange {
  const leftOut = isChanged ? { leftOut: source } : null
  return { ...change, properties: { ...change?.properties, [name]: leftOut } }
}

export function putBack(change: Change, row: Row): MappingChange {
  const own = change?.properties?.[row.name]
  return own === undefined || own === null
    ? undone(change, row)
    : withProperty(change, row.name, row.source)
}

/** As it comes with the product. A change that changes nothing is none. */
export function undone(change: Change, { name }: Row): MappingChange {
  const { properties = {}, ...rest } = change ?? {}
  const { [name]: _, ...others } = properties
  return Object.keys(others).length === 0 ? rest : { ...rest, properties: others }
}

/** What stands in one change as in another, whatever the order in which it was put there. */
export function textOf(change: Change): string {
  if (change === null) return 'null'
  const { properties = {}, ...rest } = change
  return JSON.stringify([sorted(rest), sorted(properties)])
}

function sorted(given: object): readonly (readonly [string, unknown])[] {
  return Object.entries(given).toSorted(([one], [other]) => (one < other ? -1 : 1))
}

/** Where a value comes from, in the reader's language. */
export function wordsOf(source: Source, say: (typeof words)['en']['sources']): string {
  const tell = (one: Source) => wordsOf(one, say)
  if (typeof source === 'string') return source
  if ('path' in source) return source.path
  if ('first' in source) return say.first(source.first.map(tell))
  if ('times' in source) return say.times(...source.times)
  if ('constant' in source) return say.constant(JSON.stringify(source.constant))
  if ('store' in source) return say.store
  const { each, take, distinct = false } = source
  const list =
    typeof each === 'object' && 'first' in each ? say.lists(each.first.map(tell)) : tell(each)
  if (typeof take === 'object' && !isFirst(take)) return say.each(list)
  const value = typeof take === 'string' ? take : say.lists(take.first)
  const taken = say.take(value, list)
  return distinct ? say.distinct(taken) : taken
}

/** Whether it may become a field that there is, when more is typed. */
export function startsWell(path: string): boolean {
  const text = path.trimStart()
  return (
    usualRoots.some((root) => root.startsWith(text) || text.startsWith(root)) ||
    usualFields.some((field) => field.startsWith(text.trimEnd()))
  )
}

export function isField(path: string): boolean {
  const text = path.trim()
  if (usualFields.some((field) => field === text)) return true
  const steps = text.split('.')
  return (
    usualRoots.some((root) => text.startsWith(root)) &&
    steps.every((step) => step !== '' && !(step in Object.prototype))
  )
}

export function isName(name: string): boolean {
  return !(name.trim() in Object.prototype)
}
