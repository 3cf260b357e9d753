import type { Static } from 'typebox'
import type * as api from '../api/index.ts'
import { type Connection, type DestinationRow, metricsSent, type Settings } from '../core/index.ts'
import { isoOf } from './admin/iso.ts'
import type { AdminParts } from './admin/parts.ts'
import { destinationOf } from './overview.ts'

type Shape = Static<typeof api.Doubles>
type Parts = Pick<AdminParts, 'config' | 'klaviyo' | 'clock' | 'kit'>

/** Of a connection that is there. */
export async function doublesOf(parts: Parts, connection: Connection): Promise<Shape> {
  const destination = await destinationOf(parts.config, connection)
  if (destination === undefined || connection.state === 'disconnected') return unknown(noAccount)
  return doublesFor(parts, destination, connection.settings)
}

/** Of an account that is to get what these settings send. Never throws: it is a warning, and stops nobody. */
export async function doublesFor(
  parts: Parts,
  destination: DestinationRow,
  settings: Settings,
): Promise<Shape> {
  const since = await sinceOf(parts, destination)
  const names = metricsSent(settings, parts.kit)
  const read = await parts.klaviyo
    .doubles(destination, { names, since })
    .catch(() => ({ type: 'failed', message: 'Try again in a minute.' }) as const)
  if (read.type === 'failed') return unknown(read.message)
  const known = new Set(settings.knownDoubles)
  const data = read.doubles.map(({ integration, name, metrics, newestAt }) => ({
    integration,
    name: integration === 'api' ? 'a private key (API)' : name,
    metrics: [...metrics],
    ...(newestAt === undefined ? {} : { newestAt: isoOf(newestAt) }),
    acknowledged: known.has(integration),
  }))
  if (data.length === 0) {
    return { state: 'none', says: 'Nothing else sends these events to the account.', data }
  }
  const open = data.filter(({ acknowledged }) => !acknowledged)
  return {
    state: open.length === 0 ? 'acknowledged' : 'found',
    says: (open.length === 0 ? data : open).map(sentenceOf).join(' '),
    todo:
      'Switch them off there or here. Else reports that go by the name count them twice, and flows may start twice. ' +
      'If it is meant to be so, acknowledge it.',
    data,
  }
}

/** When anything of the workspace was first connected to the account: what Klaviyo had before is not ours. */
async function sinceOf(
  { config, clock }: Parts,
  { workspaceId, accountId }: DestinationRow,
): Promise<number> {
  const [destinations, connections] = await Promise.all([
    config.destinations(workspaceId),
    config.connections(workspaceId),
  ])
  const ofAccount = new Set(
    destinations.filter((one) => one.accountId === accountId).map(({ id }) => id),
  )
  const begun = connections
    .filter(({ destinationId }) => ofAccount.has(destinationId))
    .map(({ since }) => since)
  return begun.length === 0 ? clock.now() : Math.min(...begun)
}

function sentenceOf({ name, metrics }: Pick<Shape['data'][number], 'name' | 'metrics'>): string {
  const [first = '', ...others] = metrics
  const last = others.pop()
  const list = last === undefined ? first : `${[first, ...others].join(', ')} and ${last}`
  return `In this account ${name} sends ${list} too.`
}

const noAccount = 'The store is not connected.'

function unknown(message: string): Shape {
  return {
    state: 'unknown',
    says: `It could not be checked whether another integration sends the same. ${message}`,
    data: [],
  }
}
