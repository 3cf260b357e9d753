import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { machineMs } from '../clock.ts'
import { wireEvents } from '../events.ts'
import type { WireEvent } from '../events.ts'
import { answerWith } from '../process.ts'

/**
 * Sends events over keep-alive connections, one request at a time on each. Bodies are made before; only
 * the message ids in them change. Raw sockets: an HTTP client would take more time than what is measured.
 */

export interface Flood {
  readonly port: number
  /** Events of a request; 1: single calls. */
  readonly batch: number
  /** Write keys, in turns. */
  readonly keys: readonly string[]
  readonly connections: number
  /** Ends after so many events, or after so long. */
  readonly events?: number
  readonly ms?: number
  /** Message ids go on from here. */
  readonly firstId: number
}

export interface Flooded {
  readonly events: number
  readonly ms: number
  /** Requests that were not answered with 200. */
  readonly failed: number
}

export interface Trickle {
  readonly port: number
  readonly keys: readonly string[]
  readonly perSecond: number
  readonly ms: number
  readonly firstId: number
}

/** When each event was answered with 200, by its number, in milliseconds of the machine's monotonic clock. */
export type Answered = ReadonlyMap<number, number>

const methods = { flood, trickle, each }
export type Load = typeof methods
answerWith(methods)

interface Template {
  readonly path: string
  readonly body: Buffer
  /** Where the numbers of the message ids stand. */
  readonly places: readonly number[]
  busy: boolean
}

const digits = 12
const mark = '#'.repeat(digits)

function templateOf(events: readonly WireEvent[], isBatch: boolean): Template {
  const texts = events.map((event) => JSON.stringify({ ...event, messageId: `bench-${mark}` }))
  const body = Buffer.from(isBatch ? `{"batch":[${texts.join(',')}]}` : (texts[0] ?? ''))
  const places: number[] = []
  for (let at = body.indexOf(mark); at >= 0; at = body.indexOf(mark, at + digits)) places.push(at)
  const path = isBatch ? '/v1/batch' : `/v1/${String(events[0]?.['type'])}`
  return { path, body, places, busy: false }
}

function write(body: Buffer, place: number, value: number): void {
  let rest = value
  for (let at = place + digits - 1; at >= place; at -= 1) {
    body[at] = 48 + (rest % 10)
    rest = Math.floor(rest / 10)
  }
}

function headOf({ path, body }: Template, key: string): string {
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
    `Authorization: Basic ${Buffer.from(`${key}:`).toString('base64')}\r\nContent-Length: ${body.length}\r\n\r\n`
  )
}

/** A keep-alive connection with one request at a time. */
class Line {
  readonly #socket: Socket
  #text = ''
  #answered: ((status: number) => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#read(chunk.toString('latin1')))
    const gone = () => this.#answered?.(0)
    socket.on('error', gone)
    socket.on('close', gone)
  }

  static async open(port: number): Promise<Line> {
    const socket = connect(port, '127.0.0.1')
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return new Line(socket)
  }

  send(template: Template, key: string): Promise<number> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve(0)
      this.#answered = resolve
      this.#socket.cork()
      this.#socket.write(headOf(template, key), 'latin1')
      this.#socket.write(template.body)
      this.#socket.uncork()
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(chunk: string): void {
    this.#text += chunk
    const end = this.#text.indexOf('\r\n\r\n')
    if (end < 0) return
    const length = Number(/content-length: (\d+)/i.exec(this.#text)?.[1] ?? 0)
    if (this.#text.length < end + 4 + length) return
    const status = Number(this.#text.slice(9, 12))
    this.#text = ''
    this.#answered?.(status)
  }
}

const poolEvents = 10_000

async function templates(batch: number): Promise<readonly Template[]> {
  const events = await wireEvents(poolEvents)
  const all: Template[] = []
  for (let at = 0; at + batch <= events.length; at += batch) {
    all.push(templateOf(events.slice(at, at + batch), batch > 1))
  }
  return all
}

async function flood(wanted: Flood): Promise<Flooded> {
  const { batch, keys, connections, events = Infinity, ms = Infinity } = wanted
  const all = await templates(batch)
  const lines = await Promise.all(Array.from({ length: connections }, () => Line.open(wanted.port)))
  let id = wanted.firstId
  let requests = 0
  let answered = 0
  let failed = 0
  const start = performance.now()
  const work = async (line: Line) => {
    while (requests * batch < events && performance.now() - start < ms) {
      const key = keys[requests % keys.length] ?? ''
      // Other events every time that a key's turn comes.
      let place = (requests + Math.floor(requests / keys.length) * 7) % all.length
      requests += 1
      while (all[place]?.busy) place = (place + 1) % all.length
      const template = all[place]
      if (template === undefined) return
      template.busy = true
      for (const at of template.places) write(template.body, at, id++)
      const status = await line.send(template, key)
      template.busy = false
      if (status === 200) answered += batch
      else failed += 1
      if (status === 0) return
    }
  }
  await Promise.all(lines.map(work))
  const tookMs = performance.now() - start
  for (const line of lines) line.close()
  return { events: answered, ms: tookMs, failed }
}

/** One event to every key. */
async function each({ port, keys, firstId }: Omit<Flood, 'batch' | 'connections'>) {
  return flood({ port, keys, firstId, batch: 1, connections: 16, events: keys.length })
}

/** Single calls at an even pace, whatever the answers take; each event carries its number. */
async function trickle({ port, keys, perSecond, ms, firstId }: Trickle): Promise<Answered> {
  const events = await wireEvents(1000)
  const free: Line[] = []
  const answered = new Map<number, number>()
  const underWay: Promise<void>[] = []
  const start = performance.now()
  for (let sent = 0; (sent * 1000) / perSecond < ms; sent += 1) {
    const waitMs = start + (sent * 1000) / perSecond - performance.now()
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    const id = firstId + sent
    const event = events[sent % events.length] ?? {}
    const where = event['type'] === 'identify' ? 'traits' : 'properties'
    const marked = { ...event, [where]: { ...(event[where] as object), bench_id: `n${id}` } }
    const template = templateOf([marked], false)
    for (const at of template.places) write(template.body, at, id)
    const line = free.pop() ?? (await Line.open(port))
    const one = async () => {
      const status = await line.send(template, keys[sent % keys.length] ?? '')
      if (status !== 200) throw new Error(`An event was answered with ${status}.`)
      answered.set(id, machineMs())
      free.push(line)
    }
    underWay.push(one())
  }
  await Promise.all(underWay)
  for (const line of free) line.close()
  return answered
}
