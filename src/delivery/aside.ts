import type {
  Attempt,
  Connection,
  CursorKey,
  Exception,
  LatestRow,
  Mapper,
  Patch,
} from '../core/index.ts'
import { backoffMs, isOff, lanes, quickTries } from '../core/index.ts'
import { carryAlone, carryTogether, load, plan } from './carry.ts'
import type { Carrier } from './carry.ts'
import { itemOf } from './item.ts'
import type { Item } from './item.ts'
import { exceptionOf, permissionMs } from './outcome.ts'
import { Later, Stopped } from './request.ts'
import { lineOf } from './rig.ts'
import type { Rig } from './rig.ts'

/** So many are taken at a time; fewer than that many actions go one by one. */
const handful = 100
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
    return !this.#running && !this.#mended && this.#nextAt === Number.POSITIVE_INFINITY
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
    const { journal, clock, log, account } = this.#rig
    this.#running = true
    const who = { workspaceId: this.#connection.workspaceId, connectionId: this.#connection.id }
    try {
      do {
        this.#again = false
        if (this.#held()) return
        const due = this.#closedMs() > 0 ? [] : await this.#due(who)
        for (const lane of lanes) {
          const rows = due.filter((row) => row.lane === lane)
          if (rows.length > 0) await this.#work(rows)
        }
        if (due.length > 0) this.#again = true
      } while (this.#again && !account.stopped)
    } catch (error) {
      if (!(error instanceof Later) && !(error instanceof Stopped)) {
        log.error(
          { connection: who.connectionId, error: String(error) },
          'Replaying stumbled; it goes on in a second',
        )
        clock.after(1000, () => this.kick())
      }
    } finally {
      if (!account.stopped) {
        const next = await journal.nextDue(who).catch(() => clock.now() + 1000)
        // What is held waits for a kick: when it goes on, or the gate opens.
        this.#arm(
          next === undefined || this.#held()
            ? Number.POSITIVE_INFINITY
            : Math.max(next, clock.now() + this.#closedMs()),
        )
      }
      this.#running = false
      this.#rig.rested()
    }
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
    const soon = await journal.due(who, now + permissionMs, 1000)
    const due = soon.filter(({ reason, dueAt }) => reason === 'scope_missing' || dueAt <= now)
    this.#mended = due.length > 0
    return due.slice(0, handful)
  }

  async #work(rows: readonly Exception[]): Promise<void> {
    const first = rows[0]
    if (first === undefined) return
    const { workspaceId, connectionId, sourceId, lane } = first
    const key: CursorKey = { workspaceId, connectionId, sourceId, lane }
    const seqs = rows.map(({ seq }) => seq)
    const read = await this.#rig.journal.readSome({ workspaceId, sourceId, lane }, seqs)
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
        this.#failed(items)
      }
    }
    const done = items.filter(({ state }) => state === 'done')
    const gone = seqs.filter((seq) => !read.some((journaled) => journaled.seq === seq))
    await this.#settle(key, rows, done, gone, attempts, applied)
    if (failure !== undefined) throw failure
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
   * A request failed although waiting might help. The event that was being sent has its own time to wait from
   * here on, and the others go on; where the account takes nothing, all of it rests for a while. In retry
   * cycles quick tries come first here too; what they do not bring through fails together.
   */
  #failed(items: readonly Item[]): void {
    const { gate, clock } = this.#rig
    if (this.#failures === 0) this.#acceptedBefore = gate.accepted
    this.#failures += 1
    const first = items.findIndex(({ state }) => state !== 'done')
    const answersOthers = gate.accepted > this.#acceptedBefore
    if (!answersOthers) this.#pausedUntil = clock.now() + backoffMs(this.#failures, clock.random())
    if (this.#connection.settings.patience === 'wait' || answersOthers) {
      setAside(items.slice(first, first + 1), gate.lastError?.text)
    } else if (this.#failures >= quickTries) {
      setAside(items.slice(first), gate.lastError?.text)
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
    for (const item of done) {
      const before = rows.find(({ seq }) => seq === item.journaled.seq)
      const answeredOthers = (gate.lastSuccessAt ?? 0) > (before?.lastAt ?? 0)
      const where = { ...key, settings, now, random: clock.random(), counts: answeredOthers }
      const { reason, exception } = exceptionOf(item, where, before)
      patches.push({ seq: item.journaled.seq, reason })
      if (exception === undefined) resolved.push(item.journaled.seq)
      else exceptions.push(exception)
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
      budget: destination.budget(),
      now,
    })
    if (!settled) lost()
    else tempo.settled(done.length)
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
