import type { CursorKey, Journal, Journaled } from '../core/index.ts'
import type { Gap } from './gap.ts'
import { itemOf } from './item.ts'
import type { Item } from './item.ts'
import { weightOf } from './memory.ts'
import type { Memory } from './memory.ts'
import type { Release } from './release.ts'

/** What was just appended, as it is handed on in memory. */
export interface Handed {
  readonly journaled: Journaled
  /** It made a visitor known who has older events waiting. */
  readonly link: boolean
}

/** The most events looked at ahead of the cursor. */
const mostRead = 1000
/** The most events kept that were handed on in memory while earlier ones are under way. */
const mostHanded = 4000
/** An event is at most 1 MB as it comes; its JSON may be a little longer. */
const maxEventBytes = 1_200_000

/**
 * The events after a connection's cursor that are in memory: a piece of the journal without a gap, from
 * what was handed on at its receipt, and read from the journal where that did not fit.
 */
export class Window {
  readonly #journal: Journal
  readonly #memory: Memory
  readonly #key: CursorKey
  readonly #release: Release
  readonly #gap: Gap
  /** The cursor: everything up to here is settled. */
  seq: number
  /** The events after it. */
  items: Item[] = []
  /** There is more in the journal than is here. */
  behind = true
  /** What is handed on while the journal is read. */
  #handed: Handed[] | undefined
  /** It was said, since the journal was last asked, that there is more. */
  #told = false
  /** The newest number that was heard of. */
  #head = 0

  constructor(
    { journal, memory }: { readonly journal: Journal; readonly memory: Memory },
    key: CursorKey,
    seq: number,
    { release, gap }: { readonly release: Release; readonly gap: Gap },
  ) {
    this.#journal = journal
    this.#memory = memory
    this.#key = key
    this.#release = release
    this.#gap = gap
    this.seq = seq
  }

  /** The number of the last event that is here. */
  get tail(): number {
    return this.seq + this.items.length
  }

  offer(events: readonly Handed[]): void {
    this.#head = Math.max(this.#head, events.at(-1)?.journaled.seq ?? 0)
    if (this.behind) {
      this.#handed?.push(...events)
      return
    }
    const taken = this.#release.taken(events)
    for (const { journaled, link } of taken) {
      if (journaled.seq <= this.tail) continue
      const fits =
        journaled.seq === this.tail + 1 &&
        this.items.length < mostHanded &&
        this.#memory.take(weightOf(journaled))
      if (fits) this.items.push(itemOf(journaled, link))
      else this.behind = true
    }
    if (taken.length < events.length) this.behind = true
  }

  /** There is something to be read: not everything is here, nor enough of it beyond the first so many. */
  reads(beyond = 0): boolean {
    if (!this.behind || this.items.length >= mostRead + beyond) return false
    // What is here was let go before; what follows in the journal waits for its cycle.
    return this.#release.nextAt === undefined
  }

  /** Reads on, if it does. */
  async fill(beyond = 0): Promise<void> {
    if (!this.reads(beyond)) return
    this.#handed = []
    this.#told = false
    const before = this.tail
    const isFull = await this.#readOn(mostRead + beyond - this.items.length)
    const handed = this.#handed
    this.#handed = undefined
    if (isFull) {
      this.#gap.close()
      return
    }
    this.behind = false
    this.offer(handed)
    const lacks = this.#head > this.tail && this.#release.nextAt === undefined
    if (lacks && this.tail === before) this.#gap.met(this.tail + 1, this.#head)
    else this.#gap.close()
    // It ended before something that is known to be there: that is asked for once more.
    if (lacks && this.tail > before) this.behind = true
    // The answer may be from before.
    if (this.#told) this.behind = true
  }

  /** Something that has to be there is not: it is looked for again. */
  seek(): void {
    this.behind = true
  }

  /** The journal reaches to that number. */
  reaches(seq: number): void {
    if (seq <= this.tail) return
    this.#head = Math.max(this.#head, seq)
    this.#told = true
    this.behind = true
  }

  /** Exactly the events up to that number, in place of what is here. */
  async readTo(toSeq: number): Promise<void> {
    this.drop()
    while (this.tail < toSeq) {
      const before = this.tail
      await this.#readOn(toSeq - this.tail, 'announced')
      if (this.tail === before) throw new Error('The journal lacks events that were announced.')
    }
  }

  /** Some of the events after that number, only to be looked at. */
  async beyond(seq: number): Promise<readonly Item[]> {
    const { items } = await this.#read(seq, 100, 128 * 1024)
    return items
  }

  /** The first so many are settled. */
  settled(count: number): void {
    this.#give(this.items.splice(0, count))
    this.seq += count
  }

  drop(): void {
    this.#give(this.items)
    this.items = []
    this.behind = true
  }

  /**
   * While the account waits, hardly anything stays in memory: the first few, and what is done and not settled
   * yet, which under changed settings would go a second time.
   */
  trim(few: number): void {
    const kept = Math.max(few, this.items.findLastIndex(({ state }) => state === 'done') + 1)
    if (this.items.length <= kept) return
    this.#give(this.items.splice(kept))
    this.behind = true
  }

  /** Whether there may be more than was read. */
  async #readOn(limit: number, which: 'next' | 'announced' = 'next'): Promise<boolean> {
    const after = this.tail
    const { items, full } = await this.#read(after, limit, this.#memory.room())
    // It was dropped or settled in between: what was read no longer follows.
    if (this.tail !== after) return true
    const taken = which === 'announced' ? items : this.#release.taken(items)
    this.#hold(taken)
    return full || taken.length < items.length
  }

  async #read(after: number, limit: number, maxBytes: number) {
    const { workspaceId, sourceId, lane } = this.#key
    const read = await this.#journal.read({ workspaceId, sourceId, lane }, after, limit, maxBytes)
    const first = read[0]
    const last = read.at(-1)
    if (first === undefined || last === undefined) return { items: [], full: false }
    const linked = new Set(
      lane === 'live'
        ? await this.#journal.links({ workspaceId, sourceId }, first.seq, last.seq)
        : [],
    )
    const bytes = read.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
    return {
      items: read.map((journaled) => itemOf(journaled, linked.has(journaled.seq))),
      // One more event, of any size, would have fitted: there was none.
      full: read.length >= limit || bytes + maxEventBytes > maxBytes,
    }
  }

  #hold(items: readonly Item[]): void {
    for (const { journaled } of items) this.#memory.hold(weightOf(journaled))
    this.items.push(...items)
  }

  #give(items: readonly Item[]): void {
    for (const { journaled } of items) this.#memory.give(weightOf(journaled))
  }
}
