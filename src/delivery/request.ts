import type { Answer, Clock, Destination, Exchange, Lane, Way } from '../core/index.ts'
import { carriedOf, withNotes } from './freight.ts'
import type { Carried, Freight } from './freight.ts'
import type { Gate } from './gate.ts'
import type { Result } from './item.ts'

/** What a request is sent with, and where its traces go. */
export interface Line {
  readonly destination: Destination
  readonly gate: Gate
  readonly clock: Clock
  readonly lane: Lane
  readonly timeoutMs: number
  /** Milliseconds until this connection may send this way: Klaviyo's windows, its own cap, the lease. */
  waitMs(way: Way): number
  /** Called right before each request: counts it against the connection's cap. */
  sending(way: Way): void
  /** It carries exceptions: their failures close the way to nobody else. */
  readonly aside: boolean
  /** False: the connection was paused, switched off or disconnected; nothing more of it goes out. */
  open(): boolean
  /** Waits; rejects with `Stopped` when this loop is to end. */
  sleep(ms: number): Promise<void>
  /** What a 403 means for the connection. */
  forbid(way: Way, scope: string): 'hold' | 'narrow'
  /** The credentials are refused: tells the server, which marks the destination. */
  refuse(
    answer: Extract<Answer, { type: 'refused' | 'forbidden' }>,
    detail: string | undefined,
  ): void
  record(exchange: Exchange, carried: Carried): void
}

/** The loop that sends has to end: the server stops, or another node owns the account. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** Nothing more goes out now: the destination is held or waits. What was meant to be sent is sent again later. */
export class Later extends Error {
  override readonly name = 'Later'
  /** The request may have worked: the very same has to be sent again. */
  readonly firm: boolean
  /** Klaviyo (or something before it) answered: the fault may lie in what was sent. */
  readonly answered: boolean
  /** Numbers of the events in the request that failed; none: no request did. */
  readonly seqs: readonly number[]

  constructor(firm: boolean, answered: boolean, seqs: readonly number[] = []) {
    super('sent again later')
    this.firm = firm
    this.answered = answered
    this.seqs = seqs
  }
}

/**
 * Sends actions of one way until each has a final result. Splits what Klaviyo rejects until the one at fault
 * stands alone. Throws `Later` when the fault is the account's, and `Stopped`.
 */
export async function request(
  line: Line,
  way: Way,
  freight: readonly Freight[],
): Promise<readonly Result[]> {
  const { gate } = line
  for (;;) {
    const forbidden = gate.forbidden.get(way)
    if (forbidden !== undefined) {
      return freight.map(() => ({ type: 'later', reason: 'scope_missing', detail: forbidden }))
    }
    const sent = await dispatch(line, way, freight)
    const { answer, detail } = sent
    const because = detail === undefined ? {} : { detail }
    switch (answer.type) {
      case 'accepted': {
        gate.succeeded()
        const noted = new Set(sent.notes.map(({ index }) => index))
        return freight.map((_, index) => ({ type: 'accepted', noted: noted.has(index) }))
      }
      case 'throttled':
        // The client keeps the way closed for as long as Klaviyo asked. No try is counted.
        continue
      case 'retry': {
        const last = sent.exchanges.at(-1)
        const { failedBefore } = sent
        if (!line.aside) gate.fail(answer, last, { timeoutMs: line.timeoutMs, failedBefore })
        const seqs = freight.flatMap((one) => one.seqs)
        throw new Later(answer.ambiguous, (last?.status ?? 0) > 0, seqs)
      }
      case 'refused':
        gate.stop(answer.reason, detail)
        line.refuse(answer, detail)
        throw new Later(false, false)
      case 'forbidden':
        if (line.forbid(way, answer.scope) === 'narrow') {
          gate.forbidden.set(way, answer.scope)
          line.refuse(answer, detail)
          continue
        }
        gate.stop('scope_missing', answer.scope)
        line.refuse(answer, detail)
        throw new Later(false, false)
      case 'too_large':
        if (freight.length === 1)
          return [{ type: 'failed', reason: 'payload_too_large', ...because }]
        return halves(line, way, freight)
      case 'rejected': {
        gate.rejected()
        if (answer.index !== undefined && freight.length > 1) {
          const result: Result =
            answer.repeated === true ? hadIt : { type: 'failed', reason: answer.reason, ...because }
          return without(line, way, freight, new Set(answer.indexes ?? [answer.index]), result)
        }
        if (freight.length === 1) {
          // It had worked before: Klaviyo has it.
          if (answer.repeated === true) return [hadIt]
          return [{ type: 'failed', reason: answer.reason, ...because }]
        }
        // Some of it is at Klaviyo already, and it does not say which. Singly, a repeat does no harm.
        if (answer.repeated === true && way === 'events') return oneByOne(line, 'event', freight)
        return closeIn(line, way, freight)
      }
    }
  }
}

const hadIt: Result = { type: 'accepted', noted: false, repeated: true }

async function dispatch(line: Line, way: Way, freight: readonly Freight[]) {
  const actions = freight.map(({ action }) => action)
  for (;;) {
    if (!line.open()) throw new Later(false, false)
    const waitMs = line.waitMs(way)
    if (waitMs > 0) {
      await line.sleep(waitMs)
      continue
    }
    line.sending(way)
    const failedBefore = line.gate.failed
    const sent = await line.destination.send(way, actions, { timeoutMs: line.timeoutMs })
    const carried = carriedOf(freight)
    const last = sent.exchanges.at(-1)
    for (const exchange of sent.exchanges) {
      // What was changed went out with the last one.
      const noted = exchange === last ? withNotes(carried, freight, sent.notes) : carried
      line.record(exchange, noted)
      line.gate.note(exchange)
    }
    return { ...sent, failedBefore }
  }
}

async function halves(
  line: Line,
  way: Way,
  freight: readonly Freight[],
): Promise<readonly Result[]> {
  const middle = freight.length >> 1
  const left = await request(line, way, freight.slice(0, middle))
  return [...left, ...(await request(line, way, freight.slice(middle)))]
}

/** Someone among them is at fault. Where nobody in the first half is, it is one of the second: that is not asked again. */
async function closeIn(
  line: Line,
  way: Way,
  freight: readonly Freight[],
): Promise<readonly Result[]> {
  const middle = freight.length >> 1
  const left = await request(line, way, freight.slice(0, middle))
  const rest = freight.slice(middle)
  const isClean = left.every(({ type }) => type === 'accepted')
  const right = await (isClean && rest.length > 1 ? closeIn : request)(line, way, rest)
  return [...left, ...right]
}

/** Those at fault have their result; the others go again at once. */
async function without(
  line: Line,
  way: Way,
  freight: readonly Freight[],
  atFault: ReadonlySet<number>,
  result: Result,
): Promise<readonly Result[]> {
  const others = freight.filter((_, index) => !atFault.has(index))
  const results = others.length === 0 ? [] : await request(line, way, others)
  let next = 0
  return freight.map((_, index) => {
    if (atFault.has(index)) return result
    const own = results[next]
    next += 1
    if (own === undefined) throw new Error('A request gave fewer results than it had actions.')
    return own
  })
}

async function oneByOne(
  line: Line,
  way: Way,
  freight: readonly Freight[],
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (const one of freight) results.push(...(await request(line, way, [one])))
  return results
}
