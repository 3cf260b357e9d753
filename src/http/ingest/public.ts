import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../core/index.ts'
import { refusals, type Refusal } from './answer.ts'
import { corsOf, preflightOf } from './cors.ts'
import type { Door } from './door.ts'
import { keyOf } from './write-key.ts'

/** What everybody may ask beside sending events: whether we are there, and what SDKs fetch first. */
export function publicRoutes({ config }: { readonly config: Config }, door: Door) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/health', async (_request, reply) =>
      door.open ? { status: 'ok' } : reply.code(503).header('retry-after', '10').send(unwell),
    )
    app.get('/robots.txt', async (_request, reply) =>
      reply.type('text/plain; charset=utf-8').send('User-agent: *\nDisallow: /\n'),
    )

    app.get('/sourceConfig', async (request, reply) => {
      share(request, reply)
      const given = keyOf(request.raw)
      if (given.type !== 'key') return refuse(reply, 'no_key')
      const source = await config.sourceOfKey(given.key)
      if (source === undefined) return refuse(reply, 'wrong_key')
      const { id, name, enabled, workspaceId } = source
      // The least that RudderStack's SDKs accept; they hold all events until they have it.
      const settings = {
        statsCollection: { errors: { enabled: false }, metrics: { enabled: false } },
      }
      return {
        source: {
          id,
          name,
          // The key that was asked with: a page must not learn the server's.
          writeKey: given.key,
          enabled,
          workspaceId,
          config: settings,
          destinations: [],
          connections: [],
        },
      }
    })

    for (const path of ['/v1/projects/:writeKey/settings', '/projects/:writeKey/settings']) {
      app.get<{ Params: { readonly writeKey: string } }>(path, async (request, reply) => {
        share(request, reply)
        const { writeKey: apiKey } = request.params
        const source = await config.sourceOfKey(apiKey)
        if (source === undefined) return refuse(reply, 'wrong_key')
        // Segment's SDKs send where this says: back to the address under which they reached us.
        const protocol = request.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'
        const apiHost = `${request.headers.host ?? 'localhost'}/v1`
        return { integrations: { 'Segment.io': { apiKey, apiHost, protocol } } }
      })
      app.options(path, preflight)
    }
    app.options('/sourceConfig', preflight)
  }
}

const unwell = { status: 'unavailable', detail: 'Events cannot be stored at the moment.' }

function share(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({ ...corsOf(request.raw), 'cross-origin-resource-policy': 'cross-origin' })
}

function refuse(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { status, text } = refusals[refusal]
  return reply.code(status).type('text/plain; charset=utf-8').send(text)
}

function preflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.code(204).headers(preflightOf(request.raw)).send()
}
