import type {
  Attempt,
  Connection,
  Cursor,
  CursorKey,
  Exception,
  Intent,
  Journaled,
  Lane,
  LatestRow,
  Mapper,
  Patch,
  ReasonCode,
} from '../core/index.ts'
import { quickTries } from '../core/index.ts'
import { carryAlone, carryTogether, load, nextWayOf, plan } from './carry.ts'
import type { Carrier, Progress, Trouble } from './carry.ts'
import { itemOf, keysOf } from './item.ts'
import type { Item } from './item.ts'
import { exceptionOf, patchOf } from './outcome.ts'
import { Later, Stopped } from './request.ts'
import type { Line } from './request.ts'
import { lineOf } from './rig.ts'
import type { Rig } from './rig.ts'
import { Waker } from './waker.ts'

/** An event is at most 1 MB as it comes; its JSON may be a little longer. */
const maxEventBytes = 1_200_000
/** The most events looked at ahead of the cursor. */
const windowEvents = 1000
/** The most events kept that were handed on in memory while earlier ones are under way. */
const handedEvents = 4000
const maxSingles = 48
/** A batch that failed so often is looked at: is it its content? */
const triesTogether = 5
const triesForLong = 12
/** Guests' events are kept so long for the visitor to become known. */
const guestMs = 30 * 86_400_000

/**
 * One connection's way through one lane of its source's journal: reads what comes after the cursor, plans
 * it, sends it singly or in bulk, and settles what is done, in order.
 */
export class Track {
  readonly lane: Lane
  readonly #rig: Rig
  #connection: Connection
  #mapper: Mapper
  readonly #key: CursorKey
  #seq: number
  #intent: Intent | undefined
  /** After the cursor, without a gap. */
  #items: Item[] = []
  /** There is more in the journal than was handed on. */
  #behind = true
  /** What is handed on while the journal is read. */
  #handed: Item[] | undefined
  readonly #waker: Waker
  #driving = false
  #kicked = false
  #going = 0
  #settling = false
  /** Of the batch under way, over its tries. */
  #tries = 0
  #progress: Progress | undefined
  /** The batch may have worked: exactly the same goes out again. */
  #firm = true
  #attempts: Attempt[] = []
  readonly #applied: LatestRow[] = []

  constructor(rig: Rig, connection: Connection, mapper: Mapper, cursor: Cursor) {
    this.#rig = rig
    this.#connection = connection
    this.#mapper = mapper
    this.#waker = new Waker(rig.clock)
    this.lane = cursor.lane
    this.#seq = cursor.seq
    this.#intent = cursor.intent
    const { workspaceId, connectionId, sourceId, lane } = cursor
    this.#key = { workspaceId, connectionId, sourceId, lane }
  }

  get sourceId(): string {
    return this.#key.sourceId
  }

  /** Nothing is under way. */
  get quiet(): boolean {
    return !this.#driving && this.#going === 0 && !this.#settling
  }

  /** Nothing is under way, and nothing waits that could be sent at some time without a person's help. */
  get resting(): boolean {
    if (!this.quiet) return false
    if (this.#held()) return true
    return this.#items.length === 0 && !this.#behind && this.#intent === undefined
  }

  /** What was just appended to the source. */
  offer(events: readonly { readonly journaled: Journaled; readonly link: boolean }[]): void {
    for (const { journaled, link } of events) {
      if (this.#behind) {
        this.#handed?.push(itemOf(journaled, link))
        continue
      }
      if (journaled.seq <= this.#tail()) continue
      const fits =
        journaled.seq === this.#tail() + 1 &&
        this.#items.length < handedEvents &&
        this.#rig.memory.take(weightOf(journaled))
      if (fits) this.#items.push(itemOf(journaled, link))
      else this.#behind = true
    }
    this.kick()
  }

  /** The settings or the state changed: what was not sent yet is planned anew (late binding). */
  change(connection: Connection, mapper: Mapper): void {
    this.#connection = connection
    this.#mapper = mapper
    for (const item of this.#items) {
      if (item.state === 'going' || item.results.length > 0) continue
      item.plan = undefined
      item.state = 'ready'
      item.reason = undefined
      item.guests = undefined
    }
    this.kick()
  }

  /** There may be more in the journal than was handed on. */
  more(): void {
    this.#behind = true
    this.kick()
  }

  kick(): void {
    this.#kicked = true
    if (this.#driving) this.#waker.wake()
    else void this.#drive()
  }

  async #drive(): Promise<void> {
    this.#driving = true
    try {
      while (this.#kicked) {
        this.#kicked = false
        while (await this.#step());
      }
    } catch (error) {
      if (!(error instanceof Stopped)) this.#stumbled(error)
    } finally {
      this.#driving = false
      this.#rig.rested()
    }
  }

  /** A fault of the journal (or of ours): nothing is lost, the cursor stands. It goes on after a moment. */
  #stumbled(error: unknown): void {
    this.#rig.log.error(
      { connection: this.#key.connectionId, lane: this.lane, error: String(error) },
      'Delivery stumbled; it goes on in a second',
    )
    this.#drop()
    this.#rig.clock.after(1000, () => this.kick())
  }

  /** One look at what can be done. False: nothing, until somebody kicks. */
  async #step(): Promise<boolean> {
    if (this.#rig.account.lost) {
      this.#drop()
      return this.#going > 0
    }
    this.#settleDone()
    if (this.#going === 0 && !this.#settling) {
      if (this.#held()) {
        this.#drop()
        return false
      }
      if (this.#gateMs() > 0) {
        this.#trim()
        return false
      }
      if (this.#intent !== undefined) {
        await this.#sendAgain(this.#intent)
        return true
      }
    }
    if (!this.#held() && this.#gateMs() === 0) {
      await this.#fill()
      await this.#plan()
      this.#settleDone()
      if (this.#going === 0 && !this.#settling && this.#together()) {
        await this.#sendBatch()
        return true
      }
      this.#startSingles()
    }
    if (this.#going > 0 || this.#settling) {
      await this.#waker.wait(
        this.#items.some(({ state }) => state === 'ready') ? this.#permitMs() : undefined,
      )
      return true
    }
    if (this.#items.length === 0 || this.#gateMs() > 0) return this.#items.length > 0
    await this.#waker.wait(this.#permitMs())
    return true
  }

  #held(): boolean {
    if (this.#rig.account.stopped) return true
    return (
      !this.#ends() && (this.#connection.state === 'paused' || this.#rig.gate.hold !== undefined)
    )
  }

  #gateMs(): number {
    return this.#ends() ? 0 : this.#rig.gate.closedMs()
  }

  /** Switched off or disconnected: what waits ends, also while the destination is held. */
  #ends(): boolean {
    return this.#connection.state === 'disconnected' || !this.#connection.settings.enabled
  }

  #tail(): number {
    return this.#seq + this.#items.length
  }

  // Reading

  async #fill(): Promise<void> {
    if (!this.#behind || this.#items.length >= windowEvents || this.#intent !== undefined) return
    const { memory } = this.#rig
    const after = this.#tail()
    const limit = windowEvents - this.#items.length
    const maxBytes = memory.readBytes()
    this.#handed = []
    const read = await this.#readItems(after, limit, maxBytes)
    const handed = this.#handed
    this.#handed = undefined
    // A drop in between: what was read no longer follows.
    if (this.#tail() !== after) return
    for (const item of read.items) memory.hold(weightOf(item.journaled))
    this.#items.push(...read.items)
    if (read.full) return
    this.#behind = false
    this.offer(handed)
  }

  async #readItems(
    after: number,
    limit: number,
    maxBytes: number,
  ): Promise<{ readonly items: Item[]; readonly full: boolean }> {
    const { journal } = this.#rig
    const { workspaceId, sourceId } = this.#key
    const read = await journal.read(
      { workspaceId, sourceId, lane: this.lane },
      after,
      limit,
      maxBytes,
    )
    const first = read[0]
    const last = read.at(-1)
    if (first === undefined || last === undefined) return { items: [], full: false }
    const linked = new Set(
      this.lane === 'live'
        ? await journal.links({ workspaceId, sourceId }, first.seq, last.seq)
        : [],
    )
    const bytes = read.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)
    return {
      items: read.map((journaled) => itemOf(journaled, linked.has(journaled.seq))),
      // One more event, of any size, would have fitted: there was none.
      full: read.length >= limit || bytes + maxEventBytes > maxBytes,
    }
  }

  #drop(): void {
    if (this.#items.length === 0 && this.#behind) return
    for (const { journaled } of this.#items) this.#rig.memory.give(weightOf(journaled))
    this.#items = []
    this.#behind = true
  }

  /** While the account waits, hardly anything of it stays in memory. */
  #trim(): void {
    for (const { journaled } of this.#items.splice(20)) {
      this.#rig.memory.give(weightOf(journaled))
      this.#behind = true
    }
  }

  // Choosing

  /** Whether what waits goes in bulk: whatever gets the oldest there soonest without running a window dry. */
  #together(): boolean {
    let actions = 0
    for (const item of this.#items) {
      if (item.state === 'ready')
        actions += item.plan?.type === 'send' ? item.plan.actions.length : 1
    }
    if (actions === 0) return false
    if (this.#behind) return true
    const { destination } = this.#rig
    const headroom = Math.min(
      destination.headroom('event'),
      destination.headroom('profile'),
      destination.headroom('subscribe'),
    )
    if (actions <= 10) return headroom < 100
    if (destination.waitMs('events') === 0) return true
    return actions > 50 || headroom < 600
  }

  async #plan(): Promise<void> {
    const { kept } = this.#rig
    for (const item of this.#items) {
      if (item.state !== 'ready') continue
      plan(this.#mapper, item)
      if (kept === undefined || item.reason !== 'kept_for_next_event') continue
      await kept.load()
      kept.note(item.journaled)
    }
  }

  // Singly

  #startSingles(): void {
    const { gate } = this.#rig
    const most = gate.failures > 0 ? 1 : maxSingles
    if (this.#going >= most) return
    const busy = new Set<string>()
    // After a failure one goes ahead: one that did not fail itself, so that a bad one does not stand for all.
    const fewest =
      gate.failures > 0 ? Math.min(...this.#items.filter(isReady).map(({ tries }) => tries)) : 0
    for (const item of this.#items) {
      if (item.state === 'done') continue
      const keys = keysOf(item)
      const free = item.state === 'ready' && keys.every((key) => !busy.has(key))
      for (const key of keys) busy.add(key)
      if (!free || (gate.failures > 0 && item.tries > fewest)) continue
      const way = nextWayOf(item)
      if (way === undefined || this.#lineOf(item.journaled.seq, item.journaled.seq).waitMs(way) > 0)
        continue
      void this.#sendSingle(item)
      if (this.#going >= most) return
    }
  }

  async #sendSingle(item: Item): Promise<void> {
    const { gate } = this.#rig
    item.state = 'going'
    this.#going += 1
    try {
      await this.#bringGuests(item)
      const { seq } = item.journaled
      await carryAlone(this.#carrier(this.#mapper, seq, seq), item)
    } catch (error) {
      item.state = 'ready'
      if (!(error instanceof Later)) {
        if (!(error instanceof Stopped)) this.#stumbled(error)
      } else if (gate.hold === undefined) {
        if (item.tries === 0) item.acceptedBefore = gate.accepted
        item.tries += 1
        const { patience } = this.#connection.settings
        const alone =
          item.tries >= quickTries && gate.accepted > item.acceptedBefore && error.answered
        if (alone || (patience === 'cycle' && item.tries >= quickTries)) this.#setAside(item)
      }
    } finally {
      this.#going -= 1
      this.#waker.wake()
    }
  }

  /** It fails by itself: it leaves the straight road, and its successors pass. */
  #setAside(item: Item): void {
    const { gate } = this.#rig
    const reason = gate.retryReason ?? 'klaviyo_unavailable'
    item.state = 'done'
    item.reason = 'exception'
    item.end = { reason, retry: true, ...(gate.lastError && { detail: gate.lastError.text }) }
    for (const guest of item.guests ?? []) {
      if (guest.state === 'done') continue
      guest.state = 'done'
      guest.reason = 'exception'
      guest.end = item.end
    }
  }

  #permitMs(): number {
    let ms = 1000
    for (const item of this.#items) {
      if (item.state !== 'ready') continue
      const way = nextWayOf(item)
      if (way !== undefined) ms = Math.min(ms, this.#lineOf(0, 0).waitMs(way))
    }
    // What could go is blocked by its own person's request: that one wakes us.
    return ms === 0 ? 1000 : ms
  }

  // In bulk

  async #sendBatch(): Promise<void> {
    const items: Item[] = []
    const { maxActions, maxBytes } = this.#rig.destination.limits.events
    let actions = 0
    let bytes = 0
    for (const item of this.#items) {
      await this.#bringGuests(item)
      for (const each of [...(item.guests ?? []), item]) {
        plan(this.#mapper, each)
        if (each.plan?.type === 'send') actions += each.plan.actions.length
        bytes += each.journaled.bodyBytes
      }
      if (items.length > 0 && (actions > maxActions || bytes > maxBytes)) break
      items.push(item)
    }
    await this.#run(items, this.#mapper, this.#connection.version)
  }

  /** A batch was announced, and may have been sent: the same range goes out with the same mapping. */
  async #sendAgain(intent: Intent): Promise<void> {
    if (this.#ends()) {
      this.#intent = undefined
      return
    }
    const { mapperAt, memory } = this.#rig
    this.#drop()
    const items: Item[] = []
    while (this.#seq + items.length < intent.toSeq) {
      const after = this.#seq + items.length
      const read = await this.#readItems(after, intent.toSeq - after, memory.readBytes())
      if (read.items.length === 0) throw new Error('The journal lacks events that were announced.')
      items.push(...read.items)
    }
    for (const { journaled } of items) memory.hold(weightOf(journaled))
    this.#items = items
    const mapper = await mapperAt(intent.version)
    for (const item of items) {
      plan(mapper, item)
      await this.#bringGuests(item)
    }
    await this.#run(items, mapper, intent.version, intent)
  }

  async #run(
    items: readonly Item[],
    mapper: Mapper,
    version: number,
    intent?: Intent,
  ): Promise<void> {
    const { journal, gate, log, account, digest } = this.#rig
    const first = items[0]?.journaled.seq ?? 0
    const toSeq = items.at(-1)?.journaled.seq ?? 0
    const carrier = this.#carrier(mapper, first, toSeq, version)
    const cargo = await load(carrier, items, digest)
    if (intent !== undefined && intent.digest !== cargo.digest) {
      log.error(
        { connection: this.#key.connectionId, lane: this.lane, from: first, to: toSeq },
        'A batch that is sent again differs from the one announced',
      )
    }
    const bulk = cargo.parcels.some(({ way }) => way === 'events')
    if (intent === undefined && bulk) {
      const announced = { toSeq, version, digest: cargo.digest }
      if (!(await journal.intend(account.fence, this.#key, announced))) return this.#rig.lost()
      this.#intent = announced
      this.#firm = false
    }
    if (this.#progress?.digest !== cargo.digest) {
      this.#progress = { digest: cargo.digest, results: new Map() }
      this.#tries = 0
    }
    const accepted = gate.accepted
    for (const item of items) if (item.state === 'ready') item.state = 'going'
    try {
      await carryTogether(carrier, items, cargo, this.#progress, this.#trouble())
    } catch (error) {
      if (!(error instanceof Later)) throw error
      this.#tries += 1
      this.#firm ||= error.firm || gate.accepted > accepted || this.#progress.results.size > 0
      if (
        this.#connection.settings.patience === 'cycle' &&
        this.#tries >= quickTries &&
        !gate.hold
      ) {
        for (const item of items) if (item.state !== 'done') this.#setAside(item)
      } else {
        // Surely nothing of it is at Klaviyo: it may be mapped anew.
        if (!this.#firm) this.#intent = undefined
        this.#drop()
        return
      }
    }
    this.#progress = undefined
    this.#tries = 0
    await this.#settle(items.length)
  }

  #trouble(): Trouble {
    if (this.#tries < triesTogether) return 'none'
    return this.#tries < triesForLong ? 'some' : 'long'
  }

  /** What the visitor did before it became known: settled as waiting, or just before it in the window. */
  async #bringGuests(item: Item): Promise<void> {
    if (!item.link || item.guests !== undefined) return
    const { journal, clock } = this.#rig
    const { seq, identifiers } = item.journaled
    // Looked at first: while the journal answers, they may be settled.
    const ahead = this.#items.filter(
      ({ journaled, reason }) =>
        reason === 'anonymous_waiting' &&
        journaled.seq < seq &&
        journaled.identifiers.anonymousId === identifiers.anonymousId,
    )
    const waiting = await journal.waitingGuest(this.#key, seq, clock.now() - guestMs)
    const known = new Set(waiting.map((journaled) => journaled.seq))
    const unsettled = ahead
      .filter(({ journaled }) => !known.has(journaled.seq))
      .map(({ journaled }) => ({ ...journaled, identifiers }))
    item.guests = [...waiting, ...unsettled].map((journaled) => itemOf(journaled, false))
  }

  #carrier(
    mapper: Mapper,
    fromSeq: number,
    toSeq: number,
    version = this.#connection.version,
  ): Carrier {
    return {
      line: this.#lineOf(fromSeq, toSeq, version),
      mapper,
      latest: this.#rig.latest,
      kept: this.#rig.kept,
      connection: this.#connection,
      lane: this.lane,
      clock: this.#rig.clock,
      applied: this.#applied,
    }
  }

  #lineOf(fromSeq: number, toSeq: number, version = this.#connection.version): Line {
    return lineOf(this.#rig, this.#connection.settings, this.lane, (exchange) => {
      this.#attempts.push({
        ...exchange,
        id: this.#rig.newAttemptId(),
        fromSeq,
        toSeq,
        lane: this.lane,
        version,
      })
    })
  }

  // Settling

  /** Starts settling the done events at the front, unless that is under way. */
  #settleDone(): void {
    if (this.#settling || this.#intent !== undefined) return
    let count = 0
    while (this.#items[count]?.state === 'done') count += 1
    if (count === 0) return
    void this.#settle(count).catch((error: unknown) => {
      if (!(error instanceof Stopped)) this.#stumbled(error)
    })
  }

  async #settle(count: number): Promise<void> {
    const { journal, account, destination, clock, memory, tempo } = this.#rig
    const items = this.#items.slice(0, count)
    const now = clock.now()
    const reasons: ReasonCode[] = []
    const patches: Patch[] = []
    const exceptions: Exception[] = []
    const where = { ...this.#key, settings: this.#connection.settings, now, random: clock.random() }
    for (const item of items) {
      for (const guest of item.guests ?? []) {
        const { reason, exception } = exceptionOf(guest, where)
        patches.push(patchOf(guest, reason))
        if (exception !== undefined) exceptions.push(exception)
      }
      const { reason, exception } = exceptionOf(item, where)
      reasons.push(reason)
      if (item.end === undefined) {
        for (const seq of item.kept) patches.push({ seq, reason: 'accepted' })
        this.#rig.kept?.arrived(item.kept)
      }
      if (exception !== undefined) exceptions.push(exception)
    }
    const attempts = this.#attempts
    this.#attempts = []
    const latest = this.#applied.splice(0)
    this.#settling = true
    try {
      const settled = await journal.settle({
        fence: account.fence,
        accountId: account.id,
        cursor: this.#key,
        fromSeq: this.#seq + 1,
        reasons,
        patches,
        attempts,
        exceptions,
        latest,
        budget: destination.budget(),
        now,
      })
      if (!settled) return this.#rig.lost()
    } catch (error) {
      this.#attempts.unshift(...attempts)
      this.#applied.unshift(...latest)
      throw error
    } finally {
      this.#settling = false
      this.#waker.wake()
    }
    this.#seq += count
    this.#items.splice(0, count)
    if (this.#intent !== undefined && this.#intent.toSeq <= this.#seq) this.#intent = undefined
    for (const { journaled } of items) memory.give(weightOf(journaled))
    tempo.settled(count)
    for (const { state, dueAt } of exceptions) if (state === 'retry') this.#rig.later(dueAt)
  }
}

function isReady({ state }: Item): boolean {
  return state === 'ready'
}

/** Memory that an event takes while it is parsed: about three times its text. */
function weightOf({ bodyBytes }: Journaled): number {
  return bodyBytes * 3 + 500
}
