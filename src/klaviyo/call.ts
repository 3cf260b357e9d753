import { Agent, type Dispatcher } from 'undici'
import { readFileSync } from 'node:fs'
import type { Clock } from '../core/index.ts'
import { textOf } from './json.ts'
import { maxLines } from './lines.ts'
import { revision } from './generated/tables.ts'

/** How a request shows who asks. Neither form ever shows in an answer, an exchange or a log line. */
export type Auth =
  | { readonly type: 'key'; readonly key: string }
  /**
   * An OAuth install. `refused` is the token that Klaviyo has just refused: a new one is wanted.
   * Rejects with `code: 'invalid_grant'` when the app was removed in Klaviyo.
   */
  | { readonly type: 'token'; readonly token: (refused?: string) => Promise<string> }

export interface Server {
  /** Default: `https://a.klaviyo.com` */
  readonly baseUrl?: string
  readonly clock: Clock
  /** Shares connections. Default: one pool an origin for the whole process. */
  readonly dispatcher?: Dispatcher
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH'
  /** With its query. */
  readonly path: string
  readonly body?: string | Uint8Array
  readonly timeoutMs: number
}

/** What came of a call. Never an error: `status` 0 and `error` when no answer came. */
export interface Reply {
  readonly at: number
  readonly durationMs: number
  readonly status: number
  readonly text: string
  readonly contentType: string
  readonly retryAfter: string | undefined
  /** `timeout`, or the code of what went wrong on the way. */
  readonly error?: string
}

/** More of an answer is not read: no answer of Klaviyo to these calls is that long. */
const maxAnswerBytes = 2_000_000

const userAgent = `tillpost/${version()}`

export async function call(
  { baseUrl = 'https://a.klaviyo.com', clock, dispatcher = sharedPool() }: Server,
  authorization: string,
  { method, path, body, timeoutMs }: Call,
): Promise<Reply> {
  const at = clock.now()
  const startedMs = clock.monotonic()
  const abort = new AbortController()
  const stopTimer = clock.after(timeoutMs, () => abort.abort())
  const reply = {
    status: 0,
    text: '',
    contentType: '',
    retryAfter: undefined as string | undefined,
  }
  let error: string | undefined
  try {
    const url = new URL(baseUrl)
    const response = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname === '/' ? '' : url.pathname}${path}`,
      method,
      headers: {
        authorization,
        accept: 'application/vnd.api+json',
        ...(body === undefined ? {} : { 'content-type': 'application/vnd.api+json' }),
        revision,
        'user-agent': userAgent,
      },
      body: body ?? null,
      signal: abort.signal,
      // The one timer above is the limit; these would only fire beside it.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    reply.contentType = headerOf(response.headers['content-type']) ?? ''
    reply.retryAfter = headerOf(response.headers['retry-after'])
    reply.text = await readText(response.body)
    // Only now: an answer that broke off half-way is none.
    reply.status = response.statusCode
  } catch (thrown) {
    error = abort.signal.aborted ? 'timeout' : (codeOf(thrown) ?? 'failed')
  } finally {
    stopTimer()
  }
  return {
    at,
    durationMs: Math.round(clock.monotonic() - startedMs),
    ...reply,
    ...(error === undefined ? {} : { error }),
  }
}

/** The value of the `authorization` header. */
export async function authorizationOf(auth: Auth, refused?: string): Promise<string> {
  if (auth.type === 'key') return `Klaviyo-API-Key ${auth.key}`
  return `Bearer ${await auth.token(refused?.slice('Bearer '.length))}`
}

let pool: Agent | undefined

/** However many accounts there are, they share these connections. */
function sharedPool(): Agent {
  pool ??= new Agent({ connections: maxLines, pipelining: 1, connect: { timeout: 10_000 } })
  return pool
}

async function readText(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    // Leaving the loop closes the connection.
    if (bytes > maxAnswerBytes) break
  }
  return chunks.length === 0 ? '' : Buffer.concat(chunks).toString('utf8')
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

/** The code of an error or of what caused it: undici wraps what the socket said, Node what each address said. */
function codeOf(error: unknown): string | undefined {
  for (const path of [['code'], ['cause', 'code'], ['errors', 0, 'code'], ['name']]) {
    const code = textOf(error, ...path)
    if (code) return code
  }
  return undefined
}

function version(): string {
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return textOf(JSON.parse(file), 'version') ?? '0'
}
