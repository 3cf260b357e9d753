import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type {
  Clock,
  Destination,
  EventAction,
  ProfileAction,
  SubscribeAction,
} from '../core/index.ts'
import { type KlaviyoOptions, openKlaviyo } from './client.ts'
import { createGovernors } from './governor.ts'

/** What these tests share: a server that answers as told, a clock, and the smallest actions. */

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, then) {
    const timer = setTimeout(then, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}

interface Request {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly text: string
  /** The body as JSON; loose on purpose, tests look into it by path. */
  readonly json: unknown
}

type Answering = (
  request: Request,
  response: ServerResponse,
  socket: Socket,
) => void | { readonly status: number; readonly body?: unknown; readonly headers?: object }

export interface Stub {
  readonly url: string
  readonly requests: Request[]
  /** What the next requests are answered with, in order; the last one holds on. Default 202. */
  answer(...answers: readonly Answering[]): void
  close(): Promise<void>
}

export async function startStub(): Promise<Stub> {
  const requests: Request[] = []
  let queue: Answering[] = [() => ({ status: 202 })]
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        text,
        json: text === '' ? undefined : (JSON.parse(text) as unknown),
      }
      requests.push(request)
      const answering = queue.length > 1 ? queue.shift()! : queue[0]!
      const answer = answering(request, response, incoming.socket)
      if (!answer) return
      const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '')
      response.writeHead(answer.status, {
        'content-type': 'application/vnd.api+json',
        ...answer.headers,
      })
      response.end(answer.body === undefined ? '' : body)
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: (...answers) => void (queue = [...answers]),
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}

export function openAt(url: string, options: Partial<KlaviyoOptions> = {}): Destination {
  const clock = options.clock ?? realClock
  return openKlaviyo({
    baseUrl: url,
    auth: { type: 'key', key: 'pk_secret_0123456789' },
    accountId: 'AbC123',
    governors: createGovernors(clock),
    clock,
    ...options,
  })
}

export function errorBody(...errors: readonly object[]): { readonly errors: readonly object[] } {
  return {
    errors: errors.map((error) => ({
      id: '5e6f',
      status: 400,
      code: 'invalid',
      title: 'Invalid input.',
      detail: 'This is not right.',
      ...error,
    })),
  }
}

export function orderOf(email: string, change: Partial<EventAction> = {}): EventAction {
  return {
    type: 'event',
    metric: 'Placed Order',
    time: Date.parse('2026-07-01T10:00:00.123Z'),
    properties: { OrderId: '1042', ItemNames: ['Mug'] },
    value: 27.5,
    currency: 'EUR',
    uniqueId: 'acme:order:1042',
    profile: { identifiers: { email }, attributes: { first_name: 'Ana' } },
    ...change,
  }
}

export function shopperOf(
  identifiers: ProfileAction['profile']['identifiers'],
  properties?: ProfileAction['profile']['properties'],
): ProfileAction {
  return {
    type: 'profile',
    profile: { identifiers, ...(properties ? { properties } : {}) },
  }
}

export function subscribeOf(email: string, change: Partial<SubscribeAction> = {}): SubscribeAction {
  return { type: 'subscribe', profile: { identifiers: { email } }, channels: ['email'], ...change }
}
