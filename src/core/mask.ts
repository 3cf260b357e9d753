import type { Identifiers, Json, JsonObject } from './event.ts'
import { isList, isObject } from './json.ts'

/**
 * Shows events without showing people: `j•••@a•••.com`, `+49•••••12`, initials for names. By the name of a
 * field, and by what a value looks like, wherever it stands. Rather too much is hidden than too little.
 */
export interface Mask {
  text(text: string): string
  json(value: Json): Json
  /** JSON as text, also where its end is cut off. */
  body(text: string): string
  identifiers(person: Identifiers): Identifiers
}

/** For whoever may see people's details. */
export const unmasked: Mask = {
  text: (text) => text,
  json: (value) => value,
  body: (text) => text,
  identifiers: (person) => person,
}

const dots = '•••'

/** `known`: what is known of the person is hidden wherever it is repeated. */
export function maskOf(known: Identifiers = {}): Mask {
  const { email, phone } = known
  const secrets = [email, phone].filter((one) => one !== undefined)
  const text = (given: string): string => {
    let hidden = given
    for (const secret of secrets) hidden = hidden.replaceAll(secret, valueMask)
    return byPattern(hidden)
  }
  const json = (value: Json, kind?: Kind, parent = ''): Json => {
    if (typeof value === 'string') return kind === undefined ? text(value) : hide(value, kind)
    if (typeof value === 'number') return kind === undefined ? value : hide(String(value), kind)
    if (isList(value)) return value.map((one) => json(one, kind, parent))
    if (!isObject(value)) return value
    const fields = Object.entries(value).map(([key, one]) => [
      text(key),
      one === undefined ? undefined : json(one, kindOf(key, parent) ?? kind, key),
    ])
    return Object.fromEntries(fields) as JsonObject
  }
  const cut = (given: string) =>
    text(
      given.replace(field, (whole, key: string, value: string) => {
        const kind = kindOf(key, '')
        if (kind === undefined) return whole
        const plain = value.replace(/^"|"$/g, '')
        return whole.slice(0, whole.length - value.length) + JSON.stringify(hide(plain, kind))
      }),
    )
  return {
    text,
    json: (value) => json(value),
    body(given) {
      try {
        return JSON.stringify(json(JSON.parse(given) as Json))
      } catch {
        return cut(given)
      }
    },
    identifiers: (person) => {
      const { email: address, phone: number, externalId, anonymousId } = person
      return {
        ...(address === undefined ? {} : { email: valueMask(address) }),
        ...(number === undefined ? {} : { phone: valueMask(number) }),
        // Numbers of the shop name nobody; addresses that serve as ids do.
        ...(externalId === undefined ? {} : { externalId: idMask(externalId) }),
        ...(anonymousId === undefined ? {} : { anonymousId: idMask(anonymousId) }),
      }
    },
  }
}

type Kind = 'email' | 'phone' | 'name' | 'address' | 'ip'

/** A key and its value in JSON, also where the text ends within it. */
const field = /"((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)*"?|-?\d[\d.]*)/g

/** What a field holds, by its name; `parent`: of what it is a part. */
function kindOf(key: string, parent: string): Kind | undefined {
  const name = key.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const found = kinds.find(([, pattern]) => pattern.test(name))
  if (found !== undefined) return found[0]
  const isPerson = people.test(parent.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
  return isPerson && (name === 'name' || name === 'title') ? 'name' : undefined
}

const kinds: readonly (readonly [Kind, RegExp])[] = [
  ['email', /e?mail$|email(?:address|s)?$|^mail(?:address)?$/],
  ['ip', /^(?:client|user|remote|browser)?ip(?:address|v4|v6)?$|^xforwardedfor$|^remoteaddr$/],
  ['phone', /phone|mobile|msisdn|whatsapp|^(?:tel|fax|sms)(?:number)?$|telephone/],
  [
    'name',
    /(?:first|last|full|sur|given|family|middle|nick|maiden|user|customer|recipient|contact|billing|shipping|display|company)name$|^(?:firstname|lastname|fullname|surname|recipient|salutation)$/,
  ],
  [
    'address',
    /address|street|^(?:city|town|zip|postal|lat|lng|lon)$|zip(?:code)?$|post(?:al)?code$|^(?:latitude|longitude)$|birth|^dob$|^(?:line|addr)[123]$/,
  ],
]

const people =
  /traits|profile|customer|user|person|recipient|contact|shopper|buyer|address|billing|shipping/

function hide(value: string, kind: Kind): string {
  switch (kind) {
    case 'email':
    case 'phone':
      return valueMask(value)
    case 'ip':
      return ipMask(value)
    case 'name':
      return initials(value)
    case 'address':
      return value === '' ? '' : dots
    default:
      return kind satisfies never
  }
}

/** Whatever has an @ is somebody's address, also where it was mistyped. */
function idMask(id: string): string {
  return id.includes('@') ? valueMask(id) : byPattern(id)
}

/** Of a text that is an address or a number as a whole. */
function valueMask(value: string): string {
  if (value === '') return ''
  const at = value.indexOf('@')
  if (at > 0) return emailMask(value.slice(0, at), value.slice(at + 1))
  const digits = value.replaceAll(/\D/g, '')
  return digits.length < 7 ? dots : `${value.trimStart().slice(0, 3)}•••••${digits.slice(-2)}`
}

function emailMask(local: string, domain: string): string {
  const last = domain.lastIndexOf('.')
  const end = last > 0 ? domain.slice(last) : ''
  return `${local.slice(0, 1)}${dots}@${domain.slice(0, 1)}${dots}${end}`
}

/** The network, as /24 or /48. */
function ipMask(value: string): string {
  if (value === '') return ''
  const parts = value.split('.')
  if (parts.length === 4) return `${parts.slice(0, 3).join('.')}.${dots}`
  const groups = value.split(':')
  return groups.length > 3 ? `${groups.slice(0, 3).join(':')}:${dots}` : dots
}

function initials(value: string): string {
  const words = value
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '')
  return words.map((word) => `${Array.from(word)[0] ?? ''}.`).join(' ')
}

/** Also what only looks like one: those that were mistyped are looked at most. */
const emails =
  /([\p{L}\p{N}._%+'~#-]{1,64}?)(@|%40)((?:[\p{L}\p{N}-]{1,63}\.{1,3}){0,8}[\p{L}\p{N}-]{1,63})/gu
const phones = /(?:\+|%2B)\d(?:[\s().-]?\d){6,16}/g
const ips = /\b(?:\d{1,3}\.){3}\d{1,3}\b/g
const longIps = /\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b/gi

function byPattern(text: string): string {
  if (text.length < 6) return text
  let hidden = text
  if (text.includes('@') || text.includes('%40'))
    hidden = hidden.replace(emails, (_, local: string, at: string, domain: string) =>
      emailMask(local, domain).replace('@', at),
    )
  if (text.includes('+') || text.includes('%2B')) hidden = hidden.replace(phones, valueMask)
  return hidden.replace(ips, ipMask).replace(longIps, ipMask)
}
