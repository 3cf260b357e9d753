import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mapperOf, readEvent, settingsOf } from '../src/core/index.ts'
import type {
  Appended,
  Clock,
  CursorKey,
  Destination,
  Engine,
  Errand,
  EventRow,
  Journal,
  Lane,
  ReasonCode,
  Received,
  Settings,
  Standing,
} from '../src/core/index.ts'
import { openJournal } from '../src/db/index.ts'
import type { Opened } from '../src/db/index.ts'
import { startDelivery } from '../src/delivery/index.ts'
import { createGovernors, openKlaviyo } from '../src/klaviyo/index.ts'
import { kit } from '../src/server/kit.ts'
import { startSimulator } from '../src/simulator/index.ts'
import type { Simulator, SimulatorOptions } from '../src/simulator/index.ts'

/** A clock that runs `speed` times as fast as the machine's, and that can be put forward. */
interface FastClock extends Clock {
  /** From here on it is so much later; what was due in between is due now. */
  skip(ms: number): void
}

interface Timer {
  readonly at: number
  readonly ring: () => void
  cancel: () => void
}

function fastClock(speed: number): FastClock {
  const start = performance.now()
  const epoch = Date.now()
  let skipped = 0
  const timers = new Set<Timer>()
  const monotonic = () => (performance.now() - start) * speed + skipped
  const arm = (timer: Timer) => {
    const timeout = setTimeout(
      () => {
        timers.delete(timer)
        timer.ring()
      },
      Math.max(0, timer.at - monotonic()) / speed,
    )
    timer.cancel = () => clearTimeout(timeout)
  }
  return {
    now: () => Math.floor(epoch + monotonic()),
    monotonic,
    after(ms, then) {
      const timer: Timer = { at: monotonic() + ms, ring: then, cancel: () => {} }
      timers.add(timer)
      arm(timer)
      return () => {
        timer.cancel()
        timers.delete(timer)
      }
    },
    random: () => Math.random(),
    skip(ms) {
      skipped += ms
      for (const timer of timers) {
        timer.cancel()
        arm(timer)
      }
    },
  }
}

export interface EngineOptions {
  readonly preset?: Settings['preset']
  readonly settings?: Partial<Settings>
  readonly simulator?: SimulatorOptions
  readonly speed?: number
  readonly timeoutMs?: number
  /** What the credentials were asked for. */
  readonly scopes?: readonly string[]
  /** Puts something between the engine and Klaviyo. */
  readonly before?: (destination: Destination) => Destination
  /** Puts something between the engine and the journal: a node that dies, a disk that is full. */
  readonly around?: (journal: Journal) => Journal
}

export interface Bench {
  readonly klaviyo: Simulator
  readonly journal: Journal
  readonly opened: Opened
  readonly key: CursorKey
  readonly clock: FastClock
  readonly logged: { readonly level: string; readonly message: string }[]
  engine: Engine
  /** Appends events as if they had come over HTTP, and hands them to the engine. */
  send(...raw: readonly object[]): Promise<readonly Appended[]>
  /** Appends without telling the engine, as another process would. */
  append(...raw: readonly object[]): Promise<readonly Appended[]>
  /** The same, into another lane. */
  appendTo(lane: Lane, raw: readonly object[]): Promise<readonly Appended[]>
  idle(): Promise<void>
  standing(): Promise<Standing>
  /** Newest last: name, outcome and reason of each event. */
  outcomes(): Promise<readonly EventRow[]>
  /** Begins to deliver again all that failed, or all that ended for that reason. */
  replay(reason?: ReasonCode): Promise<Errand>
  change(settings: Partial<Settings>): Promise<void>
  state(state: 'connected' | 'paused' | 'disconnected'): Promise<void>
  /** A new engine, as after a start of the server. Unless told, the former one died before it. */
  restart(around?: (journal: Journal) => Journal, former?: 'dead' | 'alive'): Promise<void>
  close(): Promise<void>
}

let newDatabase: (() => Promise<string>) | undefined

/** From here on in PostgreSQL databases, each named by its address, instead of SQLite files. */
export function keepJournalsIn(databases: () => Promise<string>): void {
  newDatabase = databases
}

/** The engine with a real journal on disk and the simulator, without HTTP in front. */
export async function startEngine(options: EngineOptions = {}): Promise<Bench> {
  const { preset = 'storefront', speed = 20, timeoutMs = 20_000 } = options
  const clock = fastClock(speed)
  const klaviyo = await startSimulator({
    now: () => clock.now(),
    limits: false,
    ...options.simulator,
  })
  const dir = mkdtempSync(join(tmpdir(), 'tillpost-'))
  const opened = await openJournal(
    newDatabase === undefined ? { file: join(dir, 'tillpost.db') } : { url: await newDatabase() },
  )
  const { journal, config } = opened
  const { id: accountId, privateKey } = klaviyo.account()
  const store = { id: 'sto_1', key: 'acme', currency: 'EUR', country: 'DE' }
  // What is read back would come between what a test counts.
  let settings = settingsOf(preset, { confirmEveryMs: 0, ...options.settings })
  await config.addWorkspace({ id: 'wsp_1', name: 'Acme' })
  await config.addStore({ ...store, workspaceId: 'wsp_1', name: 'Acme' })
  const inWorkspace = { workspaceId: 'wsp_1' }
  await config.addSource({
    ...inWorkspace,
    id: 'src_1',
    storeId: store.id,
    name: 'Shop',
    writeKey: 'wk_1',
    enabled: true,
  })
  await config.addDestination({
    ...inWorkspace,
    id: 'dst_1',
    accountId,
    secret: privateKey,
    state: 'connected',
    ...(options.scopes === undefined ? {} : { scopes: options.scopes }),
  })
  await config.addConnection({
    ...inWorkspace,
    id: 'con_1',
    sourceId: 'src_1',
    destinationId: 'dst_1',
    store,
    settings,
    state: 'connected',
    since: 0,
  })
  const governors = createGovernors(clock)
  const logged: { level: string; message: string }[] = []
  const log = {
    info: (_: object, message: string) => void logged.push({ level: 'info', message }),
    warn: (_: object, message: string) => void logged.push({ level: 'warn', message }),
    error: (fields: object, message: string) =>
      void logged.push({ level: 'error', message: `${message} ${JSON.stringify(fields)}` }),
  }
  let former = { dead: false }
  const start = (around: (journal: Journal) => Journal = (same) => same) => {
    const life = { dead: false }
    former = life
    return startDelivery({
      journal: mortal(around(journal), life),
      config,
      clock,
      log,
      nodeId: `node-${Math.random()}`,
      alone: true,
      timeoutMs,
      leaseMs: timeoutMs * 4,
      open: (row) => {
        const destination = openKlaviyo({
          baseUrl: klaviyo.url,
          auth: { type: 'key', key: row.secret },
          accountId: row.accountId,
          ...(row.scopes === undefined ? {} : { scopes: new Set(row.scopes) }),
          governors,
          clock,
        })
        return options.before?.(destination) ?? destination
      },
      mapperOf: (connection, scopes) => mapperOf(connection, kit, scopes),
      digest: (text) => kit.digest(text),
      newAttemptId: () => `att_${crypto.randomUUID()}`,
    })
  }
  let nextId = 0
  const received = (raw: object): Received => {
    const reading = readEvent(raw, {
      receivedAt: clock.now(),
      kit,
      storeCountry: 'DE',
      newId: () => {
        nextId += 1
        return `message-${nextId}`
      },
      maxBytes: 1_000_000,
    })
    if (reading.type !== 'ok') throw new Error(`Refused: ${reading.reason}`)
    const { type: _, ...read } = reading
    return {
      workspaceId: 'wsp_1',
      sourceId: 'src_1',
      storeId: 'sto_1',
      lane: 'live',
      receivedAt: clock.now(),
      ...read,
    }
  }
  const key: CursorKey = {
    workspaceId: 'wsp_1',
    connectionId: 'con_1',
    sourceId: 'src_1',
    lane: 'live',
  }
  const bench: Bench = {
    klaviyo,
    journal,
    opened,
    key,
    clock,
    logged,
    engine: await start(options.around),
    async send(...raw) {
      const events = raw.map(received)
      const appended = await journal.append(events)
      bench.engine.feed(events, appended)
      return appended
    },
    append: (...raw) => journal.append(raw.map((one) => received(one))),
    appendTo: (lane, raw) => journal.append(raw.map((one) => ({ ...received(one), lane }))),
    idle: () => bench.engine.idle(),
    standing: () => journal.standing(key),
    outcomes: async () => (await journal.events({ ...key, limit: 1000 })).toReversed(),
    async replay(reason) {
      const asked = { act: 'replay', ...(reason === undefined ? {} : { reason }) } as const
      const id = `run_${crypto.randomUUID()}`
      const { errand } = await journal.begin(key, { ...asked, id }, clock.now())
      await bench.engine.reload()
      return errand
    },
    async change(differences) {
      settings = { ...settings, ...differences }
      await config.changeSettings('wsp_1', 'con_1', settings, clock.now())
      await bench.engine.reload()
    },
    async state(state) {
      await config.changeState('wsp_1', 'con_1', state)
      await bench.engine.reload()
    },
    async restart(around, before = 'dead') {
      former.dead = before === 'dead'
      bench.engine = await start(around)
    },
    async close() {
      await bench.engine.stop()
      await opened.close()
      await klaviyo.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
  return bench
}

const never = () => new Promise<never>(() => {})

/** A node that is dead asks the journal nothing any more, and hears no answer. */
function mortal(journal: Journal, life: { readonly dead: boolean }): Journal {
  return new Proxy(journal, {
    get(target, name) {
      const method = Reflect.get(target, name) as unknown
      if (typeof method !== 'function') return method
      return async (...args: unknown[]) => {
        if (life.dead) return never()
        const answer = (await Reflect.apply(method, target, args)) as unknown
        return life.dead ? never() : answer
      }
    },
  })
}

/** An order by somebody with an email address. */
export function order(id: number, email = 'ada@example.com', more: object = {}): object {
  return {
    type: 'track',
    event: 'Order Completed',
    userId: `user-${email}`,
    context: { traits: { email } },
    properties: { order_id: id, total: 27.5, currency: 'EUR' },
    messageId: `order-${id}`,
    ...more,
  }
}

export function view(n: number, who: object, more: object = {}): object {
  return {
    type: 'track',
    event: 'Product Viewed',
    properties: { product_id: `p${n}`, name: `Product ${n}` },
    messageId: `view-${n}`,
    ...who,
    ...more,
  }
}

/** Awaits a condition that something else brings about. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}
