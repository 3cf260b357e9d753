import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import type { JsonObject, Kit } from '../core/index.ts'
import { pattern } from './pattern.ts'

/** What the core needs from packages and the platform. */
export const kit: Kit = { phone, domain, digest, claims, pattern }

function phone(text: string, country: string | undefined): string | undefined {
  const home = country?.toUpperCase()
  const options = home !== undefined && isSupportedCountry(home) ? { defaultCountry: home } : {}
  const number = parsePhoneNumberFromString(text, { ...options, extract: false })
  return number?.isPossible() === true ? number.number : undefined
}

/** Names and dots, the last name not a number: what a mail can be sent to over the public network. */
const plainDomain =
  /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})$/u
/** What `domainToASCII` would take for the end of a host, or decode. */
const notInDomain = /[\s/\\?#%@:[\]]/u

function domain(text: string): string | undefined {
  const lower = text.toLowerCase()
  if (plainDomain.test(lower)) return lower
  if (notInDomain.test(lower)) return undefined
  const ascii = domainToASCII(lower)
  return plainDomain.test(ascii) ? ascii : undefined
}

function digest(text: string): string {
  return hash('sha256', text, 'hex')
}

const maxTokenLength = 4096

function claims(token: string, secret: string): JsonObject | undefined {
  if (token.length > maxTokenLength) return undefined
  const [head, body, signature, ...rest] = token.split('.')
  if (head === undefined || body === undefined || signature === undefined || rest.length > 0) {
    return undefined
  }
  const made = createHmac('sha256', secret).update(`${head}.${body}`).digest()
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== made.length || !timingSafeEqual(given, made)) return undefined
  try {
    // Signed with our secret, but perhaps by another procedure, whose length happens to be the same.
    const { alg } = jsonIn(head)
    return alg === 'HS256' ? jsonIn(body) : undefined
  } catch {
    return undefined
  }
}

function jsonIn(part: string): JsonObject {
  const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
  if (typeof value !== 'object' || value === null) throw new Error('No object')
  return value as JsonObject
}
