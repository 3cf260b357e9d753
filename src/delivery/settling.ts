import type { Attempt, LatestRow } from '../core/index.ts'
import { Hours } from './hours.ts'
import type { Item } from './item.ts'
import type { Kept } from './kept.ts'
import { Stopped } from './request.ts'
import type { Road } from './road.ts'
import { endsOf } from './settlement.ts'
import type { Ends } from './settlement.ts'
import type { Trust } from './trust.ts'
import type { Waker } from './waker.ts'

/** What was in a settlement that had no answer. */
interface Doubtful {
  readonly items: readonly Item[]
  readonly ends: Ends
  readonly attempts: readonly Attempt[]
  readonly latest: readonly LatestRow[]
}

/** Settles what is done at the front of a road, one settlement after the other. */
export class Settling {
  readonly #road: Road
  readonly #trust: Trust
  readonly #waker: Waker
  readonly #hours = new Hours()
  #underWay = false
  #doubtful: Doubtful | undefined

  constructor(road: Road, trust: Trust, waker: Waker) {
    this.#road = road
    this.#trust = trust
    this.#waker = waker
  }

  get isUnderWay(): boolean {
    return this.#underWay
  }

  /** A settlement had no answer: before anything else `findOut`. */
  get isInDoubt(): boolean {
    return this.#doubtful !== undefined
  }

  /** Starts settling the done events at the front, unless that is under way. */
  start(): void {
    const { window, intent } = this.#road
    if (this.#underWay || this.isInDoubt || intent !== undefined) return
    let count = 0
    while (window.items[count]?.state === 'done') count += 1
    if (count === 0) return
    void this.settle(count).catch((error: unknown) => {
      if (!(error instanceof Stopped)) this.#trust.shake(error)
    })
  }

  async settle(count: number): Promise<void> {
    const road = this.#road
    const { window, key, connection } = road
    const { journal, account, destination, clock, lost } = road.rig
    const items = window.items.slice(0, count)
    const now = clock.now()
    const at = { now, random: clock.random() }
    const ends = endsOf(items, key, connection.settings, this.#hours, at)
    const { attempts } = road
    road.attempts = []
    const latest = road.applied.splice(0)
    this.#underWay = true
    try {
      const settled = await journal.settle({
        fence: account.fence,
        accountId: account.id,
        cursor: key,
        fromSeq: window.seq + 1,
        ...ends,
        attempts,
        latest,
        budget: destination.budget(),
        now,
      })
      if (!settled) return lost()
    } catch (error) {
      this.#doubtful = { items, ends, attempts, latest }
      throw error
    } finally {
      this.#underWay = false
      this.#waker.wake()
    }
    window.settled(count)
    this.#came(items, ends)
  }

  /** It may have been written all the same: the journal is asked. */
  async findOut(): Promise<void> {
    if (this.#doubtful === undefined) return
    const { items, ends, attempts, latest } = this.#doubtful
    const road = this.#road
    const { journal, account, lost } = road.rig
    const lease = { accountId: account.id, fence: account.fence }
    const [cursor] = await journal.adopt([{ lease, cursors: [road.key] }])
    if (cursor === undefined) return lost()
    this.#doubtful = undefined
    if (cursor.seq > road.window.seq) {
      road.window.drop()
      road.window.seq = cursor.seq
      this.#came(items, ends)
    } else {
      road.attempts.unshift(...attempts)
      road.applied.unshift(...latest)
    }
  }

  #came(items: readonly Item[], { exceptions }: Ends): void {
    const road = this.#road
    const { tempo, confirm, later } = road.rig
    if (road.intent !== undefined && road.intent.toSeq <= road.window.seq) road.intent = undefined
    tempo.settled(items.length)
    confirm.settled(items, road.connection, road.lane)
    if (road.kept !== undefined) keep(road.kept, items)
    for (const { state, dueAt } of exceptions) if (state === 'retry') later(dueAt)
  }
}

/** What travelled with them is no longer kept; what they say themselves and may not be sent alone is. */
function keep(kept: Kept, items: readonly Item[]): void {
  for (const item of items) {
    keep(kept, item.guests ?? [])
    if (item.end === undefined) kept.arrived(item.kept)
    if (item.reason === 'kept_for_next_event') kept.note(item.journaled)
  }
}
