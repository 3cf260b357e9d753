import type { Metric } from './account.ts'
import type { Answer, Call, Handler, Look } from './call.ts'
import { writeTime } from './clock.ts'
import { notFound } from './errors.ts'
import { meets } from './filter.ts'
import { showPage, showOne, pageOf, type Resource, resource } from './resource.ts'

export const metricHandlers: { readonly [operation: string]: Handler } = {
  get_metrics: getMetrics,
  get_metric: (call) => showOne(call, 200, metricResource(call, metricById(call))),
}

const pageSize = 200

export function metricResource(call: Look, metric: Metric): Resource {
  return resource(call, {
    type: 'metric',
    id: metric.id,
    path: '/api/metrics',
    attributes: {
      name: metric.name,
      created: writeTime(metric.created),
      updated: writeTime(metric.updated),
      integration: { object: 'integration', ...metric.integration },
    },
    relations: { 'flow-triggers': call.query.include.has('flow-triggers') ? [] : undefined },
  })
}

export function metricById(call: Call, id = call.params['id'] ?? ''): Metric {
  const metric = call.account.metricById(id)
  if (metric === undefined) throw notFound('metric', id)
  return metric
}

function getMetrics(call: Call): Answer {
  const metrics = call.account.metrics.filter((metric) =>
    call.query.filter.every((condition) =>
      meets(
        condition.field === 'integration.name'
          ? metric.integration.name
          : metric.integration.category,
        condition,
      ),
    ),
  )
  const page = pageOf(call, metrics, {
    idOf: ({ id }) => id,
    keyOf: ({ id }) => id,
    usualSize: pageSize,
  })
  return showPage(
    call,
    page,
    (metric) => metricResource(call, metric),
    call.query.include.size === 0 ? undefined : [],
  )
}
