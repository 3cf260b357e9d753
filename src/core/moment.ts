import type { JsonObject } from './event.ts'

/** A date as it comes from outside, in epoch milliseconds; undefined when it is none. */
function momentOf(value: unknown): number | undefined {
  if (typeof value === 'number') {
    // Seconds until the year 5138, milliseconds from 1973 on.
    return soundOf(Math.abs(value) < 1e11 ? value * 1_000 : value)
  }
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (zoned.test(text)) return soundOf(Date.parse(text))
  // A time without a zone would be read in the zone of this machine.
  return unzoned.test(text) ? soundOf(Date.parse(`${text.replace(' ', 'T')}Z`)) : undefined
}

const zoned =
  /^(?:[+-]\d\d)?\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d))?$/i
const unzoned = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/

function soundOf(milliseconds: number): number | undefined {
  const whole = Math.round(milliseconds)
  return Number.isSafeInteger(whole) ? whole : undefined
}

/** A date was given that cannot be read: the time of receipt stands for it. */
export function isUnreadable(event: JsonObject): boolean {
  const given = [event['originalTimestamp'], event['timestamp']].filter(
    (value) => value != null && value !== '',
  )
  return given.length > 0 && given.every((value) => momentOf(value) === undefined)
}

/**
 * When an event happened, by our clock. A sender's clock may be wrong, but it stamps the event and its
 * sending alike: what counts is how long before its sending it happened.
 */
export function occurredAtOf({
  originalTimestamp,
  timestamp,
  sentAt,
  receivedAt,
}: {
  readonly originalTimestamp: unknown
  readonly timestamp: unknown
  readonly sentAt: unknown
  readonly receivedAt: number
}): number {
  const original = momentOf(originalTimestamp) ?? momentOf(timestamp)
  if (original === undefined) return receivedAt
  const sent = momentOf(sentAt)
  if (sent === undefined) return original
  const occurredAt = receivedAt - (sent - original)
  return Number.isSafeInteger(occurredAt) ? occurredAt : receivedAt
}
