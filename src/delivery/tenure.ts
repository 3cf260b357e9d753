import type { Clock, Journal } from '../core/index.ts'

export interface TenureOptions {
  readonly journal: Journal
  readonly clock: Clock
  /** No other node ever had it. */
  readonly id: string
  readonly delivers: boolean
  readonly leaseMs: number
  /** No other node can be alive. */
  readonly alone: boolean
}

/**
 * A node's standing among the others, from joining until it leaves or is taken for dead. It ends once; who
 * goes on begins another, under another id.
 */
export class Tenure {
  readonly #options: TenureOptions
  /** Monotonic milliseconds until which everything that the node has is surely its own. */
  until = Number.NEGATIVE_INFINITY

  constructor(options: TenureOptions) {
    this.#options = options
  }

  get id(): string {
    return this.#options.id
  }

  async begin(): Promise<void> {
    const { journal, clock, id, delivers, leaseMs, alone } = this.#options
    // Taken before the question: the lease may have begun at any moment after.
    const from = clock.monotonic()
    await journal.join({ id, delivers, leaseMs, alone })
    this.until = from + leaseMs
  }

  /** False: it is over. Rejects when the journal is away: then it lasts until its time has run out. */
  async renew(): Promise<boolean> {
    const { journal, clock, id, leaseMs } = this.#options
    const from = clock.monotonic()
    const ours = await journal.renew({ id, leaseMs })
    this.until = ours ? from + leaseMs : Number.NEGATIVE_INFINITY
    return ours
  }

  /** Nothing is its own any more. */
  end(): void {
    this.until = Number.NEGATIVE_INFINITY
  }
}
