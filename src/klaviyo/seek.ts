import { Budget, type Found, type Sought } from '../core/index.ts'
import { authorizationOf, call } from './call.ts'
import { memberOf, parseJson, textOf } from './json.ts'
import { filterOf, type Reader } from './read.ts'
import { retryAfterMs } from './retry-after.ts'

/** A small share of what Klaviyo allows for reading events (350 a second, 3,500 a minute): the rest is for people. */
const share = {
  windows: [
    { limit: 1, ms: 1_000 },
    { limit: 20, ms: 60_000 },
  ],
  even: false,
}
/** Of the second in which it happened; what is beyond is not looked at. */
const maxPages = 3
const timeoutMs = 10_000

/**
 * Looks for an event by its unique id, among those of the second in which it happened: that needs the permission
 * `events:read` and no other. Klaviyo keeps the time in whole seconds.
 */
export function seeker(reader: Reader): (sought: Sought) => Promise<Found> {
  const budget = new Budget(share)
  return async ({ uniqueId, time }) => {
    const from = Math.floor(time / 1_000) * 1_000
    const span = filterOf(
      `greater-or-equal(datetime,${new Date(from).toISOString()})`,
      `less-than(datetime,${new Date(from + 1_000).toISOString()})`,
    )
    let next: string | undefined = `/api/events?${span}&page[size]=200`
    for (let page = 0; page < maxPages && next !== undefined; page += 1) {
      const waitMs = budget.waitMs(reader.clock.monotonic())
      if (waitMs > 0) return { type: 'later', afterMs: waitMs }
      const authorization = await authorizationOf(reader.auth)
      budget.take(reader.clock.monotonic())
      const asked = { method: 'GET', path: next, timeoutMs } as const
      const reply = await call(reader, authorization, asked).finally(() =>
        budget.answered(reader.clock.monotonic()),
      )
      if (reply.status === 403) return { type: 'forbidden' }
      const answer = reply.status === 200 ? parseJson(reply.text) : undefined
      if (answer === undefined) {
        const pauseMs = retryAfterMs(reply.retryAfter, reader.clock.now()) ?? 0
        return { type: 'later', afterMs: Math.max(60_000, pauseMs) }
      }
      const entries = memberOf(answer, 'data')
      const isThere = (Array.isArray(entries) ? entries : []).some(
        (entry) => textOf(entry, 'attributes', 'event_properties', '$event_id') === uniqueId,
      )
      if (isThere) return { type: 'found' }
      next = pathOf(textOf(answer, 'links', 'next'))
    }
    return next === undefined ? { type: 'missing' } : { type: 'unknown' }
  }
}

/** Only the path: whatever host an answer names, the key goes nowhere else. */
function pathOf(link: string | undefined): string | undefined {
  const url = link === undefined ? null : URL.parse(link)
  return url === null ? undefined : url.pathname + url.search
}
