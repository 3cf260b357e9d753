import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { cookieOf, sessionCookie } from '../access/cookie.ts'
import { isLocal } from '../guard.ts'
import { Problem } from '../problem.ts'
import { type AppFile, appFile, appPage } from './files.ts'
import { givenFor } from './given.ts'

/**
 * The admin pages (src/admin): one page for all their addresses, which then asks the admin API. Everybody
 * gets it; what it shows is decided by the API.
 */
export function appRoutes() {
  return async (app: FastifyInstance): Promise<void> => {
    for (const path of ['/admin', '/admin/*']) {
      app.get(path, async (request, reply) => {
        const page = startPage(request, reply)
        if (cookieOf(request, sessionCookie) === undefined) return reply.send(page)
        reply.header('cache-control', 'no-store')
        return reply.send(Readable.from(withGiven(page, app, request), { objectMode: false }))
      })
    }
    for (const path of entrances)
      app.get(path, async (request, reply) => reply.send(startPage(request, reply)))
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
 * The page, and the headers of its answer. Scripts only from our files. Styles too, and those that carry this answer's
 * nonce: the pages' parts write a few of their own.
 */
function startPage(request: FastifyRequest, reply: FastifyReply): string {
  const page = appPage()
  if (page === undefined) {
    throw new Problem(
      503,
      'not_built',
      'The admin pages were not built. Run `npm run build`, or start with `npm start`.',
    )
  }
  const nonce = randomBytes(18).toString('base64')
  reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-cache')
    .header('content-security-policy', policyWith(nonce))
  const whole = page.replace('nonce="NONCE"', `nonce="${nonce}"`)
  const look = cookieOf(request, 'tillpost_look')
  return look === 'dark' || look === 'light' ? inLook(whole, look) : whole
}

/** Else a page that was chosen dark would be white until its script runs. */
function inLook(page: string, look: 'dark' | 'light'): string {
  return page.replace(
    'name="color-scheme" content="light dark"',
    `name="color-scheme" content="${look}"`,
  )
}

/** The browser reads the first part, and fetches what it names, while the answers are asked for. */
async function* withGiven(page: string, app: FastifyInstance, request: FastifyRequest) {
  const end = page.lastIndexOf('</body>')
  yield page.slice(0, end)
  const given = escaped(JSON.stringify(await givenFor(app, request)))
  yield `<script type="application/json" id="given">${given}</script>\n${page.slice(end)}`
}

/** What shops write neither ends the block nor steers whoever reads the source of the page. */
function escaped(json: string): string {
  return json.replaceAll(
    /[<\u2028\u2029\u202A-\u202E\u2066-\u2069]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
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
