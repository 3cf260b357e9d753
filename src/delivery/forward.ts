import type {
  Appended,
  Clock,
  Engine,
  Figures,
  Journal,
  Log,
  NodeRow,
  Received,
} from '../core/index.ts'
import { Herald } from './herald.ts'
import { Tenure } from './tenure.ts'
import { noWaits } from './waits.ts'

export interface ForwardOptions {
  readonly journal: Journal
  readonly clock: Clock
  readonly log: Log
  /** Of this process alone. */
  readonly nodeId: string
  readonly leaseMs?: number
}

/** How often it looks who is there. */
const lookMs = 1000

/** Stands in for the engine on a node that only receives: tells those that deliver what has come. */
export async function startForwarding(options: ForwardOptions): Promise<Engine> {
  const forwarder = new Forwarder(options)
  await forwarder.begin()
  return forwarder
}

class Forwarder implements Engine {
  readonly #options: ForwardOptions
  readonly #herald: Herald
  #tenure: Tenure | undefined
  #tenures = 0
  #nodes: readonly NodeRow[] = []
  #renewAt = 0
  #cancel: (() => void) | undefined
  #stopped = false

  constructor(options: ForwardOptions) {
    this.#options = options
    this.#herald = new Herald(options)
  }

  async begin(): Promise<void> {
    await this.#look()
    this.#again()
  }

  feed(events: readonly Received[], appended: readonly Appended[]): void {
    for (const [index, { workspaceId, sourceId, lane }] of events.entries()) {
      const seq = appended[index]?.seq
      if (seq !== undefined) this.#herald.tell({ workspaceId, sourceId, lane, seq })
    }
  }

  async reload(): Promise<void> {
    await this.#herald.wake()
  }

  live(): undefined {
    return undefined
  }

  figures(): Figures {
    return {
      accounts: 0,
      nodes: this.#nodes.length,
      delivering: this.#nodes.filter(({ delivers }) => delivers).length,
      connections: [],
      states: { waiting: 0, sending: 0, retrying: 0, held: 0 },
      waits: noWaits(),
      heldBytes: 0,
    }
  }

  async idle(): Promise<void> {}

  async retire(): Promise<void> {}

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel?.()
    await this.#herald.flush()
    this.#herald.stop()
    if (this.#tenure !== undefined) await this.#options.journal.leave(this.#tenure.id)
  }

  #again(): void {
    this.#cancel = this.#options.clock.after(lookMs, () => {
      void this.#look()
        .catch((error: unknown) => {
          this.#options.log.warn(
            { error: String(error) },
            'The other nodes could not be looked for',
          )
        })
        .finally(() => {
          if (!this.#stopped) this.#again()
        })
    })
  }

  /** Joins, or says that it is still there, and sees who is. */
  async #look(): Promise<void> {
    const { journal, clock, leaseMs = 30_000 } = this.#options
    const now = clock.monotonic()
    if (this.#tenure !== undefined && now >= this.#renewAt) {
      if (!(await this.#tenure.renew())) this.#tenure = undefined
      this.#renewAt = now + leaseMs / 3
    }
    this.#tenure ??= await this.#join()
    this.#nodes = (await journal.look(this.#tenure.id)).nodes
    this.#herald.knows(this.#nodes, this.#tenure.id)
  }

  async #join(): Promise<Tenure> {
    const { journal, clock, nodeId, leaseMs = 30_000 } = this.#options
    this.#tenures += 1
    const id = `${nodeId}/${this.#tenures}`
    const tenure = new Tenure({ journal, clock, id, delivers: false, leaseMs, alone: false })
    await tenure.begin()
    this.#renewAt = clock.monotonic() + leaseMs / 3
    return tenure
  }
}
