/** Virtual time: everything that happens is an entry of one list, and time jumps from one to the next. */
export class Schedule {
  /** Milliseconds since the beginning. */
  now = 0
  /** Entries carried out so far. */
  steps = 0
  #order = 0
  /** A binary heap, the next one first. */
  readonly #heap: Entry[] = []

  /** Carries `run` out after `ms`. The answer cancels it. */
  after(ms: number, run: () => void): () => void {
    this.#order += 1
    const entry: Entry = { at: this.now + Math.max(0, ms), order: this.#order, run }
    this.#push(entry)
    return () => {
      entry.run = undefined
    }
  }

  /** Goes on until `done`, or until nothing is left to do. Throws when it takes too many steps. */
  async play(done: () => boolean, maxSteps: number): Promise<void> {
    await quiet()
    while (!done()) {
      const entry = this.#pop()
      if (entry === undefined) {
        // What was begun just now may still enter something.
        await quiet()
        if (done() || this.#heap.length === 0) return
        continue
      }
      if (entry.run === undefined) continue
      this.steps += 1
      if (this.steps > maxSteps) throw new Error(`It takes more than ${maxSteps} steps.`)
      this.now = entry.at
      entry.run()
      await quiet()
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let place = heap.length
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !isBefore(entry, above)) break
      heap[place] = above
      place = parent
    }
    heap[place] = entry
  }

  #pop(): Entry | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      let next = heap[child]
      const other = heap[child + 1]
      if (next !== undefined && other !== undefined && isBefore(other, next)) {
        child += 1
        next = other
      }
      if (next === undefined || !isBefore(next, last)) break
      heap[place] = next
      place = child
    }
    heap[place] = last
    return first
  }
}

interface Entry {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}

/**
 * Resolves when every promise has been followed up: the engine waits for nothing but the schedule then. Node
 * comes to the next tick only when no promise is left to follow up; a turn of its event loop takes longer.
 */
function quiet(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}
