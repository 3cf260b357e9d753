import { Buffer } from 'node:buffer'
import type { Value } from './sql.ts'

/**
 * A statement for one row, made over into one for many: PostgreSQL then answers once instead of once a
 * row. The rows travel as one array a column.
 */
export interface Statement {
  readonly text: string
  readonly values: readonly Value[]
}

/** `insert … values ($1, …)`, `update` or `delete`: for all rows at once. They must name different rows. */
export function eachOf(text: string, rows: readonly (readonly Value[])[]): Statement {
  const { from, expression, values } = columnsOf(rows)
  const filled = text.replace(/\$(\d+)/g, (_, number) => expression(Number(number) - 1))
  const many = filled
    .replace(/\bvalues\s*\(([^)]*)\)/, (_, list) => `select ${list} from ${from}`)
    .replace(/^(\s*update\b[^]*?)\bwhere\b/, (_, head) => `${head}from ${from} where`)
    .replace(/^(\s*delete\s+from\s+\w+\s+)where\b/, (_, head) => `${head}using ${from} where`)
  return { text: many, values }
}

/** The same of an `update … returning …`: column `place` says which row's it is, from 1 on. */
export function changeOf(text: string, rows: readonly (readonly Value[])[]): Statement {
  return eachOf(text.replace(/\breturning\b/, 'returning key.place,'), rows)
}

/**
 * The statement's first row for each key, in their order: column `place` says which key's it is, from 1
 * on. Keys that find nothing have no row.
 */
export function findOf(text: string, keys: readonly (readonly Value[])[]): Statement {
  const { from, expression, values } = columnsOf(keys)
  const filled = text.replace(/\$(\d+)/g, (_, number) => expression(Number(number) - 1))
  const one = /\blimit 1\s*$/.test(filled) ? filled : `${filled} limit 1`
  return {
    text: `select key.place, found.* from ${from} cross join lateral (${one}) as found`,
    values,
  }
}

/** In waves, so that no wave has two rows for the same key of `on conflict`: a statement may change a row once. */
export function wavesOf(
  text: string,
  rows: readonly (readonly Value[])[],
): readonly (readonly (readonly Value[])[])[] {
  const places = conflictPlaces(text)
  if (places.length === 0) return [rows]
  const times = new Map<string, number>()
  const waves: (readonly Value[])[][] = []
  for (const row of rows) {
    const key = JSON.stringify(places.map((place) => row[place]))
    const wave = times.get(key) ?? 0
    times.set(key, wave + 1)
    const list = waves[wave]
    if (list === undefined) waves.push([row])
    else list.push(row)
  }
  return waves
}

/** Where in a row the values stand that `on conflict (…) do update` goes by. */
function conflictPlaces(text: string): readonly number[] {
  const conflict = /on conflict \(([^)]*)\) do update/.exec(text)?.[1]
  const columns = /insert into \w+ \(([^)]*)\)/.exec(text)?.[1]
  if (conflict === undefined || columns === undefined) return []
  const names = listOf(columns)
  return listOf(conflict).map((name) => names.indexOf(name))
}

function listOf(names: string): string[] {
  return names.split(',').map((name) => name.trim())
}

/**
 * The rows as columns: what is the same in all rows as itself, so that the planner sees which partition it is
 * about, everything else as an array.
 */
function columnsOf(rows: readonly (readonly Value[])[]): {
  readonly from: string
  readonly expression: (place: number) => string
  readonly values: readonly Value[]
} {
  const width = rows[0]?.length ?? 0
  const values: Value[] = []
  const arrays: string[] = []
  const names: string[] = []
  const expressions: string[] = []
  for (let place = 0; place < width; place += 1) {
    const column = rows.map((row) => row[place]!)
    const type = typeOf(column)
    // The last column is always an array: there has to be one to count the rows by.
    const last = place === width - 1 && arrays.length === 0
    if (type === undefined && !last) {
      expressions.push('null')
    } else if (isAlike(type) && !last && column.every((value) => value === column[0])) {
      values.push(column[0]!)
      expressions.push(`$${values.length}::${type}`)
    } else {
      values.push(arrayOf(type ?? 'text', column))
      arrays.push(`$${values.length}::${type ?? 'text'}[]`)
      names.push(`c${place}`)
      expressions.push(`key.c${place}`)
    }
  }
  return {
    from: `unnest(${arrays.join(', ')}) with ordinality as key(${names.join(', ')}, place)`,
    expression: (place) => expressions[place] ?? 'null',
    values,
  }
}

type Type = 'text' | 'bigint' | 'bytea'

function isAlike(type: Type | undefined): boolean {
  return type === 'text' || type === 'bigint'
}

/** Undefined: all of them are null. */
function typeOf(column: readonly Value[]): Type | undefined {
  for (const value of column) {
    if (typeof value === 'string') return 'text'
    if (typeof value === 'number') return 'bigint'
    if (value !== null) return 'bytea'
  }
  return undefined
}

const elementTypes = { text: 25, bigint: 20, bytea: 17 } as const

/**
 * As PostgreSQL takes an array in binary form: a header, then each value's length and bytes. In text form
 * every quote and backslash is escaped here and read again there, which costs four times as much.
 */
function arrayOf(type: Type, column: readonly Value[]): Buffer {
  let bytes = 20
  for (const value of column) bytes += 4 + lengthOf(value)
  const array = Buffer.allocUnsafe(bytes)
  array.writeInt32BE(1, 0)
  array.writeInt32BE(column.includes(null) ? 1 : 0, 4)
  array.writeInt32BE(elementTypes[type], 8)
  array.writeInt32BE(column.length, 12)
  array.writeInt32BE(1, 16)
  let at = 20
  for (const value of column) {
    const length = value === null ? -1 : lengthOf(value)
    array.writeInt32BE(length, at)
    at += 4
    if (typeof value === 'string') array.write(value, at)
    else if (typeof value === 'number') array.writeBigInt64BE(BigInt(value), at)
    else if (value !== null) array.set(value, at)
    if (length > 0) at += length
  }
  return array
}

function lengthOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'number') return 8
  return value?.length ?? 0
}
