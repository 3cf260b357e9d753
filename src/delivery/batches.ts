import type { Intent, Mapper } from '../core/index.ts'
import { quickTries } from '../core/index.ts'
import { carryTogether, load } from './carry.ts'
import type { Load } from './carry.ts'
import { gather } from './gather.ts'
import { bringGuests } from './guests.ts'
import type { Item } from './item.ts'
import { setAside } from './leave.ts'
import { Later } from './request.ts'
import type { Road } from './road.ts'
import type { Settling } from './settling.ts'
import { Tries } from './tries.ts'
import type { Turn } from './turns.ts'

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

/** Sends events of a road in bulk, one batch after the other, each announced before. */
export class Batches {
  readonly #road: Road
  readonly #settling: Settling
  readonly #tries = new Tries()
  /** The batch may have worked: exactly the same goes out again. */
  #firm = true

  constructor(road: Road, settling: Settling) {
    this.#road = road
    this.#settling = settling
  }

  async send(turn: Turn | undefined): Promise<void> {
    const { mapper, connection } = this.#road
    const items = await gather(this.#road, mapper)
    // The settings changed meanwhile: from the start, with the new ones.
    if (mapper !== this.#road.mapper) return
    await this.#run({ items, mapper, version: connection.version, turn })
  }

  /** A batch was announced, and may have been sent: the same range goes out with the same mapping. */
  async sendAgain(intent: Intent, turn: Turn): Promise<void> {
    const road = this.#road
    const mapper = await road.rig.mapperAt(intent.version)
    if (road.ends) {
      road.intent = undefined
      return
    }
    await road.window.readTo(intent.toSeq)
    const { items } = road.window
    await road.plan(mapper)
    for (const item of items) await bringGuests(road, item)
    await this.#run({ items, mapper, version: intent.version, intent, turn })
  }

  async #run({ items, mapper, version, intent, turn }: Batch): Promise<void> {
    const road = this.#road
    const { gate, clock, digest } = road.rig
    const first = items[0]?.journaled.seq ?? 0
    const toSeq = items.at(-1)?.journaled.seq ?? 0
    const carrier = road.carrier(mapper, toSeq, version)
    const cargo = await load(carrier, items, (ids) => `${first}:${digest(ids)}`)
    if (intent !== undefined) this.#compare(intent, cargo, { first, toSeq })
    else if (!(await this.#announce({ toSeq, version, digest: cargo.digest }, cargo))) return
    turn?.end()
    const progress = this.#tries.begin(cargo, first)
    const accepted = gate.accepted
    for (const item of items) if (item.state === 'ready') item.state = 'going'
    const ahead = intent === undefined ? this.#readAhead(items.length) : undefined
    try {
      await carryTogether(
        carrier,
        items,
        cargo,
        progress,
        this.#tries.trouble(clock.monotonic()),
      ).finally(async () => ahead)
    } catch (error) {
      if (!(error instanceof Later)) {
        // What was to go with it is read anew: nothing stays as if it were under way.
        road.window.drop()
        throw error
      }
      this.#tries.failed(clock.monotonic())
      this.#firm ||= error.firm || gate.accepted > accepted || progress.results.size > 0
      if (!this.#gaveUp(items)) {
        // Surely nothing of it is at Klaviyo: it may be mapped anew.
        if (!this.#firm) road.intent = undefined
        road.window.drop()
        return
      }
    }
    this.#tries.end()
    await this.#settling.settle(items.length)
  }

  /** What goes again has to be what was announced. */
  #compare(intent: Intent, cargo: Load, range: { first: number; toSeq: number }): void {
    const { account, log } = this.#road.rig
    const { first, toSeq } = range
    // Where a part of it was settled since, by this owner or by the next, the rest cannot be compared.
    const whole = intent.digest.startsWith(`${first}:`) && account.leaseMs(0) === 0
    if (!whole || intent.digest === cargo.digest) return
    const { connectionId, lane } = this.#road.key
    log.error(
      { connection: connectionId, lane, from: first, to: toSeq },
      'A batch that is sent again differs from the one announced',
    )
  }

  /** False: another owner has taken over. */
  async #announce(intent: Intent, { parcels }: Load): Promise<boolean> {
    const { rig, key } = this.#road
    if (!parcels.some(({ way }) => way === 'events')) return true
    if (!(await rig.journal.intend(rig.account.fence, key, intent))) {
      rig.lost()
      return false
    }
    this.#road.intent = intent
    this.#firm = false
    return true
  }

  /** Whether the whole batch leaves the straight road: its quick tries are used up, and it waits for the retry cycle. */
  #gaveUp(items: readonly Item[]): boolean {
    const { rig, connection } = this.#road
    const { gate } = rig
    const isOver = Math.max(this.#tries.count, gate.failures) >= quickTries
    if (connection.settings.patience !== 'cycle' || !isOver || gate.hold) return false
    for (const item of items) {
      if (item.state === 'done') continue
      item.tries = Math.max(item.tries, this.#tries.count)
      setAside(item, gate)
    }
    return true
  }

  /**
   * While Klaviyo works on a batch, what comes behind it is read, so that an answer that takes long costs no
   * pace. Only what nobody waits for: neither a turn nor memory is taken from others.
   */
  async #readAhead(batch: number): Promise<void> {
    const { window, rig } = this.#road
    const { memory, turns } = rig
    if (!memory.isRoomy || !window.reads(batch)) return
    const turn = turns.takeFree()
    if (turn === undefined) return
    // What goes wrong with the journal is noticed by the next look.
    await window
      .fill(batch)
      .catch(() => undefined)
      .finally(() => turn.end())
  }
}
