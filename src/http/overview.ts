import type {
  Backlog,
  Config,
  Connection,
  CursorKey,
  DestinationRow,
  Engine,
  Journal,
  Lane,
  Live,
  Outcome,
  ReasonCode,
  SourceRow,
  Standing,
  Totals,
} from '../core/index.ts'
import { isOff, lanes, reasons, totalsOf } from '../core/index.ts'
import { liveOf } from './live.ts'
import { Problem } from './problem.ts'

/** A connection with all that an operator wants to know of it at a glance. */
export interface Overview {
  readonly connection: Connection
  readonly storeName: string
  readonly source: SourceRow | undefined
  readonly destination: DestinationRow | undefined
  readonly state: State
  /** Why it is in `ERROR`. */
  readonly fault?: NonNullable<DestinationRow['error']>
  readonly live: Live
  readonly standings: Readonly<Record<Lane, Standing>>
  /** Of all lanes. */
  readonly totals: Totals
  /** Of those that wait: what does not wait for its shopper. */
  readonly toSend: number
  readonly oldestAt: number | undefined
  readonly counts: Counts
  readonly lastSuccessAt: number | undefined
  readonly lastError: Live['lastError']
  /** Failed events are deleted so long after they failed, from then on; without a time a day after it is told. */
  readonly failedDeleted: { readonly keepMs: number; readonly startsAt?: number } | undefined
}

/** The words of a destination's state, as they are shown everywhere. */
export type State = 'connected' | 'paused' | 'off' | 'ERROR' | 'disconnected'

export type Counts = Readonly<Partial<Record<ReasonCode, number>>>

export interface OverviewParts {
  readonly journal: Journal
  readonly config: Config
  readonly engine: Engine
}

/** All connections, or those of a workspace, in the order in which they were made. */
export async function overviews(parts: OverviewParts, only?: string): Promise<readonly Overview[]> {
  const { config } = parts
  const [connections, destinations] = await Promise.all([
    config.connections(only),
    config.destinations(only),
  ])
  const workspaces = [...new Set(connections.map(({ workspaceId }) => workspaceId))]
  const [stores, sources] = await Promise.all([
    Promise.all(workspaces.map((id) => config.stores(id))),
    Promise.all(workspaces.map((id) => config.sources(id))),
  ])
  const storeNames = new Map(stores.flat().map(({ id, name }) => [id, name]))
  return Promise.all(
    connections
      .toSorted((a, b) => a.since - b.since)
      .map((connection) =>
        overviewOf(parts, {
          connection,
          storeName: storeNames.get(connection.store.id) ?? connection.store.key,
          source: sources.flat().find(({ id }) => id === connection.sourceId),
          destination: destinations.find(({ id }) => id === connection.destinationId),
        }),
      ),
  )
}

/** What was refused at the door, of all workspaces. */
export async function refusedCounts({ journal, config }: OverviewParts): Promise<Counts> {
  const workspaces = await config.workspaces()
  return sumOf(await Promise.all(workspaces.map(({ id }) => journal.refusedCounts(id))))
}

/** The connection of that id; without one, the first that was not disconnected. */
export async function findConnection(config: Config, id: string | undefined): Promise<Connection> {
  const connections = (await config.connections()).toSorted((a, b) => a.since - b.since)
  const found =
    id === undefined
      ? (connections.find(({ state }) => state !== 'disconnected') ?? connections[0])
      : connections.find((one) => one.id === id)
  if (found !== undefined) return found
  throw id === undefined
    ? new Problem(404, 'no_connection', 'There is no connection yet. Make one: tillpost init')
    : new Problem(
        404,
        'no_such_connection',
        'There is no connection with this id. See /api/connections.',
      )
}

export async function destinationOf(
  config: Config,
  { workspaceId, destinationId }: Connection,
): Promise<DestinationRow | undefined> {
  return (await config.destinations(workspaceId)).find(({ id }) => id === destinationId)
}

export function cursorOf({ workspaceId, id, sourceId }: Connection, lane: Lane): CursorKey {
  return { workspaceId, connectionId: id, sourceId, lane }
}

/** When an event last came, in any lane. */
export function receivedAtOf(
  { connection }: Pick<Overview, 'connection'>,
  backlogs: readonly Backlog[],
): number | undefined {
  const times = backlogs
    .filter(({ connectionId }) => connectionId === connection.id)
    .flatMap(({ newestAt }) => newestAt ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}

/** How many events came to each outcome. */
export function outcomesOf(counts: Counts): Readonly<Partial<Record<Outcome, number>>> {
  const outcomes: Partial<Record<Outcome, number>> = {}
  for (const [reason, count] of entriesOf(counts)) {
    const { outcome } = reasons[reason]
    outcomes[outcome] = (outcomes[outcome] ?? 0) + count
  }
  return outcomes
}

/** Most frequent first. */
export function entriesOf(counts: Counts): readonly (readonly [ReasonCode, number])[] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => [reason as ReasonCode, count] as const)
    .toSorted(([, a], [, b]) => b - a)
}

type Names = Pick<Overview, 'connection' | 'storeName' | 'source' | 'destination'>

async function overviewOf({ journal, engine }: OverviewParts, names: Names): Promise<Overview> {
  const { connection, destination } = names
  const [live, catalog, backfill] = await Promise.all([
    journal.standing(cursorOf(connection, 'live')),
    journal.standing(cursorOf(connection, 'catalog')),
    journal.standing(cursorOf(connection, 'backfill')),
  ])
  const standings = { live, catalog, backfill }
  const all = lanes.map((lane) => standings[lane])
  const running = liveOf(engine, connection, destination)
  const successes = [running.lastSuccessAt, ...all.map(({ lastSuccessAt }) => lastSuccessAt)]
  const totals = totalsOf(all)
  const errors = [running.lastError, ...all.map(({ lastError }) => lastError)]
  return {
    ...names,
    state: stateOf(connection, destination),
    ...(destination?.error === undefined ? {} : { fault: destination.error }),
    live: running,
    standings,
    totals,
    toSend: totals.waiting - totals.forShopper,
    oldestAt: least(all.map(({ oldestAt }) => oldestAt)),
    counts: sumOf(all.map(({ counts }) => counts)),
    lastSuccessAt: successes.filter((at) => at !== undefined).toSorted((a, b) => b - a)[0],
    failedDeleted: await deletionOf(journal, connection),
    lastError: errors.filter((error) => error !== undefined).toSorted((a, b) => b.at - a.at)[0],
  }
}

async function deletionOf(
  journal: Journal,
  { workspaceId, id, sourceId, settings }: Connection,
): Promise<Overview['failedDeleted']> {
  const { keepFailedMs: keepMs } = settings
  if (keepMs === undefined) return undefined
  const startsAt = await journal.failedNotice({ workspaceId, connectionId: id, sourceId })
  return { keepMs, ...(startsAt !== undefined && { startsAt }) }
}

/** As it is shown everywhere. */
export function stateOf(connection: Connection, destination: DestinationRow | undefined): State {
  if (connection.state === 'disconnected') return 'disconnected'
  if (destination?.state === 'error') return 'ERROR'
  if (connection.state === 'paused') return 'paused'
  return isOff(connection) ? 'off' : 'connected'
}

function sumOf(all: readonly Counts[]): Counts {
  const sum: Partial<Record<ReasonCode, number>> = {}
  for (const [reason, count] of all.flatMap(entriesOf)) sum[reason] = (sum[reason] ?? 0) + count
  return sum
}

function least(times: readonly (number | undefined)[]): number | undefined {
  return times.filter((at) => at !== undefined).toSorted((a, b) => a - b)[0]
}
