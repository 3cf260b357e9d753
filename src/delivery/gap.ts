import type { Clock, CursorKey, Log } from '../core/index.ts'

/** A number that is not there for so long is not on its way any more. */
const patienceMs = 60_000

/**
 * Watches for a number that a lane lacks. Numbers become visible in order, so none should ever be missing; a reader
 * does not go past one that is, since it may still come, and a person has to know of it.
 */
export class Gap {
  readonly #clock: Clock
  readonly #log: Log
  readonly #key: CursorKey
  readonly #again: () => void
  /** The missing number; 0: none is. */
  #seq = 0
  #since = 0
  #cancel: (() => void) | undefined

  /** @param again is told when it is time to look once more */
  constructor({ clock, log }: { clock: Clock; log: Log }, key: CursorKey, again: () => void) {
    this.#clock = clock
    this.#log = log
    this.#key = key
    this.#again = again
  }

  get isOpen(): boolean {
    return this.#seq > 0
  }

  /** The journal reaches to `head`, and was just asked for `seq` in vain. */
  met(seq: number, head: number): void {
    const now = this.#clock.monotonic()
    if (this.#seq !== seq) {
      this.close()
      this.#seq = seq
      this.#since = now
    } else if (now - this.#since >= patienceMs) {
      this.#since = now
      const { connectionId, sourceId, lane } = this.#key
      this.#log.error(
        { connection: connectionId, source: sourceId, lane, seq, head },
        'An event is missing in the journal, and what comes after it waits. Was the database restored in part?',
      )
    }
    this.#cancel ??= this.#clock.after(patienceMs, () => {
      this.#cancel = undefined
      this.#again()
    })
  }

  /** There is none, or nobody looks any more. */
  close(): void {
    this.#seq = 0
    this.#cancel?.()
    this.#cancel = undefined
  }
}
