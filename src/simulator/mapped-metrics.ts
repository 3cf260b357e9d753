import type { Call, Handler } from './call.ts'
import { forbidden, invalid, notFound } from './errors.ts'
import { shortId } from './ids.ts'
import type { JsonObject } from './json.ts'
import { metricById, metricResource } from './metrics.ts'
import type { Entry } from './entry.ts'
import {
  addEntry,
  createdAnswer,
  deleteEntry,
  entryOf,
  getEntries,
  getEntry,
  idIn,
  type Kind,
  patchEntry,
  relationHandlers,
  shower,
  tableOf,
} from './records.ts'
import { type Resource, resource, showAll, showOne, showPage, pageOf } from './resource.ts'

const slots = [
  'added_to_cart',
  'cancelled_sales',
  'ordered_product',
  'refunded_sales',
  'revenue',
  'started_checkout',
  'viewed_product',
]
const changesPerDay = 2
const dayMs = 86_400_000

const showMetric = (call: Call, id: string): Resource | undefined => {
  const metric = call.account.metricById(id)
  return metric === undefined ? undefined : metricResource(call, metric)
}

const mappedKind: Kind = {
  type: 'mapped-metric',
  path: '/api/mapped-metrics',
  pageSize: 20,
  updated: 'updated',
  hidden: ['changes'],
  relations: {
    metric: { type: 'metric', one: true, always: true, show: showMetric },
    'custom-metric': {
      type: 'custom-metric',
      one: true,
      always: true,
      show: shower(() => customKind),
    },
  },
}

const customKind: Kind = {
  type: 'custom-metric',
  path: '/api/custom-metrics',
  pageSize: 20,
  created: 'created',
  updated: 'updated',
  relations: { metrics: { type: 'metric', show: showMetric } },
}

/** The slots are there from the beginning, and point nowhere. */
const withSlots =
  (handler: Handler): Handler =>
  (call) => {
    if (tableOf(call, mappedKind).size === 0) {
      for (const slot of slots) addEntry(call, mappedKind, slot, {})
    }
    return handler(call)
  }

function updateMapped(call: Call): ReturnType<Handler> {
  const entry = entryOf(call, mappedKind)
  const { relationships } = (
    call.body as { data: { relationships?: { metric?: unknown; 'custom-metric'?: unknown } } }
  ).data
  const metric = idIn(relationships?.metric)
  const custom = idIn(relationships?.['custom-metric'])
  if ((metric === undefined) === (custom === undefined)) {
    throw invalid('Exactly one of metric or custom-metric must be given.', '/data/relationships')
  }
  if (metric !== undefined) metricById(call, metric)
  else entryOf(call, customKind, custom)
  const changes = ((entry.attributes['changes'] ?? []) as readonly number[]).filter(
    (at) => at > call.now - dayMs,
  )
  if (changes.length >= changesPerDay) {
    throw forbidden(`A mapped metric can be changed ${changesPerDay} times a day.`)
  }
  patchEntry(call, entry, { changes: [...changes, call.now] })
  entry.related = metric === undefined ? { 'custom-metric': [custom ?? ''] } : { metric: [metric] }
  return createdAnswer(call, mappedKind, entry, 200)
}

function bodyOf(call: Call): JsonObject {
  return (call.body as { data: { attributes: JsonObject } }).data.attributes
}

/** The metrics that a custom metric is made of, as its definition names them. */
function relateCustom(call: Call, entry: Entry): void {
  const ids = new Set<string>()
  JSON.stringify(entry.attributes['definition'], (key, value: unknown) => {
    if (key === 'metric_id' && typeof value === 'string') ids.add(value)
    return value
  })
  for (const id of ids) metricById(call, id)
  entry.related['metrics'] = [...ids]
}

/** What the events of a metric carry: one metric property per top-level key. */
function propertiesOfMetric(call: Call, metricId: string): readonly Resource[] {
  const metric = metricById(call, metricId)
  const samples = new Map<string, unknown[]>()
  let looked = 0
  for (const place of call.account.events.ofMetric(metric.place)) {
    looked += 1
    if (looked > 1000) break
    const event = call.account.events.get(place)
    if (event === undefined) continue
    for (const [name, value] of Object.entries(JSON.parse(event.properties) as JsonObject)) {
      const known = samples.get(name) ?? []
      if (known.length < 10 && !known.includes(value)) known.push(value)
      samples.set(name, known)
    }
  }
  return [...samples].map(([name, values]) =>
    resource(call, {
      type: 'metric-property',
      id: Buffer.from(`${metricId}:${name}`).toString('base64url'),
      path: '/api/metric-properties',
      attributes: {
        label: name,
        property: name,
        inferred_type: inferredType(values[0]),
        ...(call.query.additional.has('sample_values') ? { sample_values: values } : {}),
      },
      relations: { metric: { type: 'metric', id: metricId } },
    }),
  )
}

function inferredType(value: unknown): string {
  if (Array.isArray(value)) return 'list'
  return typeof value === 'number' ? 'numeric' : typeof value === 'boolean' ? 'boolean' : 'string'
}

function metricIdOfProperty(call: Call): string {
  const id = call.params['id'] ?? ''
  const [metricId = ''] = Buffer.from(id, 'base64url').toString('utf8').split(':', 1)
  if (call.account.metricById(metricId) === undefined) throw notFound('metric-property', id)
  return metricId
}

const idOf = (call: Call): string => call.params['id'] ?? ''

export const mappedMetricHandlers: { readonly [operation: string]: Handler } = {
  get_mapped_metrics: withSlots(getEntries(mappedKind)),
  get_mapped_metric: withSlots(getEntry(mappedKind)),
  update_mapped_metric: withSlots(updateMapped),
  ...Object.fromEntries(
    Object.entries({
      ...relationHandlers(mappedKind, 'metric', {
        resources: 'get_metric_for_mapped_metric',
        ids: 'get_metric_id_for_mapped_metric',
      }),
      ...relationHandlers(mappedKind, 'custom-metric', {
        resources: 'get_custom_metric_for_mapped_metric',
        ids: 'get_custom_metric_id_for_mapped_metric',
      }),
    }).map(([name, handler]) => [name, withSlots(handler)]),
  ),
  get_custom_metrics: getEntries(customKind),
  get_custom_metric: getEntry(customKind),
  create_custom_metric(call) {
    const entry = addEntry(call, customKind, shortId(), bodyOf(call))
    relateCustom(call, entry)
    return createdAnswer(call, customKind, entry)
  },
  update_custom_metric(call) {
    const entry = entryOf(call, customKind)
    patchEntry(call, entry, bodyOf(call))
    relateCustom(call, entry)
    return createdAnswer(call, customKind, entry, 200)
  },
  delete_custom_metric: deleteEntry(customKind),
  ...relationHandlers(customKind, 'metrics', {
    resources: 'get_metrics_for_custom_metric',
    ids: 'get_metric_ids_for_custom_metric',
  }),
  get_properties_for_metric: (call) => showAll(call, propertiesOfMetric(call, idOf(call))),
  get_property_ids_for_metric: (call) =>
    showPage(
      call,
      pageOf(call, propertiesOfMetric(call, idOf(call)), {
        idOf: ({ id }) => id,
        keyOf: ({ id }) => id,
        usualSize: 1000,
      }),
      ({ type, id }) => ({ type, id }),
    ),
  get_metric_property(call) {
    const found = propertiesOfMetric(call, metricIdOfProperty(call)).find(
      ({ id }) => id === idOf(call),
    )
    if (found === undefined) throw notFound('metric-property', idOf(call))
    return showOne(call, 200, found)
  },
  get_metric_for_metric_property: (call) =>
    showOne(call, 200, metricResource(call, metricById(call, metricIdOfProperty(call)))),
  get_metric_id_for_metric_property: (call) => ({
    status: 200,
    body: {
      data: { type: 'metric', id: metricIdOfProperty(call) },
      links: { self: `${call.base}${call.target}` },
    },
  }),
}
