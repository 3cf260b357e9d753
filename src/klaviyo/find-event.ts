import type { Identifiers, WantedEvent } from '../core/index.ts'
import { textOf } from './json.ts'
import { readMetrics } from './metrics.ts'
import { filterOf, findInPages, quoted, type Read, type Reader } from './read.ts'

export interface FoundEvent {
  readonly id: string
  readonly metricId: string
  readonly profileId: string
  /** ISO 8601, in whole seconds: Klaviyo keeps no more. */
  readonly time: string
}

/**
 * Reads an event back (S39). `missing` may become found: Klaviyo processes what it accepted within
 * seconds or minutes, and says nowhere when it has.
 */
export async function findEvent(reader: Reader, wanted: WantedEvent): Promise<Read<FoundEvent>> {
  const profile = await findProfile(reader, wanted.identifiers)
  if (profile.type !== 'found') return profile
  const conditions = [`equals(profile_id,${quoted(profile.value)})`, ...around(wanted.time)]
  const metrics = await readMetrics(reader)
  if (metrics.type !== 'found') return metrics
  // An account may have the name twice, under a key and under an app: either is the event's.
  const metricIds = new Set(
    metrics.value.filter(({ name }) => name === wanted.metric).map(({ id }) => id),
  )
  if (metricIds.size === 0) return { type: 'missing' }
  const path = `/api/events?${filterOf(...conditions)}&include=metric&sort=-datetime&page[size]=200`
  return findInPages(reader, path, (entry) => {
    if (textOf(entry, 'attributes', 'event_properties', '$event_id') !== wanted.uniqueId) {
      return undefined
    }
    const id = textOf(entry, 'id')
    const metricId = textOf(entry, 'relationships', 'metric', 'data', 'id')
    if (id === undefined || metricId === undefined || !metricIds.has(metricId)) return undefined
    const time = textOf(entry, 'attributes', 'datetime') ?? ''
    return { id, metricId, profileId: profile.value, time }
  })
}

/** The id of the profile with the first of these identifiers that Klaviyo can look for. */
async function findProfile(
  reader: Reader,
  { email, phone, externalId }: Identifiers,
): Promise<Read<string>> {
  const fields = [
    ['email', email],
    ['external_id', externalId],
    ['phone_number', phone],
  ] as const
  for (const [field, value] of fields) {
    if (value === undefined) continue
    const path = `/api/profiles?${filterOf(`equals(${field},${quoted(value)})`)}&fields[profile]=email`
    const read = await findInPages(reader, path, (entry) => textOf(entry, 'id'))
    if (read.type !== 'missing') return read
  }
  return { type: 'missing' }
}

function around(time: number | undefined): readonly string[] {
  if (time === undefined) return []
  const from = new Date(Math.floor(time / 1_000) * 1_000).toISOString()
  const to = new Date(Math.floor(time / 1_000) * 1_000 + 1_000).toISOString()
  return [`greater-or-equal(datetime,${from})`, `less-than(datetime,${to})`]
}
