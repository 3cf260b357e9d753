import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Log, Watch } from '../core/index.ts'
import { isLocal } from './guard.ts'
import type { Door } from './ingest/door.ts'
import { Problem } from './problem.ts'

export interface HealthParts {
  readonly watch: Watch
  readonly log: Log
  readonly metrics: { readonly contentType: string; text(): Promise<string> }
  /** Who shows it may read the metrics from anywhere; undefined: only this machine may. */
  readonly metricsToken: string | undefined
  /** It takes what still comes, and is not to be sent more. */
  readonly isStopping: () => boolean
}

/** The database has to answer within so long. */
const checkMs = 2000

/**
 * Whether the process lives, whether it may be sent something, and figures for Prometheus. The first two are
 * answered to everybody and say nothing but that.
 */
export function healthRoutes(
  { watch, log, metrics, metricsToken, isStopping }: HealthParts,
  door: Door,
) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/livez', async () => ({ status: 'ok' }))

    app.get('/readyz', async (_request, reply) => {
      const database = isStopping() ? 'unknown' : await checked(watch, log)
      const accepting = isStopping() ? 'stopping' : door.open ? 'ok' : 'unavailable'
      const ready = database === 'ok' && accepting === 'ok'
      const status = ready ? 'ok' : 'unavailable'
      return (ready ? reply : unready(reply)).send({ status, database, accepting })
    })

    app.get('/metrics', async (request, reply) => {
      refuseOthers(request, metricsToken)
      return reply.type(metrics.contentType).send(await metrics.text())
    })
  }
}

function unready(reply: FastifyReply): FastifyReply {
  return reply.code(503).header('retry-after', '5')
}

async function checked(watch: Watch, log: Log): Promise<'ok' | 'unavailable'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The database does not answer.')), checkMs)
  })
  try {
    await Promise.race([watch.check(), late])
    return 'ok'
  } catch (error) {
    log.warn({ error: String(error) }, 'This node is not ready')
    return 'unavailable'
  } finally {
    clearTimeout(timer)
  }
}

function refuseOthers(request: FastifyRequest, token: string | undefined): void {
  if (isLocal(request)) return
  const given = /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1]
  if (token !== undefined && given !== undefined && isSame(given, token)) return
  throw new Problem(
    403,
    'not_here',
    'Metrics are answered on the machine that Tillpost runs on, or with the token of TILLPOST_METRICS_TOKEN.',
  )
}

/** In the same time, whatever is right of it. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other))
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
