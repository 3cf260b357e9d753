import type {
  Clock,
  DestinationRow,
  Double,
  KlaviyoApp,
  KlaviyoDoor,
  OfferedSegment,
  PermissionAtKlaviyo,
} from '../core/index.ts'
import {
  createSegment,
  findDoubles,
  findEvent,
  findSegment,
  mapMetrics,
  readAccount,
  readLists,
  readMetrics,
  segmentTemplates,
} from '../klaviyo/index.ts'
import type { People, Reader, Segment } from '../klaviyo/index.ts'
import type { Credentials } from './credentials.ts'
import { ConfigurationError } from './environment.ts'
import { checkKey } from './key.ts'

/** So long a segment's number of people is told again as it was. */
const countMs = 20_000

/** So long it is told again who else fills the same metrics. */
const doublesMs = 5 * 60_000

/** What the admin asks of Klaviyo, at the address that this server sends to. */
export function klaviyoDoor({
  klaviyoUrl,
  clock,
  app,
  authOf,
  people,
}: {
  readonly klaviyoUrl: string | undefined
  readonly clock: Clock
  readonly app: KlaviyoApp | undefined
  readonly authOf: Credentials['authOf']
  readonly people: People
}): KlaviyoDoor {
  const readerOf = (destination: DestinationRow): Reader => ({
    auth: authOf(destination),
    clock,
    permits: people.of(destination.accountId, destination.auth === 'oauth' ? 'app' : 'key'),
    ...(klaviyoUrl === undefined ? {} : { baseUrl: klaviyoUrl }),
  })
  const counts = new Map<string, { readonly segment: Segment; readonly until: number }>()
  const doubles = new Map<string, { readonly doubles: readonly Double[]; readonly until: number }>()
  const permissions = new Map<
    string,
    {
      readonly secret: string
      readonly permissions: readonly PermissionAtKlaviyo[]
      readonly until: number
    }
  >()
  const forget = () => {
    for (const [id, { until }] of counts) if (until <= clock.now()) counts.delete(id)
  }
  const remember = (segment: Segment) => {
    if (!counts.has(segment.id)) counts.set(segment.id, { segment, until: clock.now() + countMs })
  }
  return {
    app,
    async permissions(destination) {
      if (destination.auth === 'oauth') {
        const granted = (destination.scopes ?? []).map((permission) => ({
          permission,
          granted: true,
        }))
        return { type: 'known', permissions: granted }
      }
      const known = permissions.get(destination.id)
      if (known?.secret === destination.secret && known.until > clock.now()) {
        return { type: 'known', permissions: known.permissions }
      }
      const check = await readAccount(readerOf(destination), (id) => people.of(id, 'key'))
      if (check.type !== 'valid') return { type: 'failed', message: check.message }
      const all = [
        ...check.granted.map((permission) => ({ permission, granted: true })),
        ...check.missing.map(({ scope, message }) => ({
          permission: scope,
          granted: false,
          says: message,
        })),
      ].toSorted((one, other) => one.permission.localeCompare(other.permission))
      permissions.set(destination.id, {
        secret: destination.secret,
        permissions: all,
        until: clock.now() + doublesMs,
      })
      return { type: 'known', permissions: all }
    },
    async segments(destination) {
      const reader = readerOf(destination)
      // One after the other: with its number of people each costs a request of a small budget.
      const offered: OfferedSegment[] = []
      forget()
      for (const { name, says, metric } of segmentTemplates) {
        const found = await findSegment(reader, name, (id) => counts.get(id)?.segment)
        if (found.type === 'found' && found.value.members !== undefined) remember(found.value)
        offered.push({
          name,
          says,
          metric,
          ...(found.type === 'missing'
            ? {}
            : { there: found.type === 'found' ? found.value : { failed: found.message } }),
        })
      }
      if (offered.every(({ there }) => there !== undefined)) return offered
      const metrics = await readMetrics(reader)
      if (metrics.type === 'failed') return offered
      const names = new Set(
        metrics.type === 'found' ? metrics.value.map((metric) => metric.name) : [],
      )
      return offered.map((one) =>
        one.there === undefined ? { ...one, isReady: names.has(one.metric) } : one,
      )
    },
    async createSegment(destination, name) {
      const template = segmentTemplates.find((one) => one.name === name)
      if (template === undefined) return undefined
      const { says, metric } = template
      return {
        offered: { name, says, metric },
        made: await createSegment(readerOf(destination), template),
      }
    },
    async doubles(destination, { names, since }) {
      const asked = JSON.stringify([destination.id, destination.accountId, since, names])
      const known = doubles.get(asked)
      if (known !== undefined && known.until > clock.now()) {
        return { type: 'found', doubles: known.doubles }
      }
      const now = clock.now()
      const read = await findDoubles(readerOf(destination), { names, since, now })
      if (read.type !== 'found') {
        return read.type === 'failed'
          ? read
          : { type: 'failed', message: 'Klaviyo gave no metrics.' }
      }
      for (const [key, { until }] of doubles) if (until <= now) doubles.delete(key)
      doubles.set(asked, { doubles: read.value, until: now + doublesMs })
      return { type: 'found', doubles: read.value }
    },
    async lists(destination) {
      const read = await readLists(readerOf(destination))
      if (read.type === 'found') return { type: 'found', lists: read.value }
      return { type: 'failed', message: read.type === 'failed' ? read.message : '' }
    },
    mapMetrics: (destination) => mapMetrics(readerOf(destination)),
    async findEvent(destination, wanted) {
      const read = await findEvent(readerOf(destination), wanted)
      if (read.type !== 'found') return read
      const { id, time } = read.value
      return { type: 'found', id, time }
    },
    async checkKey(key, publicKey) {
      try {
        const { accountId, account, warnings } = await checkKey(key, {
          publicKey,
          klaviyoUrl,
          clock,
          people,
        })
        return {
          type: 'valid',
          accountId,
          ...(account === undefined ? {} : { accountName: account.name }),
          warnings,
        }
      } catch (error) {
        if (error instanceof ConfigurationError) return { type: 'refused', message: error.message }
        throw error
      }
    },
  }
}
