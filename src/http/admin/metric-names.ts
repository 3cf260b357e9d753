import { type Connection, mappings } from '../../core/index.ts'

/** The metric that a name leads to. */
export function metricOf(name: string): string {
  const same = name.trim().toLowerCase()
  const mapping = mappings.find(
    ({ metric, events = [] }) =>
      metric.toLowerCase() === same || events.some((event) => event.toLowerCase() === same),
  )
  return mapping?.metric ?? name.trim()
}

/** Every name that leads to the same metric, in lower case. */
export function namesOf(name: string, { settings }: Connection): ReadonlySet<string> {
  const metric = metricOf(name)
  const built = mappings
    .filter((mapping) => mapping.metric === metric || mapping.fanOut?.metric === metric)
    .flatMap(({ events = [] }) => events)
  const own = Object.entries(settings.mappings)
    .filter(([, mapping]) => mapping?.metric === metric)
    .map(([event]) => event)
  return new Set([name, metric, ...built, ...own].map((each) => each.trim().toLowerCase()))
}

/** It is one of those that there are mappings for. */
export function isKnownMetric(metric: string, { settings }: Connection): boolean {
  return (
    mappings.some((one) => one.metric === metric || one.fanOut?.metric === metric) ||
    Object.values(settings.mappings).some((own) => own?.metric === metric)
  )
}
