import { quickTries } from '../core/index.ts'
import { carryAlone, nextWayOf } from './carry.ts'
import { bringGuests } from './guests.ts'
import type { Item } from './item.ts'
import { setAside } from './leave.ts'
import { freeOf } from './order.ts'
import { Later, Stopped } from './request.ts'
import type { Road } from './road.ts'
import { leastTroubleMs } from './tries.ts'
import type { Trust } from './trust.ts'
import type { Waker } from './waker.ts'

/** Requests of one connection and lane that are under way at once. */
const maxSingles = 48

/** Sends events of a road singly, different people's side by side. */
export class Singles {
  readonly #road: Road
  readonly #trust: Trust
  readonly #waker: Waker
  #going = 0

  constructor(road: Road, trust: Trust, waker: Waker) {
    this.#road = road
    this.#trust = trust
    this.#waker = waker
  }

  get areUnderWay(): boolean {
    return this.#going > 0
  }

  start(): void {
    const { rig, window } = this.#road
    const { gate } = rig
    // After a failure one goes ahead: one that did not fail itself, so that a bad one does not stand for all.
    const free = freeOf(window.items)
    const next = gate.failures > 0 ? free.toSorted((a, b) => a.tries - b.tries).slice(0, 1) : free
    const most = gate.failures > 0 ? 1 : maxSingles
    for (const item of next) {
      if (this.#going >= most) return
      const way = nextWayOf(item)
      if (way !== undefined && this.#road.line().waitMs(way) === 0) void this.#send(item)
    }
  }

  /** Milliseconds until another look is worth it. */
  permitMs(): number {
    let ms = 1000
    for (const item of this.#road.window.items) {
      if (item.state !== 'ready') continue
      const way = nextWayOf(item)
      if (way !== undefined) ms = Math.min(ms, this.#road.line().waitMs(way))
    }
    // What could go is blocked by its own person's request: that one wakes us.
    return ms === 0 ? 1000 : ms
  }

  async #send(item: Item): Promise<void> {
    const { mapper } = this.#road
    item.state = 'going'
    this.#going += 1
    try {
      await bringGuests(this.#road, item)
      await carryAlone(this.#road.carrier(mapper, item.journaled.seq), item)
    } catch (error) {
      item.state = 'ready'
      if (error instanceof Later) this.#failed(item, error)
      else if (!(error instanceof Stopped)) this.#trust.shake(error)
    } finally {
      this.#going -= 1
      this.#waker.wake()
    }
  }

  #failed(item: Item, { answered }: Later): void {
    const { rig, connection, window } = this.#road
    const { gate, clock } = rig
    if (gate.hold !== undefined) return
    // What was accepted before its last failure says nothing about this one: the account may be down by now.
    const others = item.tries > 0 && gate.judged > item.judgedBefore
    item.tries += 1
    item.failingSince ??= clock.monotonic()
    const isLong = clock.monotonic() - item.failingSince >= leastTroubleMs
    item.judgedBefore = gate.judged
    const { patience } = connection.settings
    const alone = item.tries >= quickTries && isLong && others && answered
    if (alone) setAside(item, gate)
    // The account takes nothing: what has failed with it waits for the retry cycle, not for each other.
    else if (patience === 'cycle' && Math.max(item.tries, gate.failures) >= quickTries) {
      const failed = window.items.filter(({ state, tries }) => state === 'ready' && tries > 0)
      for (const one of failed) setAside(one, gate)
    }
  }
}
