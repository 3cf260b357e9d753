import { hash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min'
import type { Kit } from '../core/index.ts'

/** What the core needs from packages and the platform. */
export const kit: Kit = { phone, domain, digest }

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
