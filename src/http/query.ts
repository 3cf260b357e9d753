import type { EventQuery, Lane, Outcome, ReasonCode } from '../core/index.ts'
import { lanes, reasons } from '../core/index.ts'
import { Problem } from './problem.ts'

/** Filters as they stand in a URL. */
export type Filters = Pick<EventQuery, 'limit' | 'before' | 'outcome' | 'reason' | 'person'> & {
  readonly lane: Lane
}

export const outcomes: readonly Outcome[] = [
  'waiting',
  'sending',
  'retrying',
  'held',
  'accepted',
  'confirmed',
  'dropped',
  'retry',
  'dead',
]

/** Reads them, empty ones left out. Throws a `Problem` that names the one that is wrong. */
export function readFilters(query: unknown, usualLimit: number): Filters {
  const given = textsOf(query)
  const outcome = given.get('outcome')
  const reason = given.get('reason')
  const lane = given.get('lane') ?? 'live'
  if (outcome !== undefined && !isOutcome(outcome)) {
    throw wrong(`outcome has to be one of: ${outcomes.join(', ')}.`)
  }
  if (reason !== undefined && !isReason(reason)) throw wrong('There is no reason of this code.')
  if (!isLane(lane)) throw wrong(`lane has to be one of: ${lanes.join(', ')}.`)
  const before = whole(given, 'before', Number.MAX_SAFE_INTEGER)
  const person = given.get('person')
  return {
    lane,
    limit: whole(given, 'limit', 1000) ?? usualLimit,
    ...(before === undefined ? {} : { before }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(reason === undefined ? {} : { reason }),
    ...(person === undefined ? {} : { person: personOf(person) }),
  }
}

/** One text a name; a name that comes twice is a mistake. */
export function textsOf(query: unknown): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (typeof value !== 'string') throw wrong(`${name} has to be given once.`)
    if (value.includes('\0')) throw wrong(`${name} holds a character that is not allowed.`)
    if (value.trim() !== '') texts.set(name, value.trim())
  }
  return texts
}

export function isReason(text: string): text is ReasonCode {
  return Object.hasOwn(reasons, text)
}

function isOutcome(text: string): text is Outcome {
  return (outcomes as readonly string[]).includes(text)
}

function isLane(text: string): text is Lane {
  return (lanes as readonly string[]).includes(text)
}

function whole(given: ReadonlyMap<string, string>, name: string, most: number): number | undefined {
  const text = given.get(name)
  if (text === undefined) return undefined
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number
  throw wrong(`${name} has to be a whole number from 1 to ${most}.`)
}

/** As the journal names people: an address, a phone number, or the shop's own id. */
function personOf(text: string): string {
  if (/^(?:email|phone|id):/.test(text)) return text
  if (text.includes('@')) return `email:${text.toLowerCase()}`
  const phone = text.replaceAll(/[\s().-]/g, '')
  return /^\+\d{6,15}$/.test(phone) ? `phone:${phone}` : `id:${text}`
}

function wrong(detail: string): Problem {
  return new Problem(400, 'invalid_query', detail)
}
