import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Config, DestinationRow, Engine, Journal, Log, Secrets } from '../core/index.ts'
import { mapperOf } from '../core/index.ts'
import { startDelivery, startForwarding } from '../delivery/index.ts'
import { createGovernors, openKlaviyo } from '../klaviyo/index.ts'
import { systemClock } from './clock.ts'
import { newId } from './id.ts'
import { kit } from './kit.ts'
import type { Metrics } from './metrics.ts'
import { secretOf } from './setup.ts'

export interface DeliverOptions {
  readonly journal: Journal
  readonly config: Config
  readonly secrets: Secrets
  readonly klaviyoUrl: string | undefined
  readonly leaseMs: number | undefined
  /** No other node can be alive. */
  readonly alone: boolean
  readonly log: Log
  readonly metrics: Metrics
}

/** The delivery engine on Klaviyo's accounts, with their keys from the database. */
export function deliver(options: DeliverOptions): Promise<Engine> {
  const { journal, config, secrets, klaviyoUrl, leaseMs, alone, log, metrics } = options
  const clock = systemClock
  const governors = createGovernors(clock)
  return startDelivery({
    journal,
    config,
    clock,
    log,
    nodeId: newNodeId(),
    alone,
    ...(leaseMs === undefined ? {} : { leaseMs }),
    open: ({ id, accountId, secret, scopes }: DestinationRow) => {
      const destination = openKlaviyo({
        // A key that cannot be opened is never sent: its destination is held by then.
        auth: { type: 'key', key: secretOf(secrets, secret, id) ?? '' },
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
  leaseMs,
  log,
}: Pick<DeliverOptions, 'journal' | 'leaseMs' | 'log'>): Promise<Engine> {
  return startForwarding({
    journal,
    clock: systemClock,
    log,
    nodeId: newNodeId(),
    ...(leaseMs === undefined ? {} : { leaseMs }),
  })
}

function newNodeId(): string {
  return `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`
}
