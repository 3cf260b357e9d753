import { type Auth, authorizationOf, call, type Reply, type Server } from './call.ts'
import { detailOf, errorsOf } from './errors.ts'
import { memberOf, parseJson, textOf } from './json.ts'
import { retryAfterMs } from './retry-after.ts'

/** Whom to ask, and as whom. */
export interface Reader extends Server {
  readonly auth: Auth
}

export type Read<Value> =
  | { readonly type: 'found'; readonly value: Value }
  | Failed
  /** There is no such thing at Klaviyo. */
  | { readonly type: 'missing' }

export interface Failed {
  readonly type: 'failed'
  /** HTTP status; 0 when no answer came. */
  readonly status: number
  /** A sentence for the operator. */
  readonly message: string
}

const timeoutMs = 20_000
/** A window of a second is waited for, a window of a minute is not. */
const longestWaitMs = 5_000

/** One call whose answer a person waits for: a 429 is waited out once when that is short. */
export async function ask(
  reader: Reader,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: string,
): Promise<Reply> {
  const authorization = await authorizationOf(reader.auth)
  const request = { method, path, timeoutMs, ...(body === undefined ? {} : { body }) }
  const reply = await call(reader, authorization, request)
  if (reply.status !== 429) return reply
  const waitMs = retryAfterMs(reply.retryAfter, reader.clock.now()) ?? 1_000
  if (waitMs > longestWaitMs) return reply
  await new Promise<void>((resolve) => void reader.clock.after(waitMs, resolve))
  return call(reader, authorization, request)
}

export async function readJson(reader: Reader, path: string): Promise<Read<unknown>> {
  const reply = await ask(reader, 'GET', path)
  if (reply.status === 404) return { type: 'missing' }
  const value = reply.status === 200 ? parseJson(reply.text) : undefined
  return value === undefined ? failedOf(reply) : { type: 'found', value }
}

/** Follows `links.next`, which Klaviyo gives as a whole address, until `pick` finds what it looks for. */
export async function findInPages<Value>(
  reader: Reader,
  path: string,
  pick: (entry: unknown) => Value | undefined,
): Promise<Read<Value>> {
  let next: string | undefined = path
  for (let page = 0; next !== undefined && page < 100; page += 1) {
    const read: Read<unknown> = await readJson(reader, next)
    if (read.type !== 'found') return read
    const entries = memberOf(read.value, 'data')
    for (const entry of Array.isArray(entries) ? entries : []) {
      const value = pick(entry)
      if (value !== undefined) return { type: 'found', value }
    }
    next = pathOf(textOf(read.value, 'links', 'next'))
  }
  return { type: 'missing' }
}

export function failedOf(reply: Reply): Failed {
  return { type: 'failed', status: reply.status, message: messageOf(reply) }
}

/** `filter=` with its value encoded. */
export function filterOf(...conditions: readonly string[]): string {
  return `filter=${encodeURIComponent(conditions.join(','))}`
}

/** A text as a value in a filter. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

function messageOf(reply: Reply): string {
  if (reply.status === 0) {
    return `Klaviyo cannot be reached from here (${reply.error ?? 'no answer'}). Check the network, then try again.`
  }
  if (reply.status === 401) {
    return 'Klaviyo refused the key (401). Copy the private key from Klaviyo, Settings, API keys.'
  }
  if (reply.status === 429) return 'Klaviyo asked us to wait (429). Try again in a minute.'
  if (reply.status >= 500)
    return `Klaviyo is having trouble (${reply.status}). Try again in a minute.`
  return detailOf(reply, errorsOf(reply), [])
}

/** Only the path: whatever host an answer names, the key goes nowhere else. */
function pathOf(next: string | undefined): string | undefined {
  if (next === undefined || !URL.canParse(next)) return undefined
  const url = new URL(next)
  return url.pathname + url.search
}
