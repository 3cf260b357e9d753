import { memberOf, textOf } from './json.ts'
import { findInPages, type Read, type Reader } from './read.ts'

export interface Metric {
  readonly id: string
  readonly name: string
  /** Whose metric it is: `api` for private keys, an app's own key for OAuth installs. */
  readonly integration: string
  /** As people know it. */
  readonly integrationName: string
  /** Epoch milliseconds. */
  readonly createdAt?: number
}

export async function readMetrics(reader: Reader): Promise<Read<readonly Metric[]>> {
  const metrics: Metric[] = []
  const read = await findInPages(reader, '/api/metrics', (entry) => {
    const metric = metricOf(entry)
    if (metric) metrics.push(metric)
    return undefined
  })
  return read.type === 'failed' ? read : { type: 'found', value: metrics }
}

/**
 * A metric by its name. The same name under a key and under an app are two metrics: with `integration`
 * only that one's is meant. A metric exists once its first event was processed.
 */
export function findMetric(
  reader: Reader,
  name: string,
  integration?: string,
): Promise<Read<Metric>> {
  return findInPages(reader, '/api/metrics', (entry) => {
    const metric = metricOf(entry)
    if (metric?.name !== name) return undefined
    return integration === undefined || metric.integration === integration ? metric : undefined
  })
}

function metricOf(entry: unknown): Metric | undefined {
  const id = textOf(entry, 'id')
  const name = textOf(entry, 'attributes', 'name')
  if (id === undefined || name === undefined) return undefined
  const integration = memberOf(entry, 'attributes', 'integration')
  const key = textOf(integration, 'key') ?? textOf(integration, 'name') ?? ''
  const createdAt = Date.parse(textOf(entry, 'attributes', 'created') ?? '')
  return {
    id,
    name,
    integration: key,
    integrationName: textOf(integration, 'name') ?? key,
    ...(Number.isNaN(createdAt) ? {} : { createdAt }),
  }
}
