import type { AddressInfo } from 'node:net'
import type { Access, Clock, Engine, Journal, Log, Secrets, Setup } from '../core/index.ts'
import { createHttp } from '../http/index.ts'
import { createGovernors, createPeople } from '../klaviyo/index.ts'
import { systemClock } from './clock.ts'
import { openCredentials } from './credentials.ts'
import { deliver, forward } from './deliver.ts'
import type { Environment } from './environment.ts'
import { newBrowserKey, newId, newNodeId, newWriteKey } from './id.ts'
import { kit } from './kit.ts'
import { openKeyRing } from './key-ring.ts'
import { klaviyoApp, oauthOf } from './klaviyo-app.ts'
import { klaviyoDoor } from './klaviyo-door.ts'
import { openLog } from './log.ts'
import { openMetrics } from './metrics.ts'
import { keysFileOf, openData } from './open-data.ts'
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
/** Of them what is under way to Klaviyo has so long, and callers of ours the rest. */
const retireMs = 8000

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
  let isStopping = false
  try {
    const { resealed, unreadable } = await tendSecrets(config, secrets, clock.now())
    await tendSources(config)
    if (resealed > 0) log.info({ count: resealed }, 'Stored keys were encrypted anew')
    if (unreadable > 0)
      notice(`${unreadable} stored Klaviyo keys cannot be decrypted; see the status.`)
    const file = environment.keys === undefined ? keysFileOf(environment) : undefined
    const keyRing = openKeyRing({ config, secrets, clock, file, ring: environment.keys })
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
    const governors = createGovernors(systemClock)
    const parts = { journal, config, credentials, nodeId, klaviyoUrl, leaseMs, log, metrics }
    // One process holds a file: whoever held a lease before is gone.
    const alone = environment.databaseUrl === undefined
    const engine = await (roles.has('delivery')
      ? deliver({ ...parts, alone, governors })
      : forward(parts))
    started = engine
    metrics.watchOver(engine, watch)
    const http = createHttp({
      journal,
      config,
      access,
      carts,
      secrets,
      keyRing,
      engine,
      clock,
      kit,
      log,
      klaviyoUrl,
      watch,
      metrics,
      metricsToken: environment.metricsToken,
      isStopping: () => isStopping,
      receives: roles.has('http'),
      klaviyo: klaviyoDoor({
        klaviyoUrl,
        clock,
        app: app === undefined ? undefined : klaviyoApp(app),
        authOf: (destination) => credentials.authOf(destination),
        people: createPeople(systemClock, governors),
      }),
      ids: { newId, newWriteKey, newBrowserKey },
      nodeId,
      publicUrl,
      support: environment.support,
      oidc: environment.oidc,
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
      isStopping = true
      withdraw(dataDir)
      stopTidying()
      const failed = (error: unknown) => {
        const problem = String(error)
        log.error({ problem }, 'What was under way may be sent again; it counts once')
      }
      // It listens on meanwhile, and says that it is not ready. What comes all the same is taken: other nodes, or the next
      // start, deliver it. A slow caller keeps no account from moving.
      await within(retireMs, engine.retire().catch(failed))
      await http.close()
      await engine.stop().catch(failed)
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
      async stop() {
        if (!(await within(stopMs, (stopping ??= stop())))) await data.close()
      },
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

/** Whether it was over by then. What is still under way is sent again at the next start, and counts once. */
async function within(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const inTime = await Promise.race([work.then(() => true), late])
  clearTimeout(timer)
  return inTime
}
