import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Appended, Clock, Config, Engine, Journal, Kit, Log } from '../../core/index.ts'
import { isAmong, JournalUnavailable } from '../../core/index.ts'
import { answerRefused, answerTaken, type Refusal } from './answer.ts'
import { readBody } from './body.ts'
import { preflightOf } from './cors.ts'
import { type Call, callOf } from './paths.ts'
import { makeRoom, type Room } from './room.ts'
import { newSorted, type Reader, type Sorted, sortEntry } from './sort.ts'
import { type Entrance, entrancesOf, type Entrances } from './sources.ts'
import { keyIn, keyOf } from './write-key.ts'

export interface DoorParts {
  readonly journal: Journal
  readonly config: Config
  readonly engine: Pick<Engine, 'feed'>
  readonly clock: Clock
  readonly kit: Kit
  readonly log: Log
}

/** Where events come in. Stands before Fastify, whose routing and hooks cost a third of such a request. */
export interface Door {
  /** False: the request is for something else, and was not touched. */
  receive(request: IncomingMessage, response: ServerResponse): boolean
  /** Events are taken at the moment. */
  readonly open: boolean
}

export function openDoor(parts: DoorParts): Door {
  const { clock, log } = parts
  const room = makeRoom(clock, log)
  const taking: Taking = { ...parts, room, entrances: entrancesOf(parts.config, clock) }

  async function take(request: IncomingMessage, response: ServerResponse, call: Call) {
    let bytesTaken = 0
    const took = (bytes: number) => {
      bytesTaken += bytes
    }
    try {
      const result = await takeCall(request, call, taking, took)
      if (result === 'gone') return
      if (typeof result === 'string') answerRefused(request, response, result)
      else answerTaken(request, response, result)
    } catch (error) {
      const isAway = error instanceof JournalUnavailable
      if (!isAway) {
        const problem = error instanceof Error ? (error.stack ?? error.name) : 'unknown'
        log.error({ problem }, 'A request with events could not be handled')
      }
      answerRefused(request, response, isAway ? 'unavailable' : 'broken')
    } finally {
      room.leave(bytesTaken)
    }
  }

  return {
    receive(request, response) {
      const call = callOf(request.url ?? '')
      if (call === undefined) return false
      if (request.method === 'POST') void take(request, response, call)
      else if (request.method === 'OPTIONS') response.writeHead(204, preflightOf(request)).end()
      else answerRefused(request, response, 'not_post')
      return true
    },
    get open() {
      return room.open
    },
  }
}

interface Taking extends DoorParts {
  readonly room: Room
  readonly entrances: Entrances
}

/** Resolves after the commit. */
async function takeCall(
  request: IncomingMessage,
  call: Call,
  taking: Taking,
  took: (bytes: number) => void,
): Promise<Sorted | Refusal | 'gone'> {
  const { journal, engine, room, entrances } = taking
  const given = keyOf(request)
  if (given.type === 'token') return 'no_key'
  const { origin } = request.headers
  let entrance: Entrance | Refusal = 'no_key'
  if (given.type === 'key') {
    entrance = recalled(given.key, origin, entrances) ?? (await enter(given.key, origin, entrances))
    if (typeof entrance === 'string') return entrance
  }

  const read = await readBody(request, room, took)
  if (read.type === 'no_room') return 'unavailable'
  if (read.type === 'damaged') return 'not_json'
  if (read.type !== 'ok') return read.type
  const body = objectIn(read.bytes)
  if (body === undefined) return 'not_json'
  const bodyKey = keyIn(body)
  if (typeof entrance === 'string' && bodyKey !== undefined) {
    entrance = await enter(bodyKey, origin, entrances)
    if (typeof entrance === 'string') return entrance
  }

  const sorted = await sortBody(request, body, call, entrance, taking)
  if (typeof sorted === 'string') return sorted
  const { received, refused } = sorted
  if (received.length > 0) {
    let appended: readonly Appended[] = []
    await room.keep(async () => {
      appended = await journal.append(received)
    })
    engine.feed(received, appended)
  }
  if (refused.length > 0) await room.keep(() => journal.refuse(refused))
  // RudderStack answers a single call about nobody with 400, and its SDKs know the words.
  const isAboutNobody = call !== 'batch' && sorted.faults[0]?.reason === 'refused_no_id'
  return isAboutNobody ? 'nobody' : sorted
}

async function sortBody(
  request: IncomingMessage,
  body: Readonly<Record<string, unknown>>,
  call: Call,
  entrance: Entrance | Refusal,
  { clock, kit, log, entrances }: Taking,
): Promise<Sorted | Refusal> {
  const sorted = newSorted()
  const reader: Reader = {
    kit,
    log,
    receivedAt: clock.now(),
    sentAt: body.sentAt ?? request.headers.sentat,
    type: call === 'batch' ? undefined : call,
    refusesSale: request.headers['sec-gpc'] === '1',
    userAgent: request.headers['user-agent'],
  }
  if (call !== 'batch') {
    if (typeof entrance === 'string') return entrance
    sortEntry(sorted, body, 0, entrance, reader)
    return sorted
  }
  const { batch } = body
  if (!Array.isArray(batch) || batch.length === 0) return 'empty_batch'
  if (typeof entrance !== 'string') {
    for (let index = 0; index < batch.length; index += 1) {
      sortEntry(sorted, batch[index], index, entrance, reader)
    }
    return sorted
  }
  return sortByOwnKeys(sorted, batch, reader, { entrances, log, origin: request.headers.origin })
}

/** Without a key for all of it, each event of a batch goes to the source that it names itself. */
async function sortByOwnKeys(
  sorted: Sorted,
  batch: readonly unknown[],
  reader: Reader,
  {
    entrances,
    log,
    origin,
  }: Pick<Taking, 'entrances' | 'log'> & { readonly origin: string | undefined },
): Promise<Sorted | Refusal> {
  const known = new Map<string, Entrance | Refusal>()
  let refusal: Refusal = 'no_key'
  let strangers = 0
  for (const [index, raw] of batch.entries()) {
    const key = typeof raw === 'object' && raw !== null ? keyIn(raw) : undefined
    let entrance: Entrance | Refusal | undefined = key === undefined ? 'no_key' : known.get(key)
    if (entrance === undefined && key !== undefined) {
      // Guessed keys cost a look in the database each: a batch has a few at most.
      entrance = known.size < maxKeys ? await enter(key, origin, entrances) : 'wrong_key'
      known.set(key, entrance)
    }
    if (entrance === undefined || typeof entrance === 'string') {
      strangers += 1
      if (entrance !== undefined && entrance !== 'no_key') refusal = entrance
    } else sortEntry(sorted, raw, index, entrance, reader)
  }
  // What belongs to no source has nobody who could look at it: it is only counted.
  if (strangers === batch.length) return refusal
  if (strangers > 0) log.warn({ count: strangers }, 'Events of a batch named no source of ours')
  return sorted
}

const maxKeys = 100

/** Most requests name a source that another named a moment ago. */
function recalled(
  key: string,
  origin: string | undefined,
  entrances: Entrances,
): Entrance | undefined {
  const entrance = entrances.recall(key)
  return entrance?.source.enabled === true && mayEnter(entrance, origin) ? entrance : undefined
}

async function enter(
  key: string,
  origin: string | undefined,
  entrances: Entrances,
): Promise<Entrance | Refusal> {
  const entrance = await entrances.find(key)
  if (entrance === undefined) return 'wrong_key'
  if (!entrance.source.enabled) return 'disabled'
  return mayEnter(entrance, origin) ? entrance : 'origin_refused'
}

/** A browser names a page's origin in every POST, `null` where it keeps it to itself. */
function mayEnter({ origins }: Entrance, origin: string | undefined): boolean {
  return origins === undefined || (origin !== undefined && isAmong(origin, origins))
}

function objectIn(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  // A byte order mark is no JSON; files that are sent as they lie around have one.
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', hasMark ? 3 : 0))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return value as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}
