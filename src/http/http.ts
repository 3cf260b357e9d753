import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type FastifyInstance, fastify } from 'fastify'
import type {
  Access,
  Carts,
  Clock,
  Engine,
  Journal,
  Kit,
  KlaviyoDoor,
  KeyRing,
  Secrets,
  Setup,
} from '../core/index.ts'
import { adminRoutes } from './admin/index.ts'
import { appRoutes, toTheAdmin } from './app/routes.ts'
import type { Ids } from './admin/parts.ts'
import { cartRoutes } from './cart/routes.ts'
import { controlRoutes } from './control/routes.ts'
import { schemasAtFirstUse } from './at-first-use.ts'
import { answerUnreadable, clearErrors } from './errors.ts'
import { onlyHere } from './guard.ts'
import { type HealthParts, healthRoutes } from './health.ts'
import { securityHeaders } from './headers.ts'
import { openDoor } from './ingest/door.ts'
import { publicRoutes } from './ingest/public.ts'
import { installRoutes } from './install/routes.ts'
import type { OidcSettings } from './oidc/provider.ts'
import { oidcRoutes } from './oidc/routes.ts'
import { pageRoutes, styleRoute } from './pages/routes.ts'
import { sdkRoutes } from './sdk/routes.ts'

export interface HttpParts extends HealthParts {
  readonly journal: Journal
  readonly config: Setup
  readonly engine: Engine
  readonly clock: Clock
  readonly kit: Kit
  /** Another address than Klaviyo's, for a simulator. */
  readonly klaviyoUrl?: string | undefined
  /** False: events are taken elsewhere. */
  readonly receives: boolean
  readonly access: Access
  readonly carts: Carts
  readonly secrets: Secrets
  readonly keyRing: KeyRing
  readonly klaviyo: KlaviyoDoor
  readonly ids: Ids
  /** This process, as the others know it. */
  readonly nodeId: string
  /** Where people reach this server, for links. */
  readonly publicUrl: () => string
  /** Whom people ask for help; an address of a page or of mail. */
  readonly support?: string | undefined
  /** By whom members may sign in, beside their passwords. */
  readonly oidc?: OidcSettings | undefined
  /** Networks (CIDR) of proxies whose word about addresses and https is taken. */
  readonly trustedProxies: readonly string[]
}

/**
 * The server, not yet listening. Events, health and the SDKs' settings are answered to everybody, the admin
 * API to whoever signs in or has a token; status pages and control only to this machine.
 */
export function createHttp(parts: HttpParts): FastifyInstance {
  const { receives, isStopping } = parts
  const door = openDoor(parts)

  const app = fastify({
    // What is logged is logged by hand: a request's URL and headers may hold what no log should.
    logger: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
    bodyLimit: 1024 * 1024,
    genReqId: () => randomUUID(),
    trustProxy: parts.trustedProxies.length === 0 ? false : [...parts.trustedProxies],
    schemaController: schemasAtFirstUse,
    // What is of the wrong type, or too much, is a mistake that whoever sent it should hear of.
    // `verbose` names the shape that was not met, for words about it.
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        verbose: true,
        // Else ajv warns, at each start, of values that may be a text or a number.
        allowUnionTypes: true,
      },
    },
    forceCloseConnections: 'idle',
    frameworkErrors: answerUnreadable,
    serverFactory(handle) {
      const server = createServer(limits, (request: IncomingMessage, response: ServerResponse) => {
        if (isStopping()) response.shouldKeepAlive = false
        if (!receives || !door.receive(request, response)) handle(request, response)
      })
      // Between a client's keep-alive and ours a request can be lost: ours is the longer one.
      server.keepAliveTimeout = 65_000
      return server
    },
  })
  clearErrors(app, parts.log)
  securityHeaders(app)
  void app.register(healthRoutes(parts, door))
  void app.register(publicRoutes(parts, door))
  void app.register(sdkRoutes(parts))
  void app.register(cartRoutes(parts))
  void app.register(adminRoutes(parts))
  void app.register(appRoutes())
  void app.register(styleRoute)
  void app.register(installRoutes(parts))
  void app.register(oidcRoutes(parts))
  void app.register(async (inside) => {
    toTheAdmin(inside)
    onlyHere(inside)
    await inside.register(controlRoutes(parts))
    await inside.register(pageRoutes(parts))
  })
  return app
}

/** Slow senders are cut off: they hold memory. */
const limits = { requestTimeout: 30_000, headersTimeout: 15_000, connectionsCheckingInterval: 5000 }
