import type { Load, Progress, Trouble } from './carry.ts'
import { Suspect } from './suspect.ts'

/** A batch that failed so often is looked at: is it its content? */
const triesTogether = 5
const triesForLong = 12
/**
 * And for so long: an account that answers some and not others for a moment is no fault of an event, and what is taken
 * for one comes behind its successors.
 */
export const leastTroubleMs = 15_000
const leastLongMs = 60_000

/** What earlier tries of the batch under way have left behind. */
export class Tries {
  #count = 0
  /** When the first of them failed, of the clock that never jumps. */
  #since = 0
  /** Number of the first event of the batch that they count for. */
  #first = 0
  #progress: Progress | undefined

  get count(): number {
    return this.#count
  }

  trouble(now: number): Trouble {
    const forMs = now - this.#since
    if (this.#count < triesTogether || forMs < leastTroubleMs) return 'none'
    return this.#count < triesForLong || forMs < leastLongMs ? 'some' : 'long'
  }

  /** A batch is tried: what of it was sent before? */
  begin({ digest }: Load, first: number): Progress {
    if (this.#progress?.digest === digest) return this.#progress
    // More may have come behind the same first event: its tries and what it is suspected of still count.
    const same = this.#progress !== undefined && this.#first === first
    const suspect = same ? this.#progress?.suspect : undefined
    if (!same) this.#count = 0
    this.#first = first
    this.#progress = {
      digest,
      results: new Map(),
      suspect: suspect ?? new Suspect(),
    }
    return this.#progress
  }

  failed(now: number): void {
    if (this.#count === 0) this.#since = now
    this.#count += 1
  }

  /** The batch is over. */
  end(): void {
    this.#progress = undefined
    this.#count = 0
  }
}
