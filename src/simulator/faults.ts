/**
 * What goes wrong on demand. A number is an HTTP status. The work of a call is done before
 * `reset-after` and `half`, and not before `reset-before` and `silence`.
 */
export type Fault =
  | number
  | 'reset-before'
  | 'reset-after'
  | 'half'
  | 'silence'
  | { readonly delay: number }
  | { readonly drip: number }

export interface FaultOptions {
  /** How many calls it meets; without it, all until `clearFaults`. */
  readonly times?: number
  /** The share of calls that it meets, 0 to 1. */
  readonly share?: number
  readonly account?: string
  readonly method?: string
  /** Only calls whose body holds this text, as it was sent: one event out of many. */
  readonly match?: string
  /** With a status: the work was done all the same, and only the answer is bad. */
  readonly afterWork?: boolean
  /** Seconds, for a Retry-After header. */
  readonly retryAfter?: number
  /** Instead of Klaviyo's own error body; an object is written as JSON. */
  readonly body?: unknown
}

export interface ActiveFault extends FaultOptions {
  readonly path: string
  readonly fault: Fault
  readonly hits: number
}

interface Rule extends FaultOptions {
  readonly path: string
  readonly fault: Fault
  hits: number
}

/** The faults that are switched on. */
export class Faults {
  readonly #rules: Rule[] = []
  readonly #random: () => number
  #outage: { until: number; fault: Fault } | undefined

  constructor(random: () => number) {
    this.#random = random
  }

  /**
   * @param path a path (`/api/events`), a template (`/api/lists/{id}`), a beginning (`/api/*`) or
   * the name of an operation (`create_event`)
   */
  add(path: string, fault: Fault, options: FaultOptions): () => void {
    const rule: Rule = { path, fault, ...options, hits: 0 }
    this.#rules.push(rule)
    return () => this.#remove(rule)
  }

  outage(until: number, fault: Fault): void {
    this.#outage = { until, fault }
  }

  clear(): void {
    this.#rules.length = 0
    this.#outage = undefined
  }

  /** The fault that this call meets, if any. The oldest rule goes first. */
  take(call: {
    readonly method: string
    readonly path: string
    readonly template?: string | undefined
    readonly operation?: string | undefined
    readonly account?: string | undefined
    /** Read only where a fault asks for it. */
    readonly text: () => string
    readonly now: number
  }): (FaultOptions & { readonly fault: Fault }) | undefined {
    if (this.#outage !== undefined) {
      if (call.now < this.#outage.until) return { fault: this.#outage.fault }
      this.#outage = undefined
    }
    for (const rule of this.#rules) {
      if (rule.account !== undefined && rule.account !== call.account) continue
      if (rule.method !== undefined && rule.method !== call.method) continue
      const meant =
        rule.path === call.path ||
        rule.path === call.template ||
        rule.path === call.operation ||
        (rule.path.endsWith('*') && call.path.startsWith(rule.path.slice(0, -1)))
      if (!meant) continue
      if (rule.match !== undefined && !call.text().includes(rule.match)) continue
      if (rule.share !== undefined && this.#random() >= rule.share) continue
      rule.hits += 1
      if (rule.times !== undefined && rule.hits >= rule.times) this.#remove(rule)
      return rule
    }
    return undefined
  }

  list(): readonly ActiveFault[] {
    return this.#rules.map((rule) => ({ ...rule }))
  }

  outageUntil(now: number): number | undefined {
    return this.#outage !== undefined && now < this.#outage.until ? this.#outage.until : undefined
  }

  get none(): boolean {
    return this.#rules.length === 0 && this.#outage === undefined
  }

  #remove(rule: Rule): void {
    const place = this.#rules.indexOf(rule)
    if (place >= 0) this.#rules.splice(place, 1)
  }
}
