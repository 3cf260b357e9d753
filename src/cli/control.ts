import type { Lane, Outcome, ReasonCode, Totals } from '../core/index.ts'

/** What the running server answers to the command line's questions; times in ISO 8601. */

export interface ControlStatus {
  readonly connections: readonly ConnectionStatus[]
  /** Input that was no event, by reason. */
  readonly refused: Counts
  readonly nodes: { readonly alive: number; readonly delivering: number }
}

type Counts = Readonly<Partial<Record<ReasonCode, number>>>

export interface ConnectionStatus {
  readonly id: string
  readonly store: string
  readonly account?: string
  /** `connected`, `paused`, `off`, `ERROR` or `disconnected`. */
  readonly state: string
  /** What its delivery is doing. */
  readonly activity: Outcome
  readonly sentence?: string
  readonly todo?: string
  readonly detail?: string
  readonly nextAt?: string
  /** By the one count that pages show too. */
  readonly totals: Totals
  /** What waits, but not for its shopper. */
  readonly toSend: number
  readonly oldestAt?: string
  readonly perMinute: number
  /** Failed events are deleted so long after they failed. */
  readonly failedDeleted?: { readonly afterMs: number; readonly from?: string }
  readonly lastSuccessAt?: string
  readonly lastError?: { readonly at?: string; readonly status: number; readonly text: string }
  readonly counts: Counts
  readonly lanes: Readonly<Record<Lane, { readonly waiting: number }>>
  readonly since?: string
  /** When it was disconnected. */
  readonly until?: string
}

export interface ControlEvents {
  readonly events: readonly ControlEvent[]
  /** Where older ones go on. */
  readonly next?: number
}

export interface ControlEvent {
  readonly seq: number
  readonly messageId: string
  readonly type: string
  readonly name: string
  readonly person?: string
  readonly anonymousId?: string
  readonly occurredAt?: string
  readonly receivedAt?: string
  readonly outcome: Outcome
  readonly reason?: ReasonCode
  readonly sentence?: string
  readonly todo?: string
  /** When it is tried again, while nothing of its connection goes out. */
  readonly nextAt?: string
  /** It came before the connection; this one, which has ended, had it. */
  readonly former?: { readonly connectionId: string; readonly until?: string }
}

export interface ControlLife extends ControlEvent {
  readonly event: unknown
  readonly attempts: readonly {
    readonly at?: string
    readonly method: string
    readonly path: string
    readonly status: number
    readonly durationMs: number
    readonly actions: number
    readonly request: string
    readonly response: string
    readonly error?: string
    /** What was changed on the way so that Klaviyo took the event. */
    readonly notes?: readonly { readonly reason: ReasonCode; readonly sentence: string }[]
  }[]
  readonly exception?: {
    readonly state: string
    readonly tries: number
    readonly detail?: string
    readonly dueAt?: string
  }
  readonly explanation: { readonly lines: readonly string[] }
}
