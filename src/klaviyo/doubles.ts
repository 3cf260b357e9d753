import type { Double } from '../core/index.ts'
import { textOf } from './json.ts'
import { type Metric, readMetrics } from './metrics.ts'
import { filterOf, findInPages, quoted, type Read, type Reader } from './read.ts'

/** Who has sent nothing for so long is taken to have ended. */
const recentMs = 30 * 86_400_000

/** Klaviyo tells when a metric came to be by its own clock, in whole seconds. */
const spareMs = 5 * 60_000

/** Klaviyo's own: what it counts itself, under names of its own. */
const klaviyoItself = 'klaviyo'

/**
 * Metrics of the same names that somebody else fills: a shop platform's own integration, an app, another program
 * with a key. Klaviyo keeps them apart from ours, so reports that go by the name count twice and flows may start
 * twice.
 *
 * @param since when we began to send to the account; what was there before is not ours
 */
export async function findDoubles(
  reader: Reader,
  { names, since, now }: { readonly names: readonly string[]; since: number; now: number },
): Promise<Read<readonly Double[]>> {
  const metrics = await readMetrics(reader)
  if (metrics.type !== 'found') return metrics
  const wanted = new Set(names)
  const byIntegration = new Map<string, Double>()
  for (const metric of metrics.value) {
    if (!wanted.has(metric.name) || isOurs(metric, reader, since)) continue
    const newestAt = await newestOf(reader, metric, now - recentMs)
    if (newestAt === 'none') continue
    const { integration, integrationName } = metric
    const known = byIntegration.get(integration)
    const newest = Math.max(known?.newestAt ?? 0, newestAt ?? 0)
    byIntegration.set(integration, {
      integration,
      name: integrationName,
      metrics: [...(known?.metrics ?? []), metric.name],
      ...(newest === 0 ? {} : { newestAt: newest }),
    })
  }
  return { type: 'found', value: [...byIntegration.values()] }
}

/** Of the kind that these credentials write, and begun by us: all keys of an account write the same one. */
function isOurs({ integration, createdAt }: Metric, { auth }: Reader, since: number): boolean {
  if (integration === klaviyoItself) return true
  const isOurKind = (integration === 'api') === (auth.type === 'key')
  return isOurKind && createdAt !== undefined && createdAt >= since - spareMs
}

/** Undefined: it cannot be told, for example without the permission to read events. */
async function newestOf(
  reader: Reader,
  { id }: Metric,
  since: number,
): Promise<number | 'none' | undefined> {
  const after = new Date(since).toISOString()
  const filter = filterOf(`equals(metric_id,${quoted(id)})`, `greater-or-equal(datetime,${after})`)
  const path = `/api/events?${filter}&sort=-datetime&page[size]=1`
  const read = await findInPages(reader, path, (entry) => textOf(entry, 'attributes', 'datetime'))
  if (read.type === 'missing') return 'none'
  const at = read.type === 'found' ? Date.parse(read.value) : Number.NaN
  return Number.isNaN(at) ? undefined : at
}
