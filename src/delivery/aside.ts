import type {
  Attempt,
  Connection,
  CursorKey,
  Errand,
  ErrandNews,
  Exception,
  Journaled,
  LatestRow,
  Mapper,
  NextDue,
  Patch,
  Place,
} from '../core/index.ts'
import { backoffMs, isOff, lanes, quickTries, reasons } from '../core/index.ts'
import { carryAlone, carryTogether, load, plan } from './carry.ts'
import type { Carrier } from './carry.ts'
import { itemOf } from './item.ts'
import type { Item } from './item.ts'
import { exceptionOf, permissionMs } from './outcome.ts'
import { weightOf } from './memory.ts'
import { Later, Stopped } from './request.ts'
import { lineOf } from './rig.ts'
import type { Rig } from './rig.ts'

/** At most so many are taken at a time, and so many looked up together. */
const handful = 1000
const lookedUp = 100
/** Fewer actions than that go one by one. */
const fewActions = 10

/**
 * A connection's exceptions: those due for another try, and those that a person asked to replay. They go
 * beside the straight road, under the same limits, and nothing waits for them.
 */
export class Aside {
  readonly #rig: Rig
  #connection: Connection
  #mapper: Mapper
  #running = false
  #again = false
  #mended = false
  #cancelTimer: (() => void) | undefined
  #nextAt = Number.POSITIVE_INFINITY
  /** What a person asked for is to be gone on with. */
  #errand: Errand['act'] | undefined
  /** Something is due at some time, or to be gone on with. */
  #more = false
  /** It has come to its end, and waits for what it made due. */
  #stalled = false
  /** Handfuls that failed in a row, while the account took nothing else. */
  #failures = 0
  /** What the account had accepted by the first of them. */
  #acceptedBefore = 0
  #pausedUntil = 0

  constructor(rig: Rig, connection: Connection, mapper: Mapper) {
    this.#rig = rig
    this.#connection = connection
    this.#mapper = mapper
  }

  /** Nothing is under way. */
  get quiet(): boolean {
    return !this.#running
  }

  /** Nothing is due that could be sent without a person's help. */
  get resting(): boolean {
    return !this.#running && (this.#held() || this.#nextAt > this.#rig.clock.now())
  }

  /** Nothing is under way, nothing is to be looked for, and nothing will be due. */
  get idle(): boolean {
    return !this.#running && !this.#mended && !this.#more
  }

  change(connection: Connection, mapper: Mapper): void {
    this.#connection = connection
    this.#mapper = mapper
    this.kick()
  }

  /** Looks when the next is due, and works on those that are. */
  kick(): void {
    if (this.#running) this.#again = true
    else void this.#run()
  }

  /** The credentials were put right: what waited for a missing permission is due at once. */
  mended(): void {
    this.#mended = true
    this.kick()
  }

  /** One will be due then. */
  later(dueAt: number): void {
    this.#more = true
    if (dueAt < this.#nextAt) this.#arm(dueAt)
  }

  stop(): void {
    this.#cancelTimer?.()
  }

  #held(): boolean {
    const { account, gate } = this.#rig
    if (account.stopped) return true
    return !this.#ends() && (this.#connection.state === 'paused' || gate.hold !== undefined)
  }

  #ends(): boolean {
    return isOff(this.#connection)
  }

  #arm(at: number): void {
    this.#cancelTimer?.()
    this.#nextAt = at
    if (at === Number.POSITIVE_INFINITY) return
    const ms = Math.min(Math.max(0, at - this.#rig.clock.now()), 86_400_000)
    this.#cancelTimer = this.#rig.clock.after(ms, () => this.kick())
  }

  async #run(): Promise<void> {
    const { clock, log, account } = this.#rig
    this.#running = true
    const { workspaceId, id: connectionId, sourceId } = this.#connection
    const who = { workspaceId, connectionId, sourceId }
    try {
      do {
        this.#again = false
        this.#stalled = false
        // Letting go needs no Klaviyo.
        if (this.#errand === 'discard') await this.#proceed(who)
        if (this.#held()) return
        const due = this.#closedMs() > 0 ? [] : await this.#due(who)
        if (this.#errand === 'replay' && due.length === 0) await this.#proceed(who)
        for (const lane of lanes) {
          const rows = due.filter((row) => row.lane === lane)
          if (rows.length > 0) await this.#work(rows)
        }
        if (due.length > 0) this.#again = true
      } while (this.#again && !account.stopped)
    } catch (error) {
      if (!(error instanceof Later) && !(error instanceof Stopped)) {
        log.error(
          { connection: connectionId, error: String(error) },
          'Replaying stumbled; it goes on in a second',
        )
        clock.after(1000, () => this.kick())
      }
    } finally {
      if (!account.stopped) this.#arm(await this.#next(who))
      this.#running = false
      this.#rig.rested()
    }
  }

  /** A step of the errand that runs. */
  async #proceed(who: Place): Promise<void> {
    const { journal, clock } = this.#rig
    if (this.#closedMs() > 0 && this.#errand === 'replay') return
    this.#stalled = !(await journal.proceed(who, handful, clock.now()))
    if (!this.#stalled) this.#again = true
  }

  /** When there is something to do, without a kick. */
  async #next(who: Place): Promise<number> {
    const { journal, clock } = this.#rig
    const now = clock.now()
    const { dueAt, errand } = await journal
      .nextDue(who)
      .catch((): NextDue => ({ dueAt: now + 1000 }))
    const goesOn = errand !== undefined && !this.#stalled
    this.#errand = errand
    this.#more = dueAt !== undefined || errand !== undefined
    if (errand === 'discard') return now
    // What is held waits for a kick: when it goes on, or the gate opens.
    if (this.#held()) return Number.POSITIVE_INFINITY
    const at = goesOn ? now : (dueAt ?? Number.POSITIVE_INFINITY)
    return Math.max(at, now + this.#closedMs())
  }

  /** Milliseconds until it may send: the account waits after failures, and so do exceptions after theirs. */
  #closedMs(): number {
    const { gate, clock } = this.#rig
    return Math.max(gate.closedMs(), this.#pausedUntil - clock.now(), 0)
  }

  async #due(who: { workspaceId: string; connectionId: string }): Promise<readonly Exception[]> {
    const { journal, clock } = this.#rig
    const now = clock.now()
    if (!this.#mended) return journal.due(who, now, handful)
    const soon = await journal.due(who, now + permissionMs, handful)
    const due = soon.filter(({ reason, dueAt }) => reason === 'scope_missing' || dueAt <= now)
    this.#mended = due.length > 0
    return due
  }

  /** Works on some of them, as many as there is room for. */
  async #work(due: readonly Exception[]): Promise<void> {
    const first = due[0]
    if (first === undefined) return
    const { workspaceId, connectionId, sourceId, lane } = first
    const key: CursorKey = { workspaceId, connectionId, sourceId, lane }
    const { rows, read } = await this.#read(due)
    const items = read.map((journaled) => itemOf(journaled, false))
    const attempts: Attempt[] = []
    const applied: LatestRow[] = []
    const line = lineOf(this.#rig, {
      settings: this.#connection.settings,
      lane,
      aside: true,
      open: () => !this.#held() && !this.#ends(),
      record: (exchange, carried) => {
        const id = this.#rig.newAttemptId()
        attempts.push({ ...exchange, ...carried, id, lane, version: this.#connection.version })
      },
    })
    const carrier: Carrier = {
      line,
      mapper: this.#mapper,
      latest: this.#rig.latest,
      // What is kept may be older than what has arrived: it travels on the straight road only.
      kept: undefined,
      connection: this.#connection,
      lane,
      clock: this.#rig.clock,
      beyond: async () => [],
      applied,
    }
    let failure: unknown
    try {
      await this.#carry(carrier, items)
      this.#failures = 0
    } catch (error) {
      failure = error
      if (error instanceof Later && line.open() && this.#rig.gate.hold === undefined) {
        this.#failed(items, error)
      }
    }
    const done = items.filter(({ state }) => state === 'done')
    const there = new Set(read.map(({ seq }) => seq))
    const gone = rows.filter(({ seq }) => !there.has(seq)).map(({ seq }) => seq)
    try {
      await this.#settle(key, rows, done, gone, attempts, applied)
    } finally {
      for (const journaled of read) this.#rig.memory.give(weightOf(journaled))
    }
    if (failure !== undefined) throw failure
  }

  /** The events of the first of them, until what is read fills the room that there is. */
  async #read(
    due: readonly Exception[],
  ): Promise<{ readonly rows: readonly Exception[]; readonly read: readonly Journaled[] }> {
    const { journal, memory, turns } = this.#rig
    const read: Journaled[] = []
    let count = 0
    let bytes = 0
    const turn = await turns.take()
    try {
      const maxBytes = memory.room()
      while (count < due.length && bytes < maxBytes) {
        const some = due.slice(count, count + lookedUp)
        const { workspaceId, sourceId, lane } = some[0]!
        const seqs = some.map(({ seq }) => seq)
        const found = await journal.readSome({ workspaceId, sourceId, lane }, seqs)
        for (const { bodyBytes } of found) bytes += bodyBytes
        read.push(...found)
        count += some.length
      }
      for (const journaled of read) memory.hold(weightOf(journaled))
    } finally {
      turn.end()
    }
    return { rows: due.slice(0, count), read }
  }

  async #carry(carrier: Carrier, items: readonly Item[]): Promise<void> {
    let actions = 0
    for (const item of items) {
      plan(carrier.mapper, item)
      if (item.plan?.type === 'send') actions += item.plan.actions.length
    }
    if (actions > fewActions) {
      const cargo = await load(carrier, items, this.#rig.digest)
      await carryTogether(
        carrier,
        items,
        cargo,
        { digest: cargo.digest, results: new Map() },
        'long',
      )
      return
    }
    for (const item of items) if (item.state !== 'done') await carryAlone(carrier, item)
  }

  /**
   * A request failed although waiting might help. The first event in it has its own time to wait from here on,
   * and the others go on; where the account takes nothing, all of it rests for a while. In retry
   * cycles quick tries come first here too; what they do not bring through fails together.
   */
  #failed(items: readonly Item[], { seqs }: Later): void {
    const { gate, clock } = this.#rig
    if (this.#failures === 0) this.#acceptedBefore = gate.accepted
    this.#failures += 1
    const answersOthers = gate.accepted > this.#acceptedBefore
    if (!answersOthers) this.#pausedUntil = clock.now() + backoffMs(this.#failures, clock.random())
    if (this.#connection.settings.patience === 'wait' || answersOthers) {
      // Never one that only stands before it: all of that one may have been accepted.
      const first = items.filter(({ journaled }) => journaled.seq === seqs[0])
      setAside(first, gate.lastError?.text)
    } else if (this.#failures >= quickTries) {
      setAside(items, gate.lastError?.text)
    }
    if (answersOthers) this.#failures = 0
  }

  async #settle(
    key: CursorKey,
    rows: readonly Exception[],
    done: readonly Item[],
    gone: readonly number[],
    attempts: readonly Attempt[],
    latest: readonly LatestRow[],
  ): Promise<void> {
    const { journal, account, destination, clock, gate, tempo, lost } = this.#rig
    const now = clock.now()
    const patches: Patch[] = gone.map((seq) => ({ seq, reason: 'retries_exhausted' }))
    const exceptions: Exception[] = []
    const resolved: number[] = [...gone]
    const { settings } = this.#connection
    const former = new Map(rows.map((row) => [row.seq, row]))
    const news = new News()
    for (const seq of gone) news.add(former.get(seq), 'ended')
    for (const item of done) {
      const before = former.get(item.journaled.seq)
      const answeredOthers = (gate.lastSuccessAt ?? 0) > (before?.lastAt ?? 0)
      const where = { ...key, settings, now, random: clock.random(), counts: answeredOthers }
      const { reason, exception } = exceptionOf(item, where, before)
      patches.push({ seq: item.journaled.seq, reason })
      if (exception === undefined) resolved.push(item.journaled.seq)
      else exceptions.push(exception)
      if (exception?.state === 'retry') news.add(before, 'later')
      else news.add(before, reasons[reason].outcome === 'accepted' ? 'accepted' : 'ended')
    }
    const settled = await journal.settle({
      fence: account.fence,
      accountId: account.id,
      cursor: key,
      reasons: [],
      patches,
      attempts,
      exceptions,
      resolved,
      latest,
      errands: news.all(),
      budget: destination.budget(),
      now,
    })
    if (!settled) lost()
    else tempo.settled(done.length)
  }
}

/** What came of events that an errand had made due, added up for each. */
class News {
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

function setAside(items: readonly Item[], detail: string | undefined): void {
  for (const item of items) {
    if (item.state === 'done') continue
    item.state = 'done'
    item.reason = 'exception'
    item.end = {
      reason: 'klaviyo_unavailable',
      retry: true,
      ...(detail === undefined ? {} : { detail }),
    }
  }
}
