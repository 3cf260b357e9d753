import type { Clock, CursorKey, Log } from '../core/index.ts'

/** After a fault of the journal (or of ours) it goes on after so long. */
const againMs = 1000

/**
 * Whether what a loop has in memory may be gone by. After a fault on our side it may not: nothing is lost, the
 * cursor stands, and all of it is read anew a moment later.
 */
export class Trust {
  readonly #clock: Clock
  readonly #log: Log
  readonly #key: CursorKey
  readonly #again: () => void
  #shaken = false

  /** @param again is told when the loop is to go on */
  constructor({ clock, log }: { clock: Clock; log: Log }, key: CursorKey, again: () => void) {
    this.#clock = clock
    this.#log = log
    this.#key = key
    this.#again = again
  }

  get isShaken(): boolean {
    return this.#shaken
  }

  shake(error: unknown): void {
    const { connectionId, lane } = this.#key
    this.#log.error(
      { connection: connectionId, lane, error: String(error) },
      'Delivery stumbled; it goes on in a second',
    )
    if (this.#shaken) return
    this.#shaken = true
    this.#clock.after(againMs, () => {
      this.#shaken = false
      this.#again()
    })
  }
}
