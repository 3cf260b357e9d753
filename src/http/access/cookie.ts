import type { FastifyReply, FastifyRequest } from 'fastify'
import { isLoopbackName } from '../guard.ts'
import { Problem } from '../problem.ts'

/**
 * `__Host-`: the browser takes it only over https (or from this machine), for this host alone and every
 * path of it. Lax: it does not come along with what other sites post.
 */
export const sessionCookie = '__Host-tillpost'
/** Says that somebody has signed in here before: such a browser need not wait for others' wrong passwords. */
export const deviceCookie = '__Host-tillpost-device'

export function cookieOf(request: FastifyRequest, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return undefined
}

/** @param maxAgeMs 0 takes it away; undefined: until the browser is closed */
export function setCookie(
  reply: FastifyReply,
  name: string,
  value: string,
  maxAgeMs: number | undefined,
): void {
  const age = maxAgeMs === undefined ? '' : `; Max-Age=${Math.round(maxAgeMs / 1000)}`
  const former = reply.getHeader('set-cookie')
  const cookies = Array.isArray(former) ? former : former === undefined ? [] : [String(former)]
  reply.header('set-cookie', [
    ...cookies,
    `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax${age}`,
  ])
}

/** Without https the browser would drop the cookie without a word. */
export function needSecure({ protocol, hostname }: FastifyRequest): void {
  if (protocol === 'https' || isLoopbackName(hostname)) return
  throw new Problem(
    403,
    'not_secure',
    'Signing in needs https, or a browser on the machine itself. Put a proxy with a certificate in front and ' +
      'name it in TILLPOST_TRUSTED_PROXIES, or tunnel: ssh -L 4400:127.0.0.1:4400 <that machine>.',
  )
}

/**
 * What a cookie vouches for must come from our own pages: browsers say where a request comes from, and no
 * other site can add the header `tillpost-request` without asking first, which is never granted.
 */
export function needOwnPage({ headers, protocol, host }: FastifyRequest): void {
  const { origin } = headers
  const site = headers['sec-fetch-site']
  const isOwn =
    headers['tillpost-request'] !== undefined &&
    (site === undefined || site === 'same-origin' || site === 'none') &&
    (origin === undefined || origin === `${protocol}://${host}`)
  if (isOwn) return
  throw new Problem(
    403,
    'foreign_origin',
    'This can be asked for only from Tillpost’s own pages, with the header `tillpost-request: 1`. Programs use an API token.',
  )
}
