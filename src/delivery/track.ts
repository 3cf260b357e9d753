import type {
  Attempt,
  Connection,
  Cursor,
  CursorKey,
  Intent,
  Lane,
  LatestRow,
  Mapper,
} from '../core/index.ts'
import { isOff, quickTries } from '../core/index.ts'
import { carryAlone, carryTogether, load, nextWayOf, plan } from './carry.ts'
import type { Carrier, Progress, Trouble } from './carry.ts'
import { goesTogether } from './choice.ts'
import { isBegun, itemOf } from './item.ts'
import type { Item } from './item.ts'
import { Kept } from './kept.ts'
import { freeOf } from './order.ts'
import { Release } from './release.ts'
import { Later, Stopped } from './request.ts'
import type { Line } from './request.ts'
import { lineOf } from './rig.ts'
import type { Rig } from './rig.ts'
import { endsOf } from './settlement.ts'
import type { Ends } from './settlement.ts'
import type { Turn } from './turns.ts'
import { Waker } from './waker.ts'
import { Window } from './window.ts'
import type { Handed } from './window.ts'

/** Requests of one connection and lane that are under way at once. */
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
  readonly #window: Window
  readonly #release: Release
  /** Only where profiles may not be written by themselves. */
  readonly #kept: Kept | undefined
  #intent: Intent | undefined
  readonly #waker: Waker
  #driving = false
  #kicked = false
  /** Something went wrong on our side: what is in memory is not trusted any more. */
  #shaken = false
  #going = 0
  #settling = false
  /** Of the batch under way, over its tries. */
  #tries = 0
  /** Number of the first event of the batch that `#tries` counts for. */
  #triesOf = 0
  #progress: Progress | undefined
  /** The batch may have worked: exactly the same goes out again. */
  #firm = true
  #attempts: Attempt[] = []
  #doubtful: Doubtful | undefined
  readonly #applied: LatestRow[] = []

  /** @param behind false: the journal holds nothing after the cursor */
  constructor(
    rig: Rig,
    connection: Connection,
    mapper: Mapper,
    cursor: Cursor,
    { behind = true }: { readonly behind?: boolean } = {},
  ) {
    this.#rig = rig
    this.#connection = connection
    this.#mapper = mapper
    this.#waker = new Waker(rig.clock)
    this.lane = cursor.lane
    this.#intent = cursor.intent
    const { workspaceId, connectionId, sourceId, lane } = cursor
    this.#key = { workspaceId, connectionId, sourceId, lane }
    this.#release = new Release(rig.clock, connection.settings, () => this.kick())
    this.#window = new Window(rig, this.#key, cursor.seq, this.#release)
    this.#window.behind = behind
    this.#kept = rig.keepsTraits ? new Kept(rig.journal, this.#key) : undefined
  }

  /** Nothing is under way. */
  get quiet(): boolean {
    return !this.#driving && this.#going === 0 && !this.#settling
  }

  /** Nothing is under way, and nothing waits that could be sent at some time without a person's help. */
  get resting(): boolean {
    if (!this.quiet) return false
    if (this.#held()) return true
    const { items, behind } = this.#window
    const more = behind && this.#release.nextAt === undefined
    return items.length === 0 && !more && this.#intent === undefined
  }

  /** When the next cycle lets go what waits for it; undefined: nothing waits for one. */
  get releaseAt(): number | undefined {
    return this.#release.nextAt
  }

  /** Kicks nobody any more. */
  stop(): void {
    this.#release.stop()
    this.kick()
  }

  /** Where the cursor stands, when nothing is after it and nothing is left to do; else undefined. */
  get parkedAt(): number | undefined {
    const { items, behind, seq } = this.#window
    const isClear =
      this.quiet &&
      items.length === 0 &&
      !behind &&
      this.#intent === undefined &&
      this.#doubtful === undefined &&
      !this.#shaken &&
      this.#attempts.length === 0
    return isClear && this.#kept === undefined ? seq : undefined
  }

  /** What was just appended to the source. */
  offer(events: readonly Handed[]): void {
    this.#window.offer(events)
    this.kick()
  }

  /** The settings or the state changed: the next look plans what was not sent yet anew (late binding). */
  change(connection: Connection, mapper: Mapper): void {
    this.#connection = connection
    this.#mapper = mapper
    this.#release.change(connection.settings)
    this.kick()
  }

  /** The journal reaches to `head`: there may be more than was handed on. */
  more(head: number): void {
    if (head <= this.#window.tail) return
    this.#window.reaches(head)
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
    const { log, clock } = this.#rig
    log.error(
      { connection: this.#key.connectionId, lane: this.lane, error: String(error) },
      'Delivery stumbled; it goes on in a second',
    )
    if (this.#shaken) return
    this.#shaken = true
    clock.after(1000, () => {
      this.#shaken = false
      this.kick()
    })
  }

  /** One look at what can be done. False: nothing, until somebody kicks. */
  async #step(): Promise<boolean> {
    const { account, turns } = this.#rig
    if (account.lost || this.#shaken) {
      // What is under way comes to its end first: nothing of it may be sent beside it.
      if (this.#going > 0 || this.#settling) await this.#waker.wait()
      else this.#window.drop()
      return this.#going > 0 || this.#settling
    }
    if (this.#doubtful !== undefined) {
      if (this.#going > 0) await this.#waker.wait()
      else await this.#findOut(this.#doubtful)
      return true
    }
    this.#settleDone()
    if (this.#going === 0 && !this.#settling) {
      if (this.#held()) {
        this.#window.trim(0)
        return false
      }
      if (await this.#endOverdue()) return true
      if (this.#gateMs() > 0) {
        this.#window.trim(20)
        return false
      }
      if (this.#intent !== undefined) {
        const turn = await turns.take()
        await this.#sendAgain(this.#intent, turn).finally(() => turn.end())
        return true
      }
    }
    if (!this.#held() && this.#gateMs() === 0) {
      const turn = this.#window.reads() ? await turns.take() : undefined
      if (await this.#go(turn).finally(() => turn?.end())) return true
    }
    if (this.#going > 0 || this.#settling) {
      await this.#waker.wait(this.#window.items.some(isReady) ? this.#permitMs() : undefined)
      return true
    }
    const { length } = this.#window.items
    if (length === 0 || this.#gateMs() > 0) return length > 0
    await this.#waker.wait(this.#permitMs())
    return true
  }

  /** Starts what can be sent now. True: there is to be another look at once. */
  async #go(turn: Turn | undefined): Promise<boolean> {
    await this.#window.fill()
    await this.#plan()
    // A settlement failed meanwhile: what came of it is found out first.
    if (this.#doubtful !== undefined || this.#shaken) return true
    this.#settleDone()
    // What goes in bulk waits for the singles under way: more of them would use up the minute's.
    const together = goesTogether(this.#window, this.#rig.destination)
    if (together && this.#going === 0 && !this.#settling) {
      await this.#sendBatch(turn)
      return true
    }
    if (!together) this.#startSingles()
    return false
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
    return isOff(this.#connection)
  }

  /** It may send at this moment. */
  #open(): boolean {
    return !this.#held() && !this.#ends()
  }

  /**
   * Decides what is to be done with what is here, by the settings of this moment unless told. Nowhere else is
   * a decision changed, so one stands for as long as a request that goes by it is under way.
   */
  async #plan(told?: Mapper): Promise<void> {
    await this.#kept?.load()
    const mapper = told ?? this.#mapper
    for (const item of this.#window.items) {
      // What has ended stays so: a later event of the same person may have gone by now.
      if (item.state !== 'ready') continue
      const changed = item.plan !== undefined && item.plannedBy !== mapper
      // What of it is at Klaviyo already stays as it was planned, unless the connection ends.
      if (changed && (!isBegun(item) || this.#ends())) forget(item)
      plan(mapper, item)
      if (item.reason === 'kept_for_next_event') this.#kept?.note(item.journaled)
    }
  }

  // Singly

  #startSingles(): void {
    const { gate } = this.#rig
    // After a failure one goes ahead: one that did not fail itself, so that a bad one does not stand for all.
    const free = freeOf(this.#window.items)
    const next = gate.failures > 0 ? free.toSorted((a, b) => a.tries - b.tries).slice(0, 1) : free
    const most = gate.failures > 0 ? 1 : maxSingles
    for (const item of next) {
      if (this.#going >= most) return
      const way = nextWayOf(item)
      if (way !== undefined && this.#lineOf().waitMs(way) === 0) void this.#sendSingle(item)
    }
  }

  async #sendSingle(item: Item): Promise<void> {
    const { gate } = this.#rig
    const mapper = this.#mapper
    item.state = 'going'
    this.#going += 1
    try {
      await this.#bringGuests(item)
      await carryAlone(this.#carrier(mapper, item.journaled.seq), item)
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
        if (alone) this.#setAside(item)
        // The account takes nothing: what has failed with it waits for the retry cycle, not for each other.
        else if (patience === 'cycle' && Math.max(item.tries, gate.failures) >= quickTries) {
          const failed = this.#window.items.filter(
            ({ state, tries }) => state === 'ready' && tries > 0,
          )
          for (const one of failed) this.#setAside(one)
        }
      }
    } finally {
      this.#going -= 1
      this.#waker.wake()
    }
  }

  /** Whether something ended that has waited as long as the settings allow, unsent: the account takes nothing. */
  async #endOverdue(): Promise<boolean> {
    const overdue = this.#rig.gate.failingMs()
    const { waitEndMs, patience } = this.#connection.settings
    if (patience !== 'wait' || waitEndMs === undefined || overdue < waitEndMs) return false
    if (this.#intent === undefined) await this.#window.fill()
    else await this.#window.readTo(this.#intent.toSeq)
    const { items } = this.#window
    const before = this.#rig.clock.now() - waitEndMs
    const first = items.findIndex(({ journaled }) => journaled.receivedAt > before)
    const count = first < 0 ? items.length : first
    // What was announced may be at Klaviyo: it ends as a whole.
    if (count === 0 || (this.#intent !== undefined && count < items.length)) return false
    const { lastError } = this.#rig.gate
    for (const item of items.slice(0, count)) {
      if (item.state === 'done') continue
      item.state = 'done'
      item.reason = 'retries_exhausted'
      item.end = {
        reason: 'retries_exhausted',
        retry: false,
        ...(lastError && { detail: lastError.text }),
      }
    }
    await this.#settle(count)
    return true
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
    for (const item of this.#window.items) {
      if (item.state !== 'ready') continue
      const way = nextWayOf(item)
      if (way !== undefined) ms = Math.min(ms, this.#lineOf().waitMs(way))
    }
    // What could go is blocked by its own person's request: that one wakes us.
    return ms === 0 ? 1000 : ms
  }

  // In bulk

  async #sendBatch(turn: Turn | undefined): Promise<void> {
    const items: Item[] = []
    const { maxActions, maxBytes } = this.#rig.destination.limits.events
    const mapper = this.#mapper
    let actions = 0
    let bytes = 0
    for (const item of this.#window.items) {
      // It came while guests were looked for: it goes with the next.
      if (item.plan === undefined) break
      // Whoever sends the range again must send the same: so nothing in it was sent singly before, or decided
      // under other settings.
      const decided = item.state === 'done' && item.plannedBy !== mapper
      if (isBegun(item) || item.end !== undefined || decided) break
      await this.#bringGuests(item)
      for (const each of [...(item.guests ?? []), item]) {
        plan(mapper, each)
        if (each.plan?.type === 'send') actions += each.plan.actions.length
        bytes += each.journaled.bodyBytes
      }
      if (items.length > 0 && (actions > maxActions || bytes > maxBytes)) break
      items.push(item)
    }
    // The settings changed meanwhile: from the start, with the new ones.
    if (mapper !== this.#mapper) return
    await this.#run({ items, mapper, version: this.#connection.version, turn })
  }

  /** A batch was announced, and may have been sent: the same range goes out with the same mapping. */
  async #sendAgain(intent: Intent, turn: Turn): Promise<void> {
    const mapper = await this.#rig.mapperAt(intent.version)
    if (this.#ends()) {
      this.#intent = undefined
      return
    }
    await this.#window.readTo(intent.toSeq)
    const { items } = this.#window
    await this.#plan(mapper)
    for (const item of items) await this.#bringGuests(item)
    await this.#run({ items, mapper, version: intent.version, intent, turn })
  }

  async #run({ items, mapper, version, intent, turn }: Batch): Promise<void> {
    const { journal, gate, log, account, digest } = this.#rig
    const first = items[0]?.journaled.seq ?? 0
    const toSeq = items.at(-1)?.journaled.seq ?? 0
    const carrier = this.#carrier(mapper, toSeq, version)
    const cargo = await load(carrier, items, (ids) => `${first}:${digest(ids)}`)
    // Where a part of it was settled since, by this owner or by the next, the rest cannot be compared.
    const whole = intent?.digest.startsWith(`${first}:`) === true && account.leaseMs(0) === 0
    if (intent !== undefined && whole && intent.digest !== cargo.digest) {
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
    turn?.end()
    if (this.#progress?.digest !== cargo.digest) {
      // More may have come behind the same first event: its tries and what it had to wait for still count.
      const same = this.#progress !== undefined && this.#triesOf === first
      const before = same ? this.#progress?.acceptedBefore : undefined
      this.#progress = {
        digest: cargo.digest,
        results: new Map(),
        ...(before === undefined ? {} : { acceptedBefore: before }),
      }
      if (!same) this.#tries = 0
      this.#triesOf = first
    }
    const accepted = gate.accepted
    for (const item of items) if (item.state === 'ready') item.state = 'going'
    const ahead = intent === undefined ? this.#readAhead(items.length) : undefined
    try {
      await carryTogether(carrier, items, cargo, this.#progress, this.#trouble()).finally(
        async () => ahead,
      )
    } catch (error) {
      if (!(error instanceof Later)) {
        // What was to go with it is read anew: nothing stays as if it were under way.
        this.#window.drop()
        throw error
      }
      this.#tries += 1
      this.#progress.acceptedBefore ??= gate.accepted
      this.#firm ||= error.firm || gate.accepted > accepted || this.#progress.results.size > 0
      if (
        this.#connection.settings.patience === 'cycle' &&
        Math.max(this.#tries, gate.failures) >= quickTries &&
        !gate.hold
      ) {
        for (const item of items) {
          if (item.state === 'done') continue
          item.tries = Math.max(item.tries, this.#tries)
          this.#setAside(item)
        }
      } else {
        // Surely nothing of it is at Klaviyo: it may be mapped anew.
        if (!this.#firm) this.#intent = undefined
        this.#window.drop()
        return
      }
    }
    this.#progress = undefined
    this.#tries = 0
    await this.#settle(items.length)
  }

  /**
   * While Klaviyo works on a batch, what comes behind it is read, so that an answer that takes long costs no
   * pace. Only what nobody waits for: neither a turn nor memory is taken from others.
   */
  async #readAhead(batch: number): Promise<void> {
    const { memory, turns } = this.#rig
    if (!memory.isRoomy || !this.#window.reads(batch)) return
    const turn = turns.takeFree()
    if (turn === undefined) return
    // What goes wrong with the journal is noticed by the next look.
    await this.#window
      .fill(batch)
      .catch(() => undefined)
      .finally(() => turn.end())
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
    const ahead = this.#window.items.filter(
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

  #carrier(mapper: Mapper, toSeq: number, version = this.#connection.version): Carrier {
    return {
      line: this.#lineOf(version),
      mapper,
      latest: this.#rig.latest,
      kept: this.#kept,
      connection: this.#connection,
      lane: this.lane,
      clock: this.#rig.clock,
      beyond: () => this.#beyond(toSeq),
      applied: this.#applied,
    }
  }

  async #beyond(seq: number): Promise<readonly Item[]> {
    const items = await this.#window.beyond(seq)
    for (const item of items) plan(this.#mapper, item)
    return items
  }

  #lineOf(version = this.#connection.version): Line {
    const record: Line['record'] = (exchange, carried) => {
      const id = this.#rig.newAttemptId()
      this.#attempts.push({ ...exchange, ...carried, id, lane: this.lane, version })
    }
    return lineOf(this.#rig, {
      settings: this.#connection.settings,
      lane: this.lane,
      aside: false,
      open: () => this.#open(),
      record,
    })
  }

  // Settling

  /** Starts settling the done events at the front, unless that is under way. */
  #settleDone(): void {
    if (this.#settling || this.#doubtful !== undefined || this.#intent !== undefined) return
    let count = 0
    while (this.#window.items[count]?.state === 'done') count += 1
    if (count === 0) return
    void this.#settle(count).catch((error: unknown) => {
      if (!(error instanceof Stopped)) this.#stumbled(error)
    })
  }

  async #settle(count: number): Promise<void> {
    const { journal, account, destination, clock } = this.#rig
    const items = this.#window.items.slice(0, count)
    const now = clock.now()
    const at = { now, random: clock.random() }
    const ends = endsOf(items, this.#key, this.#connection.settings, at)
    const attempts = this.#attempts
    this.#attempts = []
    const latest = this.#applied.splice(0)
    this.#settling = true
    try {
      const settled = await journal.settle({
        fence: account.fence,
        accountId: account.id,
        cursor: this.#key,
        fromSeq: this.#window.seq + 1,
        ...ends,
        attempts,
        latest,
        budget: destination.budget(),
        now,
      })
      if (!settled) return this.#rig.lost()
    } catch (error) {
      this.#doubtful = { items, ends, attempts, latest }
      throw error
    } finally {
      this.#settling = false
      this.#waker.wake()
    }
    this.#window.settled(count)
    this.#came(items, ends)
  }

  #came(items: readonly Item[], { exceptions }: Ends): void {
    const { tempo, confirm, later } = this.#rig
    if (this.#intent !== undefined && this.#intent.toSeq <= this.#window.seq)
      this.#intent = undefined
    tempo.settled(items.length)
    confirm.settled(items, this.#connection, this.lane)
    if (this.#kept !== undefined) keep(this.#kept, items)
    for (const { state, dueAt } of exceptions) if (state === 'retry') later(dueAt)
  }

  /** A settlement had no answer, and may have been written all the same: the journal is asked before anything else. */
  async #findOut({ items, ends, attempts, latest }: Doubtful): Promise<void> {
    const { journal, account, lost } = this.#rig
    const lease = { accountId: account.id, fence: account.fence }
    const [cursor] = await journal.adopt([{ lease, cursors: [this.#key] }])
    if (cursor === undefined) return lost()
    this.#doubtful = undefined
    if (cursor.seq > this.#window.seq) {
      this.#window.drop()
      this.#window.seq = cursor.seq
      this.#came(items, ends)
    } else {
      this.#attempts.unshift(...attempts)
      this.#applied.unshift(...latest)
    }
  }
}

/** Events that go out together. */
interface Batch {
  readonly items: readonly Item[]
  readonly mapper: Mapper
  readonly version: number
  /** They were announced before. */
  readonly intent?: Intent
  /** Ends when they only wait to be sent. */
  readonly turn: Turn | undefined
}

/** What was in a settlement that had no answer. */
interface Doubtful {
  readonly items: readonly Item[]
  readonly ends: Ends
  readonly attempts: readonly Attempt[]
  readonly latest: readonly LatestRow[]
}

/** What travelled with them is no longer kept; what they say themselves and may not be sent alone is. */
function keep(kept: Kept, items: readonly Item[]): void {
  for (const item of items) {
    keep(kept, item.guests ?? [])
    if (item.end === undefined) kept.arrived(item.kept)
    if (item.reason === 'kept_for_next_event') kept.note(item.journaled)
  }
}

/** It is decided anew. The visitor's history that was found stays with it: it goes wherever the event goes. */
function forget(item: Item): void {
  item.plan = undefined
  item.reason = undefined
  item.kept = []
  for (const guest of item.guests ?? []) {
    if (guest.results.length > 0) continue
    guest.state = 'ready'
    forget(guest)
  }
}

function isReady({ state }: Item): boolean {
  return state === 'ready'
}
