import { onTestFinished } from 'vitest'
import type {
  Clock,
  EventRow,
  EventStory,
  JsonObject,
  Lane,
  PresetName,
  Settings,
  Standing,
} from '../src/core/index.ts'
import { settingsOf } from '../src/core/index.ts'
import { systemClock } from '../src/server/clock.ts'
import type { Environment } from '../src/server/environment.ts'
import { checkKey } from '../src/server/key.ts'
import type { Role } from '../src/server/roles.ts'
import { installationOf, setUp } from '../src/server/setup.ts'
import type { Installation } from '../src/server/setup.ts'
import { startServer } from '../src/server/start.ts'
import type { Server } from '../src/server/start.ts'
import { startSimulator } from '../src/simulator/index.ts'
import type { Simulator, SimulatorOptions } from '../src/simulator/index.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface BothOptions {
  readonly preset?: PresetName
  /** Differences from the preset. */
  readonly settings?: Partial<Omit<Settings, 'preset'>>
  readonly country?: string
  readonly currency?: string
  readonly klaviyo?: SimulatorOptions | Simulator
  /** Of an earlier server, to start again on what it left. Else a new one, which goes with the test. */
  readonly dataDir?: string
  readonly leaseMs?: number
  readonly roles?: ReadonlySet<Role>
  /** Differences from the environment of a test. */
  readonly environment?: Partial<Environment>
  readonly clock?: Clock
}

/** What `POST` came to. */
interface Posted {
  readonly status: number
  readonly body: unknown
}

/** A whole Tillpost, spoken to as a shop speaks to it. */
export interface TestServer {
  readonly url: string
  readonly dataDir: string
  /** The server's. */
  readonly writeKey: string
  /** The one of the shop's pages. */
  readonly browserKey: string
  readonly installation: Installation
  readonly parts: Server
  track(event: string, rest?: JsonObject): Promise<Posted>
  identify(rest: JsonObject): Promise<Posted>
  batch(events: readonly JsonObject[]): Promise<Posted>
  /** As a page sends it, under its key. */
  fromPage(events: readonly JsonObject[]): Promise<Posted>
  /** Any path with any body; strings and buffers go as they are. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Posted>
  get(path: string): Promise<Posted>
  /** Resolves when nothing waits that could be sent now. */
  settle(): Promise<void>
  standing(lane?: Lane): Promise<Standing>
  /** Newest first. */
  events(limit?: number): Promise<readonly EventRow[]>
  story(messageId: string): Promise<EventStory | undefined>
  changeSettings(differences: Partial<Omit<Settings, 'preset'>>): Promise<void>
  stop(): Promise<void>
}

const privateKey = 'pk_test'

/** A real server and a simulator in this process, on a folder of their own. Both end with the test. */
export async function startBoth(
  options: BothOptions = {},
): Promise<{ readonly server: TestServer; readonly klaviyo: Simulator }> {
  const klaviyo = await klaviyoOf(options.klaviyo)
  const dataDir = options.dataDir ?? (await temporaryFolder())
  const parts = await startServer({
    environment: {
      dataDir,
      host: '127.0.0.1',
      port: { number: 0, given: true },
      klaviyoUrl: klaviyo.url,
      logLevel: 'silent',
      ...options.environment,
    },
    ...(options.roles === undefined ? {} : { roles: options.roles }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
  })
  onTestFinished(() => parts.stop())
  const installation = await installationFor(parts, klaviyo, options)
  return { server: testServer(parts, installation, dataDir), klaviyo }
}

async function klaviyoOf(given: BothOptions['klaviyo']): Promise<Simulator> {
  if (given !== undefined && 'url' in given) return given
  const simulator = await startSimulator({
    accounts: [{ id: 'TEST01', name: 'Test account', privateKey, defaultOptIn: 'single_opt_in' }],
    ...given,
  })
  onTestFinished(() => simulator.close())
  return simulator
}

async function installationFor(
  parts: Server,
  klaviyo: Simulator,
  { preset = 'storefront', settings, country, currency }: BothOptions,
): Promise<Installation> {
  const there = await installationOf(parts.config)
  if (there !== undefined) return there
  const key = await checkKey(klaviyo.account().privateKey, {
    klaviyoUrl: klaviyo.url,
    clock: systemClock,
  })
  const made = await setUp(
    parts.config,
    parts.secrets,
    { storeName: 'Acme', preset, country, currency, key },
    Date.now(),
  )
  if (settings !== undefined) {
    const { workspaceId, id } = made.connection
    await parts.config.changeSettings(workspaceId, id, settingsOf(preset, settings), Date.now())
  }
  await parts.reload()
  return made
}

function testServer(parts: Server, installation: Installation, dataDir: string): TestServer {
  const { url, journal, config } = parts
  const { writeKey, browserKey = '' } = installation.source
  const { workspaceId, id: connectionId, sourceId } = installation.connection
  const credentials = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`

  const post: TestServer['post'] = async (path, body, headers = {}) => {
    const response = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: credentials, ...headers },
      body: bodyOf(body),
    })
    return posted(response)
  }

  return {
    url,
    dataDir,
    writeKey,
    browserKey,
    installation,
    parts,
    track: (event, rest = {}) => post('/v1/track', { event, ...rest }),
    identify: (rest) => post('/v1/identify', rest),
    batch: (events) => post('/v1/batch', { batch: events, sentAt: new Date().toISOString() }),
    fromPage: (events) =>
      post(
        '/v1/batch',
        { writeKey: browserKey, batch: events, sentAt: Date.now() },
        { authorization: '', 'content-type': 'text/plain', origin: 'https://shop.example' },
      ),
    post,
    get: async (path) => posted(await fetch(new URL(path, url))),
    settle: () => parts.idle(),
    standing: (lane = 'live') => journal.standing({ workspaceId, connectionId, sourceId, lane }),
    events: (limit = 1000) => journal.events({ workspaceId, connectionId, sourceId, limit }),
    story: (messageId) => journal.story({ workspaceId, connectionId, sourceId, messageId }),
    async changeSettings(differences) {
      const connection = (await config.connections()).find(({ id }) => id === connectionId)
      if (connection === undefined) throw new Error('The connection is gone.')
      const settings = { ...connection.settings, ...differences }
      await config.changeSettings(workspaceId, connectionId, settings, Date.now())
      await parts.reload()
    },
    stop: () => parts.stop(),
  }
}

function bodyOf(body: unknown): string | Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return Uint8Array.from(body)
  return typeof body === 'string' ? body : JSON.stringify(body)
}

async function posted(response: Response): Promise<Posted> {
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  const body: unknown = isJson ? JSON.parse(text) : text
  return { status: response.status, body }
}
