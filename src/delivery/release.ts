import type { Clock, Journaled, Settings } from '../core/index.ts'
import { nextCycle } from '../core/index.ts'

/**
 * C4: a connection on schedule lets go at each cycle what had arrived by then. An event's turn follows from
 * when it was received, so that a restart or another node changes nothing about it.
 */
export class Release {
  readonly #clock: Clock
  readonly #due: () => void
  /** Time between the cycles; undefined: what arrives goes at once. */
  #everyMs: number | undefined
  /** The next event's turn, as far as it is known. */
  #nextAt = 0
  #cancelTimer: (() => void) | undefined

  /** @param due is told when the turn of what waits has come */
  constructor(clock: Clock, settings: Settings, due: () => void) {
    this.#clock = clock
    this.#due = due
    this.change(settings)
  }

  change({ release, releaseCycleMs }: Settings): void {
    const everyMs = release === 'cycle' ? releaseCycleMs : undefined
    if (everyMs === this.#everyMs) return
    this.#everyMs = everyMs
    this.#nextAt = 0
    this.stop()
  }

  /** When the next cycle lets go what waits; undefined: nothing waits for one. */
  get nextAt(): number | undefined {
    return this.#nextAt > this.#clock.now() ? this.#nextAt : undefined
  }

  /** Of these, in order, those whose turn has come; the first of the others is waited for. */
  taken<T extends { readonly journaled: Journaled }>(events: readonly T[]): readonly T[] {
    const everyMs = this.#everyMs
    if (everyMs === undefined) return events
    const now = this.#clock.now()
    const place = events.findIndex(
      ({ journaled }) => nextCycle(journaled.receivedAt, everyMs) > now,
    )
    const first = events[place]
    if (first === undefined) return events
    this.#arm(nextCycle(first.journaled.receivedAt, everyMs))
    return events.slice(0, place)
  }

  stop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #arm(at: number): void {
    this.#nextAt = at
    this.stop()
    const ms = Math.max(0, at - this.#clock.now())
    this.#cancelTimer = this.#clock.after(Math.min(ms, longestMs), () => {
      this.#cancelTimer = undefined
      // The wall clock may have been put back meanwhile, or the wait is longer than a timer can be.
      if (this.nextAt === undefined) this.#due()
      else this.#arm(this.#nextAt)
    })
  }
}

const longestMs = 86_400_000
