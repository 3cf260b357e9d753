import type { Connection, Errand, Exception, Mapper, NextDue, Place } from '../core/index.ts'
import { isOff, lanes } from '../core/index.ts'
import { permissionMs } from './outcome.ts'
import { Later, Stopped } from './request.ts'
import { Retrying } from './retrying.ts'
import type { Rig } from './rig.ts'

/** At most so many are taken at a time. */
const handful = 1000

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
  /** It was disconnected, and nothing waits for its visitor any more. */
  #areGuestsEnded = false
  readonly #retrying: Retrying

  constructor(rig: Rig, connection: Connection, mapper: Mapper) {
    this.#rig = rig
    this.#retrying = new Retrying(rig)
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
    this.#areGuestsEnded = false
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
        await this.#endGuests(who)
        if (this.#held()) return
        const due = this.#closedMs() > 0 ? [] : await this.#due(who)
        if (this.#errand === 'replay' && due.length === 0) await this.#proceed(who)
        for (const lane of lanes) {
          const rows = due.filter((row) => row.lane === lane)
          if (rows.length > 0) await this.#retry(rows)
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

  #retry(due: readonly Exception[]): Promise<void> {
    const connection = this.#connection
    const open = () => !this.#held() && !this.#ends()
    return this.#retrying.work(due, { connection, mapper: this.#mapper, open })
  }

  /** Nobody sends any more what waits for its visitor. */
  async #endGuests(who: Place): Promise<void> {
    const { journal, clock, account } = this.#rig
    if (this.#connection.state !== 'disconnected') return
    while (!this.#areGuestsEnded && !account.stopped)
      this.#areGuestsEnded = !(await journal.endGuests(who, clock.now()))
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
    return Math.max(this.#rig.gate.closedMs(), this.#retrying.pausedMs)
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
}
