/** Connections to Klaviyo, over all accounts of this process. */
export const maxLines = 256

/**
 * Whoever has to wait for a line looks again after so long, if none of its own came free before: short, and all who
 * wait take the processor from those who go.
 */
const againMs = 100

/**
 * Who may have how many of the lines to Klaviyo. An account that hangs holds each of its lines until the time limit
 * of its request; so nobody may hold more than are free, and however many hang, there is one left for whoever comes.
 * A first one is had in any case.
 */
export class Lines {
  readonly #most: number
  readonly #byAccount = new Map<string, number>()
  #taken = 0

  constructor(most = maxLines) {
    this.#most = most
  }

  waitMs(accountId: string): number {
    const own = this.#byAccount.get(accountId) ?? 0
    return own === 0 || own < this.#most - this.#taken ? 0 : againMs
  }

  take(accountId: string): void {
    this.#taken += 1
    this.#byAccount.set(accountId, (this.#byAccount.get(accountId) ?? 0) + 1)
  }

  give(accountId: string): void {
    this.#taken -= 1
    const own = (this.#byAccount.get(accountId) ?? 1) - 1
    if (own === 0) this.#byAccount.delete(accountId)
    else this.#byAccount.set(accountId, own)
  }
}
