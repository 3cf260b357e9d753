import type { SegmentMade, SegmentThere } from '../core/index.ts'
import { memberOf, parseJson, textOf } from './json.ts'
import { type Metric, readMetrics } from './metrics.ts'
import {
  ask,
  failedOf,
  filterOf,
  findInPages,
  quoted,
  type Read,
  type Reader,
  readJson,
} from './read.ts'

/** A segment that Klaviyo keeps up to date by itself, as data. */
export interface SegmentTemplate {
  /** Its name at Klaviyo, by which it is found again. */
  readonly name: string
  /** What people in it have in common, for the operator. */
  readonly says: string
  /** Everybody in it has an email address and this metric at least once, and none of `not`. */
  readonly metric: string
  /** Days back from now; undefined: ever. */
  readonly withinDays?: number
  readonly not?: { readonly metric: string; readonly withinDays?: number }
}

/** What the product offers to create (T49, T63). */
export const segmentTemplates: readonly SegmentTemplate[] = [
  {
    name: 'OnYou Customers',
    says: 'have an email address and have generated a try-on at least once',
    metric: 'Generated OnYou TryOn',
  },
  {
    name: 'Bought at least once',
    says: 'have an email address and have placed an order',
    metric: 'Placed Order',
  },
  {
    name: 'Looked but did not buy, 30 days',
    says: 'have viewed a product within 30 days and placed no order meanwhile',
    metric: 'Viewed Product',
    withinDays: 30,
    not: { metric: 'Placed Order', withinDays: 30 },
  },
  {
    name: 'Left a checkout, 7 days',
    says: 'have started a checkout within 7 days and placed no order meanwhile',
    metric: 'Started Checkout',
    withinDays: 7,
    not: { metric: 'Placed Order', withinDays: 7 },
  },
]

export interface Segment extends SegmentThere {
  readonly name: string
}

/**
 * The segment of a template, with its number of people.
 *
 * @param recall what was counted a moment ago: Klaviyo lets people be counted 15 times a minute
 */
export async function findSegment(
  reader: Reader,
  name: string,
  recall: (id: string) => Segment | undefined = () => undefined,
): Promise<Read<Segment>> {
  const path = `/api/segments?${filterOf(`equals(name,${quoted(name)})`)}`
  const found = await findInPages(reader, path, segmentOf)
  if (found.type !== 'found') return found
  const { id } = found.value
  const known = recall(id)
  if (known !== undefined) return { type: 'found', value: known }
  const withCount = `/api/segments/${encodeURIComponent(id)}?additional-fields[segment]=profile_count`
  const read = await readJson(reader, withCount)
  const segment = read.type === 'found' ? segmentOf(memberOf(read.value, 'data')) : undefined
  return { type: 'found', value: segment ?? found.value }
}

/** Makes the template's segment, unless there is one. Of two that ask at once, each looks again after it. */
export async function createSegment(
  reader: Reader,
  template: SegmentTemplate,
): Promise<SegmentMade> {
  const there = await findSegment(reader, template.name)
  if (there.type === 'found') return { type: 'there', segment: there.value }
  if (there.type === 'failed') return there
  const metrics = await readMetrics(reader)
  if (metrics.type !== 'found') return notThere(metrics, template.metric)
  const metric = ours(metrics.value, template.metric, reader)
  if (metric === undefined) return { type: 'metric_missing', metric: template.metric }
  const other =
    template.not === undefined ? undefined : ours(metrics.value, template.not.metric, reader)

  const reply = await ask(reader, 'POST', '/api/segments', bodyOf(template, metric, other))
  const segment =
    reply.status === 201 ? segmentOf(memberOf(parseJson(reply.text), 'data')) : undefined
  return segment === undefined ? failedOf(reply) : { type: 'created', segment }
}

function notThere(read: Exclude<Read<unknown>, { type: 'found' }>, metric: string): SegmentMade {
  return read.type === 'failed' ? read : { type: 'metric_missing', metric }
}

/** Under a key and under an app, a name is two metrics: the one that these credentials write. */
function ours(metrics: readonly Metric[], name: string, { auth }: Reader): Metric | undefined {
  const named = metrics.filter((metric) => metric.name === name)
  return (
    named.find(({ integration }) => (integration === 'api') === (auth.type === 'key')) ?? named[0]
  )
}

function bodyOf(template: SegmentTemplate, metric: Metric, other: Metric | undefined): string {
  const hasEmail = {
    type: 'profile-property',
    property: 'email',
    filter: { type: 'existence', operator: 'is-set' },
  }
  const groups = [[hasEmail], [counted(metric, template.withinDays, 'greater-than-or-equal', 1)]]
  // A metric that has no event yet is nothing that anybody has done.
  if (other !== undefined) groups.push([counted(other, template.not?.withinDays, 'equals', 0)])
  return JSON.stringify({
    data: {
      type: 'segment',
      attributes: {
        name: template.name,
        definition: { condition_groups: groups.map((conditions) => ({ conditions })) },
      },
    },
  })
}

function counted(
  { id }: Metric,
  withinDays: number | undefined,
  operator: 'greater-than-or-equal' | 'equals',
  value: number,
): { readonly type: string; readonly [member: string]: unknown } {
  return {
    type: 'profile-metric',
    metric_id: id,
    measurement: 'count',
    measurement_filter: { type: 'numeric', operator, value },
    timeframe_filter:
      withinDays === undefined
        ? { type: 'date', operator: 'alltime' }
        : { type: 'date', operator: 'in-the-last', unit: 'day', quantity: withinDays },
  }
}

function segmentOf(entry: unknown): Segment | undefined {
  const id = textOf(entry, 'id')
  const name = textOf(entry, 'attributes', 'name')
  if (id === undefined || name === undefined) return undefined
  const members = memberOf(entry, 'attributes', 'profile_count')
  return {
    id,
    name,
    processing: memberOf(entry, 'attributes', 'is_processing') === true,
    ...(typeof members === 'number' ? { members } : {}),
  }
}
