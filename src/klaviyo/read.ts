import type { Clock } from '../core/index.ts'
import { type Auth, authorizationOf, call, type Reply, type Server } from './call.ts'
import { detailOf, errorsOf } from './errors.ts'
import { memberOf, parseJson, textOf } from './json.ts'
import type { Permits } from './people.ts'
import { retryAfterMs } from './retry-after.ts'

/** Whom to ask, and as whom. */
export interface Reader extends Server {
  readonly auth: Auth
  /** Keeps what is asked within Klaviyo's windows; undefined: nothing does. */
  readonly permits?: Permits
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
  /** Klaviyo, or what is left of its windows, asks to wait so long. */
  readonly retryAfterMs?: number
}

const timeoutMs = 20_000
const minuteMs = 60_000
/** A window of a second is waited for, a window of a minute is not. */
const longestWaitMs = 5_000

/** One call whose answer a person waits for: a 429 is waited out once when that is short. */
export async function ask(
  reader: Reader,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: string,
): Promise<Reply> {
  const { auth, clock, permits } = reader
  const authorization = await authorizationOf(auth).catch((error: unknown) => error)
  if (typeof authorization !== 'string') return withoutAnswer(clock, reasonOf(authorization))
  const request = { method, path, timeoutMs, ...(body === undefined ? {} : { body }) }
  for (let attempt = 1; ; attempt += 1) {
    const answered = await permits?.enter(method, path)
    if (typeof answered === 'number') return notYet(clock, answered)
    const reply = await call(reader, authorization, request).finally(answered)
    if (reply.status !== 429) return reply
    const waitMs = retryAfterMs(reply.retryAfter, clock.now()) ?? 1_000
    permits?.close(method, path, waitMs)
    if (attempt > 1 || waitMs > longestWaitMs) return reply
    if (permits === undefined) {
      await new Promise<void>((resolve) => void clock.after(waitMs, resolve))
    }
  }
}

function withoutAnswer(clock: Clock, error: string): Reply {
  return {
    at: clock.now(),
    durationMs: 0,
    status: 0,
    text: '',
    contentType: '',
    retryAfter: undefined,
    error,
  }
}

/** As Klaviyo would answer if it were asked now. */
function notYet(clock: Clock, waitMs: number): Reply {
  const { error: _, ...reply } = withoutAnswer(clock, '')
  return { ...reply, status: 429, retryAfter: String(Math.ceil(waitMs / 1_000)) }
}

/** Of an install of our app: its access cannot be renewed. */
function reasonOf(error: unknown): string {
  return textOf(error, 'code') === 'invalid_grant' ? appRemoved : 'no access'
}

const appRemoved = 'app removed'

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
  const waitMs = reply.status === 429 ? waitOf(reply) : undefined
  return {
    type: 'failed',
    status: reply.status,
    message: messageOf(reply),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  }
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
  if (reply.error === appRemoved) return 'The app was removed in Klaviyo. Connect it again.'
  if (reply.status === 0) {
    return `Klaviyo cannot be reached from here (${reply.error ?? 'no answer'}). Check the network, then try again.`
  }
  if (reply.status === 401) {
    return 'Klaviyo refused the key (401). Copy the private key from Klaviyo, Settings, API keys.'
  }
  if (reply.status === 429) {
    return `Klaviyo asks to wait ${Math.ceil(waitOf(reply) / 1_000)} s. Try again then.`
  }
  if (reply.status >= 500)
    return `Klaviyo is having trouble (${reply.status}). Try again in a minute.`
  return detailOf(reply, errorsOf(reply), [])
}

function waitOf({ retryAfter, at }: Reply): number {
  return retryAfterMs(retryAfter, at) ?? minuteMs
}

/** Only the path: whatever host an answer names, the key goes nowhere else. */
function pathOf(next: string | undefined): string | undefined {
  if (next === undefined || !URL.canParse(next)) return undefined
  const url = new URL(next)
  return url.pathname + url.search
}
