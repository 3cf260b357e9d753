import { backInStockHandlers } from './back-in-stock.ts'
import { campaignHandlers } from './campaigns.ts'
import { catalogHandlers } from './catalogs.ts'
import { clientHandlers } from './client.ts'
import { couponHandlers } from './coupons.ts'
import { dataPrivacyHandlers } from './data-privacy.ts'
import { flowHandlers } from './flows.ts'
import { imageHandlers } from './images.ts'
import { mappedMetricHandlers } from './mapped-metrics.ts'
import { metricAggregateHandlers } from './metric-aggregates.ts'
import { pushTokenHandlers } from './push-tokens.ts'
import { segmentHandlers } from './segments.ts'
import { suppressionHandlers } from './suppressions.ts'
import { tagHandlers } from './tags.ts'
import { templateHandlers } from './templates.ts'
import { webhookHandlers } from './webhooks.ts'
import { accountHandlers } from './accounts.ts'
import type { Handler } from './call.ts'
import { consentHandlers } from './consent.ts'
import { eventHandlers } from './events.ts'
import { type Operation, type OperationId, operations } from './generated/tables.ts'
import { importHandlers } from './imports.ts'
import { listHandlers } from './lists.ts'
import { metricHandlers } from './metrics.ts'
import { profileHandlers } from './profiles.ts'

/** What answers each operation. */
export const handlers: ReadonlyMap<string, Handler> = new Map(
  [
    accountHandlers,
    backInStockHandlers,
    campaignHandlers,
    catalogHandlers,
    clientHandlers,
    couponHandlers,
    dataPrivacyHandlers,
    flowHandlers,
    imageHandlers,
    mappedMetricHandlers,
    metricAggregateHandlers,
    pushTokenHandlers,
    segmentHandlers,
    suppressionHandlers,
    tagHandlers,
    templateHandlers,
    webhookHandlers,
    consentHandlers,
    eventHandlers,
    importHandlers,
    listHandlers,
    metricHandlers,
    profileHandlers,
  ].flatMap((group) => Object.entries(group)),
)

export interface Route {
  readonly id: OperationId
  readonly operation: Operation
  readonly params: { readonly [name: string]: string }
}

interface Node {
  readonly children: Map<string, Node>
  /** Where a segment of any name goes, and what it is called. */
  any: { readonly name: string; readonly node: Node } | undefined
  readonly methods: Map<string, { readonly id: OperationId; readonly operation: Operation }>
}

const newNode = (): Node => ({ children: new Map(), any: undefined, methods: new Map() })

const root = newNode()
for (const [id, operation] of Object.entries(operations)) {
  let node = root
  for (const segment of operation.path.split('/').slice(1)) {
    if (segment.startsWith('{')) {
      node.any ??= { name: segment.slice(1, -1), node: newNode() }
      node = node.any.node
    } else {
      let child = node.children.get(segment)
      if (child === undefined) {
        child = newNode()
        node.children.set(segment, child)
      }
      node = child
    }
  }
  node.methods.set(operation.method, { id: id as OperationId, operation })
}

/** The operation of a path, `wrong-method` when the path has others, `unknown` when it has none. */
export function routeOf(method: string, path: string): Route | 'wrong-method' | 'unknown' {
  let node = root
  const params: { [name: string]: string } = {}
  const segments = (path.endsWith('/') ? path.slice(0, -1) : path).split('/')
  for (let place = 1; place < segments.length; place += 1) {
    const segment = segments[place] ?? ''
    const child = node.children.get(segment)
    if (child !== undefined) {
      node = child
      continue
    }
    if (node.any === undefined) return 'unknown'
    try {
      const value = decodeURIComponent(segment)
      params[node.any.name] = value
      // The same place is called `id` in one operation and `job_id` in another.
      params['id'] ??= value
    } catch {
      return 'unknown'
    }
    node = node.any.node
  }
  if (node.methods.size === 0) return 'unknown'
  const found = node.methods.get(method)
  return found === undefined ? 'wrong-method' : { ...found, params }
}
