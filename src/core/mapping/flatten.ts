import type { Json, JsonObject } from '../event.ts'
import { type Draft, isObject } from '../json.ts'

/** `{ a: { b: 1 } }` as `{ 'a.b': 1 }`; lists stay as they are. The object itself where nothing is nested. */
export function flattened(properties: JsonObject): JsonObject {
  if (!Object.values(properties).some(isObject)) return properties
  const out: Draft = {}
  for (const [name, value] of Object.entries(properties)) spread(out, name, value, maxDepth)
  return out
}

/** Deeper than Klaviyo would take them as objects: what is below stays one value. */
const maxDepth = 10

function spread(out: Draft, name: string, value: Json | undefined, depth: number): void {
  if (value === undefined) return
  if (!isObject(value) || depth === 0) {
    out[name] ??= value
    return
  }
  for (const key in value) {
    if (Object.hasOwn(value, key)) spread(out, `${name}.${key}`, value[key], depth - 1)
  }
}
