import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { openApi, Problem } from '../../api/index.ts'
import { serveConfiguration } from './configuration.ts'
import { serveConnections } from './connections.ts'
import { serveDeletion } from './deletion.ts'
import { serveDestinations } from './destinations.ts'
import { serveDiagnosis } from './diagnosis.ts'
import { serveEventList } from './event-list.ts'
import { serveDoubles } from './doubles.ts'
import { serveEvents } from './events.ts'
import { serveFailed } from './failed.ts'
import { serveHost } from './host.ts'
import { serveLinks } from './links.ts'
import { serveLists } from './lists.ts'
import { serveMappings } from './mappings.ts'
import { serveMembers } from './members.ts'
import { serveOperator } from './operator.ts'
import { serveOverview } from './overview.ts'
import type { AdminParts } from './parts.ts'
import { problemId } from './schema.ts'
import { servePreviews } from './previews.ts'
import { serveSelf } from './self.ts'
import { serveReveal } from './reveal.ts'
import { needPermission, serveOn } from './serve.ts'
import { serveSegments } from './segments.ts'
import { serveSession } from './session.ts'
import { serveSettings } from './settings.ts'
import { serveSources } from './sources.ts'
import { serveStores } from './stores.ts'
import { serveSyncs } from './syncs.ts'
import { serveTestEvents } from './test-events.ts'
import { serveTimeline } from './timeline.ts'
import { serveTokens } from './tokens.ts'
import { serveTrail } from './trail.ts'
import { serveWatch } from './watch.ts'
import { serveWorkspaces } from './workspaces.ts'

/** The admin API: everything a person or a program needs to set Tillpost up, and its OpenAPI page. */
export function adminRoutes(parts: AdminParts) {
  return async (app: FastifyInstance): Promise<void> => {
    // Only JSON changes something: what other sites' forms can send is none.
    app.removeContentTypeParser('text/plain')
    app.addSchema({ $id: problemId, ...Problem })
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Tillpost admin API',
          version: 'v1',
          description:
            'Everything that can be set up and looked at. What was refused is answered as problem+json, with what to do.',
        },
        components: {
          securitySchemes: {
            session: {
              type: 'apiKey',
              in: 'cookie',
              name: '__Host-tillpost',
              description:
                'Set by signing in. What changes something also needs the header `tillpost-request: 1`.',
            },
            token: { type: 'http', scheme: 'bearer', description: 'An API token, `tp_…`.' },
          },
        },
      },
      refResolver: {
        buildLocalReference: ({ $id }, _base, _fragment, index) =>
          typeof $id === 'string' ? $id : `def-${index}`,
      },
    })
    needPermission(app)
    const serve = serveOn(app, parts)
    serveSession(serve, parts)
    serveSelf(serve, parts)
    serveHost(serve, parts)
    serveLinks(serve, parts)
    serveWorkspaces(serve, parts)
    serveMembers(serve, parts)
    serveOverview(serve, parts)
    serveOperator(serve, parts)
    serveFailed(serve, parts)
    serveSegments(serve, parts)
    serveSyncs(serve, parts)
    serveDiagnosis(serve, parts)
    serveReveal(serve, parts)
    serveEventList(serve, parts)
    serveTimeline(serve, parts)
    serveWatch(app, serve, parts)
    serveDoubles(serve, parts)
    serveEvents(serve, parts)
    serveTestEvents(serve, parts)
    serveTokens(serve, parts)
    serveStores(serve, parts)
    serveSources(serve, parts)
    serveDeletion(serve, parts)
    serveDestinations(serve, parts)
    serveConnections(serve, parts)
    serveSettings(serve, parts)
    serveConfiguration(serve, parts)
    serveMappings(serve, parts)
    serveLists(serve, parts)
    servePreviews(serve, parts)
    serveTrail(serve, parts)
    serve(openApi, async () => app.swagger())
  }
}
