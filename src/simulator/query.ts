import { invalidParameter } from './errors.ts'
import { type Condition, readFilter } from './filter.ts'
import type { Operation } from './generated/tables.ts'

/** What a call's query asks for, held to what its operation declares. */
export interface Query {
  readonly values: ReadonlyMap<string, string>
  readonly filter: readonly Condition[]
  readonly include: ReadonlySet<string>
  readonly sort?: { readonly field: string; readonly descending: boolean }
  readonly pageSize?: number
  readonly cursor?: string
  readonly additional: ReadonlySet<string>
}

const nothing: Query = {
  values: new Map(),
  filter: [],
  include: new Set(),
  additional: new Set(),
}

/** The resource's name in Klaviyo's sentences: `profile` for `/api/profiles`. */
function resourceOf(path: string): string {
  const words = path.split('/').filter((part) => part !== '' && !part.startsWith('{'))
  const last = words.at(-1) ?? ''
  return last.endsWith('ies') ? `${last.slice(0, -3)}y` : last.replace(/s$/, '')
}

export function readValues(text: string): ReadonlyMap<string, string> {
  return text === '' ? nothing.values : new Map(new URLSearchParams(text))
}

export function readQuery(values: ReadonlyMap<string, string>, operation: Operation): Query {
  if (values.size === 0 && operation.query['page[size]'] === undefined) return nothing
  const include = new Set<string>()
  const additional = new Set<string>()
  for (const [name, value] of values) {
    if (name === 'filter' && operation.filters !== undefined) continue
    const allowed = Object.hasOwn(operation.query, name) ? operation.query[name] : undefined
    if (allowed === undefined) {
      const field = name.replaceAll('[', '_').replaceAll(']', '')
      throw invalidParameter(
        `'${field}' is not a valid field for the resource '${resourceOf(operation.path)}'.`,
        name,
      )
    }
    if (name === 'include' || name === 'sort' || name.startsWith('additional-fields[')) {
      for (const part of value.split(',')) {
        if (allowed !== null && !allowed.includes(part)) {
          const kind = name.startsWith('additional') ? 'additional-fields' : name
          throw invalidParameter(
            `'${part}' is not an allowed ${kind} parameter for this resource.`,
            name,
          )
        }
        if (name === 'include') include.add(part)
        else if (name !== 'sort') additional.add(part)
      }
    }
  }
  const sort = values.get('sort')
  const filter = values.get('filter')
  const cursor = values.get('page[cursor]')
  const pageSize = pageSizeOf(values.get('page[size]'), operation)
  return {
    values,
    include,
    additional,
    filter:
      filter === undefined || filter === '' ? [] : readFilter(filter, operation.filters ?? {}),
    ...(sort === undefined
      ? {}
      : { sort: { field: sort.replace(/^-/, ''), descending: sort.startsWith('-') } }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(pageSize === undefined ? {} : { pageSize }),
  }
}

function pageSizeOf(asked: string | undefined, operation: Operation): number | undefined {
  const bounds = operation.query['page[size]']
  if (bounds === undefined || bounds === null) return undefined
  const [least, usual, most] = bounds as readonly [number, number, number]
  if (asked === undefined) return usual
  const size = Number(asked)
  if (!Number.isInteger(size) || size < least || size > most) {
    throw invalidParameter(
      `Page size must be an integer between ${least} and ${most}.`,
      'page[size]',
    )
  }
  return size
}
