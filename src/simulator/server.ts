import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { callerOf, type Caller, clientCallerOf, requireCaller, requireScopes } from './auth.ts'
import type { Answer, Call } from './call.ts'
import {
  errorObject,
  type ErrorObject,
  forbidden,
  invalid,
  Refusal,
  refuse,
  wrongCredentials,
} from './errors.ts'
import type { Fault, FaultOptions } from './faults.ts'
import { bodies, schemas } from './generated/requests.ts'
import type { Json } from './json.ts'
import { answerPage } from './onsite.ts'
import { limitsWithSurcharge, throttledError } from './limits.ts'
import { readQuery, readValues } from './query.ts'
import { checkRevision } from './revision.ts'
import { handlers, type Route, routeOf } from './routes.ts'
import { schemaChecker } from './schema.ts'
import type { World } from './world.ts'

const mostBodyBytes = 5 * 1024 * 1024
const jsonApi = 'application/vnd.api+json'
const mostErrors = 100

const tokenEndpoints: ReadonlyMap<string, 'token' | 'revoke'> = new Map([
  ['/oauth/token', 'token'],
  ['/oauth/revoke', 'revoke'],
])

/** A page or file that is not of the API: the face, the OAuth pages. */
export type Extra = (
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
) => boolean | Promise<boolean>

/** What is known of a call when it is answered, for the log. */
interface Handled {
  readonly answer: Answer
  readonly throttled: boolean
}

interface Incoming {
  readonly method: string
  readonly target: string
  readonly path: string
  readonly queryText: string
  readonly route: Route | 'wrong-method' | 'unknown'
  readonly values: ReadonlyMap<string, string>
  readonly caller: Caller | undefined
  readonly now: number
}

export function createSimulatorServer(
  world: World,
  { base, extra }: { readonly base: () => string; readonly extra: Extra },
): Server {
  const compile = schemaChecker(schemas, { unknownMembers: world.choices.unknownMembers })
  const checks = new Map(Object.entries(bodies).map(([id, schema]) => [id, compile(schema)]))

  const server = createServer(
    { keepAliveTimeout: 65_000, requestTimeout: 0 },
    (request, response) => {
      const chunks: Buffer[] = []
      let size = 0
      request.on('data', (chunk: Buffer) => {
        size += chunk.length
        // What is beyond the limit is read, so that the answer reaches the caller, and not kept.
        if (size <= mostBodyBytes * 2) chunks.push(chunk)
      })
      request.on('error', () => response.destroy())
      request.on('end', () => {
        const body =
          chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
        void respond(request, response, body, size)
      })
    },
  )
  return server

  async function respond(
    request: IncomingMessage,
    response: ServerResponse,
    raw: Buffer,
    size: number,
  ): Promise<void> {
    try {
      const target = request.url ?? '/'
      if (request.method === 'POST' && target.startsWith('/oauth/')) {
        const endpoint = tokenEndpoints.get(target)
        if (endpoint !== undefined) {
          await respondToApp(request, response, raw, endpoint)
          return
        }
      }
      if (answerPage(request, response)) return
      const isApi = target.startsWith('/api/') || target.startsWith('/client/')
      if (!isApi && (await extra(request, response, raw))) return
      await respondToApi(request, response, raw, size)
    } catch (error) {
      // A fault of the simulator itself must not pass for one of Klaviyo's.
      process.emitWarning(
        `The simulator failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      )
      if (response.headersSent) response.destroy()
      else send(response, { status: 500, body: { errors: [simulatorFailed()] } })
    }
  }

  async function respondToApi(
    request: IncomingMessage,
    response: ServerResponse,
    raw: Buffer,
    size: number,
  ): Promise<void> {
    const started = performance.now()
    const now = world.clock.now()
    world.settle(now)
    const call = incomingOf(request, now)
    const fault = world.faults.none
      ? undefined
      : world.faults.take({
          method: call.method,
          path: call.path,
          template: typeof call.route === 'string' ? undefined : call.route.operation.path,
          operation: typeof call.route === 'string' ? undefined : call.route.id,
          account: call.caller?.account.id,
          text: () => textOf(request, raw),
          now,
        })
    let inflated: Buffer | undefined
    const work = (): Handled => {
      try {
        inflated = inflate(request, raw, size)
        return handle(request, call, inflated)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        return { answer: answerOf(error), throttled: false }
      } finally {
        if (call.method !== 'GET') world.onChange?.()
      }
    }
    const log = (status: number, throttled: boolean): void => {
      world.log.add(
        {
          method: call.method,
          path: call.path,
          query: call.queryText,
          ...(typeof call.route === 'string' ? {} : { operation: call.route.id }),
          ...(call.caller === undefined
            ? {}
            : { account: call.caller.account.id, auth: call.caller.authClass }),
          at: now,
          tookMs: performance.now() - started,
          status,
          bytes: size,
          ...(fault === undefined ? {} : { fault: nameOf(fault.fault) }),
        },
        inflated ?? raw,
        throttled,
      )
    }
    await answerOrFail(response, fault, work, log)
  }

  /** The token endpoints: an app calls them with its secret, so their bodies are not logged. */
  async function respondToApp(
    request: IncomingMessage,
    response: ServerResponse,
    raw: Buffer,
    endpoint: 'token' | 'revoke',
  ): Promise<void> {
    const started = performance.now()
    const now = world.clock.now()
    const path = `/oauth/${endpoint}`
    const fault = world.faults.none
      ? undefined
      : world.faults.take({ method: 'POST', path, text: () => raw.toString('utf8'), now })
    const work = (): Handled => {
      const form = new URLSearchParams(raw.toString('utf8'))
      const { status, body } = world.oauth[endpoint](form, request.headers.authorization)
      world.onChange?.()
      const headers = {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        'cache-control': 'no-store',
      }
      return { answer: { status, body, headers }, throttled: false }
    }
    const log = (status: number, throttled: boolean): void => {
      const tookMs = performance.now() - started
      world.log.add(
        {
          method: 'POST',
          path,
          query: '',
          at: now,
          tookMs,
          status,
          bytes: raw.length,
          ...(fault === undefined ? {} : { fault: nameOf(fault.fault) }),
        },
        undefined,
        throttled,
      )
    }
    await answerOrFail(response, fault, work, log)
  }

  function incomingOf(request: IncomingMessage, now: number): Incoming {
    const method = request.method ?? 'GET'
    const target = request.url ?? '/'
    const mark = target.indexOf('?')
    const path = mark < 0 ? target : target.slice(0, mark)
    const queryText = mark < 0 ? '' : target.slice(mark + 1)
    const values = readValues(queryText)
    const caller = path.startsWith('/client/')
      ? clientCallerOf(world, values.get('company_id') ?? null)
      : callerOf(world, request.headers.authorization)
    return { method, target, path, queryText, route: routeOf(method, path), values, caller, now }
  }

  /** The way of a call: who calls, which revision, which rights, which limits, what is asked. */
  function handle(request: IncomingMessage, incoming: Incoming, body: Buffer): Handled {
    const { route, now, values } = incoming
    if (route === 'unknown') {
      throw refuse(404, 'not_found', 'Not found.', 'The requested path was not found.', {
        source: { pointer: '/data/' },
      })
    }
    if (route === 'wrong-method') {
      throw refuse(
        405,
        'method_not_allowed',
        'Method not allowed.',
        `Method "${incoming.method}" not allowed.`,
        { source: { pointer: '/data/' } },
      )
    }
    const caller = requireCaller(incoming.caller)
    checkRevision(request.headers.revision as string | undefined, {
      now,
      optsOut: request.headers['x-klaviyo-revision-fall-forward-opt-out'] === '1',
      missing: world.choices.missingRevision,
    })
    let headers: { readonly [name: string]: string } = {}
    if (world.limits) {
      const limits = limitsWithSurcharge(route.operation, values, route.id)
      const key = `${caller.account.id}\n${caller.authClass}\n${route.id}`
      const admission = world.limiter.admit(key, limits, now)
      if (admission.type === 'throttled') {
        return {
          answer: {
            status: 429,
            body: { errors: [throttledError(admission.retryAfter)] },
            headers: { 'retry-after': String(admission.retryAfter) },
          },
          throttled: true,
        }
      }
      headers = admission.headers
    }
    try {
      const answer = run(request, incoming, route, caller, body)
      return { answer: { ...answer, headers: { ...headers, ...answer.headers } }, throttled: false }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return { answer: { ...answerOf(error), headers }, throttled: false }
    }
  }

  function run(
    request: IncomingMessage,
    incoming: Incoming,
    { id, operation, params }: Route,
    caller: Caller,
    bytes: Buffer,
  ): Answer {
    if (!id.startsWith('get_client_') && caller.authClass !== 'client') {
      requireScopes(caller, operation.scopes)
    }
    const handler = handlers.get(id)
    if (handler === undefined) {
      throw refuse(
        501,
        'not_implemented',
        'Not implemented.',
        `The simulator does not reproduce ${id}.`,
      )
    }
    const query = readQuery(incoming.values, operation)
    const check = checks.get(id)
    let body: Json = null
    if (check !== undefined) {
      checkContentType(request)
      body = parse(bytes)
      const errors: ErrorObject[] = []
      check(body, '', id, errors)
      if (errors.length > 0) throw new Refusal(errors.slice(0, mostErrors))
    }
    const call: Call = {
      world,
      account: caller.account,
      caller,
      id,
      operation,
      params,
      query,
      body,
      bytes,
      headers: request.headers,
      now: incoming.now,
      base: base(),
      target: incoming.target,
    }
    return handler(call)
  }

  function inflate(request: IncomingMessage, raw: Buffer, size: number): Buffer {
    const encoding = request.headers['content-encoding'] ?? 'identity'
    if (encoding !== 'identity' && !(encoding === 'gzip' && world.choices.gzip)) {
      throw refuse(
        415,
        'unsupported_media_type',
        'Unsupported media type.',
        `The content encoding "${encoding}" is not supported.`,
        { source: { pointer: '/data/' } },
      )
    }
    if (size > mostBodyBytes) throw tooLarge()
    if (encoding === 'identity') return raw
    try {
      return gunzipSync(raw, { maxOutputLength: mostBodyBytes })
    } catch (error) {
      if (error instanceof RangeError) throw tooLarge()
      throw refuse(
        415,
        'unsupported_media_type',
        'Unsupported media type.',
        'The body is not what its content encoding says.',
        { source: { pointer: '/data/' } },
      )
    }
  }

  function tooLarge(): Refusal {
    const detail = 'The payload exceeds the maximum of 5 MB (decompressed).'
    return world.choices.tooLarge === 413
      ? refuse(413, 'payload_too_large', 'Payload too large.', detail, {
          source: { pointer: '/data' },
        })
      : invalid(detail, '/data')
  }
}

function simulatorFailed(): ErrorObject {
  return errorObject({
    status: 500,
    code: 'simulator_failed',
    title: 'The simulator failed.',
    detail: 'This is a fault of the simulator, not an answer of Klaviyo. Its output says more.',
  })
}

function checkContentType(request: IncomingMessage): void {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  if (type === jsonApi || type === 'application/json') return
  throw refuse(
    415,
    'unsupported_media_type',
    'Unsupported media type.',
    `Unsupported media type "${type ?? ''}" in request.`,
    { source: { pointer: '/data/' } },
  )
}

function parse(bytes: Buffer): Json {
  try {
    return JSON.parse(bytes.toString('utf8')) as Json
  } catch {
    throw refuse(400, 'invalid', 'Invalid input.', 'The body is not valid JSON.', {
      source: { pointer: '/data' },
    })
  }
}

function answerOf(refusal: Refusal): Answer {
  return { status: refusal.status, body: { errors: refusal.errors } }
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer.body === undefined) {
    response.writeHead(answer.status, { ...answer.headers, 'content-length': '0' })
    response.end()
    return
  }
  const text = JSON.stringify(answer.body)
  response.writeHead(answer.status, {
    'content-type': jsonApi,
    'content-length': Buffer.byteLength(text),
    ...answer.headers,
  })
  response.end(text)
}

const nameOf = (fault: Fault): string =>
  typeof fault === 'object' ? JSON.stringify(fault) : String(fault)

type Work = () => Handled
type Log = (status: number, throttled: boolean) => void

function answerOrFail(
  response: ServerResponse,
  fault: (FaultOptions & { readonly fault: Fault }) | undefined,
  work: Work,
  log: Log,
): void | Promise<void> {
  if (fault !== undefined) return meetFault(response, fault, work, log)
  const { answer, throttled } = work()
  log(answer.status, throttled)
  send(response, answer)
}

/** The body as text, for faults that look for one; what cannot be inflated is taken as it is. */
function textOf(request: IncomingMessage, raw: Buffer): string {
  if (request.headers['content-encoding'] !== 'gzip') return raw.toString('utf8')
  try {
    return gunzipSync(raw, { maxOutputLength: mostBodyBytes }).toString('utf8')
  } catch {
    return raw.toString('utf8')
  }
}

async function meetFault(
  response: ServerResponse,
  { fault, afterWork, body, retryAfter }: FaultOptions & { readonly fault: Fault },
  work: Work,
  log: Log,
): Promise<void> {
  if (typeof fault === 'number') {
    if (afterWork === true) work()
    log(fault, false)
    send(response, faultAnswer(fault, body, retryAfter))
    return
  }
  if (fault === 'reset-before' || fault === 'silence') {
    log(0, false)
    if (fault === 'reset-before') reset(response)
    return
  }
  if (fault === 'reset-after') {
    work()
    log(0, false)
    reset(response)
    return
  }
  if (fault === 'half') {
    const { answer } = work()
    log(0, false)
    const bytes = rawAnswer(answer)
    response.socket?.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => {
      response.socket?.destroy()
    })
    return
  }
  if ('delay' in fault) {
    await pause(fault.delay)
    const { answer, throttled } = work()
    log(answer.status, throttled)
    send(response, answer)
    return
  }
  const { answer, throttled } = work()
  log(answer.status, throttled)
  await drip(response, rawAnswer(answer), fault.drip)
}

function faultAnswer(status: number, body: unknown, retryAfter: number | undefined): Answer {
  const code = faultCodes.get(status) ?? 'error'
  const errors = [
    errorObject({
      status,
      code,
      title: status >= 500 ? 'A server error occurred.' : 'Request failed.',
      detail: 'The simulator was told to answer so.',
      source: { pointer: '/data' },
    }),
  ]
  const own = { errors: ownErrors(status) ?? errors }
  return {
    status,
    body: body ?? (status === 429 ? { errors: [throttledError(retryAfter ?? 1)] } : own),
    ...(retryAfter === undefined && status !== 429
      ? {}
      : { headers: { 'retry-after': String(retryAfter ?? 1) } }),
  }
}

/** For these Klaviyo's own body is known. */
function ownErrors(status: number): readonly ErrorObject[] | undefined {
  if (status === 401) return wrongCredentials().errors
  return status === 403 ? forbidden('Forbidden.').errors : undefined
}

const faultCodes = new Map([
  [400, 'invalid'],
  [404, 'not_found'],
  [409, 'conflict'],
  [413, 'payload_too_large'],
  [429, 'throttled'],
])

function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy()
}

function rawAnswer(answer: Answer): Buffer {
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body)
  const headers = Object.entries({
    ...(answer.body === undefined ? {} : { 'content-type': jsonApi }),
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
    ...answer.headers,
  })
  return Buffer.from(
    `HTTP/1.1 ${answer.status} Simulated\r\n${headers.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${text}`,
  )
}

async function drip(response: ServerResponse, bytes: Buffer, overMs: number): Promise<void> {
  const { socket } = response
  if (socket === null) return
  const steps = Math.max(1, Math.min(bytes.length, Math.ceil(overMs / 20)))
  const length = Math.ceil(bytes.length / steps)
  for (let at = 0; at < bytes.length && !socket.destroyed; at += length) {
    socket.write(bytes.subarray(at, at + length))
    await pause(overMs / steps)
  }
  socket.end()
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}
