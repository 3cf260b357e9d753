import type { FastifyInstance, FastifyReply } from 'fastify'

/** On every answer of Fastify's. Nothing runs in a page, and nothing frames it, but what we serve. */
export function securityHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async ({ protocol }, reply) => {
    setSecurityHeaders(reply)
    // As the proxy in front says it. Of this host alone: what else its domain holds is not ours to decide.
    if (protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000')
  })
}

export function setSecurityHeaders(reply: FastifyReply): void {
  for (const [name, value] of headers) if (!reply.hasHeader(name)) reply.header(name, value)
}

const headers: readonly (readonly [string, string])[] = [
  [
    'content-security-policy',
    [
      "default-src 'none'",
      "style-src 'self'",
      "script-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data:",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  ],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['cache-control', 'no-store'],
]
