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
  /** When the timer rings, of the clock that never jumps. */
  #ringsAt = 0
  hold: { readonly reason: ReasonCode; readonly detail?: string } | undefined
  /** Failures since the last request that was accepted. What was under way together and failed is one. */
  failures = 0
  /** Failures ever: what is sent before the newest of them was known belongs to it, if it fails. */
  failed = 0
  /** When the first of them failed. */
  #failingSince = 0
  retryAt = 0
  retryReason: ReasonCode | undefined
  /** Klaviyo's last answer was that it wants us to wait (429). */
  throttled = false
  /** Requests accepted so far. */
  accepted = 0
  /** Requests accepted or rejected for their content so far: tells whether the account works since a certain failure. */
  judged = 0
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
    this.judged += 1
    this.lastSuccessAt = this.#clock.now()
  }

  /** What was sent is at fault, or repeated: no success, but a sign that the account works. */
  rejected(): void {
    this.judged += 1
  }

  /**
   * Waiting may help. After an answer that never came, nothing goes out before the request's own time
   * limit has passed once more: it may still be worked on, and a later one must not overtake it.
   *
   * `failedBefore`: what `failed` was when it was sent. Dozens of single requests that a moment's trouble meets are
   * one failure: counted each, they would make the account wait for minutes.
   */
  fail(
    answer: Extract<Answer, { type: 'retry' }>,
    exchange: Exchange | undefined,
    { timeoutMs, failedBefore }: { readonly timeoutMs: number; readonly failedBefore: number },
  ): void {
    const now = this.#clock.now()
    const unanswered = answer.ambiguous && (exchange?.status ?? 0) === 0
    const leastMs = Math.max(answer.afterMs ?? 0, unanswered ? timeoutMs : 0)
    let waitMs = Math.max(leastMs, this.#ringsAt - this.#clock.monotonic())
    if (failedBefore === this.failed || this.failures === 0) {
      this.failed += 1
      this.failures += 1
      if (this.failures === 1) this.#failingSince = now
      waitMs = Math.max(leastMs, backoffMs(this.failures, this.#clock.random()))
    }
    this.retryAt = now + waitMs
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
    this.#ringsAt = this.#clock.monotonic() + waitMs
    this.#cancelTimer = this.#clock.after(waitMs, () => {
      this.#cancelTimer = undefined
      // The timer decides, not the wall clock: that one may have been put back meanwhile.
      this.retryAt = 0
      this.#opened()
    })
  }
}
