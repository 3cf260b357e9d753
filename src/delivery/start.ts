import type {
  Appended,
  Clock,
  Config,
  Connection,
  CursorKey,
  Destination,
  DestinationRow,
  Engine,
  Journal,
  Journaled,
  Lane,
  Live,
  Log,
  Mapper,
  ReasonCode,
  Received,
  Way,
} from '../core/index.ts'
import { lanes, reasons } from '../core/index.ts'
import { Account } from './account.ts'
import { Aside } from './aside.ts'
import { Cap } from './cap.ts'
import { Gate } from './gate.ts'
import { Kept } from './kept.ts'
import { Latest } from './latest.ts'
import { Memory } from './memory.ts'
import { Tempo } from './tempo.ts'
import type { Rig } from './rig.ts'
import { telling } from './told.ts'
import { Track } from './track.ts'

export interface DeliveryOptions {
  readonly journal: Journal
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  readonly nodeId: string
  readonly open: (destination: DestinationRow) => Destination
  readonly mapperOf: (connection: Connection, scopes: ReadonlySet<string> | undefined) => Mapper
  readonly digest: (text: string) => string
  readonly newAttemptId: () => string
  /** A lease lasts so long without renewal. */
  readonly leaseMs?: number
  /** A request to Klaviyo is given up after so long. */
  readonly timeoutMs?: number
  /** Bytes of events held in memory, over all accounts. */
  readonly memoryBytes?: number
  /** No other node can be alive (an embedded database): takes all leases at once. */
  readonly alone?: boolean
}

/** A destination while it is run. */
interface Outlet {
  row: DestinationRow
  destination: Destination
  readonly gate: Gate
}

/** A connection while it is run. */
interface Run {
  connection: Connection
  readonly account: Account
  readonly outlet: Outlet
  readonly tempo: Tempo
  readonly tracks: readonly Track[]
  readonly aside: Aside
}

/** Starts delivering: takes the accounts' leases and sends what waits, until it is stopped. */
export async function startDelivery(options: DeliveryOptions): Promise<Engine> {
  const engine = new Delivery(options)
  await engine.reload()
  engine.beat()
  if (options.alone !== true) engine.look()
  return engine
}

/** How long what another node received may stay unnoticed. */
const lookEveryMs = 1000

/** So many accounts share a commit when they are taken. */
const adoptedTogether = 500

class Delivery implements Engine {
  readonly #options: DeliveryOptions
  readonly #leaseMs: number
  readonly #timeoutMs: number
  readonly #memory: Memory
  readonly #accounts = new Map<string, Account>()
  readonly #outlets = new Map<string, Outlet>()
  readonly #runs = new Map<string, Run>()
  /** By source and lane. */
  readonly #readers = new Map<string, Track[]>()
  #idlers: (() => void)[] = []
  #loading: Promise<void> = Promise.resolve()
  #cancelBeat: (() => void) | undefined
  #cancelLook: (() => void) | undefined
  #started = false
  #stopped = false

  constructor(options: DeliveryOptions) {
    this.#options = options
    this.#leaseMs = options.leaseMs ?? 30_000
    this.#timeoutMs = options.timeoutMs ?? Math.min(15_000, this.#leaseMs / 2)
    this.#memory = new Memory(options.memoryBytes ?? 64 * 1024 * 1024)
  }

  feed(events: readonly Received[], appended: readonly Appended[]): void {
    const bySource = new Map<string, { journaled: Journaled; link: boolean }[]>()
    for (const [index, received] of events.entries()) {
      const done = appended[index]
      if (done === undefined) continue
      const key = readerKey(received.sourceId, received.lane)
      if (done.duplicate) {
        // The first time nobody may have heard of it: its commit was made, and its answer lost.
        for (const track of this.#readers.get(key) ?? []) track.more(done.seq)
        continue
      }
      if (!this.#readers.has(key)) continue
      const list = bySource.get(key)
      const entry = { journaled: journaledOf(received, done), link: done.link }
      if (list === undefined) bySource.set(key, [entry])
      else list.push(entry)
    }
    for (const [key, list] of bySource) {
      for (const track of this.#readers.get(key) ?? []) track.offer(list)
    }
  }

  /** One at a time, in order. */
  async reload(): Promise<void> {
    const next = this.#loading.then(async () => this.#load())
    this.#loading = next.catch(() => undefined)
    await next
  }

  live(connectionId: string): Live {
    const run = this.#runs.get(connectionId)
    if (run === undefined) return { state: 'held', perMinute: 0 }
    const { connection, outlet, tempo, tracks } = run
    const { gate } = outlet
    const told = {
      perMinute: tempo.perMinute(),
      ...(gate.lastSuccessAt === undefined ? {} : { lastSuccessAt: gate.lastSuccessAt }),
      ...(gate.lastError === undefined ? {} : { lastError: gate.lastError }),
    }
    if (connection.state === 'paused') return { state: 'held', reason: 'paused', ...told }
    if (gate.hold !== undefined) return { state: 'held', reason: gate.hold.reason, ...told }
    if (gate.closedMs() > 0 && gate.retryReason !== undefined) {
      return { state: 'retrying', reason: gate.retryReason, nextAt: gate.retryAt, ...told }
    }
    const throttledMs = gate.throttled ? longestWaitMs(outlet.destination) : 0
    if (throttledMs > 0) {
      const nextAt = this.#options.clock.now() + throttledMs
      return { state: 'retrying', reason: 'rate_limited', nextAt, ...told }
    }
    if (!tracks.every(({ resting }) => resting)) return { state: 'sending', ...told }
    const releases = tracks.flatMap(({ releaseAt }) => releaseAt ?? [])
    if (releases.length === 0) return { state: 'waiting', ...told }
    return { state: 'waiting', reason: 'release_cycle', nextAt: Math.min(...releases), ...told }
  }

  async idle(): Promise<void> {
    await this.#loading
    while (!this.#resting()) {
      await new Promise<void>((resolve) => {
        this.#idlers.push(resolve)
      })
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelBeat?.()
    this.#cancelLook?.()
    await this.#loading
    for (const account of this.#accounts.values()) account.stop()
    for (const { aside, tracks } of this.#runs.values()) {
      aside.stop()
      for (const track of tracks) track.stop()
    }
    const quiet = () =>
      [...this.#runs.values()].every(
        ({ aside, tracks }) => aside.quiet && tracks.every((track) => track.quiet),
      )
    while (!quiet()) {
      await new Promise<void>((resolve) => {
        this.#idlers.push(resolve)
      })
    }
    for (const { gate } of this.#outlets.values()) gate.close()
    const { journal, nodeId } = this.#options
    await journal.release([...this.#accounts.keys()], { id: nodeId })
  }

  /** Renews the leases, again and again. */
  beat(): void {
    this.#started = true
    const everyMs = this.#leaseMs / 3
    this.#cancelBeat = this.#options.clock.after(everyMs, () => {
      void this.#renew().finally(() => {
        if (!this.#stopped) this.beat()
      })
    })
  }

  /** Notices what other nodes appended, again and again. */
  look(): void {
    this.#cancelLook = this.#options.clock.after(lookEveryMs, () => {
      void this.#findMore().finally(() => {
        if (!this.#stopped) this.look()
      })
    })
  }

  async #findMore(): Promise<void> {
    const tracks = [...this.#readers.values()].flat()
    try {
      const heads = await this.#options.journal.heads(tracks.map(({ place }) => place))
      for (const [index, track] of tracks.entries()) track.more(heads[index] ?? 0)
    } catch (error) {
      this.#options.log.warn({ error: String(error) }, 'The journal did not say what is new')
    }
  }

  async #renew(): Promise<void> {
    const { journal, clock, nodeId, log } = this.#options
    // Taken before the question: the lease may have been prolonged at any moment after.
    const until = clock.monotonic() + this.#leaseMs
    try {
      const ours = new Set(
        await journal.renew([...this.#accounts.keys()], { id: nodeId, leaseMs: this.#leaseMs }),
      )
      for (const [id, account] of this.#accounts) {
        if (ours.has(id)) account.prolong(until)
        else this.#lose(account)
      }
      await this.reload()
    } catch (error) {
      log.error({ error: String(error) }, 'Leases could not be renewed; trying again')
    }
  }

  /** Several of its loops may notice it, some of them when the account has been taken again. */
  #lose(account: Account): void {
    if (account.lost) return
    this.#options.log.warn({ account: account.id }, 'Another node runs this account now')
    account.lose()
    if (this.#accounts.get(account.id) === account) this.#accounts.delete(account.id)
    for (const [id, run] of this.#runs) {
      if (run.account !== account) continue
      this.#runs.delete(id)
      run.aside.stop()
      for (const track of run.tracks) {
        track.stop()
        const key = readerKey(track.sourceId, track.lane)
        this.#readers.set(
          key,
          (this.#readers.get(key) ?? []).filter((other) => other !== track),
        )
      }
    }
    this.#rested()
  }

  async #load(): Promise<void> {
    const { config } = this.#options
    const [rows, connections] = await Promise.all([config.destinations(), config.connections()])
    for (const row of rows) this.#take(row)
    const fresh: Connection[] = []
    for (const connection of connections) {
      const run = this.#runs.get(connection.id)
      if (run === undefined) fresh.push(connection)
      else this.#change(run, connection)
    }
    if (fresh.length > 0 && !this.#stopped) await this.#begin(fresh)
  }

  #take(row: DestinationRow): void {
    const outlet = this.#outlets.get(row.id)
    if (outlet === undefined) {
      const { id } = row
      const gate = new Gate(
        this.#options.clock,
        () => this.#opened(id),
        (reason, waitMs) => this.#waits(id, reason, waitMs),
      )
      // A missing permission is found out again by itself, and perhaps concerns only some actions.
      if (row.state === 'error' && row.error?.reason !== 'scope_missing') {
        gate.stop(holdReasonOf(row), row.error?.detail)
      }
      this.#outlets.set(row.id, { row, destination: this.#options.open(row), gate })
      return
    }
    const before = outlet.row
    outlet.row = row
    if (row.secret !== before.secret) outlet.destination = this.#options.open(row)
    const mended =
      row.state === 'connected' &&
      (outlet.gate.hold !== undefined || outlet.gate.forbidden.size > 0)
    if (!mended) return
    outlet.gate.open()
    for (const run of this.#runs.values()) if (run.outlet === outlet) run.aside.mended()
  }

  #opened(destinationId: string): void {
    for (const { outlet, tracks, aside } of this.#runs.values()) {
      if (outlet.row.id !== destinationId) continue
      for (const track of tracks) track.kick()
      aside.kick()
    }
  }

  #waits(destinationId: string, reason: ReasonCode, waitMs: number): void {
    const waiting = [...this.#runs.values()].filter(({ outlet }) => outlet.row.id === destinationId)
    for (const { connection } of waiting) {
      this.#options.log.warn(
        { connection: connection.id, destination: destinationId, reason, waitMs },
        `${reasons[reason].sentence} Its events are tried again.`,
      )
    }
  }

  #change(run: Run, connection: Connection): void {
    const same =
      run.connection.version === connection.version && run.connection.state === connection.state
    if (same) {
      run.aside.kick()
      return
    }
    run.connection = connection
    const mapper = this.#options.mapperOf(connection, run.outlet.destination.scopes)
    for (const track of run.tracks) track.change(connection, mapper)
    run.aside.change(connection, mapper)
  }

  async #begin(connections: readonly Connection[]): Promise<void> {
    const { journal, nodeId, clock, alone } = this.#options
    const byAccount = new Map<string, Connection[]>()
    for (const connection of connections) {
      const outlet = this.#outlets.get(connection.destinationId)
      if (outlet === undefined) continue
      const { accountId } = outlet.row
      const list = byAccount.get(accountId)
      if (list === undefined) byAccount.set(accountId, [connection])
      else list.push(connection)
    }
    const wanted = [...byAccount.keys()].filter((id) => !this.#accounts.has(id))
    const until = clock.monotonic() + this.#leaseMs
    const leases = await journal.claim(wanted, {
      id: nodeId,
      leaseMs: this.#leaseMs,
      // Only at the start: later, an account that is not ours was taken over.
      ...(alone === true && !this.#started ? { takeAll: true } : {}),
    })
    for (const { accountId, fence, budget } of leases) {
      this.#accounts.set(accountId, new Account(accountId, fence, until, clock))
      for (const connection of byAccount.get(accountId) ?? []) {
        const outlet = this.#outlets.get(connection.destinationId)
        // Counts come with every settlement: an account without them never had one, so that hardly anything
        // was sent, and no window counts as used.
        if (budget !== undefined) outlet?.destination.resume(budget)
      }
    }
    // Side by side, for they share commits: ten thousand accounts one by one would outlast their leases.
    const all = [...byAccount]
    for (let from = 0; from < all.length; from += adoptedTogether) {
      await Promise.all(
        all
          .slice(from, from + adoptedTogether)
          .map(async ([accountId, list]) => this.#adopt(accountId, list)),
      )
    }
  }

  async #adopt(accountId: string, connections: readonly Connection[]): Promise<void> {
    const account = this.#accounts.get(accountId)
    if (account === undefined) return
    const keys = connections.flatMap((connection) => lanes.map((lane) => keyOf(connection, lane)))
    const lease = { accountId, fence: account.fence }
    const cursors = await this.#options.journal.adopt(lease, keys)
    // Lost while it was asked: what ran now would stand in the way when it is taken again.
    if (account.lost) return
    for (const connection of connections) {
      const own = cursors.filter(({ connectionId }) => connectionId === connection.id)
      if (own.length > 0) this.#run(connection, account, own)
    }
  }

  #run(
    connection: Connection,
    account: Account,
    cursors: Awaited<ReturnType<Journal['adopt']>>,
  ): void {
    const { journal, clock, log, config, mapperOf, newAttemptId, digest } = this.#options
    const outlet = this.#outlets.get(connection.destinationId)
    if (outlet === undefined) return
    const tempo = new Tempo(clock)
    const rig: Rig = {
      journal: telling(journal, log),
      clock,
      log,
      memory: this.#memory,
      account,
      gate: outlet.gate,
      cap: new Cap(clock),
      tempo,
      get destination() {
        return outlet.destination
      },
      kept: keepsTraits(outlet.destination)
        ? new Kept(journal, keyOf(connection, 'live'))
        : undefined,
      latest: new Latest(journal, {
        workspaceId: connection.workspaceId,
        connectionId: connection.id,
      }),
      timeoutMs: this.#timeoutMs,
      newAttemptId,
      digest,
      mapperAt: async (version) => {
        const now = this.#runs.get(connection.id)?.connection ?? connection
        const settings = await config.settingsAt(connection.workspaceId, connection.id, version)
        return mapperOf(
          settings === undefined ? now : { ...now, settings, version },
          outlet.destination.scopes,
        )
      },
      refused: (reason, detail, hold) => this.#refused(outlet, reason, detail, hold),
      lost: () => this.#lose(account),
      later: (dueAt) => this.#runs.get(connection.id)?.aside.later(dueAt),
      rested: () => this.#rested(),
    }
    const mapper = mapperOf(connection, outlet.destination.scopes)
    const tracks = cursors.map((cursor) => new Track(rig, connection, mapper, cursor))
    const aside = new Aside(rig, connection, mapper)
    this.#runs.set(connection.id, { connection, account, outlet, tempo, tracks, aside })
    for (const track of tracks) {
      const key = readerKey(track.sourceId, track.lane)
      this.#readers.set(key, [...(this.#readers.get(key) ?? []), track])
      track.kick()
    }
    aside.kick()
  }

  #refused(outlet: Outlet, reason: ReasonCode, detail: string | undefined, hold: boolean): void {
    const { config, log, clock } = this.#options
    const { workspaceId, id } = outlet.row
    log.warn(
      { destination: id, reason, hold },
      `${reasons[reason].sentence} ${hold ? 'Its events wait.' : 'What needs it waits.'} ${reasons[reason].todo}`,
    )
    const error = { reason, at: clock.now(), ...(detail === undefined ? {} : { detail }) }
    outlet.row = { ...outlet.row, state: 'error', error }
    config.markDestination(workspaceId, id, error).catch((failure: unknown) => {
      log.error({ destination: id, error: String(failure) }, 'The destination could not be marked')
    })
  }

  #resting(): boolean {
    for (const { tracks, aside } of this.#runs.values()) {
      if (!aside.resting || !tracks.every(({ resting }) => resting)) return false
    }
    return true
  }

  #rested(): void {
    if (this.#idlers.length === 0) return
    const idlers = this.#idlers
    this.#idlers = []
    for (const idler of idlers) idler()
  }
}

function longestWaitMs(destination: Destination): number {
  return Math.max(
    ...(Object.keys(destination.limits) as Way[]).map((way) => destination.waitMs(way)),
  )
}

/** C15: what may not be written by itself travels with events. */
function keepsTraits({ scopes }: Destination): boolean {
  return scopes !== undefined && !scopes.has('profiles:write')
}

function readerKey(sourceId: string, lane: Lane): string {
  return `${lane} ${sourceId}`
}

function keyOf({ workspaceId, id, sourceId }: Connection, lane: Lane): CursorKey {
  return { workspaceId, connectionId: id, sourceId, lane }
}

function holdReasonOf({ error }: DestinationRow): ReasonCode {
  return error?.reason === 'app_uninstalled' ? 'app_uninstalled' : 'key_invalid'
}

function journaledOf(received: Received, { seq, identifiers }: Appended): Journaled {
  const { workspaceId, sourceId, lane, event, body, name, occurredAt, receivedAt } = received
  return {
    workspaceId,
    sourceId,
    lane,
    seq,
    messageId: event.messageId,
    name,
    event,
    bodyBytes: body.length,
    identifiers,
    occurredAt,
    receivedAt,
  }
}
