import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startSink } from '../../src/simulator/index.ts'
import { machineMs } from '../clock.ts'
import { answerWith } from '../process.ts'

/** Stands where Klaviyo stands, and answers 202 to everything. */

const methods = { sink, sunk, stamp, stamps, refuse }
export type Receiver = typeof methods
answerWith(methods)

let counting: Awaited<ReturnType<typeof startSink>> | undefined

/** One that only counts. */
async function sink(): Promise<string> {
  counting = await startSink()
  return counting.url
}

function sunk(): { readonly requests: number; readonly events: number } {
  return { requests: counting?.requests() ?? 0, events: counting?.events() ?? 0 }
}

let times = new Map<number, number>()
let refused = ''
let refusals = 0

/** One that notes when each numbered event was there, and can be down for a key. */
async function stamp(): Promise<string> {
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    void answer(request, response)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request)
  const at = machineMs()
  const isDown = refused !== '' && request.headers.authorization?.includes(refused) === true
  if (isDown) refusals += 1
  else for (const [, id] of body.matchAll(/"bench_id":"n(\d+)"/g)) note(Number(id), at)
  response.writeHead(isDown ? 503 : 202, { 'content-length': '0' })
  response.end()
}

/** An order's lines come after the order itself: its first request counts. */
function note(id: number, at: number): void {
  if (!times.has(id)) times.set(id, at)
}

/** The times since the last question, and the requests that were refused. */
function stamps(): { readonly times: ReadonlyMap<number, number>; readonly refusals: number } {
  const told = { times, refusals }
  times = new Map()
  refusals = 0
  return told
}

function refuse(key: string): void {
  refused = key
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('latin1')
}
