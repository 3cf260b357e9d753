import type { Answer, Call, Handler } from './call.ts'
import { randomUUID } from 'node:crypto'
import { writeTime } from './clock.ts'
import { invalid } from './errors.ts'
import { type Condition, readFilter } from './filter.ts'
import { type JsonObject, textOf } from './json.ts'
import { metricById } from './metrics.ts'
import { readTime } from './schema.ts'

export const metricAggregateHandlers: { readonly [operation: string]: Handler } = {
  query_metric_aggregates: aggregate,
}

const leastPageSize = 500
const pointer = '/data/attributes'

interface Query {
  readonly metric_id: string
  readonly measurements: readonly ('count' | 'sum_value' | 'unique')[]
  readonly filter: readonly string[]
  readonly interval?: 'hour' | 'day' | 'week' | 'month' | null
  readonly by?: readonly string[] | null
  readonly timezone?: string | null
  readonly page_size?: number | null
}

const rules = Object.fromEntries(
  [
    'datetime',
    '$value_currency',
    'URL',
    '$message',
    '$flow',
    '$attributed_message',
    '$attributed_flow',
    '$campaign_channel',
    'Client Name',
    'Email Domain',
  ].map((field) => [
    field,
    {
      operators:
        field === 'datetime'
          ? ['greater-or-equal', 'less-than', 'less-or-equal', 'greater-than']
          : ['equals', 'any', 'contains', 'not'],
      value: field === 'datetime' ? 'datetime' : 'string',
    },
  ]),
)

/** Counts of a metric's events over time, and by the closed set of dimensions. */
function aggregate(call: Call): Answer {
  const query = (call.body as { data: { attributes: Query } }).data.attributes
  const metric = metricById(call, query.metric_id)
  if (query.measurements.length === 0) {
    throw invalid('At least one measurement is required.', `${pointer}/measurements`)
  }
  const size = query.page_size ?? leastPageSize
  if (size < leastPageSize) {
    throw invalid(`The page_size must be at least ${leastPageSize}.`, `${pointer}/page_size`)
  }
  const timezone = checkedTimezone(query.timezone ?? 'UTC')
  const conditions = query.filter.flatMap((text) => readFilter(text, rules))
  const { from, to } = rangeOf(conditions, timezone)
  if (to - from > call.world.choices.aggregateRangeMs) {
    throw invalid('The range is too long.', `${pointer}/filter`)
  }
  const starts = intervalStarts(from, to, query.interval ?? 'day', timezone)
  const by = query.by ?? []
  const groups = new Map<string, Group>()
  if (by.length === 0) groups.set('[]', new Group([], starts.length))
  for (const place of call.account.events.ofMetric(metric.place)) {
    const time = call.account.events.timeOf(place)
    if (time < from || time >= to) continue
    const properties = propertiesOf(call, place, by.length > 0 || conditions.length > 2)
    if (!conditions.every((condition) => meetsDimension(properties, condition))) continue
    const dimensions = by.map((name) => textOf(properties[name]))
    const key = JSON.stringify(dimensions)
    let group = groups.get(key)
    if (group === undefined) {
      group = new Group(dimensions, starts.length)
      groups.set(key, group)
    }
    group.add(
      intervalOf(starts, time),
      call.account.events.valueOf(place) ?? 0,
      call.account.events.profileOf(place),
    )
  }
  return {
    status: 200,
    body: {
      data: {
        type: 'metric-aggregate',
        id: randomUUID(),
        attributes: {
          dates: starts.map((start) => writeTime(start)),
          data: [...groups.values()].map((group) => group.show(query.measurements)),
        },
        links: { self: `${call.base}/api/metric-aggregates/` },
      },
      links: { self: `${call.base}/api/metric-aggregates` },
    },
  }
}

class Group {
  readonly #dimensions: readonly string[]
  readonly #counts: number[]
  readonly #sums: number[]
  readonly #people: Set<number>[]

  constructor(dimensions: readonly string[], intervals: number) {
    this.#dimensions = dimensions
    this.#counts = Array.from({ length: intervals }, () => 0)
    this.#sums = Array.from({ length: intervals }, () => 0)
    this.#people = Array.from({ length: intervals }, () => new Set<number>())
  }

  add(interval: number, value: number, profile: number): void {
    this.#counts[interval] = (this.#counts[interval] ?? 0) + 1
    this.#sums[interval] = (this.#sums[interval] ?? 0) + value
    this.#people[interval]?.add(profile)
  }

  show(measurements: Query['measurements']): JsonObject {
    const all = {
      count: this.#counts,
      sum_value: this.#sums,
      unique: this.#people.map(({ size }) => size),
    }
    return {
      dimensions: this.#dimensions,
      measurements: Object.fromEntries(measurements.map((name) => [name, all[name]])),
    }
  }
}

function checkedTimezone(timezone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: timezone }).resolvedOptions().timeZone
  } catch {
    throw invalid(`'${timezone}' is not a valid timezone.`, `${pointer}/timezone`)
  }
}

/** A start and an end are required; without a zone they are local to the asked timezone. */
function rangeOf(
  conditions: readonly Condition[],
  timezone: string,
): { readonly from: number; readonly to: number } {
  const bound = (operator: string): number => {
    const found = conditions.find(
      (condition) => condition.field === 'datetime' && condition.operator === operator,
    )
    if (found === undefined) {
      throw invalid(
        'The filter must hold greater-or-equal(datetime,…) and less-than(datetime,…).',
        `${pointer}/filter`,
      )
    }
    const text = textOf(found.value)
    const utc = readTime(text) ?? 0
    return /Z|[+-]\d{2}:?\d{2}$/.test(text.slice(10)) ? utc : utc - offsetAt(utc, timezone)
  }
  const from = bound('greater-or-equal')
  const to = bound('less-than')
  if (to <= from) throw invalid('The end must be after the start.', `${pointer}/filter`)
  return { from, to }
}

/** How far local time is ahead of UTC. */
function offsetAt(utc: number, timezone: string): number {
  if (timezone === 'UTC') return 0
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(utc)
  const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value)
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return local - Math.floor(utc / 1000) * 1000
}

function intervalStarts(
  from: number,
  to: number,
  interval: 'hour' | 'day' | 'week' | 'month',
  timezone: string,
): readonly number[] {
  const starts: number[] = []
  const local = new Date(from + offsetAt(from, timezone))
  local.setUTCMinutes(0, 0, 0)
  if (interval !== 'hour') local.setUTCHours(0)
  if (interval === 'week') local.setUTCDate(local.getUTCDate() - ((local.getUTCDay() + 6) % 7))
  if (interval === 'month') local.setUTCDate(1)
  for (;;) {
    const start = local.getTime() - offsetAt(local.getTime(), timezone)
    if (start >= to) return starts
    starts.push(start)
    if (interval === 'hour') local.setUTCHours(local.getUTCHours() + 1)
    else if (interval === 'day') local.setUTCDate(local.getUTCDate() + 1)
    else if (interval === 'week') local.setUTCDate(local.getUTCDate() + 7)
    else local.setUTCMonth(local.getUTCMonth() + 1)
  }
}

function intervalOf(starts: readonly number[], time: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= time) low = middle
    else high = middle - 1
  }
  return low
}

function propertiesOf(call: Call, place: number, isNeeded: boolean): JsonObject {
  if (!isNeeded) return {}
  const event = call.account.events.get(place)
  if (event === undefined) return {}
  return {
    ...(JSON.parse(event.properties) as JsonObject),
    $value_currency: event.currency ?? '',
  }
}

function meetsDimension(properties: JsonObject, { field, operator, value }: Condition): boolean {
  if (field === 'datetime') return true
  const actual = textOf(properties[field])
  if (operator === 'contains') return actual.includes(textOf(value))
  return Array.isArray(value) ? value.includes(actual) : actual === value
}
