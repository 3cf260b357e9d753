import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  Registry,
  type Histogram as HistogramOf,
} from 'prom-client'
import type { Destination, Engine, Journal, Settlement, Watch } from '../core/index.ts'
import { reasons, ways } from '../core/index.ts'
import { gaugesOfConnections } from './connection-metrics.ts'

/**
 * What a node tells Prometheus. Labels are names of our own (reasons, endpoints, ways) and ids of workspaces and
 * connections, of which there are at most so many; never anything of a shopper.
 */
export interface Metrics {
  readonly contentType: string
  /** In Prometheus' text form. */
  text(): Promise<string>
  /** The journal, with its commits timed and outcomes counted. */
  journal(journal: Journal): Journal
  /** A Klaviyo account, with its requests counted. */
  destination(destination: Destination): Destination
  /** From here on the engine is asked too. */
  watchOver(engine: Engine, watch: Watch): void
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export function openMetrics(): Metrics {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register, prefix: 'tillpost_' })
  const settled = new Counter({
    name: 'tillpost_events_settled_total',
    help: 'Events that came to an outcome here, by reason (docs/outcomes.md)',
    labelNames: ['outcome', 'reason'],
    registers,
  })
  const appended = new Counter({
    name: 'tillpost_events_received_total',
    help: 'Events that were taken here, repeats not counted',
    registers,
  })
  const requests = new Counter({
    name: 'tillpost_klaviyo_requests_total',
    help: 'Requests to Klaviyo, by endpoint and HTTP status (0: no answer came)',
    labelNames: ['endpoint', 'status'],
    registers,
  })
  const throttled = new Counter({
    name: 'tillpost_klaviyo_throttled_total',
    help: 'Answers 429: Klaviyo’s limits were met',
    registers,
  })
  const answered = new Histogram({
    name: 'tillpost_klaviyo_request_seconds',
    help: 'How long Klaviyo took to answer',
    labelNames: ['endpoint'],
    buckets: seconds,
    registers,
  })
  const commits = new Histogram({
    name: 'tillpost_commit_seconds',
    help: 'How long a commit took, with the time it waited for others',
    labelNames: ['what'],
    buckets: seconds,
    registers,
  })
  const timedAppend = timer(commits.labels('append'))
  const timedSettle = timer(commits.labels('settle'))

  return {
    contentType: register.contentType,
    text: () => register.metrics(),
    journal: (journal) => ({
      ...journal,
      async append(events) {
        const done = await timedAppend(() => journal.append(events))
        appended.inc(done.reduce((sum, { duplicate }) => (duplicate ? sum : sum + 1), 0))
        return done
      },
      async settle(settlement) {
        const done = await timedSettle(() => journal.settle(settlement))
        if (done) countOutcomes(settled, settlement)
        return done
      },
    }),
    destination: (destination) => ({
      ...destination,
      async send(...of) {
        const sent = await destination.send(...of)
        for (const { path, status, durationMs } of sent.exchanges) {
          requests.inc({ endpoint: path, status })
          if (status === 429) throttled.inc()
          answered.observe({ endpoint: path }, durationMs / 1000)
        }
        return sent
      },
    }),
    watchOver(engine, watch) {
      gaugesOfEngine(engine, registers)
      gaugesOfConnections(engine, watch, register)
    },
  }
}

function countOutcomes(
  settled: Counter<'outcome' | 'reason'>,
  { reasons: codes, patches = [] }: Settlement,
): void {
  const counts = new Map<keyof typeof reasons, number>()
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1)
  for (const { reason } of patches) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  for (const [reason, count] of counts)
    settled.inc({ outcome: reasons[reason].outcome, reason }, count)
}

function timer(histogram: HistogramOf.Internal<string>) {
  return async <T>(work: () => Promise<T>): Promise<T> => {
    const start = performance.now()
    try {
      return await work()
    } finally {
      histogram.observe((performance.now() - start) / 1000)
    }
  }
}

function gaugesOfEngine(engine: Engine, registers: Registry[]): void {
  const gauges = {
    accounts: gauge('tillpost_accounts', 'Klaviyo accounts that this node runs', []),
    nodes: gauge('tillpost_nodes', 'Nodes on this database that are alive', []),
    delivering: gauge('tillpost_delivering_nodes', 'Those of them that deliver', []),
    held: gauge('tillpost_held_bytes', 'Bytes of events in memory on their way', []),
    states: gauge('tillpost_connections', 'Connections of this node’s accounts', ['state']),
    waiting: gauge(
      'tillpost_governor_waiting_accounts',
      'Accounts whose next request has to wait for one of Klaviyo’s windows',
      ['way'],
    ),
    longest: gauge('tillpost_governor_wait_seconds', 'The longest of these waits', ['way']),
  }

  function gauge(name: string, help: string, labelNames: string[]): Gauge {
    return new Gauge({
      name,
      help,
      labelNames,
      registers,
      // One look for all: the first in the list takes it.
      ...(name === 'tillpost_accounts' ? { collect: look } : {}),
    })
  }

  function look(): void {
    const { accounts, nodes, delivering, heldBytes, states, waits } = engine.figures()
    gauges.accounts.set(accounts)
    gauges.nodes.set(nodes)
    gauges.delivering.set(delivering)
    gauges.held.set(heldBytes)
    for (const [state, count] of Object.entries(states)) gauges.states.set({ state }, count)
    for (const way of ways) {
      gauges.waiting.set({ way }, waits[way].accounts)
      gauges.longest.set({ way }, waits[way].longestMs / 1000)
    }
  }
}
