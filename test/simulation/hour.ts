import { mapperOf, readEvent, settingsOf } from '../../src/core/index.ts'
import type { Lane, Received } from '../../src/core/index.ts'
import { startDelivery } from '../../src/delivery/index.ts'
import { operations } from '../../src/klaviyo/generated/tables.ts'
import { createGovernors, openKlaviyo } from '../../src/klaviyo/index.ts'
import type { KlaviyoOptions } from '../../src/klaviyo/index.ts'
import { kit } from '../../src/server/kit.ts'
import { Limiter } from '../../src/simulator/limits.ts'
import type { Chance } from './chance.ts'
import { chanceOf } from './chance.ts'
import type { Faults } from './faults.ts'
import { faultsOf } from './faults.ts'
import { ModelJournal } from './journal.ts'
import { epoch, Node, overWire } from './node.ts'
import { Schedule } from './schedule.ts'

/** What a stretch of mixed load came to. */
export interface Stretch {
  readonly sent: number
  /** Events that are settled, and how. */
  readonly settled: Readonly<Record<string, number>>
  /** Requests by path and status. */
  readonly answers: Readonly<Record<string, number>>
  /** Times that the node with the account stopped, and the other took it. */
  readonly moves: number
  readonly wrong: readonly string[]
}

const accountId = 'AbC123'
const workspaceId = 'wsp_1'
const leaseMs = 30_000
const timeoutMs = 15_000

const pathOf = new Map(Object.values(operations).map(({ path, ...limits }) => [path, limits]))

/**
 * Two shops send to one account through two nodes, in virtual time: the engine's own code, the client's, and the
 * governor that keeps the limits, against the simulator's fixed windows. Every few minutes the node that has the account stops
 * and comes again.
 */
export async function playLoad(seed: number, minutes: number): Promise<Stretch> {
  const schedule = new Schedule()
  const chance = chanceOf(seed)
  const journal = new ModelJournal(() => epoch + schedule.now)
  const faults: Faults = faultsOf(chance)
  faults.end()
  await furnish(journal)
  const klaviyo = new Klaviyo(schedule, chance)
  const wrong: string[] = []
  const wired = Object.assign(journal, { close: async () => {} })
  const nodes: Node[] = []
  let lives = 0
  let attempts = 0

  const start = async (): Promise<void> => {
    lives += 1
    const node = new Node(`node-${lives}`, schedule, chance)
    nodes.push(node)
    const governors = createGovernors(node.clock)
    const witness = { before: () => {}, after: () => {} }
    node.engine = await startDelivery({
      journal: overWire(node, wired, faults, schedule, witness),
      config: overWire(node, journal.config, faults, schedule, witness),
      clock: node.clock,
      log: {
        info: () => {},
        warn: () => {},
        error: (fields, message) => void wrong.push(`${message} ${JSON.stringify(fields)}`),
      },
      nodeId: node.id,
      leaseMs,
      timeoutMs,
      forget: (id) => governors.forget(id),
      open: (row) =>
        openKlaviyo({
          baseUrl: 'http://klaviyo.example',
          auth: { type: 'key', key: row.secret },
          accountId,
          governors,
          clock: node.clock,
          dispatcher: klaviyo.reachedBy(node),
        }),
      mapperOf: (connection, scopes) => mapperOf(connection, kit, scopes),
      digest: (text) => kit.digest(text),
      newAttemptId: () => {
        attempts += 1
        return `att_${attempts}`
      },
    })
  }
  const restart = async (): Promise<void> => {
    const owner = journal.leases.get(accountId)?.owner
    const node = nodes.find(({ id, dead }) => !dead && id === owner)
    if (node?.engine === undefined) return
    const { engine } = node
    node.engine = undefined
    await engine.stop()
    node.kill()
    await start()
  }
  void start()
  void start()

  let sent = 0
  const post = async (source: number, lane: Lane, count: number, identifies: number) => {
    const events = Array.from({ length: count }, () => {
      sent += 1
      return eventOf(sent, source, lane, chance.happens(identifies), epoch + schedule.now)
    })
    const node = chance.pick(nodes.filter(({ engine }) => engine !== undefined))
    node.engine?.feed(events, await journal.append(events))
  }
  const overMs = minutes * 60_000
  const goOn = (): void => {
    if (schedule.now > overMs) return
    for (const source of [1, 2]) {
      // A trickle, small groups, and now and then a flood; history beside it.
      const kind = chance.random()
      if (kind < 0.9) void post(source, 'live', chance.whole(1, 20), 0.3)
      else if (kind < 0.99) void post(source, 'live', chance.whole(40, 200), 0.5)
      else void post(source, chance.pick(['live', 'backfill']), chance.whole(500, 3000), 0.1)
    }
    schedule.after(chance.span(200, 2000), goOn)
  }
  schedule.after(30_000, goOn)
  const change = (): void => {
    if (schedule.now > overMs) return
    void restart()
    schedule.after(chance.span(120_000, 420_000), change)
  }
  schedule.after(60_000, change)

  const isOver = () =>
    schedule.now > overMs &&
    [...journal.cursors.values()].every(({ key, seq }) => seq === journal.laneOf(key).head)
  await schedule.play(() => isOver() || schedule.now > overMs + 1_800_000, 1e9)
  if (!isOver()) wrong.push('Half an hour later there is still something to be sent.')
  const settled: Record<string, number> = {}
  for (const { bytes } of journal.cursors.values())
    for (const reason of bytes.values()) settled[reason] = (settled[reason] ?? 0) + 1
  return { sent, settled, answers: klaviyo.answers, moves: lives - 2, wrong }
}

async function furnish({ config }: ModelJournal): Promise<void> {
  await config.addWorkspace({ id: workspaceId, name: 'Acme' })
  for (const number of [1, 2]) {
    const store = { id: `sto_${number}`, key: `acme-${number}`, currency: 'EUR' }
    const id = `src_${number}`
    const destinationId = `dst_${number}`
    await config.addStore({ ...store, workspaceId, name: store.key })
    await config.addSource({
      workspaceId,
      id,
      storeId: store.id,
      name: id,
      writeKey: `wk_${number}`,
      enabled: true,
    })
    await config.addDestination({
      workspaceId,
      id: destinationId,
      accountId,
      secret: `pk_${number}`,
      state: 'connected',
    })
    await config.addConnection({
      workspaceId,
      id: `con_${number}`,
      sourceId: id,
      destinationId,
      store,
      settings: settingsOf('storefront'),
      state: 'connected',
      since: 0,
    })
  }
}

function eventOf(n: number, source: number, lane: Lane, says: boolean, now: number): Received {
  const email = `p${n % 5000}@example.com`
  const who = { messageId: `m-${n}`, userId: `u${n % 5000}`, context: { traits: { email } } }
  const raw = says
    ? { type: 'identify', ...who, traits: { email, tier: n } }
    : {
        type: 'track',
        event: 'Order Completed',
        ...who,
        properties: {
          order_id: n,
          total: 3,
          currency: 'EUR',
          products: [{ product_id: 'a', price: 3 }],
        },
      }
  const receivedAt = Math.floor(now)
  const newId = () => `m-${n}`
  const reading = readEvent(raw, { receivedAt, kit, newId, maxBytes: 1_000_000 })
  if (reading.type !== 'ok') throw new Error(`Refused: ${reading.reason}`)
  const { type: _, ...read } = reading
  const at = { workspaceId, sourceId: `src_${source}`, storeId: `sto_${source}` }
  return { ...at, lane, receivedAt, ...read }
}

type Dispatcher = NonNullable<KlaviyoOptions['dispatcher']>

/** Klaviyo's end of the line: counts in fixed windows, and takes what they allow. */
class Klaviyo {
  readonly #schedule: Schedule
  readonly #chance: Chance
  readonly #limiter: Limiter
  readonly answers: Record<string, number> = {}

  constructor(schedule: Schedule, chance: Chance) {
    this.#schedule = schedule
    this.#chance = chance
    // Nobody knows where its windows begin.
    this.#limiter = new Limiter(chance.whole(0, 59_999))
  }

  reachedBy(node: Node): Dispatcher {
    const request = async ({ path }: { readonly path: string }) => {
      await this.#pass()
      const status = this.#admit(path)
      await new Promise<void>((resolve) => void node.after(this.#chance.span(2, 60), resolve))
      const headers = status === 429 ? { 'retry-after': '1' } : {}
      return { statusCode: status, headers, body: [] }
    }
    // Of a dispatcher the client uses this alone.
    return { request } as unknown as Dispatcher
  }

  #admit(path: string): number {
    const limits = pathOf.get(path)
    if (limits === undefined) throw new Error(`There is no ${path}.`)
    const { type } = this.#limiter.admit(path, limits, epoch + this.#schedule.now)
    const status = type === 'admitted' ? 202 : 429
    const name = `${path} ${status}`
    this.answers[name] = (this.answers[name] ?? 0) + 1
    return status
  }

  #pass(): Promise<void> {
    const ms = this.#chance.happens(0.02) ? this.#chance.span(50, 900) : this.#chance.span(2, 60)
    return new Promise((resolve) => void this.#schedule.after(ms, resolve))
  }
}
