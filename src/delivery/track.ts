import type { Connection, Cursor, Lane, Mapper } from '../core/index.ts'
import { Batches } from './batches.ts'
import { goesTogether } from './choice.ts'
import type { Item } from './item.ts'
import { endOverdue } from './leave.ts'
import { Stopped } from './request.ts'
import type { Rig } from './rig.ts'
import { Road } from './road.ts'
import { Settling } from './settling.ts'
import { Singles } from './singles.ts'
import { Trust } from './trust.ts'
import type { Turn } from './turns.ts'
import { Waker } from './waker.ts'
import type { Handed } from './window.ts'

/**
 * The loop of one connection and lane: reads what comes after the cursor, plans it, sends it singly or in bulk,
 * and settles what is done, in order.
 */
export class Track {
  readonly #road: Road
  readonly #singles: Singles
  readonly #batches: Batches
  readonly #settling: Settling
  readonly #trust: Trust
  readonly #waker: Waker
  #driving = false
  #kicked = false

  /** @param head the newest number of the lane, where it is known */
  constructor(rig: Rig, connection: Connection, mapper: Mapper, cursor: Cursor, head?: number) {
    this.#waker = new Waker(rig.clock)
    this.#road = new Road(rig, connection, mapper, cursor, () => this.kick())
    if (head !== undefined) this.#road.window.behind = head > cursor.seq
    this.#road.window.reaches(head ?? 0)
    this.#trust = new Trust(rig, this.#road.key, () => this.kick())
    this.#settling = new Settling(this.#road, this.#trust, this.#waker)
    this.#singles = new Singles(this.#road, this.#trust, this.#waker)
    this.#batches = new Batches(this.#road, this.#settling)
  }

  get lane(): Lane {
    return this.#road.lane
  }

  /** Nothing is under way. */
  get quiet(): boolean {
    return !this.#driving && !this.#isWaitedFor
  }

  /** Nothing is under way, and nothing waits that could be sent at some time without a person's help. */
  get resting(): boolean {
    if (!this.quiet) return false
    if (this.#road.isHeld) return true
    const { window, release, intent } = this.#road
    const more = window.behind && release.nextAt === undefined
    return window.items.length === 0 && !more && intent === undefined
  }

  /** When the next cycle lets go what waits for it; undefined: nothing waits for one. */
  get releaseAt(): number | undefined {
    return this.#road.release.nextAt
  }

  /** Where the cursor stands, when nothing is after it and nothing is left to do; else undefined. */
  get parkedAt(): number | undefined {
    const { window, intent, attempts, kept, gap } = this.#road
    const isClear =
      this.quiet &&
      window.items.length === 0 &&
      !window.behind &&
      intent === undefined &&
      !this.#settling.isInDoubt &&
      !this.#trust.isShaken &&
      !gap.isOpen &&
      attempts.length === 0
    return isClear && kept === undefined ? window.seq : undefined
  }

  /** What was just appended to the source. */
  offer(events: readonly Handed[]): void {
    this.#road.window.offer(events)
    this.kick()
  }

  /** The journal reaches to `head`: there may be more than was handed on. */
  more(head: number): void {
    const { window } = this.#road
    if (head <= window.tail) return
    window.reaches(head)
    this.kick()
  }

  change(connection: Connection, mapper: Mapper): void {
    this.#road.change(connection, mapper)
    this.kick()
  }

  kick(): void {
    this.#kicked = true
    if (this.#driving) this.#waker.wake()
    else void this.#drive()
  }

  /** Kicks nobody any more. */
  stop(): void {
    this.#road.release.stop()
    this.#road.gap.close()
    this.kick()
  }

  /** Requests or a settlement are under way, and wake the loop when they end. */
  get #isWaitedFor(): boolean {
    return this.#singles.areUnderWay || this.#settling.isUnderWay
  }

  async #drive(): Promise<void> {
    this.#driving = true
    try {
      while (this.#kicked) {
        this.#kicked = false
        while (await this.#step());
      }
    } catch (error) {
      if (!(error instanceof Stopped)) this.#trust.shake(error)
    } finally {
      this.#driving = false
      this.#road.rig.rested()
    }
  }

  /** One look at what can be done. False: nothing, until somebody kicks. */
  async #step(): Promise<boolean> {
    const road = this.#road
    const { account, turns } = road.rig
    if (account.lost || this.#trust.isShaken) {
      // What is under way comes to its end first: nothing of it may be sent beside it.
      if (this.#isWaitedFor) await this.#waker.wait()
      else road.window.drop()
      return this.#isWaitedFor
    }
    if (this.#settling.isInDoubt) {
      if (this.#singles.areUnderWay) await this.#waker.wait()
      else await this.#settling.findOut()
      return true
    }
    this.#settling.start()
    if (!this.#isWaitedFor) {
      if (road.isHeld) {
        road.window.trim(0)
        return false
      }
      const overdue = await endOverdue(road)
      if (overdue > 0) {
        await this.#settling.settle(overdue)
        return true
      }
      if (road.gateMs > 0) {
        road.window.trim(20)
        return false
      }
      if (road.intent !== undefined) {
        const turn = await turns.take()
        await this.#batches.sendAgain(road.intent, turn).finally(() => turn.end())
        return true
      }
    }
    if (!road.isHeld && road.gateMs === 0) {
      const turn = road.window.reads() ? await turns.take() : undefined
      if (await this.#go(turn).finally(() => turn?.end())) return true
    }
    if (this.#isWaitedFor) {
      await this.#waker.wait(road.window.items.some(isReady) ? this.#singles.permitMs() : undefined)
      return true
    }
    const { length } = road.window.items
    if (length === 0 || road.gateMs > 0) return length > 0
    await this.#waker.wait(this.#singles.permitMs())
    return true
  }

  /** Starts what can be sent now. True: there is to be another look at once. */
  async #go(turn: Turn | undefined): Promise<boolean> {
    const { window, rig } = this.#road
    await window.fill()
    await this.#road.plan()
    // A settlement failed meanwhile: what came of it is found out first.
    if (this.#settling.isInDoubt || this.#trust.isShaken) return true
    this.#settling.start()
    // What goes in bulk waits for the singles under way: more of them would use up the minute's.
    const together = goesTogether(window, rig.destination)
    if (together && !this.#isWaitedFor) {
      await this.#batches.send(turn)
      return true
    }
    if (!together) this.#singles.start()
    return false
  }
}

function isReady({ state }: Item): boolean {
  return state === 'ready'
}
