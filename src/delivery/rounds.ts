import type { Clock } from '../core/index.ts'

/** What is done again and again, each time so long after it was done. */
export class Rounds {
  readonly #clock: Clock
  readonly #cancels = new Map<string, () => void>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  begin(name: string, everyMs: number, work: () => Promise<void> | void): void {
    const turn = () => {
      this.#cancels.set(
        name,
        this.#clock.after(everyMs, () => {
          let over = false
          this.#cancels.set(name, () => (over = true))
          void (async () => {
            await work()
            if (!over) turn()
          })()
        }),
      )
    }
    turn()
  }

  end(name: string): void {
    this.#cancels.get(name)?.()
  }
}
