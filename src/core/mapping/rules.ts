import type { Rule, Settings } from '../settings.ts'
import { sameName } from './index.ts'

export type Ruling =
  | { readonly type: 'send' }
  | { readonly type: 'drop'; readonly rule: string }
  | { readonly type: 'no_rule' }

/** The first rule that names the event decides (S7). */
export function compileRules({
  rules,
  withoutRule,
}: Pick<Settings, 'rules' | 'withoutRule'>): (name: string) => Ruling {
  const compiled = rules.map(({ events, decision, name }) => ({
    matches: events.map(compilePattern),
    ruling: rulingOf(decision, name),
  }))
  const otherwise: Ruling = withoutRule === 'send' ? sent : { type: 'no_rule' }
  return (name) => {
    const same = sameName(name)
    for (const { matches, ruling } of compiled) {
      for (const match of matches) if (match(same)) return ruling
    }
    return otherwise
  }
}

const sent: Ruling = { type: 'send' }

function rulingOf(decision: Rule['decision'], name: string): Ruling {
  return decision === 'send' ? sent : { type: 'drop', rule: name }
}

/**
 * `*` stands for any run of characters. Told by searching piece after piece: a regular expression made
 * of an operator's text could be brought to take forever.
 */
function compilePattern(pattern: Rule['events'][number]): (name: string) => boolean {
  const pieces = sameName(pattern).split('*')
  if (pieces.length === 1) return (name) => name === pieces[0]
  const head = pieces[0]!
  const tail = pieces.at(-1)!
  const middle = pieces.slice(1, -1)
  return (name) => {
    if (!name.startsWith(head) || !name.endsWith(tail)) return false
    if (name.length < head.length + tail.length) return false
    let from = head.length
    const end = name.length - tail.length
    for (const piece of middle) {
      const at = name.indexOf(piece, from)
      if (at < 0 || at + piece.length > end) return false
      from = at + piece.length
    }
    return true
  }
}
