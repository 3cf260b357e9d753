import type { Clock } from '../core/index.ts'

/** How many events were settled in the last minute: in the last 60 seconds of the clock, the running one among them. */
export class Tempo {
  readonly #clock: Clock
  /** Of each second of a minute. */
  readonly #counts = new Float64Array(seconds)
  #second = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  settled(events: number): void {
    this.#turn()
    this.#counts[this.#second % seconds]! += events
  }

  perMinute(): number {
    this.#turn()
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  /** Empties what the clock has passed since. A clock that was set back begins anew. */
  #turn(): void {
    const second = Math.floor(this.#clock.now() / 1000)
    const passed = second < this.#second ? seconds : Math.min(seconds, second - this.#second)
    for (let step = 0; step < passed; step += 1) this.#counts[(second - step) % seconds] = 0
    this.#second = second
  }
}

const seconds = 60
