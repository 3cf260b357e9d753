import type { Clock } from '../core/index.ts'

/** Lets a loop wait for "something changed" or for a time, whichever comes first. A wake before the wait counts. */
export class Waker {
  readonly #clock: Clock
  #woken = false
  #waiting: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  wake(): void {
    if (this.#waiting === undefined) this.#woken = true
    else this.#waiting()
  }

  /** Resolves at the next wake, or after `ms` where given. One waiter at a time. */
  async wait(ms?: number): Promise<void> {
    if (this.#woken) {
      this.#woken = false
      return
    }
    await new Promise<void>((resolve) => {
      const cancel = ms === undefined ? undefined : this.#clock.after(ms, () => this.#waiting?.())
      this.#waiting = () => {
        this.#waiting = undefined
        cancel?.()
        resolve()
      }
    })
    this.#woken = false
  }
}
