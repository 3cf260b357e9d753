import { randomBytes, randomFillSync } from 'node:crypto'
import { hostname } from 'node:os'

/** A new id: its prefix says of what, its ULID when (`dst_01JH…`). */
export function newId(prefix: string, now: number): string {
  let time = ''
  for (let rest = now, n = 0; n < 10; n += 1, rest = Math.floor(rest / 32)) {
    time = letters.charAt(rest % 32) + time
  }
  let chance = ''
  for (let n = 0; n < 16; n += 1) chance += letters.charAt(chanceByte() % 32)
  return `${prefix}_${time}${chance}`
}

/** Drawn in stock: asking for a few at a time costs more than all else of an id. */
const stock = Buffer.alloc(4096)
let drawn = stock.length

function chanceByte(): number {
  if (drawn === stock.length) {
    randomFillSync(stock)
    drawn = 0
  }
  const byte = stock[drawn]!
  drawn += 1
  return byte
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
