import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { connectionOf, endOf, eventsOf, journaled, kit, planOf } from '../sample.suite.ts'
import type { Journaled, Json } from '../event.ts'
import { explainPlan } from '../explain.ts'
import type { Settings } from '../settings.ts'
import { amountOf } from './amount.ts'
import { eventNameOf } from './event-name.ts'
import { faultOfRules } from './rule-fault.ts'
import { type Condition, conditionTypes, type Rule, type RuleChange } from './rule.ts'
import { mapperOf } from './route.ts'

const order = {
  event: 'Order Completed',
  properties: {
    order_id: 1042,
    total: '27.50',
    currency: 'EUR',
    coupon: 'TEST-20',
    products: [
      { product_id: 'p1', category: 'Frames', price: 20 },
      { product_id: 'p2', category: 'Gift cards', price: 7.5 },
    ],
  },
  context: { traits: { plan: 'Gold' }, page: { url: 'https://acme.example/staging/checkout' } },
}

function dropping(...when: readonly Condition[]): Rule {
  return { name: 'Test orders', events: ['Order*'], when, decision: 'drop' }
}

function ruled(rules: readonly Rule[], more: Partial<Settings> = {}) {
  return connectionOf('storefront', { rules, ...more })
}

function changed(changes: readonly RuleChange[], raw: Record<string, unknown> = order) {
  const rule: Rule = { name: 'Change it', events: ['*'], decision: 'change', changes }
  return planOf(raw, ruled([rule]))
}

describe('S7 a rule compares what the event says', () => {
  test.each<[holds: boolean, Condition]>([
    [true, { type: 'equals', path: 'properties.order_id', value: 1042 }],
    [true, { type: 'equals', path: 'properties.order_id', value: '1042' }],
    [true, { type: 'equals', path: 'event', value: 'order completed ' }],
    [true, { type: 'equals', path: 'traits.plan', value: 'gold' }],
    [true, { type: 'equals', path: 'person.email', value: 'ana@shop.example' }],
    [true, { type: 'not', path: 'properties.missing', value: 'x' }],
    [false, { type: 'not', path: 'properties.currency', value: 'eur' }],
    [true, { type: 'one-of', path: 'properties.currency', values: ['USD', 'EUR'] }],
    [false, { type: 'one-of', path: 'properties.currency', values: ['USD'] }],
    [true, { type: 'exists', path: 'properties.products' }],
    [true, { type: 'missing', path: 'properties.refund' }],
    [true, { type: 'greater', path: 'properties.total', value: 27 }],
    [false, { type: 'greater', path: 'properties.total', value: 27.5 }],
    [true, { type: 'at-least', path: 'properties.total', value: 27.5 }],
    [true, { type: 'less', path: 'properties.products.price', value: 8 }],
    [false, { type: 'less', path: 'properties.products.price', value: 7 }],
    [true, { type: 'at-most', path: 'properties.total', value: 27.5 }],
    [false, { type: 'greater', path: 'properties.coupon', value: 0 }],
    [true, { type: 'contains', path: 'properties.products.category', value: 'gift' }],
    [true, { type: 'glob', path: 'context.page.url', value: '*/staging/*' }],
    [true, { type: 'pattern', path: 'properties.coupon', value: '^TEST-\\d+$' }],
    [false, { type: 'pattern', path: 'properties.coupon', value: '^test' }],
    [true, { type: 'pattern', path: 'properties.coupon', value: '(?i)^test' }],
    [false, { type: 'exists', path: 'properties.constructor' }],
  ])('%j: %j', (holds, condition) => {
    expect(endOf(planOf(order, ruled([dropping(condition)])))).toBe(
      holds ? 'rule_dropped' : undefined,
    )
  })

  test('all conditions have to hold, and the reason names the rule', () => {
    const big: Condition = { type: 'greater', path: 'properties.total', value: 20 }
    const euro: Condition = { type: 'equals', path: 'properties.currency', value: 'USD' }
    expect(endOf(planOf(order, ruled([dropping(big, euro)])))).toBeUndefined()
    const plan = planOf(order, ruled([dropping(big)]))
    expect(plan).toMatchObject({ reason: 'rule_dropped', detail: 'Test orders' })
    expect(explainPlan(plan, journaled(order)).lines[0]).toBe('Your rule "Test orders" removed it.')
  })

  test('a rule that is switched off is passed over; the first that decides ends it', () => {
    const all = { events: ['*'] }
    const rules: readonly Rule[] = [
      { name: 'Off', ...all, decision: 'drop', enabled: false },
      {
        name: 'Keep gold',
        ...all,
        decision: 'send',
        when: [{ type: 'exists', path: 'traits.plan' }],
      },
      { name: 'Others', ...all, decision: 'drop' },
    ]
    expect(endOf(planOf(order, ruled(rules)))).toBeUndefined()
    expect(planOf({ event: 'Order Completed' }, ruled(rules))).toMatchObject({ detail: 'Others' })
  })
})

describe('S7 a rule changes the event on its way', () => {
  test('fields are set, taken from others and removed, and the rules after it see that', () => {
    const rules: readonly Rule[] = [
      {
        name: 'Tidy',
        events: ['*'],
        decision: 'change',
        changes: [
          { type: 'set', path: 'properties.channel', value: 'web' },
          { type: 'set', path: 'properties.deal.code', from: 'properties.coupon' },
          { type: 'remove', path: 'properties.coupon' },
          { type: 'remove', path: 'properties.products.category' },
        ],
      },
      {
        name: 'Web only',
        events: ['*'],
        decision: 'drop',
        when: [{ type: 'not', path: 'properties.channel', value: 'web' }],
      },
    ]
    const raw = structuredClone(order)
    const plan = planOf(raw, ruled(rules))
    expect(plan).toMatchObject({ by: ['Tidy'] })
    const [placed] = eventsOf(plan)
    expect(placed?.properties).toMatchObject({ channel: 'web', deal: { code: 'TEST-20' } })
    expect(JSON.stringify(placed)).not.toContain('Gift cards')
    expect(placed?.properties).not.toHaveProperty('coupon')
    expect(raw).toEqual(order)
  })

  test('a new name leads to that name’s mapping, switch and rules', () => {
    const rename: Rule = {
      name: 'Our orders',
      events: ['Bestellung'],
      decision: 'change',
      changes: [{ type: 'rename', to: 'Order Completed' }],
    }
    const raw = { ...order, event: 'Bestellung' }
    const [placed] = eventsOf(planOf(raw, ruled([rename])))
    expect(placed).toMatchObject({ metric: 'Placed Order', uniqueId: 'acme:order:1042' })
    const switches = { 'Placed Order': false, 'Ordered Product': false }
    expect(endOf(planOf(raw, ruled([rename], { switches })))).toBe('event_disabled')
    expect(endOf(planOf(raw, ruled([rename, dropping()])))).toBe('rule_dropped')
    expect(endOf(planOf(raw, ruled([dropping(), rename])))).toBeUndefined()
  })

  test('a page becomes an event by a new name', () => {
    const plan = changed([{ type: 'rename', to: 'Viewed Checkout' }], {
      type: 'page',
      name: 'Checkout',
    })
    expect(eventsOf(plan)).toMatchObject([{ metric: 'Viewed Checkout' }])
  })

  test('a browser’s event does not become an order by a rule: the server has to have signed it', () => {
    const rename: Rule = {
      name: 'r',
      events: ['*'],
      decision: 'change',
      changes: [{ type: 'rename', to: 'Order Completed' }],
    }
    const browser = { person: false, order: false }
    const event = { ...journaled({ event: 'Anything' }).event, browser }
    const plan = planOf({ event: 'Anything' }, ruled([rename]), { event })
    expect(endOf(plan)).toBe('browser_unsigned')
  })

  test('what has no such field, or holds something else there, stays as it is', () => {
    const plan = changed([
      { type: 'remove', path: 'properties.none.at.all' },
      { type: 'set', path: 'properties.coupon.inner', value: 1 },
      { type: 'set', path: 'properties.copy', from: 'properties.none' },
      { type: 'set', path: 'properties.whole', from: 'context.page' },
    ])
    const [placed] = eventsOf(plan)
    expect(placed?.properties).toMatchObject({ DiscountCode: 'TEST-20' })
    expect(placed?.properties).not.toHaveProperty('copy')
    expect(placed?.properties).not.toHaveProperty('whole')
  })

  test('who people are is touched only by a rule that is for such calls', () => {
    const identify = { type: 'identify', traits: { email: 'a@b.example', birthday: '1990-01-01' } }
    const rule: Rule = {
      name: 'No birthdays',
      events: ['*'],
      decision: 'change',
      changes: [{ type: 'remove', path: 'traits.birthday' }],
    }
    expect(JSON.stringify(planOf(identify, ruled([rule])))).toContain('1990')
    const forPeople = { ...rule, calls: ['identify'] } as const
    const plan = planOf(identify, ruled([forPeople]))
    expect(plan).toMatchObject({ type: 'send', by: ['No birthdays'] })
    expect(JSON.stringify(plan)).not.toContain('1990')
    const never: Rule = { ...forPeople, decision: 'drop', changes: [] }
    expect(planOf(identify, ruled([never], { withoutRule: 'drop' }))).toMatchObject({
      detail: 'No birthdays',
    })
    expect(endOf(planOf(identify, connectionOf('hub')))).toBeUndefined()
  })
})

describe('S7 rules that cannot be kept are told by the place that is wrong', () => {
  const rule = { name: 'r', events: ['*'], decision: 'drop' }
  const when = (condition: unknown) => [{ ...rule, when: [condition] }]
  const change = (one: unknown) => [{ ...rule, decision: 'change', changes: [one] }]
  test.each<[unknown, string]>([
    [{}, ''],
    [[{ ...rule, name: ' ' }], '/0/name'],
    [[{ ...rule, extra: 1 }], '/0/extra'],
    [[{ ...rule, decision: 'change' }], '/0/changes'],
    [[{ ...rule, calls: ['alias'] }], '/0/calls'],
    [when({ type: 'equals', path: 'properties', value: 1 }), '/0/when/0/path'],
    [when({ type: 'equals', path: 'secret.x', value: 1 }), '/0/when/0/path'],
    [when({ type: 'equals', path: 'properties.__proto__', value: 1 }), '/0/when/0/path'],
    [when({ type: 'greater', path: 'properties.total', value: '5' }), '/0/when/0/value'],
    [when({ type: 'one-of', path: 'properties.total', values: [] }), '/0/when/0/values'],
    [when({ type: 'pattern', path: 'event', value: '(a' }), '/0/when/0/value'],
    [when({ type: 'pattern', path: 'event', value: '(?=a)' }), '/0/when/0/value'],
    [when({ type: 'pattern', path: 'event', value: 'x{1000}' }), '/0/when/0/value'],
    [change({ type: 'rename', to: '' }), '/0/changes/0/to'],
    [change({ type: 'set', path: 'userId', value: 'x' }), '/0/changes/0/path'],
    [change({ type: 'set', path: 'properties.a', value: {} }), '/0/changes/0/value'],
    [change({ type: 'erase', path: 'properties.a' }), '/0/changes/0/type'],
    [Array.from({ length: 21 }, () => when({ type: 'pattern', path: 'event', value: 'a' })[0]), ''],
  ])('%j at %j', (rules, pointer) => {
    expect(faultOfRules(rules, kit)?.pointer).toBe(pointer)
  })

  test.each([
    'properties.subscribe',
    'traits.properties.consent',
    'context.consent.analytics',
    'traits.smsConsent',
  ])('C8 no rule gives consent or takes a refusal away: %s', (path) => {
    for (const one of [
      { type: 'set', path, value: true },
      { type: 'remove', path },
    ]) {
      expect(faultOfRules(change(one), kit)).toMatchObject({
        message: 'No rule may change what a shopper agreed to.',
      })
    }
  })
})

const scalars = fc.oneof(
  fc.constantFrom<Json>('a', 'B', ' b ', 'ab', 'aab', '', '1', '1.5', 'true'),
  fc.constantFrom<Json>(0, 1, 1.5, -2, true, false, null),
)
const values = fc.oneof(scalars, fc.array(scalars, { maxLength: 3 }))
const properties = fc.dictionary(
  fc.constantFrom('x', 'y'),
  fc.oneof(
    values,
    fc.dictionary(fc.constantFrom('x', 'y'), values),
    fc.array(fc.dictionary(fc.constantFrom('x', 'y'), values), { maxLength: 3 }),
  ),
)
const paths = fc.constantFrom(
  'properties.x',
  'properties.y',
  'properties.x.y',
  'properties.y.x',
  'event',
  'traits.x',
)
const words = fc.constantFrom('a', 'b', '*a*', 'a*b', '1', 'ab')
const patterns = fc.constantFrom('^a', 'b$', '(a|b)+', '\\d', 'a.?b')
const plain = fc.constantFrom('a', 'B', '1', 1, 1.5, true)

const conditions = fc
  .record({
    type: fc.constantFrom(...conditionTypes),
    path: paths,
    plain,
    list: fc.array(plain, { minLength: 1, maxLength: 3 }),
    number: fc.constantFrom(0, 1, 1.5),
    text: words,
    pattern: patterns,
  })
  .map(({ type, path, ...given }): Condition => {
    if (type === 'exists' || type === 'missing') return { type, path }
    if (type === 'one-of') return { type, path, values: given.list }
    if (type === 'equals' || type === 'not') return { type, path, value: given.plain }
    if (type === 'pattern') return { type, path, value: given.pattern }
    if (type === 'contains' || type === 'glob') return { type, path, value: given.text }
    return { type, path, value: given.number }
  })

/** What a person would say that the condition means, one step after the other. */
function naively(condition: Condition, { event, identifiers }: Journaled): boolean {
  const whole = {
    ...event,
    event: eventNameOf(event),
    traits: event.traits ?? event.context?.['traits'],
    person: identifiers,
  }
  let found: unknown[] = [whole]
  for (const step of condition.path.split('.')) {
    found = found
      .flat(9)
      .flatMap((one) =>
        typeof one === 'object' && one !== null && step in one
          ? [(one as Record<string, unknown>)[step]]
          : [],
      )
  }
  const single = found.flat(9).filter((one) => one !== null && one !== undefined && one !== '')
  const texts = single.filter((one) => typeof one !== 'object').map(String)
  const lower = texts.map((text) => text.trim().toLowerCase())
  const isEqual = (wanted: unknown) =>
    typeof wanted === 'number'
      ? single.some((one) => amountOf(one) === wanted)
      : lower.includes(String(wanted).trim().toLowerCase())
  const amounts = single.map(amountOf).filter((amount) => amount !== undefined)
  switch (condition.type) {
    case 'exists':
    case 'missing': {
      const lists = found.filter((one) => Array.isArray(one) && one.length > 0)
      return (single.length > 0 || lists.length > 0) === (condition.type === 'exists')
    }
    case 'equals':
      return isEqual(condition.value)
    case 'not':
      return !isEqual(condition.value)
    case 'one-of':
      return condition.values.some(isEqual)
    case 'greater':
      return amounts.some((amount) => amount > condition.value)
    case 'at-least':
      return amounts.some((amount) => amount >= condition.value)
    case 'less':
      return amounts.some((amount) => amount < condition.value)
    case 'at-most':
      return amounts.some((amount) => amount <= condition.value)
    case 'contains':
      return lower.some((text) => text.includes(condition.value.trim().toLowerCase()))
    case 'glob': {
      const glob = new RegExp(`^${condition.value.toLowerCase().replaceAll('*', '[^]*')}$`, 'u')
      return lower.some((text) => glob.test(text))
    }
    case 'pattern':
      return texts.some((text) => new RegExp(condition.value, 'u').test(text))
    default:
      return condition satisfies never
  }
}

const rulesets = fc.array(
  fc.record({
    name: fc.constantFrom('one', 'two', 'three'),
    events: fc.subarray(['X', 'Y', '*', 'x*'], { minLength: 1 }),
    when: fc.array(conditions, { maxLength: 2 }),
    decision: fc.constantFrom('send' as const, 'drop' as const),
  }),
  { maxLength: 5 },
)
const raws = fc.record({
  event: fc.constantFrom('X', 'y', 'Z'),
  properties,
  traits: fc.dictionary(fc.constantFrom('x'), values),
})

test('S7 compiled rules say what going through them word by word says', () => {
  fc.assert(
    fc.property(rulesets, raws, (rules, { traits, ...raw }) => {
      const came = journaled({ ...raw, context: { traits } })
      const names = (events: readonly string[]) =>
        events.some((one) => new RegExp(`^${one.replace('*', '.*')}$`, 'iu').test(raw.event))
      const first = rules.find(
        ({ events, when }) => names(events) && when.every((condition) => naively(condition, came)),
      )
      const plan = mapperOf(ruled(rules), kit).plan(came)
      const told = plan.type === 'end' ? [plan.reason, plan.detail] : []
      expect(told).toEqual(first?.decision === 'drop' ? ['rule_dropped', first.name] : [])
    }),
    { numRuns: 2_000 },
  )
})

test('invariant 9: the same event and the same rules give the same actions, and the event stays as it was', () => {
  const changes = fc.array(
    fc.oneof(
      fc.record({
        type: fc.constant('rename' as const),
        to: fc.constantFrom('X', 'Y', 'Order Completed'),
      }),
      fc.record({
        type: fc.constant('set' as const),
        path: fc.constantFrom('properties.x', 'properties.x.y'),
        value: plain,
      }),
      fc.record({
        type: fc.constant('remove' as const),
        path: paths.filter((path) => path.startsWith('prop')),
      }),
    ),
    { minLength: 1, maxLength: 4 },
  )
  const changing = fc.record({
    name: fc.constant('c'),
    events: fc.constant(['*']),
    when: fc.array(conditions, { maxLength: 1 }),
    decision: fc.constant('change' as const),
    changes,
  })
  fc.assert(
    fc.property(
      fc.array(changing, { maxLength: 3 }),
      rulesets,
      raws,
      (first, then, { traits, ...raw }) => {
        const rules = [...first, ...then]
        expect(faultOfRules(rules, kit)).toBeUndefined()
        const came = journaled({ ...raw, context: { traits } })
        const before = structuredClone(came)
        const mapper = mapperOf(ruled(rules), kit)
        const plan = mapper.plan(came)
        expect(mapper.plan(came)).toEqual(plan)
        expect(mapperOf(ruled(structuredClone(rules)), kit).plan(structuredClone(came))).toEqual(
          plan,
        )
        expect(came).toEqual(before)
      },
    ),
    { numRuns: 500 },
  )
})

/** Each brings a backtracking engine to a standstill with a text of a hundred characters. */
const attacks = [
  '(a+)+$',
  '(a|a)*$',
  '(a|aa)+$',
  '(.*a){12}$',
  '([a-z]+)*\\d',
  '(x+x+)+y',
  '(a|b)*a(a|b){60}$',
]

test('A67 S7 patterns that bring other engines to a standstill take no longer than others', () => {
  const text = `${'a'.repeat(5_000)}!`
  for (const value of attacks) {
    const rule = dropping({ type: 'pattern', path: 'properties.coupon', value })
    expect(faultOfRules([rule], kit)).toBeUndefined()
    const mapper = mapperOf(ruled([rule]), kit)
    const event = journaled({ event: 'Order Completed', properties: { coupon: text } })
    const took = Array.from({ length: 5 }, () => {
      const start = performance.now()
      mapper.plan(event)
      return performance.now() - start
    })
    expect([value, Math.min(...took) < 50]).toEqual([value, true])
  }
})

test('S7 a large event and as many rules as there may be come to an end soon', () => {
  const rules = Array.from({ length: 500 }, (_, index) =>
    dropping({ type: 'glob', path: 'properties.products.name', value: `*a*a*a*a*a*b${index}` }),
  )
  expect(faultOfRules(rules, kit)).toBeUndefined()
  const name = 'a'.repeat(200)
  const event = journaled({
    event: 'Order Completed',
    properties: { products: Array.from({ length: 1_000 }, () => ({ name })) },
  })
  const start = performance.now()
  expect(endOf(mapperOf(ruled(rules), kit).plan(event))).toBeUndefined()
  expect(performance.now() - start).toBeLessThan(5_000)
})
