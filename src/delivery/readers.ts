import type { Hint, Lane } from '../core/index.ts'
import { lanes } from '../core/index.ts'
import type { Run } from './run.ts'

type Place = Omit<Hint, 'seq'>

/** Who reads which lane of which source here. */
export class Readers {
  readonly #runs = new Map<string, Run[]>()
  readonly #places = new Map<string, Place>()
  /** Those that the next portions of a round hold. */
  #round: Place[] = []

  add(run: Run): void {
    const { workspaceId, sourceId } = run.connection
    for (const lane of lanes) {
      const key = keyOf(sourceId, lane)
      this.#runs.set(key, [...(this.#runs.get(key) ?? []), run])
      this.#places.set(key, { workspaceId, sourceId, lane })
    }
  }

  remove(run: Run): void {
    for (const lane of lanes) {
      const key = keyOf(run.connection.sourceId, lane)
      const left = (this.#runs.get(key) ?? []).filter((other) => other !== run)
      if (left.length > 0) this.#runs.set(key, left)
      else {
        this.#runs.delete(key)
        this.#places.delete(key)
      }
    }
  }

  of(sourceId: string, lane: Lane): readonly Run[] {
    return this.#runs.get(keyOf(sourceId, lane)) ?? none
  }

  /** The next portion of all lanes: after `rounds` of them each was there once. */
  portion(rounds: number): readonly Place[] {
    if (this.#round.length === 0) this.#round = [...this.#places.values()]
    return this.#round.splice(0, Math.ceil(this.#places.size / rounds))
  }

  all(): readonly Place[] {
    return [...this.#places.values()]
  }
}

const none: readonly Run[] = []

function keyOf(sourceId: string, lane: Lane): string {
  return `${lane} ${sourceId}`
}
