import type { Clock } from '../core/index.ts'

/** A connection's own cap on requests per second (S37): never more than that in any second. */
export class Cap {
  readonly #clock: Clock
  #sent: number[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  waitMs(perSecond: number | undefined): number {
    if (perSecond === undefined) return 0
    const now = this.#clock.monotonic()
    this.#sent = this.#sent.filter((at) => at > now - 1000)
    const first = this.#sent[this.#sent.length - perSecond]
    return first === undefined ? 0 : Math.max(1, Math.ceil(first + 1000 - now))
  }

  took(perSecond: number | undefined): void {
    if (perSecond !== undefined) this.#sent.push(this.#clock.monotonic())
  }
}
