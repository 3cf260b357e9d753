import type { Action, Answer, Way } from '../core/index.ts'
import type { Reply } from './call.ts'
import { isPage, type KlaviyoError } from './errors.ts'
import { operations } from './generated/tables.ts'
import { operationOfWay } from './governor.ts'
import { isPhoneError } from './repair.ts'
import type { RequestBody } from './request.ts'
import { retryAfterMs } from './retry-after.ts'

export interface Sent {
  readonly way: Way
  readonly actions: readonly Action[]
  readonly body: RequestBody
  /** What the credentials were asked for, if that is known. */
  readonly scopes: ReadonlySet<string> | undefined
}

/** Without a readable `Retry-After`. */
const throttledMs = 5_000
const leastThrottledMs = 250

/** What Klaviyo's reply means for the actions of the request: the table of design.md, section 4. */
export function answerOf(reply: Reply, errors: readonly KlaviyoError[], sent: Sent): Answer {
  const { status } = reply
  if (reply.error !== undefined) return noAnswer(reply.error)
  const afterMs = retryAfterMs(reply.retryAfter, reply.at + reply.durationMs)
  if (status === 429) {
    return { type: 'throttled', afterMs: Math.max(afterMs ?? throttledMs, leastThrottledMs) }
  }
  if (status === 413) return { type: 'too_large' }
  if (status === 401) return { type: 'refused', reason: 'key_invalid' }
  if (status === 408 || status >= 500) {
    return unavailable(true, afterMs)
  }
  // A page of a proxy says nothing of the actions, whatever its status; nor does a redirect.
  if (isPage(reply)) return unavailable(status < 300, afterMs)
  if (status < 300) return { type: 'accepted' }
  if (status < 400) return unavailable(false, afterMs)
  if (status === 403) return { type: 'forbidden', scope: missingScope(errors, sent) }
  return rejected(errors, sent)
}

/** Nothing left this machine: no connection came about. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
])

function noAnswer(error: string): Answer {
  return neverSent.has(error)
    ? { type: 'retry', reason: 'klaviyo_unreachable', ambiguous: false }
    : { type: 'retry', reason: 'klaviyo_unavailable', ambiguous: true }
}

function unavailable(ambiguous: boolean, afterMs: number | undefined): Answer {
  const answer = { type: 'retry', reason: 'klaviyo_unavailable', ambiguous } as const
  return afterMs === undefined ? answer : { ...answer, afterMs }
}

function missingScope(errors: readonly KlaviyoError[], { way, scopes }: Sent): string {
  const needed = operations[operationOfWay[way]].scopes
  const named = needed.filter((scope) => errors.some(({ detail }) => detail.includes(scope)))
  if (named.length > 0) return named.join(' ')
  const notAsked = needed.filter((scope) => scopes && !scopes.has(scope))
  return (notAsked.length > 0 ? notAsked : needed).join(' ')
}

function rejected(errors: readonly KlaviyoError[], sent: Sent): Answer {
  const { actions, body } = sent
  const others = errors.filter((error) => !isRepeat(error, sent))
  const repeated = errors.length > 0 && others.length === 0
  // What is wrong goes first: an answer that is about repeats alone says that the rest is at Klaviyo.
  const relevant = repeated ? errors : others
  const indexes = [...new Set(relevant.flatMap(({ pointer }) => body.actionsAt(pointer)))]
  if (indexes.length === 0 && actions.length === 1) indexes.push(0)
  // A bulk request has no entry at fault when it is too large as a whole.
  if ((indexes.length === 0 || actions.length === 1) && relevant.some(isSizeError)) {
    return { type: 'too_large' }
  }
  const [index] = indexes
  const isPhone = relevant.length > 0 && relevant.every(isPhoneError)
  return {
    type: 'rejected',
    reason: isPhone ? 'invalid_phone' : 'klaviyo_rejected',
    ...(index === undefined ? {} : { index }),
    ...(indexes.length > 1 ? { indexes } : {}),
    ...(repeated ? { repeated } : {}),
  }
}

function isSizeError({ code, detail, pointer }: KlaviyoError): boolean {
  return (
    /too_large|max_size/.test(code) ||
    (/^(\/data\/?)?$/.test(pointer) && /\b(too large|5 ?MB|payload size|body size)\b/i.test(detail))
  )
}

/**
 * Whether a bulk request was refused because an event of it is there already. Klaviyo's words for it are
 * not documented, so what it points at decides: an id that is well formed can only be wrong in this way.
 */
function isRepeat({ code, detail, pointer }: KlaviyoError, { way, actions, body }: Sent): boolean {
  if (way !== 'events') return false
  if (/duplicate|not_unique|already_exists/.test(code)) return true
  if (pointer.endsWith('/unique_id')) {
    const action = actions[body.actionsAt(pointer)[0] ?? -1]
    return action?.type === 'event' && action.uniqueId.length > 0 && action.uniqueId.length <= 255
  }
  return (
    /unique[_ ]?id/i.test(detail) &&
    /duplicat|repeat|already|more than once|not unique|must be unique/i.test(detail)
  )
}
