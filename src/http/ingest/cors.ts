import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'

/**
 * A shop's pages call from any origin. The origin is named back rather than `*`, which browsers do not
 * take from a request with credentials; nothing here is kept in cookies, so nothing is given away.
 */
export function corsOf({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const { origin } = headers
  if (origin === undefined) return {}
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'Retry-After',
    vary: 'Origin',
  }
}

/** The answer to a preflight. Asked for every URL before a browser's first event, so it may be kept. */
export function preflightOf(request: IncomingMessage): OutgoingHttpHeaders {
  const asked = request.headers['access-control-request-headers']
  return {
    ...corsOf(request),
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-allow-headers':
      asked !== undefined && headerNames.test(asked) ? asked : usualHeaders,
    'access-control-max-age': '900',
    vary: 'Origin, Access-Control-Request-Headers',
  }
}

const headerNames = /^[\w, -]{1,1000}$/
const usualHeaders =
  'Authorization, Content-Type, AnonymousId, SentAt, X-Retry-Count, Rsa-Retry-Attempt, ' +
  'Rsa-Since-Last-Attempt, Rsa-Since-First-Attempt, Rsa-Retry-Reason, Rsa-Recovered'
