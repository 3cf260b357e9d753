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
  return statementOf(text, rows, writeEach)
}

/** The same of an `update … returning …`: column `place` says which row's it is, from 1 on. */
export function changeOf(text: string, rows: readonly (readonly Value[])[]): Statement {
  return statementOf(text, rows, writeChange)
}

/**
 * The statement's first row for each key, in their order: column `place` says which key's it is, from 1
 * on. Keys that find nothing have no row.
 */
export function findOf(text: string, keys: readonly (readonly Value[])[]): Statement {
  return statementOf(text, keys, writeFind)
}

/** Makes the text over, for rows of which the columns say how they travel. */
type Write = (text: string, columns: Pick<Columns, 'from' | 'expressions'>) => string

const writeEach: Write = (text, { from, expressions }) =>
  filled(text, expressions)
    .replace(/\bvalues\s*\(([^)]*)\)/, (_, list) => `select ${list} from ${from}`)
    .replace(/^(\s*update\b[^]*?)\bwhere\b/, (_, head) => `${head}from ${from} where`)
    .replace(/^(\s*delete\s+from\s+\w+\s+)where\b/, (_, head) => `${head}using ${from} where`)

const writeChange: Write = (text, columns) =>
  writeEach(text.replace(/\breturning\b/, 'returning key.place,'), columns)

const writeFind: Write = (text, { from, expressions }) => {
  const one = filled(text, expressions)
  const limited = /\blimit 1\s*$/.test(one) ? one : `${one} limit 1`
  return `select key.place, found.* from ${from} cross join lateral (${limited}) as found`
}

function filled(text: string, expressions: readonly string[]): string {
  return text.replace(/\$(\d+)/g, (_, number) => expressions[Number(number) - 1] ?? 'null')
}

/** By the text, and by how the columns travel: there are a few ways for each of some hundred statements. */
const written = new Map<Write, Map<string, Map<string, string>>>()
const mostWritten = 2_000
let countWritten = 0

function statementOf(text: string, rows: readonly (readonly Value[])[], write: Write): Statement {
  const columns = columnsOf(rows)
  let byText = written.get(write)
  if (byText === undefined) written.set(write, (byText = new Map()))
  let byShape = byText.get(text)
  if (byShape === undefined) byText.set(text, (byShape = new Map()))
  let many = byShape.get(columns.shape)
  if (many === undefined) {
    many = write(text, columns)
    countWritten += 1
    if (countWritten > mostWritten) {
      written.clear()
      countWritten = 0
    } else byShape.set(columns.shape, many)
  }
  return { text: many, values: columns.values }
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

const conflicts = new Map<string, readonly number[]>()

/** Where in a row the values stand that `on conflict (…) do update` goes by. */
function conflictPlaces(text: string): readonly number[] {
  let places = conflicts.get(text)
  if (places === undefined) {
    places = findConflict(text)
    if (conflicts.size < mostWritten) conflicts.set(text, places)
  }
  return places
}

function findConflict(text: string): readonly number[] {
  const conflict = /on conflict \(([^)]*)\) do update/.exec(text)?.[1]
  const columns = /insert into \w+ \(([^)]*)\)/.exec(text)?.[1]
  if (conflict === undefined || columns === undefined) return []
  const names = listOf(columns)
  return listOf(conflict).map((name) => names.indexOf(name))
}

function listOf(names: string): string[] {
  return names.split(',').map((name) => name.trim())
}

interface Columns {
  readonly values: readonly Value[]
  /** How the columns travel: rows of one shape make the same statement. */
  readonly shape: string
  readonly from: string
  /** What stands for each column. */
  readonly expressions: readonly string[]
}

/**
 * The rows as columns: what is the same in all rows as itself, so that the planner sees which partition it is
 * about, everything else as an array.
 */
function columnsOf(rows: readonly (readonly Value[])[]): Columns {
  const width = rows[0]?.length ?? 0
  const values: Value[] = []
  const arrays: string[] = []
  const names: string[] = []
  const expressions: string[] = []
  let shape = ''
  for (let place = 0; place < width; place += 1) {
    const type = typeOf(rows, place)
    // The last column is always an array: there has to be one to count the rows by.
    const last = place === width - 1 && arrays.length === 0
    if (type === undefined && !last) {
      shape += '-'
      expressions.push('null')
    } else if (isAlike(type) && !last && isSame(rows, place)) {
      shape += type === 'text' ? 't' : 'i'
      values.push(rows[0]![place]!)
      expressions.push(`$${values.length}::${type}`)
    } else {
      shape += type === 'bigint' ? 'I' : type === 'bytea' ? 'B' : 'T'
      values.push(arrayOf(type ?? 'text', rows, place))
      arrays.push(`$${values.length}::${type ?? 'text'}[]`)
      names.push(`c${place}`)
      expressions.push(`key.c${place}`)
    }
  }
  const from = `unnest(${arrays.join(', ')}) with ordinality as key(${names.join(', ')}, place)`
  return { values, shape, from, expressions }
}

function isSame(rows: readonly (readonly Value[])[], place: number): boolean {
  const first = rows[0]![place]
  for (let row = 1; row < rows.length; row += 1) if (rows[row]![place] !== first) return false
  return true
}

type Type = 'text' | 'bigint' | 'bytea'

function isAlike(type: Type | undefined): boolean {
  return type === 'text' || type === 'bigint'
}

/** Undefined: all of them are null. */
function typeOf(rows: readonly (readonly Value[])[], place: number): Type | undefined {
  for (let row = 0; row < rows.length; row += 1) {
    const value = rows[row]![place]!
    if (typeof value === 'string') return 'text'
    if (typeof value === 'number') return 'bigint'
    if (value !== null) return 'bytea'
  }
  return undefined
}

const elementTypes = { text: 25, bigint: 20, bytea: 17 } as const
const headBytes = 20
const high = 2 ** 32

/**
 * As PostgreSQL takes an array in binary form: a header, then each value's length and bytes. In text form
 * every quote and backslash is escaped here and read again there, which costs four times as much.
 */
function arrayOf(type: Type, rows: readonly (readonly Value[])[], place: number): Buffer {
  let bytes = headBytes
  let hasNull = false
  for (let row = 0; row < rows.length; row += 1) {
    const value = rows[row]![place]!
    bytes += 4 + lengthOf(value)
    hasNull ||= value === null
  }
  const array = Buffer.allocUnsafe(bytes)
  array.writeInt32BE(1, 0)
  array.writeInt32BE(hasNull ? 1 : 0, 4)
  array.writeInt32BE(elementTypes[type], 8)
  array.writeInt32BE(rows.length, 12)
  array.writeInt32BE(1, 16)
  let at = headBytes
  for (let row = 0; row < rows.length; row += 1) {
    const value = rows[row]![place]!
    let length = -1
    if (typeof value === 'string') length = array.write(value, at + 4)
    else if (typeof value === 'number') {
      if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no whole number.`)
      // As two halves: by way of a BigInt it takes several times as long.
      length = 8
      array.writeInt32BE(Math.floor(value / high), at + 4)
      array.writeUInt32BE(value - Math.floor(value / high) * high, at + 8)
    } else if (value !== null) {
      length = value.length
      array.set(value, at + 4)
    }
    array.writeInt32BE(length, at)
    at += 4 + Math.max(0, length)
  }
  return array
}

function lengthOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'number') return 8
  return value?.length ?? 0
}
