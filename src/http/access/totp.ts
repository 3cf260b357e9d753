import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Codes that change with time (RFC 6238): SHA-1, six digits, 30 seconds, as every authenticator knows. */

const stepMs = 30_000

export function newTotpSecret(): string {
  return base32Of(randomBytes(20))
}

export function otpauthUrl(secret: string, email: string): string {
  const label = encodeURIComponent(`Tillpost:${email}`)
  return `otpauth://totp/${label}?secret=${secret}&issuer=Tillpost`
}

/** The step that the code belongs to: this one, or a neighbour, for clocks that differ. Undefined: none. */
export function stepOf(code: string, secret: string, now: number): number | undefined {
  const typed = Buffer.from(code.replaceAll(/\s/g, ''))
  const current = Math.floor(now / stepMs)
  return [current, current - 1, current + 1].find((step) => {
    const right = Buffer.from(codeAt(secret, step))
    return typed.length === right.length && timingSafeEqual(typed, right)
  })
}

export function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const hash = createHmac('sha1', bytesOf(secret)).update(counter).digest()
  const offset = hash.at(-1)! & 0xf
  const number = (hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000
  return String(number).padStart(6, '0')
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function base32Of(bytes: Buffer): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{5}/g) ?? []).map((five) => letters[Number.parseInt(five, 2)]).join('')
}

function bytesOf(secret: string): Buffer {
  const bits = Array.from(secret, (letter) =>
    letters.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)))
}
