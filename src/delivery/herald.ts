import type { Clock, Hint, Journal, Log, NodeRow } from '../core/index.ts'

/** What waits to be told is told together. */
const gatherMs = 100
const againMs = 1000
const mostInOne = 1000

/**
 * Tells the nodes that run accounts what was received here, so that they need not look for it. A hint may get
 * lost with its node: a sweep makes up for it.
 */
export class Herald {
  readonly #journal: Journal
  readonly #clock: Clock
  readonly #log: Log
  #others: readonly string[] = []
  /** By source and lane. */
  #news = new Map<string, Hint>()
  #cancel: (() => void) | undefined
  #flushing: Promise<void> = Promise.resolve()

  constructor({ journal, clock, log }: { journal: Journal; clock: Clock; log: Log }) {
    this.#journal = journal
    this.#clock = clock
    this.#log = log
  }

  /** Who is to hear of it. */
  knows(nodes: readonly NodeRow[], nodeId: string): void {
    this.#others = nodes.flatMap(({ id, delivers }) => (delivers && id !== nodeId ? [id] : []))
  }

  tell(hint: Hint): void {
    const key = `${hint.lane} ${hint.sourceId}`
    const known = this.#news.get(key)
    if (known === undefined || known.seq < hint.seq) this.#news.set(key, hint)
    this.#cancel ??= this.#clock.after(gatherMs, () => void this.flush())
  }

  /** That there is something to look at: an account became free, or a setting changed. Never rejects. */
  async wake(): Promise<void> {
    await this.#send([])
  }

  /** Tells what waits to be told. Never rejects. */
  async flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    const news = [...this.#news.values()]
    this.#news.clear()
    if (news.length === 0) return this.#flushing
    this.#flushing = this.#sendAfter(this.#flushing, news)
    return this.#flushing
  }

  /** One flush at a time. */
  async #sendAfter(former: Promise<void>, news: readonly Hint[]): Promise<void> {
    await former
    for (let from = 0; from < news.length; from += mostInOne) {
      const some = news.slice(from, from + mostInOne)
      if (!(await this.#send(some))) this.#later(some)
    }
  }

  #later(news: readonly Hint[]): void {
    for (const hint of news) {
      const key = `${hint.lane} ${hint.sourceId}`
      if ((this.#news.get(key)?.seq ?? 0) < hint.seq) this.#news.set(key, hint)
    }
    this.#cancel ??= this.#clock.after(againMs, () => void this.flush())
  }

  async #send(hints: readonly Hint[]): Promise<boolean> {
    if (this.#others.length === 0) return true
    try {
      await this.#journal.hint(this.#others, hints)
      return true
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'The other nodes could not be told of what came in')
      return false
    }
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
