import type { Clock } from '../core/index.ts'

/** How many events were settled lately. */
export class Tempo {
  readonly #clock: Clock
  #minute = 0
  #count = 0
  #before = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  settled(events: number): void {
    this.#turn()
    this.#count += events
  }

  /** Of the last full minute and what of the running one goes beyond it. */
  perMinute(): number {
    this.#turn()
    return Math.max(this.#before, this.#count)
  }

  #turn(): void {
    const minute = Math.floor(this.#clock.now() / 60_000)
    if (minute === this.#minute) return
    this.#before = minute === this.#minute + 1 ? this.#count : 0
    this.#minute = minute
    this.#count = 0
  }
}
