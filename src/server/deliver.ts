import type { Config, DestinationRow, Engine, Journal, Log } from '../core/index.ts'
import { mapperOf } from '../core/index.ts'
import { startDelivery, startForwarding } from '../delivery/index.ts'
import { type Governors, openKlaviyo } from '../klaviyo/index.ts'
import { systemClock } from './clock.ts'
import type { Credentials } from './credentials.ts'
import { newId } from './id.ts'
import { kit } from './kit.ts'
import type { Metrics } from './metrics.ts'

export interface DeliverOptions {
  readonly journal: Journal
  readonly config: Config
  readonly credentials: Credentials
  readonly nodeId: string
  readonly klaviyoUrl: string | undefined
  readonly leaseMs: number | undefined
  /** No other node can be alive. */
  readonly alone: boolean
  /** Klaviyo's windows, as this node has used them. */
  readonly governors: Governors
  readonly log: Log
  readonly metrics: Metrics
}

/** The delivery engine on Klaviyo's accounts, with their keys from the database. */
export function deliver(options: DeliverOptions): Promise<Engine> {
  const { journal, config, credentials, nodeId, klaviyoUrl, leaseMs, alone, log, metrics } = options
  const { governors } = options
  const clock = systemClock
  return startDelivery({
    journal,
    config,
    clock,
    log,
    nodeId,
    alone,
    ...(leaseMs === undefined ? {} : { leaseMs }),
    open: (row: DestinationRow) => {
      const { accountId, scopes } = row
      const destination = openKlaviyo({
        auth: credentials.authOf(row),
        accountId,
        governors,
        clock,
        log,
        ...(scopes === undefined ? {} : { scopes: new Set(scopes) }),
        ...(klaviyoUrl === undefined ? {} : { baseUrl: klaviyoUrl }),
      })
      return metrics.destination(destination)
    },
    forget: (accountId) => governors.forget(accountId),
    mapperOf: (connection, scopes) => mapperOf(connection, kit, scopes),
    digest: (text) => kit.digest(text),
    newAttemptId: () => newId('att', clock.now()),
  })
}

/** Only tells the nodes that deliver what was received here. */
export function forward({
  journal,
  nodeId,
  leaseMs,
  log,
}: Pick<DeliverOptions, 'journal' | 'nodeId' | 'leaseMs' | 'log'>): Promise<Engine> {
  return startForwarding({
    journal,
    clock: systemClock,
    log,
    nodeId,
    ...(leaseMs === undefined ? {} : { leaseMs }),
  })
}
