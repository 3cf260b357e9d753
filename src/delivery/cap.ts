import type { Clock } from '../core/index.ts'

/**
 * A connection's own cap on requests per second (S37): never more than that in any second; of one below 1,
 * never two requests closer together than it says.
 */
export class Cap {
  readonly #clock: Clock
  readonly #since: number
  #sent: number[] = []

  /** @param takenOver whoever had the connection before may have used up what the cap allows until now */
  constructor(clock: Clock, takenOver: boolean) {
    this.#clock = clock
    this.#since = takenOver ? clock.monotonic() : Number.NEGATIVE_INFINITY
  }

  waitMs(perSecond: number | undefined): number {
    if (perSecond === undefined) return 0
    const { requests, ms } = windowOf(perSecond)
    const now = this.#clock.monotonic()
    this.#sent = this.#sent.filter((at) => at > now - ms)
    const first = this.#sent[this.#sent.length - requests] ?? this.#since
    return Math.max(0, Math.ceil(first + ms - now))
  }

  took(perSecond: number | undefined): void {
    if (perSecond !== undefined) this.#sent.push(this.#clock.monotonic())
  }
}

function windowOf(perSecond: number): { readonly requests: number; readonly ms: number } {
  const requests = Math.max(1, Math.floor(perSecond))
  return { requests, ms: (requests / perSecond) * 1000 }
}
