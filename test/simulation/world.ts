import { lanes, mapperOf, settingsOf } from '../../src/core/index.ts'
import type {
  Appended,
  Connection,
  CursorKey,
  DestinationRow,
  Engine,
  Journal,
  Lane,
  Mapper,
  Received,
  Settings,
  Settlement,
} from '../../src/core/index.ts'
import { startDelivery } from '../../src/delivery/index.ts'
import { kit } from '../../src/server/kit.ts'
import type { Chance } from './chance.ts'
import { chanceOf } from './chance.ts'
import type { Faults } from './faults.ts'
import { faultsOf } from './faults.ts'
import { ModelJournal } from './journal.ts'
import { ModelKlaviyo, narrow } from './klaviyo.ts'
import type { Witness } from './node.ts'
import { epoch, logOf, Node, overWire } from './node.ts'
import { Schedule } from './schedule.ts'
import { Shop } from './shop.ts'

/** A journal that breaks a promise, and the misfortunes under which that comes to light soon. */
export interface Mutant {
  readonly faults: Partial<Faults>
  readonly around: (journal: ModelJournal, chance: Chance, schedule: Schedule) => Journal
}

/** Everything of one run: shops, nodes, the database, Klaviyo, and what was seen of them. */
export class World {
  readonly schedule = new Schedule()
  readonly chance: Chance
  readonly faults: Faults
  readonly journal: ModelJournal
  readonly reached: Journal
  readonly accounts = new Map<string, ModelKlaviyo>()
  readonly shops: Shop[] = []
  readonly nodes: Node[] = []
  readonly keys: CursorKey[] = []
  /** What is wrong, in the order in which it was noticed. */
  readonly wrong: string[] = []
  readonly lines: string[] = []
  readonly #tracing: boolean
  readonly #poison = new Map<string, 'reject' | 'fail'>()
  readonly #mappers = new Map<string, Mapper>()
  /** Every state and version that a connection had. */
  readonly versions = new Map<string, Connection[]>()
  /** Events that left the straight road at some time, or that a person had sent again. */
  readonly aside = new Set<string>()
  /** Events whose appending was confirmed to the shop. */
  readonly confirmed = new Set<string>()
  /** Where each message stands in the journal. */
  readonly #places = new Map<string, { sourceId: string; lane: Lane; seq: number }>()
  readonly #owners = new Map<string, string>()
  /** When a node first decided that an event of a connection is not to be sent. */
  readonly #ended = new Map<string, number>()
  /** When a node lost what it had in memory: it died, or trusts it no more. */
  readonly #forgot: number[] = []
  #lives = 0
  #attempts = 0

  constructor(seed: number, mutant: Mutant | undefined, tracing: boolean) {
    this.#tracing = tracing
    this.chance = chanceOf(seed)
    this.faults = Object.assign(faultsOf(this.chance), mutant?.faults)
    this.journal = new ModelJournal(() => epoch + this.schedule.now)
    this.reached =
      mutant === undefined
        ? Object.assign(this.journal, { close: async () => {} })
        : mutant.around(this.journal, this.chance, this.schedule)
    this.trace(() => `faults ${JSON.stringify(this.faults)}`)
  }

  trace(text: () => string): void {
    if (this.#tracing) this.lines.push(`${(this.schedule.now / 1000).toFixed(3)} ${text()}`)
  }

  fault(text: string): void {
    this.trace(() => `WRONG ${text}`)
    if (this.wrong.length < 20)
      this.wrong.push(`at ${(this.schedule.now / 1000).toFixed(3)}: ${text}`)
  }

  /** One store; one or two sources, accounts and connections, joined in some way. */
  async furnish(): Promise<void> {
    const { chance, faults, schedule, journal } = this
    const { config } = journal
    const sources = chance.whole(1, 2)
    const accounts = chance.whole(1, 2)
    const workspaces = chance.whole(1, sources)
    for (let number = 1; number <= workspaces; number += 1) {
      const workspaceId = `wsp_${number}`
      await config.addWorkspace({ id: workspaceId, name: 'Acme' })
      await config.addStore({ ...storeOf(number), workspaceId, name: 'Acme' })
    }
    for (let number = 1; number <= sources; number += 1) {
      const workspaceId = `wsp_${Math.min(number, workspaces)}`
      const store = storeOf(Math.min(number, workspaces))
      const shop = new Shop(number, { workspaceId, storeId: store.id }, chance, faults)
      this.shops.push(shop)
      const id = shop.sourceId
      const writeKey = `wk_${number}`
      await config.addSource({
        workspaceId,
        id,
        storeId: store.id,
        name: id,
        writeKey,
        enabled: true,
      })
    }
    for (let number = 1; number <= accounts; number += 1) {
      const accountId = `acc_${number}`
      const secret = `key_${number}`
      this.accounts.set(
        accountId,
        new ModelKlaviyo({
          accountId,
          key: secret,
          schedule,
          chance,
          faults,
          poison: this.#poison,
          fault: (text) => this.fault(text),
          trace: (text) => this.trace(text),
        }),
      )
    }
    // Two connections to one account share a destination, unless their workspaces differ or it happens so.
    const joint = accounts === 1 && workspaces === 1 && chance.happens(0.5)
    for (let number = 1; number <= Math.max(sources, accounts); number += 1) {
      const account = Math.min(number, accounts)
      const workspaceId = `wsp_${Math.min(number, workspaces)}`
      const destinationId = `dst_${joint ? 1 : number}`
      const row: DestinationRow = {
        workspaceId,
        id: destinationId,
        accountId: `acc_${account}`,
        secret: `key_${account}`,
        state: 'connected',
      }
      if (!joint || number === 1) await config.addDestination(row)
      const id = `con_${number}`
      const sourceId = `src_${Math.min(number, sources)}`
      const settings = settingsOf('storefront', {
        patience: faults.patience,
        retryCycleMs: 120_000,
        onForbidden: chance.pick(['hold', 'narrow']),
      })
      await config.addConnection({
        workspaceId,
        id,
        sourceId,
        destinationId,
        store: storeOf(Math.min(number, workspaces)),
        settings,
        state: 'connected',
        since: 0,
      })
      for (const lane of lanes) this.keys.push({ workspaceId, connectionId: id, sourceId, lane })
    }
    await this.noteVersions()
  }

  async noteVersions(): Promise<void> {
    for (const connection of await this.journal.config.connections()) {
      const known = this.versions.get(connection.id)
      if (known === undefined) this.versions.set(connection.id, [connection])
      else if (known.at(-1) !== connection) known.push(connection)
    }
  }

  mapperOf(connection: Connection): Mapper {
    const name = `${connection.id} ${connection.version} ${connection.state}`
    let mapper = this.#mappers.get(name)
    if (mapper === undefined) {
      mapper = mapperOf(connection, kit, this.faults.withoutProfiles ? narrow : undefined)
      this.#mappers.set(name, mapper)
    }
    return mapper
  }

  /** As a node asks it: what it decides is noted. */
  #heard(connection: Connection): Mapper {
    const mapper = this.mapperOf(connection)
    return {
      plan: (event) => {
        const plan = mapper.plan(event)
        if (plan.type === 'end' && plan.reason !== 'anonymous_waiting') {
          const name = `${connection.id} ${event.messageId}`
          if (!this.#ended.has(name)) this.#ended.set(name, this.schedule.now)
        }
        return plan
      },
    }
  }

  forget(): void {
    this.#forgot.push(this.schedule.now)
  }

  /**
   * An event that was not to be sent counted all the same, since the node that said so forgot it before it
   * was written, and the settings are others by now. Later ones of the person may have gone before.
   */
  isRevived(connectionId: string, message: string, countedAt: number): boolean {
    const endedAt = this.#ended.get(`${connectionId} ${message}`)
    if (endedAt === undefined) return false
    return this.#forgot.some((at) => endedAt <= at && at < countedAt)
  }

  get alive(): Node[] {
    return this.nodes.filter(({ dead }) => !dead)
  }

  /** A process starts; when it cannot, it tries again later. */
  start(): void {
    this.#lives += 1
    const node = new Node(`node-${this.#lives}`, this.schedule, this.chance)
    if (this.faults.clockJumps) node.skewMs = this.chance.whole(-600_000, 600_000)
    this.nodes.push(node)
    this.trace(() => `${node.id} starts`)
    const witness = this.#witness()
    const { faults, schedule } = this
    const started = startDelivery({
      journal: overWire(node, this.reached, faults, schedule, witness),
      config: overWire(node, this.journal.config, faults, schedule, witness),
      clock: node.clock,
      log: logOf(
        node,
        (text) => this.trace(text),
        (text) => this.fault(text),
        () => this.forget(),
      ),
      nodeId: node.id,
      alone: faults.alone,
      leaseMs: faults.leaseMs,
      lookMs: faults.leaseMs / 4,
      timeoutMs: faults.timeoutMs,
      memoryBytes: faults.memoryBytes,
      open: ({ accountId, secret }) => {
        const account = this.accounts.get(accountId)
        if (account === undefined) throw new Error(`There is no account ${accountId}.`)
        const leaseEnds = () => {
          const owner = this.journal.leases.get(accountId)?.owner
          return owner?.split('/')[0] === node.id ? this.journal.endOf(owner) - epoch : 0
        }
        const isAnnounced = (message: string) => this.#isAnnounced(accountId, message)
        return account.reachedBy(node, secret, { leaseEnds, isAnnounced })
      },
      mapperOf: (connection) => this.#heard(connection),
      digest: (text) => digestOf(text),
      newAttemptId: () => {
        this.#attempts += 1
        return `att_${this.#attempts}`
      },
    })
    void this.#launch(node, started)
  }

  async #launch(node: Node, started: Promise<Engine>): Promise<void> {
    try {
      node.engine = await started
    } catch {
      this.trace(() => `${node.id} could not start`)
      node.kill()
      this.schedule.after(2000, () => this.start())
    }
  }

  /** Before a bulk request goes out it stands in the journal what is in it, unless it was settled before. */
  #isAnnounced(accountId: string, message: string): boolean {
    const place = this.#places.get(message)
    if (place === undefined) return false
    return [...this.journal.cursors.values()].some(
      ({ key, seq, intent, ...cursor }) =>
        cursor.accountId === accountId &&
        key.sourceId === place.sourceId &&
        key.lane === place.lane &&
        place.seq <= Math.max(seq, intent?.toSeq ?? 0),
    )
  }

  #witness(): Witness {
    let fenceBefore = 0
    let seqBefore = 0
    return {
      before: (_, name, args) => {
        if (name !== 'settle') return
        const [{ cursor: key }] = args as [Settlement]
        const cursor = this.journal.cursors.get(
          `${key.workspaceId} ${key.connectionId} ${key.lane}`,
        )
        fenceBefore = cursor?.fence ?? 0
        seqBefore = cursor?.seq ?? 0
      },
      after: (node, name, args, answer) => {
        this.trace(() => this.#tell(node, name, args, answer))
        if (name === 'append') this.#appended(args[0] as Received[], answer as Appended[])
        if (name !== 'settle' || answer !== true) return
        this.#settled(node, args[0] as Settlement, fenceBefore, seqBefore)
      },
    }
  }

  #appended(events: readonly Received[], appended: readonly Appended[]): void {
    for (const [index, { sourceId, lane, event }] of events.entries()) {
      const seq = appended[index]?.seq
      if (seq !== undefined) this.#places.set(event.messageId, { sourceId, lane, seq })
    }
  }

  #settled(node: Node, settlement: Settlement, fenceBefore: number, seqBefore: number): void {
    const { cursor: key, fence, accountId } = settlement
    const name = `${key.workspaceId} ${key.connectionId} ${key.lane}`
    const seq = this.journal.cursors.get(name)?.seq ?? 0
    if (fence !== fenceBefore)
      this.fault(`${node.id} settles ${name} under fence ${fence}, and ${fenceBefore} holds.`)
    if (seq < seqBefore) this.fault(`The cursor of ${name} went back from ${seqBefore} to ${seq}.`)
    const lease = `${accountId} ${fence}`
    const owner = this.#owners.get(lease)
    if (owner === undefined) this.#owners.set(lease, node.id)
    else if (owner !== node.id)
      this.fault(`${owner} and ${node.id} settle under one fence: ${lease}.`)
    for (const one of settlement.exceptions ?? [])
      this.aside.add(`${one.connectionId} ${one.lane} ${one.seq}`)
  }

  #tell(node: Node, name: string, args: readonly unknown[], answer: unknown): string {
    if (name === 'settle') {
      const { cursor, fromSeq, reasons, patches, exceptions, resolved, fence } =
        args[0] as Settlement
      const what = JSON.stringify({
        fence,
        fromSeq,
        reasons,
        patches,
        exceptions: exceptions?.map(({ seq, state, reason, dueAt, tries }) => ({
          seq,
          state,
          reason,
          tries,
          due: dueAt - epoch,
        })),
        resolved,
      })
      return `${node.id} settles ${cursor.connectionId} ${cursor.lane} ${what} → ${String(answer)}`
    }
    if (name === 'append') {
      const messages = (args[0] as Received[]).map(({ event }) => event.messageId)
      return `${node.id} appends [${messages.join(' ')}] → ${JSON.stringify(
        (answer as { seq: number; link: boolean }[]).map(({ seq, link }) =>
          link ? `${seq}!` : seq,
        ),
      )}`
    }
    if (name === 'read' || name === 'readSome' || name === 'waitingGuest') {
      const seqs = (answer as { seq: number }[]).map(({ seq }) => seq)
      return `${node.id} ${name} ${JSON.stringify(args)} → [${seqs.join(' ')}]`
    }
    if (name === 'connections' || name === 'destinations') return `${node.id} ${name}`
    return `${node.id} ${name} ${JSON.stringify(args)} → ${JSON.stringify(answer)}`
  }

  /** A shop posts some events to a node; where no answer comes, the same again to another. */
  post(shop: Shop, count: number): void {
    const events: Received[] = []
    for (let place = 0; place < count; place += 1) {
      events.push(shop.post(epoch + Math.floor(this.schedule.now)))
      const last = shop.sent.at(-1)
      if (last?.poison !== undefined) this.#poison.set(last.message, last.poison)
    }
    this.#deliver(events)
  }

  /** Somebody new comes by, with whom nothing is wrong. */
  greet(shop: Shop): void {
    this.#deliver([shop.greet(epoch + Math.floor(this.schedule.now))])
  }

  #deliver(events: readonly Received[]): void {
    // Where a node is alone, nobody else tells it: it takes events when its engine runs.
    const alive = this.alive.filter(({ engine }) => !this.faults.alone || engine !== undefined)
    if (alive.length === 0) {
      this.schedule.after(500, () => this.#deliver(events))
      return
    }
    const node = this.chance.pick(alive)
    const journal = overWire(node, this.reached, this.faults, this.schedule, this.#witness())
    let answered = false
    const post = async (): Promise<void> => {
      try {
        const appended = await journal.append(events)
        answered = true
        for (const { event } of events) this.confirmed.add(event.messageId)
        node.engine?.feed(events, appended)
      } catch {
        answered = true
        this.schedule.after(500, () => this.#deliver(events))
      }
    }
    void post()
    // The node died: its shop hears nothing.
    this.schedule.after(20_000, () => {
      if (!answered) this.#deliver(events)
    })
  }

  /** Nothing waits any more that time would bring on. */
  get settled(): boolean {
    for (const shop of this.shops)
      if (shop.sent.some(({ message }) => !this.confirmed.has(message))) return false
    for (const { key, seq, exceptions } of this.journal.cursors.values()) {
      if (seq < this.journal.laneOf(key).head) return false
      for (const { state } of exceptions.values()) if (state !== 'kept') return false
    }
    return true
  }

  async settingsOf(connectionId: string): Promise<Settings> {
    const connections = await this.journal.config.connections()
    const connection = connections.find(({ id }) => id === connectionId)
    if (connection === undefined) throw new Error(`There is no connection ${connectionId}.`)
    return connection.settings
  }
}

function storeOf(number: number) {
  return { id: `sto_${number}`, key: 'acme', currency: 'EUR' }
}

/** FNV-1a: short, and the same everywhere. */
function digestOf(text: string): string {
  let hash = 0x811c9dc5
  for (let place = 0; place < text.length; place += 1)
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193) >>> 0
  return hash.toString(16)
}
