import { hourMs, hourOf } from '../../core/index.ts'
import { checkTimeZone } from '../store-place.ts'

export type PeriodName = '24h' | '7d' | '30d'

/** A time up to now, in hours or days, and the time before it that it is compared with. All times in milliseconds. */
export interface Period {
  readonly step: 'hour' | 'day'
  /** Where each hour or day begins, oldest first. */
  readonly starts: readonly number[]
  readonly from: number
  readonly to: number
  readonly before: { readonly from: number; readonly to: number }
}

/** Throws a `Problem` where nobody knows the zone. */
export function periodOf(name: PeriodName, zone: string, now: number): Period {
  checkTimeZone(zone)
  if (name === '24h') {
    const starts = Array.from({ length: 24 }, (_, place) => (hourOf(now) - 23 + place) * hourMs)
    const dayMs = 24 * hourMs
    const from = starts[0] ?? now
    return {
      step: 'hour',
      starts,
      from,
      to: now,
      before: { from: from - dayMs, to: now - dayMs },
    }
  }
  const days = name === '7d' ? 7 : 30
  const midnights = daysUpTo(zone, now, 2 * days)
  const starts = midnights.slice(days)
  const from = starts[0] ?? now
  const formerly = midnights[0] ?? now
  return {
    step: 'day',
    starts,
    from,
    to: now,
    before: { from: formerly, to: formerly + now - from },
  }
}

/** When the last so many days began in that zone, today the last; cut to full hours. */
function daysUpTo(zone: string, now: number, count: number): readonly number[] {
  const clock = clockOf(zone)
  const today = clock(now)
  return Array.from({ length: count }, (_, place) => {
    const midnight = Date.UTC(today.year, today.month - 1, today.day - (count - 1 - place))
    // The zone's distance from UTC at that midnight, which is known once the time is: the second look is right.
    let at = midnight
    for (let look = 0; look < 2; look += 1) at = midnight - (clock(at).utc - at)
    return hourOf(at) * hourMs
  })
}

interface Wall {
  readonly year: number
  readonly month: number
  readonly day: number
  /** What the wall clock shows, taken for UTC. */
  readonly utc: number
}

function clockOf(zone: string): (at: number) => Wall {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
    const [year, month, day] = [of('year'), of('month'), of('day')]
    const utc = Date.UTC(year, month - 1, day, of('hour'), of('minute'), of('second'))
    return { year, month, day, utc: utc + (((at % 1000) + 1000) % 1000) }
  }
}
