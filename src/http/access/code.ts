import { createHash, randomBytes } from 'node:crypto'

/** Secrets that are given out once and kept as digests only: cookies, links, tokens, recovery codes. */

/** 256 bits by chance. */
export function newCode(): string {
  return randomBytes(32).toString('base64url')
}

/** Enough for what is random itself: nobody can try 2^256 of them. */
export function digestOf(code: string): string {
  return createHash('sha256').update(code).digest('base64url')
}

/** `tp_`, 256 bits, and six characters by which a typo, or a find of a scanner, is told without asking. */
export function newToken(): string {
  const chance = newCode()
  return `tp_${chance}${checkOf(chance)}`
}

export function looksLikeToken(text: string): boolean {
  const match = /^tp_([\w-]{43})([\w-]{6})$/.exec(text)
  return match !== null && checkOf(match[1]!) === match[2]
}

function checkOf(chance: string): string {
  return digestOf(`tillpost token ${chance}`).slice(0, 6)
}

/** Ten of ten characters, without those that are mistaken for one another. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: 10 }, () => {
    const text = Array.from(randomBytes(10), (byte) => letters.charAt(byte % letters.length))
    return `${text.slice(0, 5).join('')}-${text.slice(5).join('')}`
  })
}

/** As it was given out, however it is typed. */
export function recoveryDigestOf(typed: string): string {
  return digestOf(typed.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
}

// 32 of them: no byte favours one.
const letters = 'abcdefghijkmnpqrstuvwxyz23456789'
