import type { Way } from '../core/index.ts'
import type { Freight } from './freight.ts'

/**
 * Of a batch that keeps failing, what failed alone while nobody could be asked with: is it at fault, or does the
 * account take nothing? What the account takes afterwards, of other lanes and connections, speaks against it,
 * once it has failed again; what it had taken before does not. So whatever is taken convicts one at most.
 */
export class Suspect {
  #name = ''
  /** How much the account had judged when it failed. */
  #judged = 0
  readonly #convicted = new Set<string>()

  /** It has failed alone. True: not for the first time, and the account judged something in between. */
  failedAgain(way: Way, freight: Freight, judged: number): boolean {
    const name = nameOf(way, freight)
    const isAtFault = this.#name === name && judged > this.#judged
    this.#name = name
    this.#judged = judged
    if (isAtFault) this.#convicted.add(name)
    return isAtFault
  }

  /** It was found to be at fault at an earlier try of the batch. */
  isConvicted(way: Way, freight: Freight): boolean {
    return this.#convicted.size > 0 && this.#convicted.has(nameOf(way, freight))
  }
}

function nameOf(way: Way, { action, seqs }: Freight): string {
  const id = action.type === 'event' ? `${action.metric} ${action.uniqueId}` : action.type
  return `${way} ${seqs[0]} ${id}`
}
