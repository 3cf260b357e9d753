import type { Appended, Engine, Figures, Live, Received } from '../core/index.ts'
import { figuresOf } from './figures.ts'
import { handOn, reaches } from './handing.ts'
import { Herald } from './herald.ts'
import { Holdings } from './holdings.ts'
import { liveOf } from './live.ts'
import { Memory } from './memory.ts'
import { Nodes } from './nodes.ts'
import type { DeliveryOptions } from './options.ts'
import { Rest } from './rest.ts'
import { Roster } from './roster.ts'
import { Rounds } from './rounds.ts'
import { Runs } from './runs.ts'
import type { Tenure } from './tenure.ts'
import { Turns } from './turns.ts'

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
/** Connections that have nothing to do are looked for so often. */
const parkEveryMs = 20_000

class Delivery implements Engine {
  readonly #options: DeliveryOptions
  readonly #leaseMs: number
  readonly #memory: Memory
  readonly #rest = new Rest()
  readonly #rounds: Rounds
  readonly #roster: Roster
  readonly #herald: Herald
  readonly #nodes: Nodes
  readonly #runs: Runs
  readonly #holdings: Holdings
  #loading: Promise<void> = Promise.resolve()
  #looks = 0
  #stopped = false
  #retiring: Promise<void> | undefined

  constructor(options: DeliveryOptions) {
    const { clock, config, leaseMs = 30_000 } = options
    this.#options = options
    this.#leaseMs = leaseMs
    this.#memory = new Memory(options.memoryBytes ?? 32 * 1024 * 1024)
    this.#rounds = new Rounds(clock)
    this.#roster = new Roster(config)
    this.#herald = new Herald(options)
    this.#nodes = new Nodes(options, leaseMs, this.#herald)
    this.#runs = new Runs(options, this.#roster, {
      memory: this.#memory,
      turns: new Turns(turnsAtOnce),
      timeoutMs: options.timeoutMs ?? Math.min(15_000, leaseMs / 2),
      lose: (account) => this.#holdings.lose(account),
      rested: () => this.#rest.came(),
    })
    this.#holdings = new Holdings({
      options,
      roster: this.#roster,
      runs: this.#runs,
      rest: this.#rest,
      herald: this.#herald,
      tenure: () => this.#nodes.tenure,
    })
  }

  async begin(): Promise<void> {
    await this.#nodes.join()
    // From here on: ten thousand accounts may take longer than a lease to be taken.
    this.#rounds.begin('beat', this.#leaseMs / 3, () => this.#beat())
    try {
      await this.#look()
      await this.reload()
    } catch (error) {
      await this.stop().catch(() => undefined)
      throw error
    }
    this.#rounds.begin('park', parkEveryMs, () => this.#runs.park())
    if (!this.#alone)
      this.#rounds.begin('look', this.#options.lookMs ?? 250, () => this.#lookAround())
  }

  feed(events: readonly Received[], appended: readonly Appended[]): void {
    const herald = this.#alone ? undefined : this.#herald
    handOn({ readers: this.#runs.readers, roster: this.#roster, herald }, events, appended)
  }

  async reload(): Promise<void> {
    await this.#inTurn(() => this.#load())
    await this.#herald.wake()
  }

  live(connectionId: string): Live | undefined {
    const run = this.#runs.get(connectionId)
    return run && liveOf(run, this.#options.clock)
  }

  figures(): Figures {
    const nodes = this.#nodes.list
    return {
      ...figuresOf(this.#runs, this.#options.clock),
      accounts: this.#holdings.accounts.size,
      nodes: nodes.length,
      delivering: nodes.filter(({ delivers }) => delivers).length,
      heldBytes: this.#memory.heldBytes,
    }
  }

  async idle(): Promise<void> {
    await this.#loading
    await this.#rest.until(() => [...this.#runs.awake].every(({ resting }) => resting))
  }

  retire(): Promise<void> {
    return (this.#retiring ??= this.#retire())
  }

  async #retire(): Promise<void> {
    this.#stopped = true
    for (const name of ['look', 'park']) this.#rounds.end(name)
    await this.#loading
    const { journal } = this.#options
    await whateverFails([
      async () => (this.#alone ? undefined : journal.retire(this.#nodes.tenure.id)),
      () => this.#holdings.giveAllBack(),
    ])
  }

  async stop(): Promise<void> {
    const { journal } = this.#options
    await whateverFails([
      () => this.retire(),
      () => this.#herald.flush(),
      async () => {
        this.#herald.stop()
        this.#rounds.end('beat')
        this.#runs.outlets.close()
      },
      () => journal.leave(this.#nodes.tenure.id),
      () => this.#herald.wake(),
    ])
  }

  get #alone(): boolean {
    return this.#options.alone === true
  }

  /** Renews what this node has. */
  async #beat(): Promise<void> {
    const { tenure } = this.#nodes
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
      if (this.#nodes.tenure !== former) return
      former.end()
      this.#holdings.loseAll()
      if (this.#stopped) return
      await this.#nodes.joinAnew()
      await this.#look()
      await this.#load()
    })
  }

  async #lookAround(): Promise<void> {
    const { journal, log } = this.#options
    const { readers } = this.#runs
    const { tenure, list } = this.#nodes
    try {
      const woken = await this.#look()
      if (this.#nodes.isMissing) await this.#beginAnew(tenure)
      this.#looks += 1
      if (woken || this.#looks % looksUntilChanges === 0) await this.#inTurn(() => this.#load())
      // Another's hints may have gone with it.
      const isFewer = this.#nodes.list.length < list.length
      const places = isFewer ? readers.all() : readers.portion(looksUntilSwept)
      if (places.length === 0) return
      const heads = await journal.heads(places)
      for (const [index, place] of places.entries())
        reaches(readers, { ...place, seq: heads[index] ?? 0 })
    } catch (error) {
      log.warn({ error: String(error) }, 'The journal did not say what is new')
    }
  }

  /** Takes in what others tell. True: there is something to look at. */
  async #look(): Promise<boolean> {
    const { woken, hints } = await this.#nodes.look()
    for (const hint of hints) reaches(this.#runs.readers, hint)
    return woken
  }

  /** One at a time, in order. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const next = this.#loading.then(work)
    this.#loading = next.catch(() => undefined)
    return next
  }

  async #load(): Promise<void> {
    const { destinations, connections } = await this.#roster.read()
    for (const row of destinations) this.#runs.outlets.change(row)
    for (const connection of connections) this.#runs.change(connection)
    if (this.#stopped) return
    const leaseMs = this.#leaseMs
    await this.#holdings.share(this.#alone ? 'alone' : { nodes: this.#nodes.list, leaseMs })
    await this.#runs.adopt(this.#holdings.accounts)
  }
}

/**
 * One after the other; rejects with the first failure when all is done. What fails leaves leases that run out by
 * themselves: the loops have to end all the same.
 */
async function whateverFails(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const step of steps) await step().catch((error: unknown) => void failures.push(error))
  if (failures.length > 0) throw failures[0]
}
