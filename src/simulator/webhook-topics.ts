import type { Metric } from './account.ts'

/** `event:api.placed_order` */
export function topicOf(metric: Pick<Metric, 'name' | 'integration'>): string {
  const slug = metric.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
  return `event:${metric.integration.key}.${slug}`
}
