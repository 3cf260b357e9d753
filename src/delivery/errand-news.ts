import type { ErrandNews, Exception } from '../core/index.ts'

/** What came of events that an errand had made due, added up for each. */
export class News {
  readonly #byId = new Map<string, { id: string; accepted: number; later: number; ended: number }>()

  add(before: Exception | undefined, came: 'accepted' | 'later' | 'ended'): void {
    const id = before?.errandId
    if (id === undefined) return
    const known = this.#byId.get(id) ?? { id, accepted: 0, later: 0, ended: 0 }
    known[came] += 1
    this.#byId.set(id, known)
  }

  all(): readonly ErrandNews[] {
    return [...this.#byId.values()]
  }
}
