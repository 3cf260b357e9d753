import type { Journaled } from '../event.ts'
import type { Kit } from '../kit.ts'
import type { Settings } from '../settings.ts'
import { type Alter, compileChange } from './change.ts'
import { compileCondition, type Test } from './condition.ts'
import { eventNameOf } from './event-name.ts'
import { compileGlob } from './glob.ts'
import { sameName } from './index.ts'
import type { Rule, RuleCall } from './rule.ts'

export type Ruling =
  | { readonly type: 'send' }
  | { readonly type: 'drop'; readonly rule: string }
  | { readonly type: 'no_rule' }

/** A connection's rules, compiled once per version of its settings (S7). */
export interface Rules {
  /** What they say of every event of that name. Undefined: it takes the event itself. */
  ofName(call: RuleCall, name: string): Ruling | undefined
  /** What they say of the event, and what they make of it; `by`: the rules that changed it. */
  of(journaled: Journaled): {
    readonly ruling: Ruling
    readonly journaled: Journaled
    readonly by: readonly string[]
  }
}

interface Compiled {
  readonly name: string
  readonly calls: readonly RuleCall[] | undefined
  readonly matches: readonly ((same: string) => boolean)[]
  readonly tests: readonly Test[]
  readonly changes: readonly Alter[]
  /** Undefined: it changes the event, and the next rules decide. */
  readonly ruling: Ruling | undefined
}

export function compileRules(
  { rules, withoutRule }: Pick<Settings, 'rules' | 'withoutRule'>,
  kit: Kit,
): Rules {
  const compiled = rules
    .filter(({ enabled }) => enabled !== false)
    .map((rule): Compiled => ({
      name: rule.name,
      calls: rule.calls,
      matches: rule.events.map(compileGlob),
      tests: (rule.when ?? []).map((condition) => compileCondition(condition, kit)),
      changes: rule.decision === 'change' ? (rule.changes ?? []).map(compileChange) : [],
      ruling: rulingOf(rule),
    }))
  const otherwise: Ruling = withoutRule === 'send' ? sent : { type: 'no_rule' }

  return { ofName, of }

  function ofName(call: RuleCall, name: string): Ruling | undefined {
    const same = sameName(name)
    for (const rule of compiled) {
      if (!isNamed(rule, call, same)) continue
      return rule.tests.length === 0 ? rule.ruling : undefined
    }
    return unruled(call)
  }

  function of(journaled: Journaled): ReturnType<Rules['of']> {
    const by: string[] = []
    let seen = journaled
    for (const rule of compiled) {
      const call = seen.event.type
      if (call === 'alias' || !isNamed(rule, call, sameName(eventNameOf(seen.event)))) continue
      if (!rule.tests.every((test) => test(seen))) continue
      if (rule.ruling !== undefined) return { ruling: rule.ruling, journaled: seen, by }
      by.push(rule.name)
      for (const change of rule.changes) seen = { ...seen, event: change(seen) }
    }
    const call = seen.event.type
    return { ruling: call === 'alias' ? sent : unruled(call), journaled: seen, by }
  }

  /** Who people are goes on unless a rule says otherwise: `withoutRule` is about events. */
  function unruled(call: RuleCall): Ruling {
    return call === 'identify' || call === 'group' ? sent : otherwise
  }
}

function isNamed({ calls, matches }: Compiled, call: RuleCall, same: string): boolean {
  const isFor = calls === undefined ? call !== 'identify' && call !== 'group' : calls.includes(call)
  return isFor && matches.some((match) => match(same))
}

const sent: Ruling = { type: 'send' }

function rulingOf({ decision, name }: Rule): Ruling | undefined {
  switch (decision) {
    case 'send':
      return sent
    case 'drop':
      return { type: 'drop', rule: name }
    case 'change':
      return undefined
    default:
      return decision satisfies never
  }
}
