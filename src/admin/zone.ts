/** Clocks and calendars of other places. */

/** The browser's. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** An older browser than the server may not know it: it shows UTC then. */
export function knownZone(name: string): string {
  try {
    clockOf(name)
    return name
  } catch {
    return 'UTC'
  }
}

/** The day (`2026-11-21`) that it is then in a time zone. */
export function dayIn(zone: string, at: string | number): string {
  return new Date(wallIn(zone, new Date(at).getTime())).toISOString().slice(0, 10)
}

/** When a day begins in a time zone. Undefined: it is no day. */
export function dayStart(day: string, zone: string, daysLater = 0): string | undefined {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? []
  if (year === undefined || month === undefined || date === undefined) return undefined
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(date) + daysLater)
  if (Number.isNaN(midnight)) return undefined
  // `2026-02-30` would be a day of March.
  if (
    new Date(Date.UTC(Number(year), Number(month) - 1, Number(date))).toISOString().slice(0, 10) !==
    day
  )
    return undefined
  // By the clocks of the day before, then of the day: they may be changed in between. Where they skip midnight itself,
  // the first guess is the moment at which they do.
  const before = midnight - aheadIn(zone, midnight - dayMs)
  const after = midnight - aheadIn(zone, before)
  const at = wallIn(zone, after) === midnight ? after : before
  return new Date(at).toISOString()
}

const dayMs = 86_400_000

/** How far a zone's clocks are ahead of UTC then. */
function aheadIn(zone: string, at: number): number {
  return wallIn(zone, at) - at
}

/** What the clock on the wall shows then, taken for UTC. */
function wallIn(timeZone: string, at: number): number {
  const parts = clockOf(timeZone).formatToParts(at)
  const of = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value)
  const seconds = Date.UTC(
    of('year'),
    of('month') - 1,
    of('day'),
    of('hour'),
    of('minute'),
    of('second'),
  )
  return seconds + (((at % 1000) + 1000) % 1000)
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(timeZone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timeZone)
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    clocks.set(timeZone, clock)
  }
  return clock
}
