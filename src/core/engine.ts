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
  readonly lastSuccessAt?: number
  readonly lastError?: { readonly at: number; readonly status: number; readonly text: string }
}

/** The running delivery engine, as the server and its pages see it. */
export interface Engine {
  /** What was just appended: handed on in memory, and its connections are woken. */
  feed(events: readonly Received[], appended: readonly Appended[]): void
  /** Settings, states or exceptions changed: read them again. */
  reload(): Promise<void>
  /** Undefined: another node runs the connection's account, or none yet. */
  live(connectionId: string): Live | undefined
  /** Resolves when nothing waits that could be sent now. For tests and `send --wait`. */
  idle(): Promise<void>
  /** Stops sending; gives each account back once what was under way of it is settled (at most its time limit). */
  stop(): Promise<void>
}
