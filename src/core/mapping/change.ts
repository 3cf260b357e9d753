import type { Event, Journaled, Json, JsonObject } from '../event.ts'
import { type Draft, isList, isObject } from '../json.ts'
import type { RuleChange } from './rule.ts'

/** The event with the change; itself, where there is nothing to change. */
export type Alter = (journaled: Journaled) => Event

/** Compiled once. The event that came is never written to: others may hold it. */
export function compileChange(change: RuleChange): Alter {
  switch (change.type) {
    case 'rename': {
      const { to } = change
      return ({ event }) =>
        event.type === 'identify' || event.type === 'group'
          ? event
          : { ...event, type: 'track', event: to }
    }
    case 'set': {
      const steps = change.path.split('.')
      if ('value' in change) {
        const { value } = change
        return ({ event }) => eventOf(withValue(event, steps, 0, value))
      }
      const from = change.from.split('.')
      return ({ event }) => {
        const value = valueAt(event, from)
        return value === undefined || isObject(value)
          ? event
          : eventOf(withValue(event, steps, 0, value))
      }
    }
    case 'remove': {
      const steps = change.path.split('.')
      return ({ event }) => eventOf(without(event, steps, 0))
    }
    default:
      return change satisfies never
  }
}

/** Only what is below `properties`, `traits` and `context` has changed: it is still an event. */
function eventOf(changed: JsonObject): Event {
  return changed as Event
}

function withValue(
  object: JsonObject,
  steps: readonly string[],
  index: number,
  value: Json,
): JsonObject {
  const step = steps[index]!
  if (index === steps.length - 1) return { ...object, [step]: value }
  const inner = Object.hasOwn(object, step) ? object[step] : undefined
  // What is no object is left as it is: a field is not put inside a text.
  if (inner !== undefined && inner !== null && !isObject(inner)) return object
  return { ...object, [step]: withValue(inner ?? {}, steps, index + 1, value) }
}

/** In a list, of every entry. */
function without(object: JsonObject, steps: readonly string[], index: number): JsonObject {
  const step = steps[index]!
  if (!Object.hasOwn(object, step)) return object
  if (index === steps.length - 1) {
    const { [step]: _, ...others } = object
    return others
  }
  const inner = object[step]
  if (isObject(inner)) return { ...object, [step]: without(inner, steps, index + 1) }
  if (!isList(inner)) return object
  const entries: readonly Json[] = inner.map((entry) =>
    isObject(entry) ? without(entry, steps, index + 1) : entry,
  )
  const copy: Draft = { ...object, [step]: entries }
  return copy
}

function valueAt(event: Event, steps: readonly string[]): Json | undefined {
  let value: Json | undefined = event
  for (const step of steps) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined
    value = value[step]
  }
  return value ?? undefined
}
