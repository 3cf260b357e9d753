import type {
  Appended,
  Clock,
  Config,
  Connection,
  CursorKey,
  Destination,
  DestinationRow,
  Engine,
  Figures,
  Hint,
  Journal,
  Journaled,
  Lane,
  Lease,
  Live,
  Log,
  Mapper,
  NodeRow,
  ReasonCode,
  Received,
} from '../core/index.ts'
import { lanes, reasons, ways } from '../core/index.ts'
import { Account } from './account.ts'
import { Confirm } from './confirm.ts'
import { Gate } from './gate.ts'
import { Herald } from './herald.ts'
import { Latest } from './latest.ts'
import { Memory } from './memory.ts'
import { Outlet } from './outlet.ts'
import { Readers } from './readers.ts'
import { Turns } from './turns.ts'
import type { Rig } from './rig.ts'
import { Roster } from './roster.ts'
import { Run } from './run.ts'
import { shareOf } from './share.ts'
import { Tenure } from './tenure.ts'
import { telling } from './told.ts'
import { noWaits } from './waits.ts'
import type { Handed } from './window.ts'

export interface DeliveryOptions {
  readonly journal: Journal
  readonly config: Config
  readonly clock: Clock
  readonly log: Log
  /** Of this process alone. */
  readonly nodeId: string
  readonly open: (destination: DestinationRow) => Destination
  /** Another node runs the account from now on: what its windows hold here means nothing any more. */
  readonly forget?: (accountId: string) => void
  readonly mapperOf: (connection: Connection, scopes: ReadonlySet<string> | undefined) => Mapper
  readonly digest: (text: string) => string
  readonly newAttemptId: () => string
  /** A node that is silent for so long counts as dead, and others take its accounts. */
  readonly leaseMs?: number
  /** A request to Klaviyo is given up after so long. */
  readonly timeoutMs?: number
  /** Bytes of events held in memory, over all accounts. */
  readonly memoryBytes?: number
  /** No other node can be alive (an embedded database): all accounts are this one's. */
  readonly alone?: boolean
  /** What other nodes tell is looked for so often. */
  readonly lookMs?: number
}

/** Starts delivering: takes its share of the accounts and sends what waits, until it is stopped. */
export async function startDelivery(options: DeliveryOptions): Promise<Engine> {
  const engine = new Delivery(options)
  await engine.begin()
  return engine
}

/** Configuration is looked at every so many looks, and so many rounds of looks go once through all lanes. */
const looksUntilChanges = 4
const looksUntilSwept = 240
/** While one waits for the journal the others go on; measured: with more, batches get smaller and memory fuller. */
const turnsAtOnce = 4

/** So many accounts share a commit when they are taken. */
const adoptedTogether = 500
/** Connections that have nothing to do are looked for so often. */
const parkEveryMs = 20_000

class Delivery implements Engine {
  readonly #options: DeliveryOptions
  readonly #leaseMs: number
  readonly #timeoutMs: number
  readonly #memory: Memory
  readonly #turns = new Turns(turnsAtOnce)
  readonly #roster: Roster
  readonly #herald: Herald
  readonly #accounts = new Map<string, Account>()
  /** Perhaps this node's in the journal, and not run here: their claim had no answer, or they were lost. */
  readonly #strays = new Set<string>()
  readonly #outlets = new Map<string, Outlet>()
  readonly #runs = new Map<string, Run>()
  readonly #readers = new Readers()
  /** Accounts with connections that may not run yet. */
  readonly #toAdopt = new Set<string>()
  /** Those that have loops. */
  readonly #awake = new Set<Run>()
  #tenure: Tenure
  #tenures = 0
  #nodes: readonly NodeRow[] = []
  #giving: Promise<void> | undefined
  #idlers: (() => void)[] = []
  #loading: Promise<void> = Promise.resolve()
  #looks = 0
  readonly #cancels = new Map<string, () => void>()
  #stopped = false

  constructor(options: DeliveryOptions) {
    this.#options = options
    this.#leaseMs = options.leaseMs ?? 30_000
    this.#timeoutMs = options.timeoutMs ?? Math.min(15_000, this.#leaseMs / 2)
    this.#memory = new Memory(options.memoryBytes ?? 32 * 1024 * 1024)
    this.#roster = new Roster(options.config)
    this.#herald = new Herald(options)
    this.#tenure = this.#newTenure()
  }

  async begin(): Promise<void> {
    await this.#tenure.begin()
    // From here on: ten thousand accounts may take longer than a lease to be taken.
    this.#again('beat', this.#leaseMs / 3, () => this.#beat())
    try {
      await this.#look()
      await this.reload()
    } catch (error) {
      await this.stop().catch(() => undefined)
      throw error
    }
    this.#again('park', parkEveryMs, () => this.#park())
    if (!this.#alone) this.#again('look', this.#options.lookMs ?? 250, () => this.#lookAround())
  }

  feed(events: readonly Received[], appended: readonly Appended[]): void {
    const bySource = new Map<string, { readonly place: Received; readonly list: Handed[] }>()
    for (const [index, received] of events.entries()) {
      const done = appended[index]
      if (done === undefined) continue
      const { sourceId, lane } = received
      const runs = this.#readers.of(sourceId, lane)
      if (runs.length < this.#roster.connectionsTo(sourceId) || runs.length === 0)
        this.#tellOthers(received, done.seq)
      if (done.duplicate) {
        // The first time nobody may have heard of it: its commit was made, and its answer lost.
        for (const run of runs) run.more(lane, done.seq)
        continue
      }
      if (runs.length === 0) continue
      const key = `${lane} ${sourceId}`
      const group = bySource.get(key)
      const entry = { journaled: journaledOf(received, done), link: done.link }
      if (group === undefined) bySource.set(key, { place: received, list: [entry] })
      else group.list.push(entry)
    }
    for (const { place, list } of bySource.values()) {
      for (const run of this.#readers.of(place.sourceId, place.lane)) run.offer(place.lane, list)
    }
  }

  #tellOthers({ workspaceId, sourceId, lane }: Received, seq: number): void {
    if (!this.#alone) this.#herald.tell({ workspaceId, sourceId, lane, seq })
  }

  async reload(): Promise<void> {
    await this.#inTurn(() => this.#load())
    await this.#herald.wake()
  }

  live(connectionId: string): Live | undefined {
    const run = this.#runs.get(connectionId)
    if (run === undefined) return undefined
    const { connection, outlet, tempo } = run
    const { gate } = outlet
    const told = {
      perMinute: tempo.perMinute(),
      ...(run.confirm.isForbidden ? { cannotConfirm: true as const } : {}),
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
    if (!run.roadClear) return { state: 'sending', ...told }
    const { releaseAt } = run
    if (releaseAt === undefined) return { state: 'waiting', ...told }
    return { state: 'waiting', reason: 'release_cycle', nextAt: releaseAt, ...told }
  }

  figures(): Figures {
    const states: Record<Live['state'], number> = { waiting: 0, sending: 0, retrying: 0, held: 0 }
    const waits = noWaits()
    const waitingFor = new Set<string>()
    for (const run of this.#runs.values()) {
      states[this.live(run.connection.id)?.state ?? 'waiting'] += 1
      if (run.roadClear) continue
      for (const way of ways) {
        const ms = run.outlet.destination.waitMs(way)
        const key = `${way} ${run.account.id}`
        if (ms === 0 || waitingFor.has(key)) continue
        waitingFor.add(key)
        const { accounts, longestMs } = waits[way]
        waits[way] = { accounts: accounts + 1, longestMs: Math.max(longestMs, ms) }
      }
    }
    const idle = [...this.#runs.values()].filter((run) => !this.#awake.has(run))
    return {
      accounts: this.#accounts.size,
      nodes: this.#nodes.length,
      delivering: this.#nodes.filter(({ delivers }) => delivers).length,
      connections: [...this.#awake, ...idle].map(({ connection }) => connection),
      states,
      waits,
      heldBytes: this.#memory.heldBytes,
    }
  }

  async idle(): Promise<void> {
    await this.#loading
    await this.#until(() => [...this.#awake].every(({ resting }) => resting))
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const name of ['look', 'park']) this.#cancels.get(name)?.()
    await this.#loading
    const { journal } = this.#options
    // What fails here leaves leases that run out by themselves: the loops have to end all the same.
    const failures: unknown[] = []
    const failed = (error: unknown) => void failures.push(error)
    if (!this.#alone) await journal.retire(this.#tenure.id).catch(failed)
    const held = [...this.#accounts.values()].filter(({ stopped }) => !stopped)
    await Promise.all([this.#giving, this.#giveBack(held).catch(failed)])
    await this.#herald.flush()
    this.#herald.stop()
    this.#cancels.get('beat')?.()
    for (const { gate } of this.#outlets.values()) gate.close()
    await journal.leave(this.#tenure.id).catch(failed)
    await this.#herald.wake()
    if (failures.length > 0) throw failures[0]
  }

  get #alone(): boolean {
    return this.#options.alone === true
  }

  #newTenure(): Tenure {
    const { journal, clock, nodeId } = this.#options
    this.#tenures += 1
    const id = this.#tenures === 1 ? nodeId : `${nodeId}/${this.#tenures}`
    // Only at the start: later, what is not ours was taken over.
    const alone = this.#alone && this.#tenures === 1
    return new Tenure({ journal, clock, id, delivers: true, leaseMs: this.#leaseMs, alone })
  }

  /** Again and again, until it is cancelled. */
  #again(name: string, everyMs: number, work: () => Promise<void> | void): void {
    const turn = () => {
      this.#cancels.set(
        name,
        this.#options.clock.after(everyMs, () => {
          let over = false
          this.#cancels.set(name, () => (over = true))
          void (async () => {
            await work()
            if (!over) turn()
          })()
        }),
      )
    }
    turn()
  }

  /** Renews what this node has. */
  async #beat(): Promise<void> {
    const tenure = this.#tenure
    try {
      if (!(await tenure.renew())) await this.#beginAnew(tenure)
      if (this.#alone && !this.#stopped) await this.reload()
    } catch (error) {
      this.#options.log.error({ error: String(error) }, 'Leases could not be renewed; trying again')
    }
  }

  /** It was taken for dead: everything it had is, or will be, another's. It comes again as a new node. */
  #beginAnew(former: Tenure): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#tenure !== former) return
      former.end()
      for (const account of this.#accounts.values()) this.#lose(account)
      if (this.#stopped) return
      this.#tenure = this.#newTenure()
      await this.#tenure.begin()
      await this.#look()
      await this.#load()
    })
  }

  async #lookAround(): Promise<void> {
    const { journal, log } = this.#options
    const tenure = this.#tenure
    try {
      const before = this.#nodes.length
      const { woken } = await this.#look()
      if (!this.#nodes.some(({ id }) => id === tenure.id)) await this.#beginAnew(tenure)
      this.#looks += 1
      if (woken || this.#looks % looksUntilChanges === 0) await this.#inTurn(() => this.#load())
      // Another's hints may have gone with it.
      const isFewer = this.#nodes.length < before
      const places = isFewer ? this.#readers.all() : this.#readers.portion(looksUntilSwept)
      if (places.length === 0) return
      const heads = await journal.heads(places)
      for (const [index, place] of places.entries())
        this.#reaches({ ...place, seq: heads[index] ?? 0 })
    } catch (error) {
      log.warn({ error: String(error) }, 'The journal did not say what is new')
    }
  }

  /** Who is there, and what they tell. */
  async #look(): Promise<{ readonly woken: boolean }> {
    const { nodes, hints } = await this.#options.journal.look(this.#tenure.id)
    const woken = hints?.length === 0 || nodes.length !== this.#nodes.length
    this.#nodes = nodes
    this.#herald.knows(nodes, this.#tenure.id)
    for (const hint of hints ?? []) this.#reaches(hint)
    return { woken }
  }

  #reaches({ sourceId, lane, seq }: Hint): void {
    for (const run of this.#readers.of(sourceId, lane)) run.more(lane, seq)
  }

  /** One at a time, in order. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.#loading.then(work)
    this.#loading = next.catch(() => undefined)
    return next
  }

  async #load(): Promise<void> {
    const { destinations, connections } = await this.#roster.read()
    for (const row of destinations) this.#update(row)
    for (const connection of connections) {
      const run = this.#runs.get(connection.id)
      if (run !== undefined) this.#change(run, connection)
      else this.#toAdopt.add(this.#roster.accountOf(connection) ?? '')
    }
    if (this.#stopped) return
    await this.#share()
    await this.#adopt()
  }

  /** Takes what is missing to this node's share of the accounts, or gives back what is beyond it. */
  async #share(): Promise<void> {
    await this.#giveUpStrays()
    const { accounts } = this.#roster
    const all = [...this.#accounts.values()]
    const held = all.filter(({ stopped }) => !stopped)
    const { id } = this.#tenure
    const share = this.#alone
      ? accounts
      : shareOf(this.#nodes, id, { accounts, leaseMs: this.#leaseMs })
    // Those without anything to do first: they move at once.
    const surplus =
      held.length <= share
        ? []
        : held
            .toSorted((one, other) => Number(this.#isBusy(one)) - Number(this.#isBusy(other)))
            .slice(0, held.length - share)
    // What could not be given back before is tried again.
    if (surplus.length > 0 || all.length > held.length)
      this.#hand([...surplus, ...all.filter(({ stopped }) => stopped)])
    const most = share - held.length
    if (most <= 0) return
    const wanted = this.#roster.accountIds.filter((accountId) => !this.#accounts.has(accountId))
    if (wanted.length === 0) return
    const { journal, clock } = this.#options
    const leases = await journal.claim(wanted, { id, most }).catch((error: unknown) => {
      for (const accountId of wanted) this.#strays.add(accountId)
      throw error
    })
    for (const lease of leases) {
      const { accountId, fence } = lease
      this.#accounts.set(accountId, new Account(accountId, fence, this.#tenure, clock))
      this.#toAdopt.add(accountId)
      for (const connection of this.#roster.connectionsOf(accountId))
        this.#openOutlet(connection.destinationId, lease)
    }
  }

  /** As long as the journal has them as this node's, nobody else takes them. */
  async #giveUpStrays(): Promise<void> {
    const strays = [...this.#strays].filter((accountId) => !this.#accounts.has(accountId))
    if (strays.length > 0) {
      const given = strays.map((accountId) => ({ accountId }))
      await this.#options.journal.release(given, this.#tenure.id)
    }
    this.#strays.clear()
  }

  /** One after the other moves as soon as it is quiet. */
  #hand(accounts: readonly Account[]): void {
    if (this.#giving !== undefined) return
    this.#giving = this.#giveBack(accounts)
      .catch((error: unknown) => {
        this.#options.log.warn({ error: String(error) }, 'Accounts could not be given back yet')
      })
      .finally(() => (this.#giving = undefined))
  }

  /** Nothing more of them is sent; each is free once what was under way is settled. */
  async #giveBack(accounts: readonly Account[]): Promise<void> {
    for (const account of accounts) account.stop()
    for (const run of this.#runs.values()) if (run.account.stopped) run.stop()
    let left = [...accounts]
    const failures: unknown[] = []
    while (left.length > 0) {
      await this.#until(() => left.some((account) => account.lost || this.#isQuiet(account)))
      const quiet = left.filter((account) => !account.lost && this.#isQuiet(account))
      const gone = new Set(quiet)
      left = left.filter((account) => !account.lost && !gone.has(account))
      for (let from = 0; from < quiet.length; from += adoptedTogether) {
        await this.#release(quiet.slice(from, from + adoptedTogether)).catch((error: unknown) => {
          failures.push(error)
        })
      }
      await this.#herald.wake()
    }
    if (failures.length > 0) throw failures[0]
  }

  async #release(accounts: readonly Account[]): Promise<void> {
    const { journal, forget } = this.#options
    const given = accounts.map(({ id }) => ({ accountId: id, ...this.#budgetOf(id) }))
    await journal.release(given, this.#tenure.id)
    for (const account of accounts) {
      this.#drop(account)
      forget?.(account.id)
    }
  }

  /** What its windows hold, unless nothing was sent here. */
  #budgetOf(accountId: string): { readonly budget?: string } {
    for (const { destinationId } of this.#roster.connectionsOf(accountId)) {
      const budget = this.#outlets.get(destinationId)?.budget
      if (budget !== undefined) return { budget }
    }
    return {}
  }

  #runsOf(account: Account): readonly Run[] {
    return this.#roster.connectionsOf(account.id).flatMap(({ id }) => this.#runs.get(id) ?? [])
  }

  #isBusy(account: Account): boolean {
    return this.#runsOf(account).some(({ resting }) => !resting)
  }

  #isQuiet(account: Account): boolean {
    return this.#runsOf(account).every(({ quiet }) => quiet)
  }

  /** Several of its loops may notice it, some of them when the account has been taken again. */
  #lose(account: Account): void {
    if (account.lost) return
    this.#options.log.warn({ account: account.id }, 'Another node runs this account now')
    account.lose()
    this.#drop(account)
    this.#strays.add(account.id)
    this.#rested()
  }

  #drop(account: Account): void {
    if (this.#accounts.get(account.id) === account) this.#accounts.delete(account.id)
    for (const run of this.#runsOf(account)) {
      if (run.account !== account) continue
      this.#runs.delete(run.connection.id)
      this.#awake.delete(run)
      this.#readers.remove(run)
      run.stop()
      run.outlet.gate.close()
      this.#outlets.delete(run.connection.destinationId)
    }
  }

  #openOutlet(destinationId: string, lease: Lease): void {
    const row = this.#roster.destinations.get(destinationId)
    if (row === undefined || this.#outlets.has(destinationId)) return
    const { clock, open } = this.#options
    const gate = new Gate(
      clock,
      () => this.#opened(destinationId),
      (reason, waitMs) => this.#waits(destinationId, reason, waitMs),
    )
    // A missing permission is found out again by itself, and perhaps concerns only some actions.
    if (row.state === 'error' && row.error?.reason !== 'scope_missing') {
      gate.stop(holdReasonOf(row), row.error?.detail)
    }
    this.#outlets.set(destinationId, new Outlet(row, { gate, lease, clock, open }))
  }

  #update(row: DestinationRow): void {
    const outlet = this.#outlets.get(row.id)
    if (outlet?.change(row) !== true) return
    outlet.gate.open()
    for (const run of this.#runsOn(row.id)) run.mended()
  }

  #runsOn(destinationId: string): readonly Run[] {
    const accountId = this.#outlets.get(destinationId)?.row.accountId
    if (accountId === undefined) return []
    return this.#roster
      .connectionsOf(accountId)
      .flatMap(({ id }) => this.#runs.get(id) ?? [])
      .filter(({ connection }) => connection.destinationId === destinationId)
  }

  #opened(destinationId: string): void {
    for (const run of this.#runsOn(destinationId)) run.kick()
  }

  #waits(destinationId: string, reason: ReasonCode, waitMs: number): void {
    for (const { connection } of this.#runsOn(destinationId)) {
      this.#options.log.warn(
        { connection: connection.id, destination: destinationId, reason, waitMs },
        `${reasons[reason].sentence} Its events are tried again.`,
      )
    }
  }

  #change(run: Run, connection: Connection): void {
    const same =
      run.connection.version === connection.version &&
      run.connection.state === connection.state &&
      run.connection.workspaceOff === connection.workspaceOff
    if (same) run.lookAside()
    else run.change(connection)
  }

  /** Begins with the connections of this node's accounts that it does not run yet. */
  async #adopt(): Promise<void> {
    const fresh: Run[] = []
    for (const accountId of this.#toAdopt) {
      const account = this.#accounts.get(accountId)
      if (account === undefined || account.stopped) continue
      for (const connection of this.#roster.connectionsOf(accountId)) {
        const run = this.#runs.get(connection.id) ?? this.#run(connection, account)
        if (!run.isAdopted) fresh.push(run)
      }
    }
    for (let from = 0; from < fresh.length; from += adoptedTogether)
      await this.#adoptSome(fresh.slice(from, from + adoptedTogether))
    this.#toAdopt.clear()
  }

  async #adoptSome(runs: readonly Run[]): Promise<void> {
    const adopted = await this.#options.journal.adopt(
      runs.map(({ account, connection }) => ({
        lease: { accountId: account.id, fence: account.fence },
        cursors: lanes.map((lane) => keyOf(connection, lane)),
      })),
    )
    const byConnection = Map.groupBy(adopted, ({ connectionId }) => connectionId)
    for (const run of runs) {
      const cursors = byConnection.get(run.connection.id)
      // Lost while it was asked: what ran now would stand in the way when it is taken again.
      if (run.account.lost) continue
      if (cursors === undefined) this.#lose(run.account)
      else run.adopted(cursors)
    }
  }

  /** Known from here on, so that nothing told while its cursors are adopted is missed. */
  #run(connection: Connection, account: Account): Run {
    if (!this.#outlets.has(connection.destinationId)) {
      // A connection more on an account that runs: the windows are known here already.
      this.#openOutlet(connection.destinationId, { accountId: account.id, fence: account.fence })
    }
    const outlet = this.#outlets.get(connection.destinationId)
    if (outlet === undefined) throw new Error(`There is no destination of ${connection.id}.`)
    const { journal, clock, log, mapperOf } = this.#options
    const run = new Run(connection, {
      confirm: new Confirm(
        { journal, clock, log, account, destination: () => outlet.destination },
        connection,
      ),
      account,
      outlet,
      clock,
      rigOf: (owner) => this.#rigOf(owner),
      mapperOf: (owner) => mapperOf(owner.connection, outlet.destination.scopes),
      awake: (owner) => void this.#awake.add(owner),
    })
    this.#runs.set(connection.id, run)
    this.#readers.add(run)
    return run
  }

  #rigOf(run: Run): Rig {
    const { journal, clock, log, config, mapperOf, newAttemptId, digest } = this.#options
    const { account, outlet, tempo, cap, confirm } = run
    const { workspaceId, id: connectionId } = run.connection
    return {
      journal: telling(journal, log),
      clock,
      log,
      memory: this.#memory,
      turns: this.#turns,
      account,
      gate: outlet.gate,
      cap,
      tempo,
      confirm,
      get destination() {
        return outlet.destination
      },
      keepsTraits: keepsTraits(outlet.destination),
      latest: new Latest(journal, { workspaceId, connectionId }),
      timeoutMs: this.#timeoutMs,
      newAttemptId,
      digest,
      mapperAt: async (version) => {
        const settings = await config.settingsAt(workspaceId, connectionId, version)
        const { connection } = run
        // What was announced was announced while it was connected.
        const then: Connection = {
          ...connection,
          settings: settings ?? connection.settings,
          version,
          state: 'connected',
        }
        return mapperOf(then, outlet.destination.scopes)
      },
      refused: (reason, detail, hold) => this.#refused(outlet, reason, detail, hold),
      lost: () => this.#lose(account),
      later: (dueAt) => run.later(dueAt),
      rested: () => this.#rested(),
    }
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

  #park(): void {
    for (const run of this.#awake) if (run.park()) this.#awake.delete(run)
  }

  /** Waits for a condition that loops coming to rest may bring about. */
  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#idlers.push(resolve)
      })
    }
  }

  #rested(): void {
    if (this.#idlers.length === 0) return
    const idlers = this.#idlers
    this.#idlers = []
    for (const idler of idlers) idler()
  }
}

function longestWaitMs(destination: Destination): number {
  return Math.max(...ways.map((way) => destination.waitMs(way)))
}

/** C15: what may not be written by itself travels with events. */
function keepsTraits({ scopes }: Destination): boolean {
  return scopes !== undefined && !scopes.has('profiles:write')
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
