import type { Json } from '../core/index.ts'

/**
 * JSON that every reader can turn into text again: half of a surrogate pair, which JSON lets pass as an
 * escape but UTF-8 cannot hold, becomes U+FFFD.
 */
export function jsonOf(value: Json): string {
  const text = JSON.stringify(value)
  // JSON.stringify escapes surrogates only where one stands alone; a backslash of the text itself is doubled.
  if (!text.includes('\\ud')) return text
  return text.replace(/\\(?:\\|ud[89a-f][0-9a-f]{2})/g, (escape) =>
    escape === '\\\\' ? escape : '\ufffd',
  )
}

/** JSON of a text. Most need no escaping, and JSON.stringify costs several times what finding that out does. */
export function textJsonOf(text: string): string {
  return /^[ !#-[\]-~]*$/.test(text) ? `"${text}"` : jsonOf(text)
}

const dayMs = 86_400_000
let day = Number.NaN
let dayText = ''

/** ISO 8601 in UTC. Most of a request's times are of one day, whose date is worked out once. */
export function isoOf(ms: number): string {
  const thatDay = Math.floor(ms / dayMs)
  if (thatDay !== day) {
    dayText = new Date(ms).toISOString().slice(0, -13)
    day = thatDay
  }
  const rest = Math.floor(ms - thatDay * dayMs)
  const seconds = Math.floor(rest / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = two[Math.floor(minutes / 60)]!
  const thousandths = String((rest % 1000) + 1000).slice(1)
  return `${dayText}${hours}:${two[minutes % 60]!}:${two[seconds % 60]!}.${thousandths}Z`
}

const two = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** The members of an object without its braces; empty when it has none. */
export function membersOf(value: { readonly [key: string]: Json | undefined }): string {
  return jsonOf(value).slice(1, -1)
}

/** Parses what came from outside: undefined when it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A member of something that came from outside, whatever that is. */
export function memberOf(value: unknown, ...path: readonly (string | number)[]): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Readonly<Record<string | number, unknown>>)[key]
  }
  return at
}

/** The same, where only a text is of use. */
export function textOf(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = memberOf(value, ...path)
  return typeof found === 'string' ? found : undefined
}
