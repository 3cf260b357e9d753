import { Agent, createServer, request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerWith } from '../process.ts'
import { shops } from '../shops.ts'
import type { Shop } from '../shops.ts'

/**
 * Stands where Klaviyo stands, answers after a while, and sends the shop's next event in for each one that it
 * answered. So every account has the same few events on their way, however fast or slow they go: too few to
 * go in bulk.
 */

const methods = { open, begin, cease, counted, cpu }
export type Circle = typeof methods
answerWith(methods)

export interface Circling {
  readonly answerMs: number
  readonly shops: number
}

let all: readonly Shop[] = []
const byKey = new Map<string, Shop>()
/** Events of a shop to be sent in. */
const owed = new Map<Shop, number>()
let ports: readonly number[] = []
let answered = 0
let inBulk = 0
let feeding: NodeJS.Timeout | undefined

async function open({ answerMs, shops: count }: Circling): Promise<string> {
  all = shops(count)
  for (const one of all) byKey.set(`Klaviyo-API-Key ${one.privateKey}`, one)
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const isSingle = request.url?.endsWith('/api/events') === true
    request.resume()
    setTimeout(() => {
      answered += 1
      if (!isSingle) inBulk += 1
      owe(byKey.get(request.headers.authorization ?? ''), 1)
      response.writeHead(202, { 'content-length': '0' })
      response.end()
    }, answerMs)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', 4096, resolve)
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** From now on events go in there, a shop's always to the same. `each`: so many of each shop are on their way. */
function begin(where: readonly number[], each: number): void {
  ports = where
  owed.clear()
  for (const one of all) owe(one, each)
  feeding ??= setInterval(feed, feedMs)
}

/** Nothing more is sent in. */
function cease(): void {
  clearInterval(feeding)
  feeding = undefined
}

/** Requests answered so far, and how many of them were not of a single event. */
function counted(): { readonly answered: number; readonly inBulk: number } {
  return { answered, inBulk }
}

/** Milliseconds of processor time so far. */
function cpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function owe(shop: Shop | undefined, events: number): void {
  if (shop !== undefined) owed.set(shop, (owed.get(shop) ?? 0) + events)
}

const feedMs = 20
/** A batch may name no more sources than that. */
const mostShops = 100
const agent = new Agent({ keepAlive: true, maxSockets: 16 })
let lastId = 0

/**
 * Events of many shops in one request: taking them in is not what is measured. A shop sends to one node, as over
 * a connection that stays open; which node runs its account is another matter.
 */
function feed(): void {
  const due = [...owed]
  owed.clear()
  for (const [place, port] of ports.entries()) {
    const own = due.filter(([shop]) => all.indexOf(shop) % ports.length === place)
    for (let at = 0; at < own.length; at += mostShops) {
      const events = own
        .slice(at, at + mostShops)
        .flatMap(([{ writeKey }, count]) => Array.from({ length: count }, () => eventOf(writeKey)))
      post(port, JSON.stringify({ batch: events }))
    }
  }
}

function eventOf(writeKey: string): object {
  lastId += 1
  return {
    writeKey,
    type: 'track',
    event: 'Product Viewed',
    messageId: `circle-${lastId}`,
    userId: `user-${lastId}`,
    context: { traits: { email: `user-${lastId}@example.com` } },
    properties: {
      product_id: `prod_${lastId % 500}`,
      name: 'A chair',
      price: 19.9,
      currency: 'EUR',
    },
  }
}

function post(port: number, body: string): void {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const to = { host: '127.0.0.1', port, path: '/v1/batch', method: 'POST', agent, headers }
  const request = httpRequest(to, (response: IncomingMessage) => {
    response.resume()
    if (response.statusCode !== 200) throw new Error(`Events were answered ${response.statusCode}.`)
  })
  request.end(body)
}
