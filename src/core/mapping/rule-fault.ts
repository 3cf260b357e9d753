import { isList, isObject } from '../json.ts'
import type { JsonObject } from '../event.ts'
import type { Kit } from '../kit.ts'
import { type Fault, faultIn, isOneOf, isScalar, isText, need, needOnly } from './fault.ts'
import {
  changeRoots,
  conditionTypes,
  consentSteps,
  pathRoots,
  type RuleChange,
  ruleCalls,
  ruleLimits as limits,
} from './rule.ts'

/** Undefined: they can be kept. Whatever is given is looked at: it may come from a file. */
export function faultOfRules(rules: unknown, kit: Kit): Fault | undefined {
  return faultIn(() => checkRules(rules, kit))
}

function checkRules(rules: unknown, kit: Kit): void {
  need(isList(rules), '', 'The rules have to be a list.')
  need(rules.length <= limits.rules, '', `There may be ${limits.rules} rules at most.`)
  let conditions = 0
  let patterns = 0
  for (const [index, rule] of rules.entries()) {
    const at = `/${index}`
    need(isObject(rule), at, 'A rule is an object.')
    needOnly(rule, at, ['name', 'enabled', 'events', 'calls', 'when', 'decision', 'changes'])
    checkRule(rule, at)
    const when = isList(rule['when']) ? rule['when'] : []
    for (const [place, condition] of when.entries()) {
      const where = `${at}/when/${place}`
      need(isObject(condition), where, 'A condition is an object.')
      checkCondition(condition, where)
      conditions += 1
      if (condition['type'] !== 'pattern') continue
      patterns += 1
      const { value } = condition
      need(
        typeof value === 'string' && kit.pattern(value) !== undefined,
        `${where}/value`,
        'This is no pattern in RE2’s language, or it is too large. RE2 has no look-around and no back-references.',
      )
    }
    const changes = isList(rule['changes']) ? rule['changes'] : []
    for (const [place, change] of changes.entries()) {
      const where = `${at}/changes/${place}`
      need(isObject(change), where, 'A change is an object.')
      checkChange(change, where)
    }
  }
  need(
    conditions <= limits.allConditions,
    '',
    `All rules together may have ${limits.allConditions} conditions.`,
  )
  need(patterns <= limits.patterns, '', `All rules together may have ${limits.patterns} patterns.`)
}

function checkRule(rule: JsonObject, at: string): void {
  const { name, enabled, events, calls, when, decision, changes } = rule
  need(
    isText(name, limits.nameLength) && name.trim() !== '',
    `${at}/name`,
    `A rule needs a name of 1 to ${limits.nameLength} characters.`,
  )
  need(
    enabled === undefined || typeof enabled === 'boolean',
    `${at}/enabled`,
    'It is true or false.',
  )
  need(
    isList(events) &&
      events.length <= limits.events &&
      events.every((event) => isText(event, limits.eventLength)),
    `${at}/events`,
    `A rule names its events in a list of ${limits.events} at most, each with ${limits.eventLength} characters at most; "*" stands for all.`,
  )
  need(
    calls === undefined || (isList(calls) && calls.every((call) => isOneOf(call, ruleCalls))),
    `${at}/calls`,
    `The calls are a list of ${ruleCalls.join(', ')}.`,
  )
  need(
    when === undefined || (isList(when) && when.length <= limits.conditions),
    `${at}/when`,
    `A rule’s conditions are a list of ${limits.conditions} at most.`,
  )
  need(
    isOneOf(decision, ['send', 'drop', 'change']),
    `${at}/decision`,
    'A rule decides send, drop or change.',
  )
  const count = isList(changes) ? changes.length : 0
  need(
    changes === undefined || (isList(changes) && count <= limits.changes),
    `${at}/changes`,
    `A rule’s changes are a list of ${limits.changes} at most.`,
  )
  need(
    decision === 'change' ? count > 0 : count === 0,
    `${at}/changes`,
    decision === 'change' ? 'Say what the rule changes.' : 'Only a rule that changes has changes.',
  )
}

function checkCondition(condition: JsonObject, at: string): void {
  const { type: given, path, value, values } = condition
  const type = conditionTypes.find((one) => one === given)
  need(type !== undefined, `${at}/type`, `It is one of ${conditionTypes.join(', ')}.`)
  checkPath(path, `${at}/path`, pathRoots)
  const isBare = type === 'exists' || type === 'missing'
  needOnly(
    condition,
    at,
    isBare ? ['type', 'path'] : ['type', 'path', type === 'one-of' ? 'values' : 'value'],
  )
  switch (type) {
    case 'exists':
    case 'missing':
      return
    case 'one-of':
      need(
        isList(values) &&
          values.length > 0 &&
          values.length <= limits.values &&
          values.every(isScalar),
        `${at}/values`,
        `Give 1 to ${limits.values} values: texts, numbers, true or false.`,
      )
      return
    case 'equals':
    case 'not':
      need(isScalar(value), `${at}/value`, 'Compare with a text, a number, true or false.')
      return
    case 'greater':
    case 'at-least':
    case 'less':
    case 'at-most':
      need(
        typeof value === 'number' && Number.isFinite(value),
        `${at}/value`,
        'Compare with a number.',
      )
      return
    case 'contains':
    case 'glob':
    case 'pattern': {
      const most = type === 'pattern' ? limits.patternLength : limits.textLength
      need(
        isText(value, most) && value !== '',
        `${at}/value`,
        `Compare with a text of ${most} characters at most.`,
      )
    }
  }
}

function checkChange(change: JsonObject, at: string): void {
  const { type, path, to, value, from } = change
  switch (changeTypes.find((one) => one === type)) {
    case 'rename':
      needOnly(change, at, ['type', 'to'])
      need(
        isText(to, limits.renameLength) && to.trim() !== '',
        `${at}/to`,
        `Give a name of 1 to ${limits.renameLength} characters.`,
      )
      return
    case 'set':
      needOnly(change, at, ['type', 'path', from === undefined ? 'value' : 'from'])
      checkPath(path, `${at}/path`, changeRoots)
      if (from === undefined) {
        need(isScalar(value), `${at}/value`, 'Set a text, a number, true or false.')
      } else checkPath(from, `${at}/from`, ['userId', 'anonymousId', 'groupId', ...changeRoots])
      return
    case 'remove':
      needOnly(change, at, ['type', 'path'])
      checkPath(path, `${at}/path`, changeRoots)
      return
    case undefined:
      return need(false, `${at}/type`, 'A change is one of rename, set, remove.')
  }
}

const changeTypes = ['rename', 'set', 'remove'] as const satisfies readonly RuleChange['type'][]

const bareRoots: ReadonlySet<string> = new Set([
  'event',
  'type',
  'userId',
  'anonymousId',
  'groupId',
])

function checkPath(path: unknown, pointer: string, roots: readonly string[]): void {
  need(
    isText(path, limits.pathLength) && path !== '',
    pointer,
    'Name a field: properties.total, traits.plan, context.page.url, …',
  )
  const steps = path.split('.')
  const [root, ...rest] = steps
  need(roots.includes(root!), pointer, `A field starts with ${roots.join(', ')}.`)
  need(
    bareRoots.has(root!) ? rest.length === 0 : rest.length > 0,
    pointer,
    bareRoots.has(root!) ? `Nothing is inside ${root}.` : `Say which of the ${root}: ${root}.name`,
  )
  need(steps.length <= limits.pathSteps, pointer, 'The field lies too deep.')
  need(
    rest.every((step) => step !== '' && !(step in Object.prototype)),
    pointer,
    'A part of the field is empty, or a name that no event has.',
  )
  need(
    roots === pathRoots || !rest.some((step) => consentSteps.has(step)),
    pointer,
    'No rule may change what a shopper agreed to.',
  )
}
