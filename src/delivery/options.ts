import type {
  Clock,
  Config,
  Connection,
  Destination,
  DestinationRow,
  Journal,
  Log,
  Mapper,
} from '../core/index.ts'

export interface DeliveryOptions {
  readonly journal: Journal
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  /** Of this process alone. */
  readonly nodeId: string
  readonly open: (destination: DestinationRow) => Destination
  /** Another node runs the account from now on: what its windows hold here means nothing any more. */
  readonly forget?: (accountId: string) => void
  readonly mapperOf: (connection: Connection, scopes: ReadonlySet<string> | undefined) => Mapper
  readonly digest: (text: string) => string
  readonly newAttemptId: () => string
  /** A node that is silent for so long counts as dead, and others take its accounts. */
  readonly leaseMs?: number
  /** A request to Klaviyo is given up after so long. */
  readonly timeoutMs?: number
  /** Bytes of events held in memory, over all accounts. */
  readonly memoryBytes?: number
  /** No other node can be alive (an embedded database): all accounts are this one's. */
  readonly alone?: boolean
  /** What other nodes tell is looked for so often. */
  readonly lookMs?: number
}
