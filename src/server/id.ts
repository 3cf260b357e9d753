import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

/** A new id: its prefix says of what, its ULID when (`dst_01JH…`). */
export function newId(prefix: string, now: number): string {
  let time = ''
  for (let rest = now, n = 0; n < 10; n += 1, rest = Math.floor(rest / 32)) {
    time = letters.charAt(rest % 32) + time
  }
  const chance = Array.from(randomBytes(16), (byte) => letters.charAt(byte % 32)).join('')
  return `${prefix}_${time}${chance}`
}

/** A server's write key: whoever has it may say everything, and sign for browsers. */
export function newWriteKey(): string {
  return `wk_${randomBytes(15).toString('base64url')}`
}

/** A key for a shop's pages: everybody sees it. */
export function newBrowserKey(): string {
  return `pub_${randomBytes(15).toString('base64url')}`
}

const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** This process among those that share a database. */
export function newNodeId(): string {
  return `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`
}
