import type { Answer, Clock, Exchange, ReasonCode } from '../core/index.ts'
import { backoffMs } from '../core/index.ts'

/**
 * What stands between a destination's events and Klaviyo at the moment: a hold until a person mends
 * something, or a wait after a failure. One per destination: another store's key on the same account
 * goes on.
 */
export class Gate {
  readonly #clock: Clock
  readonly #opened: () => void
  readonly #waiting: (reason: ReasonCode, waitMs: number) => void
  #cancelTimer: (() => void) | undefined
  hold: { readonly reason: ReasonCode; readonly detail?: string } | undefined
  /** Requests that failed since the last one that was accepted. */
  failures = 0
  /** When the first of them failed. */
  #failingSince = 0
  retryAt = 0
  retryReason: ReasonCode | undefined
  /** Klaviyo's last answer was that it wants us to wait (429). */
  throttled = false
  /** Requests accepted so far: tells whether the account answered anything since a certain failure. */
  accepted = 0
  lastSuccessAt: number | undefined
  lastError: { readonly at: number; readonly status: number; readonly text: string } | undefined
  /** Ways that Klaviyo forbids these credentials, with the scope that is missing. */
  readonly forbidden = new Map<string, string>()

  /** @param waiting is told when a wait begins, once for all that wait it out */
  constructor(
    clock: Clock,
    opened: () => void,
    waiting: (reason: ReasonCode, waitMs: number) => void,
  ) {
    this.#clock = clock
    this.#opened = opened
    this.#waiting = waiting
  }

  /** Milliseconds until something may be sent; `Infinity` while it is held. */
  closedMs(): number {
    if (this.hold !== undefined) return Number.POSITIVE_INFINITY
    return Math.max(0, this.retryAt - this.#clock.now())
  }

  /** How long the account has taken nothing that was sent; 0 while nothing fails. */
  failingMs(): number {
    return this.failures === 0 ? 0 : this.#clock.now() - this.#failingSince
  }

  succeeded(): void {
    this.failures = 0
    this.retryAt = 0
    this.retryReason = undefined
    this.accepted += 1
    this.lastSuccessAt = this.#clock.now()
  }

  /**
   * Waiting may help. After an answer that never came, nothing goes out before the request's own time
   * limit has passed once more: it may still be worked on, and a later one must not overtake it.
   */
  failed(
    answer: Extract<Answer, { type: 'retry' }>,
    exchange: Exchange | undefined,
    timeoutMs: number,
  ): void {
    this.failures += 1
    if (this.failures === 1) this.#failingSince = this.#clock.now()
    const unanswered = answer.ambiguous && (exchange?.status ?? 0) === 0
    const waitMs = Math.max(
      answer.afterMs ?? 0,
      unanswered ? timeoutMs : 0,
      backoffMs(this.failures, this.#clock.random()),
    )
    this.retryAt = this.#clock.now() + waitMs
    this.retryReason = answer.reason
    if (this.#cancelTimer === undefined) this.#waiting(answer.reason, waitMs)
    this.#arm(waitMs)
  }

  note(exchange: Exchange): void {
    this.throttled = exchange.status === 429
    if (exchange.status >= 200 && exchange.status < 300) return
    this.lastError = {
      at: exchange.at,
      status: exchange.status,
      text: exchange.error ?? exchange.response.slice(0, 300),
    }
  }

  stop(reason: ReasonCode, detail?: string): void {
    this.hold = detail === undefined ? { reason } : { reason, detail }
  }

  open(): void {
    this.hold = undefined
    this.failures = 0
    this.retryAt = 0
    this.forbidden.clear()
    this.#opened()
  }

  close(): void {
    this.#cancelTimer?.()
  }

  #arm(waitMs: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#clock.after(waitMs, () => {
      this.#cancelTimer = undefined
      // The timer decides, not the wall clock: that one may have been put back meanwhile.
      this.retryAt = 0
      this.#opened()
    })
  }
}
