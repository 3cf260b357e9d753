import type { Clock, Lane, Way } from '../core/index.ts'
import { Stopped } from './request.ts'

/**
 * What all loops of one Klaviyo account on this node share: the lease, and whose turn it is when several
 * want the same way.
 */
export class Account {
  readonly id: string
  readonly #clock: Clock
  fence: number
  /** When the lease may end; see `Tenure`. */
  readonly #tenure: { readonly until: number }
  #stopped = false
  #lost = false
  readonly #sleepers = new Set<() => void>()
  /** Live loops that wait for a way, and how often they went before another lane since it last had a turn. */
  readonly #liveWaiting = new Map<Way, number>()
  readonly #liveTurns = new Map<Way, number>()

  constructor(id: string, fence: number, tenure: { readonly until: number }, clock: Clock) {
    this.id = id
    this.fence = fence
    this.#tenure = tenure
    this.#clock = clock
  }

  get stopped(): boolean {
    return this.#stopped
  }

  /** Another node owns it by now: what is held here means nothing any more. */
  get lost(): boolean {
    return this.#lost
  }

  lose(): void {
    this.#lost = true
    this.stop()
  }

  /** Nothing more is sent; what is under way is settled. */
  stop(): void {
    this.#stopped = true
    for (const wake of this.#sleepers) wake()
  }

  /** Milliseconds until a request of that time limit may start: it has to end before the lease does. */
  leaseMs(timeoutMs: number): number {
    return this.#clock.monotonic() + timeoutMs < this.#tenure.until ? 0 : 100
  }

  /** Live goes first, yet no lane starves: after three live requests another lane's goes. */
  yieldMs(lane: Lane, way: Way): number {
    if (lane === 'live') return 0
    const waiting = (this.#liveWaiting.get(way) ?? 0) > 0
    return waiting && (this.#liveTurns.get(way) ?? 0) < 3 ? 10 : 0
  }

  took(lane: Lane, way: Way): void {
    this.#liveTurns.set(way, lane === 'live' ? (this.#liveTurns.get(way) ?? 0) + 1 : 0)
  }

  /** Waits for a way, at most `ms`. Rejects with `Stopped`. */
  async sleep(ms: number, lane: Lane, way: Way): Promise<void> {
    if (this.#stopped) throw new Stopped('stopped')
    if (lane === 'live') this.#liveWaiting.set(way, (this.#liveWaiting.get(way) ?? 0) + 1)
    await new Promise<void>((resolve) => {
      const wake = () => {
        cancel()
        this.#sleepers.delete(wake)
        resolve()
      }
      const cancel = this.#clock.after(ms, wake)
      this.#sleepers.add(wake)
    })
    if (lane === 'live') this.#liveWaiting.set(way, (this.#liveWaiting.get(way) ?? 0) - 1)
    if (this.#stopped) throw new Stopped('stopped')
  }
}
