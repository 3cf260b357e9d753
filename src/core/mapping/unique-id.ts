import type { Json } from '../event.ts'
import type { Kit } from '../kit.ts'

// Control characters, and halves of surrogate pairs: not every reader keeps them.
// oxlint-disable-next-line no-control-regex
const unfit = /[\u0000-\u001F\u007F]/

/**
 * Klaviyo keeps one event per profile, metric and unique id, of 1 to 255 characters. What does not fit
 * is told apart by its digest: always the same one, so that a repeat counts once.
 */
export function fitId(id: string, kit: Kit): string {
  if (id.length > 0 && id.length <= 255 && !unfit.test(id) && id.isWellFormed()) return id
  return kit.digest(id)
}

/** An id as text; undefined when there is none. Whether it came as number or text makes no difference. */
export function idTextOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

/**
 * What tells the lines of an order apart: the line's own id, else its product with a count of equal
 * ones. Never the place in the list alone, which another delivery of the same order may change.
 */
export class LineIds {
  /** How often each id was given. */
  readonly #counts = new Map<string, number>()

  next(start: string): string {
    const count = (this.#counts.get(start) ?? 0) + 1
    this.#counts.set(start, count)
    // A line may be called what a count would make of another: it is then counted itself.
    return count === 1 ? start : this.next(`${start}:${count}`)
  }
}
