import { randomUUID } from 'node:crypto'
import type { EventType, Kit, Log, ReasonCode, Received, Refused } from '../../core/index.ts'
import { readEvent, type Reading } from '../../core/index.ts'
import type { Entrance } from './sources.ts'

/** What came, told apart: what can be appended, and what is no event. */
export interface Sorted {
  readonly received: Received[]
  /** To be kept for people to look at. */
  readonly refused: Refused[]
  /** Which entries were refused, for whoever sent them. */
  readonly faults: Fault[]
  /** All that were refused: no more than a few of a request are kept and told. */
  count: number
}

interface Fault {
  /** Place in the batch, from 0. */
  readonly index: number
  readonly reason: ReasonCode
}

export interface Reader {
  readonly kit: Kit
  readonly log: Log
  readonly receivedAt: number
  readonly sentAt: unknown
  /** Of a single call. */
  readonly type: EventType | undefined
  /** The browser sends Global Privacy Control. */
  readonly refusesSale: boolean
  /** What the sender calls itself. */
  readonly userAgent: string | undefined
}

/** Of a request that is nothing but bad events, a sample will do. */
const maxRefused = 100
const maxEventBytes = 1_000_000
const excerptCharacters = 8192

export function newSorted(): Sorted {
  return { received: [], refused: [], faults: [], count: 0 }
}

/** Reads one entry and puts it where it belongs. A bad one never touches its neighbours. */
export function sortEntry(
  sorted: Sorted,
  raw: unknown,
  index: number,
  { source, isOfPages, isUnbelieved, country }: Entrance,
  reader: Reader,
): void {
  const { workspaceId, id: sourceId, storeId } = source
  const { receivedAt } = reader
  const secret = isUnbelieved ? source.writeKey : undefined
  const userAgent = isOfPages ? reader.userAgent : undefined
  const reading = read(raw, { country, secret, userAgent }, reader)
  if (reading.type === 'ok') {
    const { event, body, name, identifiers, occurredAt } = reading
    sorted.received.push({
      workspaceId,
      sourceId,
      storeId,
      lane: 'live',
      event,
      body,
      name,
      identifiers,
      occurredAt,
      receivedAt,
    })
    return
  }
  sorted.count += 1
  if (sorted.count > maxRefused) return
  const { reason } = reading
  sorted.faults.push({ index, reason })
  sorted.refused.push({ workspaceId, sourceId, at: receivedAt, reason, body: excerptOf(raw) })
}

/** `secret`: what tokens are signed with, where the event needs one to be believed. */
function read(
  raw: unknown,
  {
    country,
    secret,
    userAgent,
  }: Readonly<Record<'country' | 'secret' | 'userAgent', string | undefined>>,
  reader: Reader,
): Reading {
  const { kit, log, receivedAt, sentAt, type, refusesSale } = reader
  try {
    return readEvent(raw, {
      kit,
      receivedAt,
      sentAt,
      newId: randomUUID,
      maxBytes: maxEventBytes,
      refusesSale,
      ...(userAgent === undefined ? {} : { userAgent }),
      ...(type === undefined ? {} : { type }),
      ...(country === undefined ? {} : { storeCountry: country }),
      ...(secret === undefined ? {} : { claims: (token) => kit.claims(token, secret) }),
    })
  } catch (error) {
    // A bug in the reading. It must not cost the other events of the batch.
    log.error(
      { problem: error instanceof Error ? error.name : 'unknown' },
      'An event broke its reading',
    )
    return { type: 'refused', reason: 'refused_unreadable' }
  }
}

/** Well-formed, so that every database takes it. */
function excerptOf(raw: unknown): string {
  let text: string
  try {
    text = JSON.stringify(raw)
  } catch {
    return '(nested too deeply to be shown)'
  }
  return text.slice(0, excerptCharacters).toWellFormed()
}
