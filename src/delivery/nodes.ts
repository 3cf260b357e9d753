import type { Hint, NodeRow } from '../core/index.ts'
import type { Herald } from './herald.ts'
import type { DeliveryOptions } from './options.ts'
import { Tenure } from './tenure.ts'

/** This node among the others: its standing, and who else is there. */
export class Nodes {
  readonly #options: DeliveryOptions
  readonly #leaseMs: number
  readonly #herald: Herald
  #list: readonly NodeRow[] = []
  #tenure: Tenure
  #tenures = 0

  constructor(options: DeliveryOptions, leaseMs: number, herald: Herald) {
    this.#options = options
    this.#leaseMs = leaseMs
    this.#herald = herald
    this.#tenure = this.#newTenure()
  }

  get list(): readonly NodeRow[] {
    return this.#list
  }

  get tenure(): Tenure {
    return this.#tenure
  }

  /** The journal does not know it: it was taken for dead. */
  get isMissing(): boolean {
    return !this.#list.some(({ id }) => id === this.#tenure.id)
  }

  async join(): Promise<void> {
    await this.#tenure.begin()
  }

  /** Joins under another name. */
  async joinAnew(): Promise<void> {
    this.#tenure = this.#newTenure()
    await this.#tenure.begin()
  }

  /** Who is there, and what they tell. `woken`: there is something to look at. */
  async look(): Promise<{ readonly woken: boolean; readonly hints: readonly Hint[] }> {
    const { nodes, hints } = await this.#options.journal.look(this.#tenure.id)
    const woken = hints?.length === 0 || nodes.length !== this.#list.length
    this.#list = nodes
    this.#herald.knows(nodes, this.#tenure.id)
    return { woken, hints: hints ?? [] }
  }

  #newTenure(): Tenure {
    const { journal, clock, nodeId, alone = false } = this.#options
    this.#tenures += 1
    const isFirst = this.#tenures === 1
    return new Tenure({
      journal,
      clock,
      id: isFirst ? nodeId : `${nodeId}/${this.#tenures}`,
      delivers: true,
      leaseMs: this.#leaseMs,
      // Only at the start: later, what is not ours was taken over.
      alone: alone && isFirst,
    })
  }
}
