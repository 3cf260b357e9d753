/**
 * The sums behind Klaviyo's burst, steady and daily windows. Klaviyo counts in fixed windows whose phase
 * nobody outside knows, so no window of that length, wherever it begins, may ever hold more than its
 * limit. When exactly Klaviyo counts a request nobody knows either: somewhere between the moment it leaves and
 * the moment of its answer, which on a busy machine are seconds apart. So it counts for all that time, and for a
 * whole window after its answer. Times are milliseconds of a clock that never jumps.
 */

export interface Window {
  readonly limit: number
  readonly ms: number
}

export interface BudgetRule {
  /** Shortest first. */
  readonly windows: readonly Window[]
  /** Requests go out at even distances, so that one minute's worth lasts for the minute. */
  readonly even: boolean
}

/** What a budget holds at a moment, as it is handed to the next owner. */
export interface Held {
  /** Per window of the rule: age in milliseconds, count, age, count, … */
  readonly takes: readonly (readonly number[])[]
  /** How long the way stays closed. */
  readonly closedMs: number
}

export class Budget {
  readonly #logs: readonly Log[]
  readonly #intervalMs: number
  /** When the next request would be due if all of them kept the even distance. */
  #due = -Infinity
  #closedUntil = -Infinity
  /** Requests on their way. */
  #open = 0

  constructor(rule: BudgetRule) {
    this.#logs = rule.windows.map((window) => new Log(window))
    const paced = this.#logs.find((log) => log.window.ms >= 60_000)
    this.#intervalMs = rule.even && paced ? paced.longestMs / paced.window.limit : 0
  }

  /** Whole milliseconds until one more request may go out, if those on their way were answered now; 0: now. */
  waitMs(now: number): number {
    // A little credit: timers that fire late do not slow the pace.
    let at = Math.max(this.#closedUntil, this.#due - this.#intervalMs / 8)
    for (const log of this.#logs) at = Math.max(at, log.freeAt(now, this.#open))
    return at <= now ? 0 : Math.ceil(at - now)
  }

  /** How many requests the windows of a minute and longer still have room for. */
  headroom(now: number): number {
    let room = Infinity
    for (const log of this.#logs) {
      if (log.window.ms >= 60_000) room = Math.min(room, log.window.limit - log.used(now))
    }
    return Math.max(0, room - this.#open)
  }

  /** A request leaves. Say `answered` when its answer is there, or it has failed. */
  take(now: number): void {
    this.#open += 1
    if (this.#intervalMs > 0) this.#due = Math.max(this.#due, now) + this.#intervalMs
  }

  /** The request has been counted by now, if it ever was. */
  answered(now: number): void {
    if (this.#open === 0) return
    this.#open -= 1
    for (const log of this.#logs) log.add(now, 1)
  }

  /** Nothing goes out for so long, whatever the windows say: Klaviyo asked for it. */
  close(now: number, ms: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, now + ms)
  }

  /** Nothing is held any more: forgetting this budget changes nothing. */
  isIdle(now: number): boolean {
    if (this.#open > 0 || this.#closedUntil > now || this.#due > now) return false
    return this.#logs.every((log) => log.used(now) === 0)
  }

  held(now: number): Held {
    return {
      takes: this.#logs.map((log) => log.ages(now, this.#open)),
      closedMs: Math.max(0, Math.ceil(this.#closedUntil - now)),
    }
  }

  /** Adds what another owner held `ageMs` ago. */
  resume(held: Held, now: number, ageMs: number): void {
    for (const [index, log] of this.#logs.entries()) {
      log.addAges(held.takes[index] ?? [], now - ageMs)
    }
    this.close(now, held.closedMs - ageMs)
  }

  /** Another owner may have used up the shortest window, a moment ago. */
  assumeBurst(now: number): void {
    const [first] = this.#logs
    if (first === undefined) return
    const { limit } = first.window
    for (const log of this.#logs) log.add(now, limit)
  }

  /** Another owner may have used up everything: one window of a minute counts as used, from now on. */
  assumeUsed(now: number): void {
    const minute = this.#logs.find((log) => log.window.ms >= 60_000)
    if (!minute) return
    const missing = minute.window.limit - minute.used(now)
    if (missing <= 0) return
    minute.add(now, missing)
    for (const log of this.#logs) if (log.window.ms > minute.window.ms) log.add(now, missing)
  }
}

/**
 * The requests of one window, counted in slots. Only slots that hold something are kept, so an account
 * that is quiet costs nothing, and a busy one 200 small numbers a window.
 */
class Log {
  readonly window: Window
  readonly #slotMs: number
  readonly #spanMs: number
  #slots: number[] = []
  #counts: number[] = []
  #head = 0
  #used = 0

  constructor(window: Window) {
    this.window = window
    this.#slotMs = Math.max(50, window.ms / 200)
    // A little longer than Klaviyo's own, whose clock is another.
    this.#spanMs = window.ms + Math.max(100, window.ms / 1000)
  }

  /** An answered request stays counted for at most so long. */
  get longestMs(): number {
    return this.#spanMs + this.#slotMs
  }

  used(now: number): number {
    const first = Math.floor((now - this.#spanMs) / this.#slotMs)
    while (this.#head < this.#slots.length && this.#slots[this.#head]! < first) {
      this.#used -= this.#counts[this.#head]!
      this.#head += 1
    }
    if (this.#head > 64 || (this.#head > 0 && this.#head === this.#slots.length)) {
      this.#keep(this.#slots.slice(this.#head), this.#counts.slice(this.#head))
    }
    return this.#used
  }

  /** When the window has room for one more beside the `open` ones; the past, if it has now. */
  freeAt(now: number, open: number): number {
    let over = this.used(now) + open - this.window.limit
    for (let at = this.#head; at < this.#slots.length && over >= 0; at += 1) {
      over -= this.#counts[at]!
      if (over < 0) return (this.#slots[at]! + 1) * this.#slotMs + this.#spanMs
    }
    // All of them are on their way: one has to be answered first.
    return over < 0 ? -Infinity : now + this.#spanMs
  }

  add(now: number, count: number): void {
    this.used(now)
    const slot = Math.floor(now / this.#slotMs)
    const last = this.#slots.length - 1
    if (last >= this.#head && this.#slots[last]! >= slot) this.#counts[last]! += count
    else {
      this.#slots.push(slot)
      this.#counts.push(count)
    }
    this.#used += count
  }

  /** In twelve steps a window: short enough to be kept with every batch. Ages are rounded to younger. */
  ages(now: number, open: number): number[] {
    this.used(now)
    const stepMs = this.window.ms / 12
    const ages: number[] = open === 0 ? [] : [0, open]
    for (let at = this.#slots.length - 1; at >= this.#head; at -= 1) {
      const age = Math.max(0, now - (this.#slots[at]! + 1) * this.#slotMs)
      const step = Math.floor(Math.floor(age / stepMs) * stepMs)
      if (ages.at(-2) === step) ages[ages.length - 1]! += this.#counts[at]!
      else ages.push(step, this.#counts[at]!)
    }
    return ages
  }

  addAges(ages: readonly number[], at: number): void {
    const all = new Map<number, number>()
    for (let index = this.#head; index < this.#slots.length; index += 1) {
      all.set(this.#slots[index]!, this.#counts[index]!)
    }
    for (let index = 0; index + 1 < ages.length; index += 2) {
      const slot = Math.floor((at - ages[index]!) / this.#slotMs)
      all.set(slot, (all.get(slot) ?? 0) + ages[index + 1]!)
    }
    const slots = [...all.keys()].toSorted((a, b) => a - b)
    const counts = slots.map((slot) => all.get(slot)!)
    this.#keep(slots, counts)
    this.#used = counts.reduce((sum, count) => sum + count, 0)
  }

  #keep(slots: number[], counts: number[]): void {
    this.#slots = slots
    this.#counts = counts
    this.#head = 0
  }
}
