import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'

/** Something that the caller can put right, thrown from a route and answered as problem+json (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  /** Stays the same whatever the words: for programs. */
  readonly code: string

  constructor(status: number, code: string, detail: string) {
    super(detail)
    this.status = status
    this.code = code
  }
}

export function sendProblem(reply: FastifyReply, { status, code, message }: Problem): FastifyReply {
  return reply
    .code(status)
    .type('application/problem+json')
    .send({ type: 'about:blank', title: STATUS_CODES[status], status, code, detail: message })
}
