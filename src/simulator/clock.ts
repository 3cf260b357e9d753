/** The simulator's time. All windows, delays and expiries go by it. */
export interface Clock {
  now(): number
  advance(ms: number): void
}

/** With `now` the time is the caller's; else it is the machine's, moved on by `advance`. */
export function startClock(now?: () => number): Clock {
  if (now !== undefined) {
    return {
      now,
      advance() {
        throw new Error('This simulator goes by your clock (the option "now"): move that one on.')
      },
    }
  }
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    advance(ms) {
      ahead += ms
    },
  }
}

/** A time as Klaviyo writes it. */
export function writeTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+00:00`
}

/** Profiles and lists are dated to the microsecond; the last three digits are ours. */
export function writeExactTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000+00:00`
}
