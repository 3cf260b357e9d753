import { Gauge, type Registry } from 'prom-client'
import type { Backlog, Connection, Engine, Watch } from '../core/index.ts'
import { lanes } from '../core/index.ts'

/** A node tells of at most so many connections by themselves: those with something to do first. */
const mostConnections = 200
/** Whoever asks more often gets the same answer. */
const freshMs = 5000
/** What Klaviyo takes of one account at most, single and bulk together. */
const eventsPerSecond = 2450
const perBulkRequest = 1000

const labelNames = ['workspace', 'connection', 'lane'] as const
type Label = (typeof labelNames)[number]

/** Alerts are made from these: a silent connection, a backlog that grows, one that is older than limits explain. */
export function gaugesOfConnections(engine: Engine, watch: Watch, register: Registry): void {
  const registers = [register]
  const waiting = gauge('waiting_events', 'Events that wait for their turn')
  const oldest = gauge('oldest_seconds', 'How long the oldest of them has waited')
  const unexplained = gauge(
    'unexplained_seconds',
    'How much longer it has waited than sending what was accepted meanwhile takes at full speed',
  )
  const received = gauge('last_received_timestamp_seconds', 'When the newest event came in')
  let reading: Promise<void> | undefined

  function gauge(name: string, help: string): Gauge<Label> {
    return new Gauge({
      name: `tillpost_connection_${name}`,
      help,
      labelNames,
      registers,
      // One look for all of them.
      collect: () => (reading ??= read()),
    })
  }

  async function read(): Promise<void> {
    setTimeout(() => (reading = undefined), freshMs).unref()
    const connections = engine.figures().connections.slice(0, mostConnections)
    const keys = connections.flatMap(({ workspaceId, id, sourceId }) =>
      lanes.map((lane) => ({ workspaceId, connectionId: id, sourceId, lane })),
    )
    const backlogs = await watch.backlogs(keys).catch(() => [])
    for (const each of [waiting, oldest, unexplained, received]) each.reset()
    const byId = new Map(connections.map((connection) => [connection.id, connection]))
    for (const backlog of backlogs) {
      const connection = byId.get(backlog.connectionId)
      if (connection !== undefined) tell(connection, backlog)
    }
  }

  function tell(connection: Connection, backlog: Backlog): void {
    const { workspaceId, connectionId, lane, newestAt } = backlog
    // A lane that was never used says nothing.
    if (newestAt === undefined && backlog.waiting === 0) return
    const labels = { workspace: workspaceId, connection: connectionId, lane }
    const now = Date.now()
    waiting.set(labels, backlog.waiting)
    oldest.set(labels, backlog.oldestAt === undefined ? 0 : (now - backlog.oldestAt) / 1000)
    unexplained.set(labels, unexplainedSeconds(connection, backlog, now))
    if (newestAt !== undefined) received.set(labels, newestAt / 1000)
  }
}

/**
 * A backlog alone is no fault, nor is a wait: what was accepted since the oldest event came took its time. What
 * goes beyond that is a connection that stands still.
 */
export function unexplainedSeconds(
  { settings }: Pick<Connection, 'settings'>,
  { oldestAt, acceptedSince }: Pick<Backlog, 'oldestAt' | 'acceptedSince'>,
  now: number,
): number {
  if (oldestAt === undefined) return 0
  const { requestsPerSecond = Number.POSITIVE_INFINITY } = settings
  const rate = Math.min(eventsPerSecond, requestsPerSecond * perBulkRequest)
  return Math.max(0, (now - oldestAt) / 1000 - acceptedSince / rate)
}
