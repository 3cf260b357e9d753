import type { Json, JsonObject } from '../event.ts'
import { type Draft, isList } from '../json.ts'
import type { ReasonCode } from '../reason.ts'

/** What Klaviyo takes of an event's properties (Create Event; the nesting and array limits are of its older pages). */
const maxProperties = 400
const maxItems = 4_000
const maxTextBytes = 100 * 1024
const maxDepth = 10

/** What was left out or put right while an event was mapped; each is told once. */
export class Notes {
  list: ReasonCode[] | undefined

  add(note: ReasonCode): void {
    if (this.list === undefined) this.list = [note]
    else if (!this.list.includes(note)) this.list.push(note)
  }
}

/** The value within Klaviyo's limits: itself when nothing had to change. `depth` 1: a property's own value. */
export function fit(value: Json, depth: number, notes: Notes): Json {
  if (typeof value === 'string') return fitText(value, notes)
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'object' || value === null) return value
  // The properties themselves are the first level.
  if (depth >= maxDepth) {
    notes.add('depth_cut')
    return fitText(JSON.stringify(value), notes)
  }
  return isList(value) ? fitList(value, depth, notes) : fitObject(value, depth, notes)
}

/** At most as many properties as Klaviyo takes. */
export function fitCount(properties: JsonObject, notes: Notes): JsonObject {
  let count = 0
  // oxlint-disable-next-line guard-for-in
  for (const _ in properties) count += 1
  if (count <= maxProperties) return properties
  notes.add('properties_cut')
  return Object.fromEntries(Object.entries(properties).slice(0, maxProperties))
}

function fitText(text: string, notes: Notes): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed()
  if (whole.length * 3 <= maxTextBytes) return whole
  const kept = cutText(whole, maxTextBytes)
  if (kept.length < whole.length) notes.add('text_cut')
  return kept
}

function cutText(text: string, maxBytes: number): string {
  let bytes = 0
  for (let index = 0; index < text.length; index += 1) {
    const point = text.codePointAt(index)!
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
    if (bytes > maxBytes) return text.slice(0, index)
    if (point >= 0x10000) index += 1
  }
  return text
}

function fitList(list: readonly Json[], depth: number, notes: Notes): readonly Json[] {
  if (list.length > maxItems) {
    notes.add('items_cut')
    return fitList(list.slice(0, maxItems), depth, notes)
  }
  let copy: Json[] | undefined
  for (let index = 0; index < list.length; index += 1) {
    const entry = list[index]!
    const fitted = fit(entry, depth + 1, notes)
    if (fitted === entry) continue
    copy ??= [...list]
    copy[index] = fitted
  }
  return copy ?? list
}

function fitObject(object: JsonObject, depth: number, notes: Notes): JsonObject {
  let copy: Draft | undefined
  // oxlint-disable-next-line guard-for-in
  for (const key in object) {
    const entry = object[key]
    if (entry === undefined) continue
    const fitted = fit(entry, depth + 1, notes)
    if (fitted === entry) continue
    copy ??= { ...object }
    copy[key] = fitted
  }
  return copy ?? object
}
