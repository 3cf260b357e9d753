import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { JournalUnavailable, type Log } from '../core/index.ts'
import { setSecurityHeaders } from './headers.ts'
import { invalidOf } from './invalid.ts'
import { html } from './pages/html.ts'
import { page } from './pages/page.ts'
import { Problem, sendProblem } from './problem.ts'

/** Errors in words, as a page where a browser asked for one. Never echoes what was sent. */
export function clearErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler<FastifyError | Error>((error, request, reply) => {
    const problem = problemOf(error)
    const { method, routeOptions, id: requestId } = request
    const asked = { method, route: routeOptions.url, requestId }
    if (error instanceof JournalUnavailable) {
      log.warn({ ...asked, problem: error.message }, 'A request could not be answered')
    } else if (problem.status >= 500) {
      log.error({ ...asked, problem: error.stack }, 'A request could not be handled')
    }
    return answer(request, reply, problem)
  })
  app.setNotFoundHandler((request, reply) => {
    return answer(
      request,
      reply,
      new Problem(404, 'not_found', 'There is nothing at this address.'),
    )
  })
}

/** An address that leads to no route because it cannot be read. No hook is run for such a request. */
export function answerUnreadable(
  { code }: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  setSecurityHeaders(reply)
  const problem =
    code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? new Problem(414, 'address_too_long', 'This address is longer than any of ours.')
      : new Problem(
          400,
          'bad_address',
          'This address cannot be read: a % in it begins no character.',
        )
  void answer(request, reply, problem)
}

function answer(request: FastifyRequest, reply: FastifyReply, problem: Problem): FastifyReply {
  if (!wantsPage(request)) return sendProblem(reply, problem)
  return reply.code(problem.status).type('text/html; charset=utf-8').send(errorPage(problem))
}

function problemOf(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error
  if (error instanceof JournalUnavailable) return new Problem(503, 'unavailable', error.message)
  if ('validation' in error && error.validation !== undefined)
    return invalidOf(error.validation, error.validationContext)
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  if (status < 500) return new Problem(status, 'bad_request', error.message)
  return new Problem(
    500,
    'broken',
    'Something went wrong here. The log of the server says more; please report it.',
  )
}

function wantsPage({ headers, url }: FastifyRequest): boolean {
  return !url.startsWith('/api/') && headers.accept?.includes('text/html') === true
}

function errorPage({ status, message }: Problem): string {
  return page({
    title: status === 404 ? 'Not found' : 'This did not work',
    body: html`<section class="lone">
      <h1>${status === 404 ? 'Not found' : 'This did not work'}</h1>
      <p>${message}</p>
      <p><a href="/">Back to the overview</a></p>
    </section>`,
  })
}
