import type { Journaled } from '../core/index.ts'

/**
 * The bytes of events held in memory over all accounts. What does not fit is read from the journal when
 * its turn comes, so memory stays flat whatever waits.
 */
export class Memory {
  readonly #limit: number
  #used = 0

  constructor(limitBytes: number) {
    this.#limit = limitBytes
  }

  get heldBytes(): number {
    return this.#used
  }

  /** False when it does not fit: the caller then holds nothing. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#limit) return false
    this.#used += bytes
    return true
  }

  /** For what was read already: counted even beyond the limit. */
  hold(bytes: number): void {
    this.#used += bytes
  }

  give(bytes: number): void {
    this.#used -= bytes
  }

  /** More than half of it is free. */
  get isRoomy(): boolean {
    return this.#used < this.#limit / 2
  }

  /** Bytes of text for one read: a share of what is free, never nothing, so that nobody starves. */
  room(): number {
    const free = this.#limit - this.#used
    return Math.max(128 * 1024, Math.min(4 * 1024 * 1024, Math.floor(free / 8)))
  }
}

/** Memory that an event takes while it is parsed, to its text. */
const parsedFactor = 3

export function weightOf({ bodyBytes }: Journaled): number {
  return bodyBytes * parsedFactor + 500
}
