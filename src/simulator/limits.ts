import type { ErrorObject } from './errors.ts'
import { errorObject } from './errors.ts'

export interface Limits {
  readonly burst: number
  readonly steady: number
  readonly daily?: number
}

export type Admission =
  | { readonly type: 'admitted'; readonly headers: { readonly [name: string]: string } }
  | { readonly type: 'throttled'; readonly retryAfter: number }

/** Where an account stands with one endpoint. */
export interface Standing {
  readonly key: string
  readonly limits: Limits
  readonly used: { readonly burst: number; readonly steady: number; readonly daily: number }
}

interface Windows {
  limits: Limits
  readonly starts: [number, number, number]
  readonly used: [number, number, number]
}

const second = 1_000
const minute = 60_000
const day = 86_400_000
const lengths = [second, minute, day] as const

/**
 * Fixed windows, as Klaviyo counts: each begins at a whole second, minute or day, moved by `phaseMs`.
 * Klaviyo does not say whether a throttled call counts against the windows that are not spent.
 */
export class Limiter {
  readonly #windows = new Map<string, Windows>()
  readonly #phaseMs: number
  readonly #throttledCounts: boolean

  constructor(phaseMs: number, { throttledCounts = false } = {}) {
    this.#phaseMs = phaseMs
    this.#throttledCounts = throttledCounts
  }

  admit(key: string, limits: Limits, now: number): Admission {
    let windows = this.#windows.get(key)
    if (windows === undefined) {
      windows = { limits, starts: [0, 0, 0], used: [0, 0, 0] }
      this.#windows.set(key, windows)
    }
    windows.limits = limits
    const most = [limits.burst, limits.steady, limits.daily ?? Number.POSITIVE_INFINITY] as const
    let wait = 0
    for (let place = 0; place < 3; place += 1) {
      const length = lengths[place] ?? second
      const start = Math.floor((now - this.#phaseMs) / length) * length + this.#phaseMs
      if (windows.starts[place] !== start) {
        windows.starts[place] = start
        windows.used[place] = 0
      }
      if ((windows.used[place] ?? 0) >= (most[place] ?? 0)) {
        wait = Math.max(wait, start + length - now)
      }
    }
    if (wait === 0 || this.#throttledCounts) {
      windows.used[0] += 1
      windows.used[1] += 1
      windows.used[2] += 1
    }
    if (wait > 0) return { type: 'throttled', retryAfter: Math.max(1, Math.ceil(wait / 1000)) }
    return { type: 'admitted', headers: headersOf(limits, windows, now) }
  }

  /** Where every endpoint that was called stands at `now`. */
  standings(now: number): readonly Standing[] {
    return [...this.#windows].map(([key, { limits, starts, used }]) => {
      const current = (place: 0 | 1 | 2): number =>
        now - starts[place] < lengths[place] ? used[place] : 0
      return {
        key,
        limits,
        used: { burst: current(0), steady: current(1), daily: current(2) },
      }
    })
  }
}

// As recorded: remaining and reset tell of the burst window, whatever the documentation says.
function headersOf(
  limits: Limits,
  windows: Windows,
  now: number,
): { readonly [name: string]: string } {
  const daily = limits.daily === undefined ? '' : `, ${limits.daily};w=86400`
  return {
    'ratelimit-limit': `${limits.burst}, ${limits.burst};w=1, ${limits.steady};w=60${daily}`,
    'ratelimit-remaining': String(limits.burst - windows.used[0]),
    'ratelimit-reset': String(Math.floor((windows.starts[0] + second - now) / 1000)),
  }
}

export function throttledError(retryAfter: number): ErrorObject {
  const seconds = `${retryAfter} second${retryAfter === 1 ? '' : 's'}`
  return errorObject({
    status: 429,
    code: 'throttled',
    title: 'Request was throttled.',
    detail: `Request was throttled. Expected available in ${seconds}.`,
    source: { pointer: '/data' },
    links: {
      type: 'https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling#rate-limits',
    },
    meta: {},
  })
}

/** Some query parameters cost more, and so lower the endpoint's limits. */
export function limitsWithSurcharge(
  limits: Limits,
  query: ReadonlyMap<string, string>,
  operation: string,
): Limits {
  let { burst, steady } = limits
  const lower = (toBurst: number, toSteady: number): void => {
    burst = Math.min(burst, toBurst)
    steady = Math.min(steady, toSteady)
  }
  const asks = (name: string, value: string): boolean =>
    query.get(name)?.split(',').includes(value) === true
  if (asks('additional-fields[profile]', 'predictive_analytics')) lower(10, 150)
  if (asks('additional-fields[list]', 'profile_count')) lower(1, 15)
  if (asks('additional-fields[segment]', 'profile_count')) lower(1, 15)
  if (operation === 'get_profile' && (asks('include', 'lists') || asks('include', 'segments'))) {
    lower(1, 15)
  }
  return { ...limits, burst, steady }
}
