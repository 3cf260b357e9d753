import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { Problem } from '../problem.ts'
import { isWeak } from './weak.ts'

/** Passwords by NIST 800-63B: long, anything in them, none that everybody tries first. */

const leastLength = 12
const mostLength = 128

/** Says what is wrong with a new password; undefined: nothing. Lengths count characters, not bytes. */
export function passwordFault(password: string, context: readonly string[]): string | undefined {
  const length = Array.from(password).length
  if (length < leastLength) {
    return `Use at least ${leastLength} characters: a few words in a row are easy to remember.`
  }
  if (length > mostLength) return `Use at most ${mostLength} characters.`
  if (isWeak(password, context)) {
    return 'This is one of the first that somebody would try. Use a few words that have nothing to do with each other.'
  }
  return undefined
}

/** Throws a `Problem` (422) with what to do. */
export function checkNewPassword(password: string, context: readonly string[]): void {
  const fault = passwordFault(password, context)
  if (fault !== undefined) throw new Problem(422, 'weak_password', fault)
}

// OWASP's parameters for scrypt in 32 MB; written into each hash, so that they can rise.
const cost = { N: 2 ** 15, r: 8, p: 3 }
const bytes = 32

/** `scrypt.N.r.p.salt.hash` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, cost)
  const { N, r, p } = cost
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('.')
}

/**
 * Without a kept one (there is no such member) it takes the same time and is false. What is longer than any
 * password is not looked at.
 */
export async function isPassword(given: string, kept: string | undefined): Promise<boolean> {
  const [, N, r, p, salt, hash] = (kept ?? (await nobodys())).split('.')
  if (Array.from(given).length > mostLength) return false
  const expected = Buffer.from(hash!, 'base64url')
  const found = await derive(given, Buffer.from(salt!, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  })
  return timingSafeEqual(found, expected) && kept !== undefined
}

let nobody: Promise<string> | undefined

function nobodys(): Promise<string> {
  nobody ??= hashPassword(randomBytes(16).toString('hex'))
  return nobody
}

/** Each takes 32 MB and a core: two at a time, some wait, the rest is sent away (A24). */
const atOnce = 2
const mostWaiting = 48
let running = 0
const waiting: (() => void)[] = []

async function derive(password: string, salt: Buffer, { N, r, p }: typeof cost): Promise<Buffer> {
  if (running >= atOnce) {
    if (waiting.length >= mostWaiting) {
      throw new Problem(
        429,
        'busy',
        'Too many sign in at the moment. Try again in a few seconds.',
        {
          retryAfterMs: 5000,
        },
      )
    }
    // Whoever ends hands its place on.
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running += 1
  try {
    return await new Promise((resolve, reject) => {
      const options = { N, r, p, maxmem: 64 * 1024 * 1024 }
      // One form for what looks the same, however it was typed.
      scrypt(password.normalize('NFKC'), salt, bytes, options, (error, key) =>
        error === null ? resolve(key) : reject(error),
      )
    })
  } finally {
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}
