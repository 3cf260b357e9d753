import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'

export interface ProblemMore {
  /** What in the request is wrong, as JSON pointers into it. */
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[]
  /** Said as `Retry-After`. */
  readonly retryAfterMs?: number
}

/** Something that the caller can put right, thrown from a route and answered as problem+json (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  /** Stays the same whatever the words: for programs. */
  readonly code: string
  readonly more: ProblemMore

  constructor(status: number, code: string, detail: string, more: ProblemMore = {}) {
    super(detail)
    this.status = status
    this.code = code
    this.more = more
  }
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status, code, message, more } = problem
  if (more.retryAfterMs !== undefined) {
    reply.header('retry-after', Math.max(1, Math.ceil(more.retryAfterMs / 1000)))
  }
  return reply
    .code(status)
    .type('application/problem+json')
    .send({
      type: 'about:blank',
      title: STATUS_CODES[status],
      status,
      code,
      detail: message,
      ...(more.errors === undefined ? {} : { errors: more.errors }),
      ...(status >= 500 ? { requestId: reply.request.id } : {}),
    })
}
