import type { AddressInfo } from 'node:net'
import type { Access, Clock, Engine, Journal, Log, Secrets, Setup } from '../core/index.ts'
import { createHttp } from '../http/index.ts'
import { systemClock } from './clock.ts'
import { openCredentials } from './credentials.ts'
import { deliver, forward } from './deliver.ts'
import type { Environment } from './environment.ts'
import { newBrowserKey, newId, newNodeId, newWriteKey } from './id.ts'
import { kit } from './kit.ts'
import { klaviyoApp, oauthOf } from './klaviyo-app.ts'
import { klaviyoDoor } from './klaviyo-door.ts'
import { openLog } from './log.ts'
import { openMetrics } from './metrics.ts'
import { openData } from './open-data.ts'
import { ownerLink } from './owner-link.ts'
import { freePort } from './port.ts'
import { announce, withdraw } from './presence.ts'
import { keepTidy } from './retention.ts'
import { allRoles } from './roles.ts'
import type { Role } from './roles.ts'
import { installationOf, tendSecrets, tendSources } from './setup.ts'

export interface ServerOptions {
  readonly environment: Environment
  /** Told what an operator should see: a port that was busy, a key file that was made. */
  readonly notice?: (line: string) => void
  readonly log?: Log
  readonly leaseMs?: number
  /** What this node does; all of it unless told. */
  readonly roles?: ReadonlySet<Role>
  /** What sessions and links go by; the machine's unless told. Delivery goes by the machine's in any case. */
  readonly clock?: Clock
}

/** A running Tillpost. */
export interface Server {
  readonly url: string
  readonly port: number
  readonly journal: Journal
  readonly config: Setup
  readonly access: Access
  readonly secrets: Secrets
  readonly engine: Engine
  /** A link that makes the first member; undefined: there is one. Earlier links to it work no more. */
  ownerLink(): Promise<string | undefined>
  /** Configuration was changed from outside the HTTP API: read it again. */
  reload(): Promise<void>
  /** Resolves when nothing waits that could be sent now. */
  idle(): Promise<void>
  /** Finishes what is under way, for at most 10 seconds. Nothing that was taken is lost either way. */
  stop(): Promise<void>
}

const stopMs = 9000
const slowMs = 500

/** Joins the parts and starts them. Throws `ConfigurationError` on what an operator can put right. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { environment, notice = () => {}, leaseMs, roles = allRoles } = options
  const { dataDir, host, klaviyoUrl } = environment
  const log = options.log ?? openLog({ level: environment.logLevel })
  const clock = options.clock ?? systemClock
  const data = await openData(environment, notice)
  const { config, access, carts, secrets, watch } = data
  const metrics = openMetrics()
  const journal = metrics.journal(data.journal)
  let started: Engine | undefined
  try {
    const { resealed, unreadable } = await tendSecrets(config, secrets, clock.now())
    await tendSources(config)
    if (resealed > 0) log.info({ count: resealed }, 'Stored keys were encrypted anew')
    if (unreadable > 0)
      notice(`${unreadable} stored Klaviyo keys cannot be decrypted; see the status.`)
    let here = ''
    const publicUrl = () => environment.publicUrl ?? here
    const app =
      environment.klaviyoApp === undefined
        ? undefined
        : { ...environment.klaviyoApp, publicUrl, klaviyoUrl, clock }
    const nodeId = newNodeId()
    const credentials = openCredentials({
      config,
      journal,
      secrets,
      nodeId,
      clock: systemClock,
      oauth: app === undefined ? undefined : () => oauthOf(app),
    })
    const parts = { journal, config, credentials, nodeId, klaviyoUrl, leaseMs, log, metrics }
    // One process holds a file: whoever held a lease before is gone.
    const alone = environment.databaseUrl === undefined
    const engine = await (roles.has('delivery') ? deliver({ ...parts, alone }) : forward(parts))
    started = engine
    metrics.watchOver(engine, watch)
    const http = createHttp({
      journal,
      config,
      access,
      carts,
      secrets,
      engine,
      clock,
      kit,
      log,
      klaviyoUrl,
      watch,
      metrics,
      metricsToken: environment.metricsToken,
      receives: roles.has('http'),
      klaviyo: klaviyoDoor({
        klaviyoUrl,
        clock,
        app: app === undefined ? undefined : klaviyoApp(app),
        authOf: (destination) => credentials.authOf(destination),
      }),
      ids: { newId, newWriteKey, newBrowserKey },
      publicUrl,
      support: environment.support,
      trustedProxies: environment.trustedProxies ?? [],
    })
    const port = await freePort(host, environment.port)
    if (port !== environment.port.number) {
      notice(`Port ${environment.port.number} is busy: using ${port}.`)
    }
    await http.listen({ host, port })
    const bound = (http.server.address() as AddressInfo).port
    const url = `http://${nameOf(host)}:${bound}`
    // A browser keeps the cookie of a name, not of an address, on every system.
    here = isLoopbackHost(host) ? `http://localhost:${bound}` : url
    const stopTidying = keepTidy({ journal, config, access, clock, log })
    const present = async () => {
      const writeKey = (await installationOf(config))?.source.writeKey
      announce(dataDir, { url, pid: process.pid, ...(writeKey === undefined ? {} : { writeKey }) })
    }
    await present()
    log.info({ url }, 'Tillpost has started')

    const stop = async () => {
      withdraw(dataDir)
      stopTidying()
      // Nothing new comes in; yet a slow caller keeps no account from moving to another node.
      const closed = http.close()
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, slowMs))])
      await engine.stop().catch((error: unknown) => {
        log.error(
          { problem: String(error) },
          'What was under way may be sent again; it counts once',
        )
      })
      await closed
      await data.close()
      log.info({}, 'Tillpost has stopped')
    }
    let stopping: Promise<void> | undefined
    return {
      url,
      port: bound,
      journal,
      config,
      access,
      secrets,
      engine,
      ownerLink: () => ownerLink(access, publicUrl(), clock.now()),
      async reload() {
        await engine.reload()
        await present()
      },
      idle: () => engine.idle(),
      stop: () => (stopping ??= within(stopMs, stop(), () => data.close())),
    }
  } catch (error) {
    // Else it would go on without a journal, and the process with it.
    await started?.stop()
    await data.close()
    throw error
  }
}

function isLoopbackHost(host: string): boolean {
  return ['127.0.0.1', '::1', 'localhost', '0.0.0.0', '::'].includes(host)
}

/** As an address in a URL; for "all addresses" the one of this machine. */
function nameOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

/** What is still under way by then is sent again at the next start, and counts once. */
async function within(
  ms: number,
  work: Promise<void>,
  otherwise: () => Promise<void>,
): Promise<void> {
  const late = Symbol('late')
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), ms)
  })
  const first = await Promise.race([work, limit])
  clearTimeout(timer)
  if (first === late) await otherwise()
}
