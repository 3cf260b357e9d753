import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { reasons } from '../../core/index.ts'
import { corsOf } from './cors.ts'
import type { Sorted } from './sort.ts'

/** SDKs look at nothing but the 200; other 2xx make some of them send again. */
const success = '{"success":true}'

/**
 * What SDKs are told when a request is not taken, in the words that they know: one of them looks for
 * `invalid write key` and stops, and resends on words that it does not know for ever.
 */
export const refusals = {
  no_key: { status: 401, text: 'failed to read writekey from header' },
  wrong_key: { status: 401, text: 'invalid write key' },
  origin_refused: {
    status: 403,
    text: 'this page may not send under this browser key: its origin is not on the list of the source',
  },
  disabled: { status: 404, text: 'source is disabled' },
  not_json: { status: 400, text: 'invalid json' },
  empty_batch: { status: 400, text: 'empty batch payload' },
  nobody: { status: 400, text: 'request neither has anonymousId nor userId' },
  too_large: { status: 413, text: 'request size exceeds max limit' },
  unknown_encoding: { status: 415, text: 'content-encoding must be gzip, deflate, br or identity' },
  not_post: { status: 405, text: 'send it with POST' },
  unavailable: { status: 503, text: 'events cannot be stored at the moment, send it again' },
  broken: { status: 500, text: 'something went wrong here, send it again' },
} as const

export type Refusal = keyof typeof refusals

const retryAfterSeconds = '10'

export function answerTaken(
  request: IncomingMessage,
  response: ServerResponse,
  { faults, count }: Sorted,
): void {
  const text =
    count === 0
      ? success
      : JSON.stringify({
          success: true,
          refusedCount: count,
          refused: faults.slice(0, 10).map(({ index, reason }) => {
            const { sentence, todo } = reasons[reason]
            return { index, reason, sentence, todo }
          }),
        })
  end(request, response, 200, 'application/json', text)
}

export function answerRefused(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
): void {
  const { status, text } = refusals[refusal]
  if (status >= 500) response.setHeader('retry-after', retryAfterSeconds)
  if (status === 405) response.setHeader('allow', 'POST, OPTIONS')
  end(request, response, status, 'text/plain; charset=utf-8', text)
}

function end(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
): void {
  if (response.destroyed || response.headersSent) return
  const headers: OutgoingHttpHeaders = {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(request.headers.origin === undefined ? undefined : corsOf(request)),
  }
  response.writeHead(status, headers)
  response.end(text)
}
