import { randomBytes } from 'node:crypto'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

// Asking the system for a few bytes at a time costs more than the rest of a new profile.
const poolBytes = 8192
let pool = randomBytes(0)
let poolAt = 0

/** Accounts, lists, segments, metrics and templates have ids of six letters and digits. */
export function shortId(): string {
  return randomText(letters, 6)
}

export function randomText(alphabet: string, length: number): string {
  if (poolAt + length > pool.length) {
    pool = randomBytes(Math.max(poolBytes, length))
    poolAt = 0
  }
  let text = ''
  for (let place = 0; place < length; place += 1) {
    text += alphabet.charAt((pool[poolAt + place] ?? 0) % alphabet.length)
  }
  poolAt += length
  return text
}

/** Profiles and webhooks have ULIDs. */
export function ulid(now: number): string {
  let time = ''
  let rest = now
  for (let place = 0; place < 10; place += 1) {
    time = crockford.charAt(rest % 32) + time
    rest = Math.floor(rest / 32)
  }
  return time + randomText(crockford, 16)
}

/** An event's id comes from its place in the account, so that it need not be stored. */
export function eventId(place: number): string {
  let text = ''
  let rest = place
  while (rest > 0) {
    text = letters.charAt(rest % 62) + text
    rest = Math.floor(rest / 62)
  }
  return `3${text.padStart(10, 'A')}`
}

export function placeOfEvent(id: string): number | undefined {
  if (!/^3[A-Za-z0-9]{10}$/.test(id)) return undefined
  let place = 0
  for (const letter of id.slice(1)) place = place * 62 + letters.indexOf(letter)
  return place
}

/** A time-based UUID whose node tells the event's place. */
export function eventUuid(timeMs: number, place: number): string {
  const ticks = BigInt(timeMs) * 10_000n + 122_192_928_000_000_000n
  const hex = ticks.toString(16).padStart(15, '0')
  const node = place.toString(16).padStart(12, '0')
  return `${hex.slice(7)}-${hex.slice(3, 7)}-1${hex.slice(0, 3)}-8001-${node}`
}

export function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
