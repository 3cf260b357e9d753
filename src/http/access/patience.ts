/**
 * Wrong passwords make whoever sends them wait, longer each time; nobody is locked out. Two counts: one of
 * the account from that address, and one of the account from anywhere, which a browser that has signed in
 * there before does not have to wait for. Kept in memory, by each process for itself.
 */
export class Patience {
  readonly #counts = new Map<string, { failures: number; until: number; seenAt: number }>()
  readonly #free: number

  /** @param free how many wrong ones cost nothing */
  constructor(free: number) {
    this.#free = free
  }

  /** Milliseconds that are left to wait; 0: none. */
  waitMs(name: string, now: number): number {
    return Math.max(0, (this.#counts.get(name)?.until ?? 0) - now)
  }

  failed(name: string, now: number): void {
    const former = this.#counts.get(name)
    const known = former !== undefined && now - former.seenAt < forgetMs ? former : undefined
    const failures = (known?.failures ?? 0) + 1
    const over = failures - this.#free
    const delay = over <= 0 ? 0 : Math.min(longestMs, 1000 * 2 ** (over - 1))
    if (this.#counts.size >= mostNames) this.#forget(now)
    this.#counts.set(name, { failures, until: now + delay, seenAt: now })
  }

  succeeded(name: string): void {
    this.#counts.delete(name)
  }

  #forget(now: number): void {
    for (const [name, { until, seenAt }] of this.#counts) {
      if (until <= now && now - seenAt >= forgetMs) this.#counts.delete(name)
    }
    // Somebody makes names up: the oldest go.
    for (const name of this.#counts.keys()) {
      if (this.#counts.size < mostNames) break
      this.#counts.delete(name)
    }
  }
}

const longestMs = 15 * 60_000
const forgetMs = 60 * 60_000
const mostNames = 50_000
