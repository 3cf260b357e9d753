import type { Rule } from '../../../core/mapping/rule.ts'
import type { Settings } from '../../../core/settings.ts'

/** What of rules and mappings is otherwise in a later version, by the names of the rules and events. */
export interface Difference {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
  readonly switchedOn: readonly string[]
  readonly switchedOff: readonly string[]
  /** The same rules in another order. */
  readonly moved: boolean
  readonly otherwise: 'send' | 'drop' | undefined
  /** Events whose mapping is another. */
  readonly mapped: readonly string[]
}

type Part = Pick<Settings, 'withoutRule'> & {
  readonly rules: readonly Rule[]
  readonly mappings: Readonly<Record<string, unknown>>
}

export function differenceOf(former: Part, next: Part): Difference {
  const gone = ownOf(former.rules, next.rules)
  const come = ownOf(next.rules, former.rules)
  const pairs = come.flatMap((rule) => {
    const was = gone.find(({ name }) => name === rule.name)
    return was === undefined ? [] : [[was, rule] as const]
  })
  const known = new Set(pairs.flat())
  const switched = (on: boolean) =>
    pairs.filter(([was, is]) => isOnlySwitched(was, is) && isOn(is) === on).map(([, is]) => is.name)
  const events = [...new Set([...Object.keys(former.mappings), ...Object.keys(next.mappings)])]
  return {
    added: come.filter((rule) => !known.has(rule)).map(({ name }) => name),
    removed: gone.filter((rule) => !known.has(rule)).map(({ name }) => name),
    changed: pairs.filter(([was, is]) => !isOnlySwitched(was, is)).map(([, is]) => is.name),
    switchedOn: switched(true),
    switchedOff: switched(false),
    moved: !isSame(common(former.rules, next.rules), common(next.rules, former.rules)),
    otherwise: former.withoutRule === next.withoutRule ? undefined : next.withoutRule,
    mapped: events.filter((event) => !isSame(former.mappings[event], next.mappings[event])),
  }
}

/** Those that the others do not have just so. */
export function ownOf(rules: readonly Rule[], others: readonly Rule[]): readonly Rule[] {
  return rules.filter((rule) => !has(others, rule))
}

function has(rules: readonly Rule[], rule: Rule): boolean {
  return rules.some((one) => isSame(one, rule))
}

/** The names that the others have, too, in their order here. */
function common(rules: readonly Rule[], others: readonly Rule[]): readonly string[] {
  return rules.map(({ name }) => name).filter((name) => others.some((one) => one.name === name))
}

function isOnlySwitched(
  { enabled: was, ...former }: Rule,
  { enabled: is, ...next }: Rule,
): boolean {
  return was !== is && isSame(former, next)
}

function isOn({ enabled = true }: Rule): boolean {
  return enabled
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
