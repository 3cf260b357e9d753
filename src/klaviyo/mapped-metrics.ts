import type { SlotMapped } from '../core/index.ts'
import { memberOf, textOf } from './json.ts'
import { readMetrics } from './metrics.ts'
import { ask, failedOf, findInPages, type Reader } from './read.ts'

/** Klaviyo's own slots for what counts as revenue and the like, and which of our metrics belongs there. */
const slots: ReadonlyMap<string, string> = new Map([
  ['revenue', 'Placed Order'],
  ['ordered_product', 'Ordered Product'],
  ['started_checkout', 'Started Checkout'],
  ['added_to_cart', 'Added to Cart'],
  ['viewed_product', 'Viewed Product'],
  ['cancelled_sales', 'Cancelled Order'],
  ['refunded_sales', 'Refunded Order'],
])

/**
 * Tells Klaviyo which of its metrics count as revenue, cart and so on, so that lifetime value, benchmarks and
 * attribution count what we send. Only slots that differ are changed: Klaviyo allows two changes a slot and day.
 */
export async function mapMetrics(reader: Reader): Promise<readonly SlotMapped[]> {
  const metrics = await readMetrics(reader)
  if (metrics.type !== 'found') {
    const message = metrics.type === 'failed' ? metrics.message : 'Klaviyo gave no metrics.'
    return [...slots].map(([slot, metric]) => ({ slot, metric, outcome: 'failed', message }))
  }
  const present = await presentOnes(reader)
  const results: SlotMapped[] = []
  for (const [slot, metric] of slots) {
    const named = metrics.value.filter(({ name }) => name === metric)
    const ours =
      named.find(({ integration }) => (integration === 'api') === (reader.auth.type === 'key')) ??
      named[0]
    if (ours === undefined) results.push({ slot, metric, outcome: 'metric_missing' })
    else if (present.get(slot) === ours.id) results.push({ slot, metric, outcome: 'was_mapped' })
    else results.push({ slot, metric, ...(await change(reader, slot, ours.id)) })
  }
  return results
}

/** The metric that each slot has now. */
async function presentOnes(reader: Reader): Promise<ReadonlyMap<string, string>> {
  const present = new Map<string, string>()
  await findInPages(reader, '/api/mapped-metrics?include=metric', (entry) => {
    const slot = textOf(entry, 'id')
    const metric = textOf(memberOf(entry, 'relationships', 'metric', 'data'), 'id')
    if (slot !== undefined && metric !== undefined) present.set(slot, metric)
    return undefined
  })
  return present
}

async function change(
  reader: Reader,
  slot: string,
  metricId: string,
): Promise<Pick<SlotMapped, 'outcome' | 'message'>> {
  const body = JSON.stringify({
    data: {
      type: 'mapped-metric',
      id: slot,
      relationships: { metric: { data: { type: 'metric', id: metricId } } },
    },
  })
  const reply = await ask(reader, 'PATCH', `/api/mapped-metrics/${slot}`, body)
  if (reply.status === 200) return { outcome: 'mapped' }
  return { outcome: 'failed', message: failedOf(reply).message }
}
