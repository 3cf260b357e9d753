import type { Json, JsonObject } from './event.ts'

/** JSON that is still being put together. */
export type Draft = Record<string, Json | undefined>

/** No array, no null. Nothing that comes from outside can be relied on to be one. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value when it is an object. */
export function objectOf(value: unknown): JsonObject | undefined {
  return isObject(value) ? value : undefined
}

export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value)
}

/** Text, or a number written as text: how ids and names come. Blank text counts as nothing. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const text = value.trim()
    return text === '' ? undefined : text
  }
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

/** The text without what no database and no receiver takes: NUL, and halves of surrogate pairs. */
export function wholesome(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed()
  return whole.includes('\0') ? whole.replaceAll('\0', '\uFFFD') : whole
}
