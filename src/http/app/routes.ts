import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isLocal } from '../guard.ts'
import { Problem } from '../problem.ts'
import { type AppFile, appFile, appPage } from './files.ts'

/**
 * The admin pages (src/admin): one page for all their addresses, which then asks the admin API. Everybody
 * gets it; what it shows is decided by the API.
 */
export function appRoutes() {
  return async (app: FastifyInstance): Promise<void> => {
    for (const path of ['/admin', '/admin/*', ...entrances]) {
      app.get(path, async (_request, reply) => sendPage(reply))
    }
    // What was called so before there were admin pages.
    app.get('/account', async (_request, reply) => reply.redirect('/admin/account', 303))

    app.get<{ Params: { readonly name: string } }>(
      '/admin/assets/:name',
      async (request, reply) => {
        const file = appFile(request.params.name)
        if (file === undefined)
          throw new Problem(404, 'not_found', 'There is nothing at this address.')
        reply
          .type(file.type)
          .header('cache-control', 'public, max-age=31536000, immutable')
          .header('vary', 'accept-encoding')
        return sendSmallest(request, reply, file)
      },
    )
  }
}

/** Where one-time links and the sign-in lead. */
const entrances = ['/sign-in', '/welcome', '/join', '/reset', '/enter']

/** Whoever opens the bare address from elsewhere gets to the admin; here stands the status page. */
export function toTheAdmin(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.url !== '/' || isLocal(request)) return
    if (request.headers.accept?.includes('text/html') === true) return reply.redirect('/admin', 303)
  })
}

/**
 * Scripts only from our files. Styles too, and those that carry this answer's nonce: the pages' parts write
 * a few of their own.
 */
function sendPage(reply: FastifyReply): FastifyReply {
  const page = appPage()
  if (page === undefined) {
    throw new Problem(
      503,
      'not_built',
      'The admin pages were not built. Run `npm run build`, or start with `npm start`.',
    )
  }
  const nonce = randomBytes(18).toString('base64')
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .header('content-security-policy', policyWith(nonce))
    .send(page.replace('nonce="NONCE"', `nonce="${nonce}"`))
}

function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function sendSmallest(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { plain, br, gzip }: AppFile,
): FastifyReply {
  const taken = headers['accept-encoding'] ?? ''
  if (br !== undefined && /\bbr\b/.test(taken)) {
    return reply.header('content-encoding', 'br').send(br)
  }
  if (gzip !== undefined && /\bgzip\b/.test(taken)) {
    return reply.header('content-encoding', 'gzip').send(gzip)
  }
  return reply.send(plain)
}
