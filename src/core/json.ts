import type { Json, JsonObject } from './event.ts'

/** JSON that is still being put together. */
export type Draft = Record<string, Json | undefined>

/** The value when it is an object (no array, no null). Nothing that comes from outside can be relied on to be one. */
export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined
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
