import { type Counted, delayStep, type HourCount, hourOf, reasons } from '../core/index.ts'
import type { ReasonCode } from '../core/index.ts'
import type { Item } from './item.ts'

/** A shop may name its events as it likes: of more kinds than that within an hour, the rest count together. */
const mostMetrics = 100

/** What a connection's events add to the counts by the hour. */
export class Hours {
  #hour = 0
  readonly #metrics = new Set<string>()

  /** Of events that are settled for the first time, with the reason of each. */
  countsOf(
    items: readonly Item[],
    codes: readonly ReasonCode[],
    now: number,
  ): readonly HourCount[] {
    const counts = new Map<number, Map<string, number>>()
    for (const [place, item] of items.entries()) {
      const { receivedAt } = item.journaled
      const hour = hourOf(receivedAt)
      let names = counts.get(hour)
      if (names === undefined) counts.set(hour, (names = new Map()))
      const reason = reasons[codes[place] ?? 'accepted']
      add(names, `reason ${reason.number}`)
      if (reason.outcome !== 'accepted') continue
      add(names, `delay ${delayStep(now - receivedAt)}`)
      for (const metric of this.#metricsOf(item, now)) add(names, `metric ${metric}`)
    }
    return [...counts].flatMap(([hour, names]) =>
      Array.from(names, ([name, events]): HourCount => {
        const [kind, what] = splitOnce(name)
        return { hour, kind: kind as HourCount['kind'], what, events }
      }),
    )
  }

  /** Of one that was settled before. */
  counted(item: Item, now: number, delayMs?: number): Counted {
    return {
      receivedAt: item.journaled.receivedAt,
      metrics: this.#metricsOf(item, now),
      ...(delayMs === undefined ? {} : { delayMs }),
    }
  }

  #metricsOf({ plan }: Item, now: number): readonly string[] {
    if (plan?.type !== 'send') return []
    if (hourOf(now) !== this.#hour) {
      this.#hour = hourOf(now)
      this.#metrics.clear()
    }
    const metrics: string[] = []
    for (const action of plan.actions) {
      if (action.type !== 'event') continue
      const isKnown = this.#metrics.has(action.metric)
      if (!isKnown && this.#metrics.size < mostMetrics) this.#metrics.add(action.metric)
      metrics.push(this.#metrics.has(action.metric) ? action.metric : '')
    }
    return metrics
  }
}

function add(names: Map<string, number>, name: string): void {
  names.set(name, (names.get(name) ?? 0) + 1)
}

function splitOnce(name: string): readonly [string, string] {
  const end = name.indexOf(' ')
  return [name.slice(0, end), name.slice(end + 1)]
}
