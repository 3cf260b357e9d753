import type { Journaled, Json, JsonObject } from '../event.ts'
import { isList, isObject } from '../json.ts'
import type { Kit } from '../kit.ts'
import { amountOf } from './amount.ts'
import { eventNameOf } from './event-name.ts'
import { compileGlob } from './glob.ts'
import { sameName } from './index.ts'
import type { Condition, Scalar } from './rule.ts'

/** Whether an event has what a rule asks for. */
export type Test = (journaled: Journaled) => boolean

/** Compiled once, when a connection's settings are read. */
export function compileCondition(condition: Condition, kit: Kit): Test {
  const read = compileValues(condition.path)
  switch (condition.type) {
    case 'exists':
      return (journaled) => read(journaled).length > 0
    case 'missing':
      return (journaled) => read(journaled).length === 0
    case 'equals':
    case 'not': {
      const equals = compileEquals(condition.value)
      return condition.type === 'equals'
        ? (journaled) => read(journaled).some(equals)
        : (journaled) => !read(journaled).some(equals)
    }
    case 'one-of': {
      const any = condition.values.map(compileEquals)
      return (journaled) => read(journaled).some((value) => any.some((equals) => equals(value)))
    }
    case 'greater':
    case 'at-least':
    case 'less':
    case 'at-most': {
      const holds = comparisons[condition.type]
      const { value: than } = condition
      return (journaled) =>
        read(journaled).some((value) => {
          const amount = amountOf(value)
          return amount !== undefined && holds(amount, than)
        })
    }
    case 'contains': {
      const part = sameName(condition.value)
      return (journaled) => read(journaled).some((value) => sameText(value)?.includes(part))
    }
    case 'glob': {
      const fits = compileGlob(condition.value)
      return (journaled) =>
        read(journaled).some((value) => {
          const text = sameText(value)
          return text !== undefined && fits(text)
        })
    }
    case 'pattern': {
      const fits = kit.pattern(condition.value)
      // Kept by a server that read it otherwise: a rule that cannot be understood does nothing.
      if (fits === undefined) return () => false
      return (journaled) => {
        let left = maxPatternText
        for (const value of read(journaled)) {
          if (typeof value === 'object' || left <= 0) continue
          const text = String(value).slice(0, Math.min(left, maxPatternValue))
          left -= text.length
          if (fits(text)) return true
        }
        return false
      }
    }
    default:
      return condition satisfies never
  }
}

const comparisons = {
  greater: (amount: number, than: number) => amount > than,
  'at-least': (amount: number, than: number) => amount >= than,
  less: (amount: number, than: number) => amount < than,
  'at-most': (amount: number, than: number) => amount <= than,
} as const

/** A pattern takes time in proportion to the text: of a value, and of a list's values together. */
const maxPatternValue = 500
const maxPatternText = 2_000
/** Values of lists in lists. */
const maxValues = 1_000

function compileEquals(wanted: Scalar): (value: Json) => boolean {
  if (typeof wanted === 'number') return (value) => amountOf(value) === wanted
  const text = sameName(String(wanted))
  return (value) => sameText(value) === text
}

function sameText(value: Json): string | undefined {
  return typeof value === 'object' ? undefined : sameName(String(value))
}

/** What is there of a path. Null and empty text are nothing; an entry of a list counts by itself. */
function compileValues(path: string): (journaled: Journaled) => readonly Json[] {
  const [root, ...steps] = path.split('.')
  // An event has no property of such a name; what an object inherits is not the event's.
  if (steps.some((step) => step === '' || step in Object.prototype)) return () => []
  const start = roots.get(root!)
  if (start === undefined) return () => []
  return (journaled) => {
    const values: Json[] = []
    collect(start(journaled), steps, 0, values)
    return values
  }
}

function collect(
  from: Json | undefined,
  steps: readonly string[],
  index: number,
  values: Json[],
): void {
  if (from === undefined || from === null || from === '' || values.length >= maxValues) return
  if (isList(from)) {
    for (const entry of from) collect(entry, steps, index, values)
    if (index === steps.length && from.length > 0 && values.length === 0) values.push(from)
  } else if (index === steps.length) values.push(from)
  else if (isObject(from)) collect(from[steps[index]!], steps, index + 1, values)
}

const roots: ReadonlyMap<string, (journaled: Journaled) => Json | undefined> = new Map<
  string,
  (journaled: Journaled) => Json | undefined
>([
  ['event', ({ event }) => eventNameOf(event)],
  ['type', ({ event }) => event.type],
  ['userId', ({ event }) => event.userId],
  ['anonymousId', ({ event }) => event.anonymousId],
  ['groupId', ({ event }) => event.groupId],
  ['person', ({ identifiers }) => identifiers as JsonObject],
  ['properties', ({ event }) => event.properties],
  ['traits', ({ event }) => event.traits ?? event.context?.['traits']],
  ['context', ({ event }) => event.context],
  ['integrations', ({ event }) => event['integrations']],
])
