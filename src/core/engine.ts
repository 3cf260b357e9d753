import type { Connection } from './connection.ts'
import type { Way } from './destination.ts'
import type { Appended } from './journal.ts'
import type { Received } from './event.ts'
import type { Outcome, ReasonCode } from './reason.ts'

/** What a connection's delivery is doing at this moment. */
export interface Live {
  /** `waiting`: nothing is in its way. */
  readonly state: Extract<Outcome, 'waiting' | 'sending' | 'retrying' | 'held'>
  readonly reason?: ReasonCode
  /** When it will try again, epoch milliseconds. */
  readonly nextAt?: number
  /** Events settled in the last full minute. */
  readonly perMinute: number
  /** What it accepted cannot be read back: the permission `events:read` is missing. */
  readonly cannotConfirm?: true
  readonly lastSuccessAt?: number
  readonly lastError?: { readonly at: number; readonly status: number; readonly text: string }
}

/** What a node runs at this moment. */
export interface Figures {
  /** Accounts whose leases it has. */
  readonly accounts: number
  /** Nodes that are alive, itself among them. */
  readonly nodes: number
  /** Those of them that run accounts: without one nothing is delivered. */
  readonly delivering: number
  /** Of its accounts; those with something to do first. */
  readonly connections: readonly Connection[]
  /** How many of them do what. */
  readonly states: Readonly<Record<Live['state'], number>>
  /** Accounts whose next request of that way has to wait for one of Klaviyo's windows, and the longest of the waits. */
  readonly waits: Readonly<Record<Way, { readonly accounts: number; readonly longestMs: number }>>
  /** Bytes of events held in memory on their way. */
  readonly heldBytes: number
}

/** The running delivery engine, as the server and its pages see it. */
export interface Engine {
  /** What was just appended: handed on in memory, and its connections are woken. */
  feed(events: readonly Received[], appended: readonly Appended[]): void
  /** Settings, states or exceptions changed: read them again. */
  reload(): Promise<void>
  /** Undefined: another node runs the connection's account, or none yet. */
  live(connectionId: string): Live | undefined
  figures(): Figures
  /** Resolves when nothing waits that could be sent now. For tests and `send --wait`. */
  idle(): Promise<void>
  /**
   * Stops sending; gives each account back once what was under way of it is settled (at most its time limit). What is
   * fed to it from then on it tells the nodes that go on.
   */
  retire(): Promise<void>
  /** Retires, and leaves the other nodes. */
  stop(): Promise<void>
}
