import type {
  Clock,
  DestinationRow,
  KlaviyoApp,
  KlaviyoDoor,
  OfferedSegment,
} from '../core/index.ts'
import {
  createSegment,
  findEvent,
  findSegment,
  mapMetrics,
  segmentTemplates,
} from '../klaviyo/index.ts'
import type { Reader } from '../klaviyo/index.ts'
import type { Credentials } from './credentials.ts'
import { ConfigurationError } from './environment.ts'
import { checkKey } from './key.ts'

/** What the admin asks of Klaviyo, at the address that this server sends to. */
export function klaviyoDoor({
  klaviyoUrl,
  clock,
  app,
  authOf,
}: {
  readonly klaviyoUrl: string | undefined
  readonly clock: Clock
  readonly app: KlaviyoApp | undefined
  readonly authOf: Credentials['authOf']
}): KlaviyoDoor {
  const readerOf = (destination: DestinationRow): Reader => ({
    auth: authOf(destination),
    clock,
    ...(klaviyoUrl === undefined ? {} : { baseUrl: klaviyoUrl }),
  })
  return {
    app,
    async segments(destination) {
      const reader = readerOf(destination)
      // One after the other: with its number of people each costs a request of a small budget.
      const offered: OfferedSegment[] = []
      for (const { name, says, metric } of segmentTemplates) {
        const found = await findSegment(reader, name)
        offered.push({
          name,
          says,
          metric,
          ...(found.type === 'missing'
            ? {}
            : { there: found.type === 'found' ? found.value : { failed: found.message } }),
        })
      }
      return offered
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
