import { BlockList, isIP } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from './problem.ts'

/**
 * Pages and control are for whoever sits at this machine. The peer must be this machine, the name asked
 * for too (else a page elsewhere could point its own name at us and read along), nothing may have
 * forwarded the request, and what changes something must come from our own pages or from a program.
 */
export function onlyHere(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (!isLocal(request)) throw new Problem(403, 'not_here', howToReach(request))
    if (request.method !== 'GET' && request.method !== 'HEAD') refuseForeign(request)
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      const value: unknown = text === '' ? {} : JSON.parse(text.toString())
      done(null, value)
    } catch {
      done(new Problem(400, 'invalid_json', 'The body is no JSON.'))
    }
  })
  app.addContentTypeParser(form, { parseAs: 'string' }, (_request, text, done) => {
    done(null, Object.fromEntries(new URLSearchParams(text.toString())))
  })
}

const form = 'application/x-www-form-urlencoded'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const

/** Whoever asks sits at this machine, and nothing has forwarded it. */
export function isLocal({ headers, socket }: FastifyRequest): boolean {
  if (forwarded.some((name) => headers[name] !== undefined)) return false
  return isLoopback(socket.remoteAddress ?? '') && isLocalName(headers.host ?? '')
}

function isLoopback(address: string): boolean {
  const family = isIP(address)
  // Knows addresses of the form ::ffff:127.0.0.1 too.
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

function isLocalName(host: string): boolean {
  return isLoopbackName(host.replace(/:\d{1,5}$/, ''))
}

/** @param name without a port */
export function isLoopbackName(name: string): boolean {
  const lower = name.toLowerCase()
  return lower === 'localhost' || isLoopback(lower.replace(/^\[(.*)\]$/, '$1'))
}

function howToReach({ socket }: FastifyRequest): string {
  const port = socket.localPort ?? 4400
  return (
    'This page answers only on the machine that Tillpost runs on. There, open ' +
    `http://localhost:${port}/ . From another one: ssh -L ${port}:127.0.0.1:${port} <that machine>, ` +
    'then open the same address here.'
  )
}

/** A page of somebody else's can post to this machine; browsers then say where it came from. */
function refuseForeign({ headers }: FastifyRequest): void {
  const { origin, host = '' } = headers
  const site = headers['sec-fetch-site']
  const isForeign =
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
  if (isForeign) {
    throw new Problem(
      403,
      'foreign_origin',
      'This can be asked for only from Tillpost’s own pages.',
    )
  }
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  const isForm = type === form && (site !== undefined || origin !== undefined)
  if (type !== 'application/json' && !isForm) {
    throw new Problem(415, 'not_json', 'Send it with `content-type: application/json`.')
  }
}
