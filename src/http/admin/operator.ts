import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import {
  type Connection,
  type DestinationRow,
  flagNames,
  hourMs,
  hourOf,
  ways,
} from '../../core/index.ts'
import { cursorOf, stateOf } from '../overview.ts'
import { pageFrom, placeIn } from './cursor.ts'
import { isoOf } from './iso.ts'
import type { AdminParts } from './parts.ts'
import type { Serve } from './serve.ts'

type Row = Static<typeof api.listTenants.answer & {}>['data'][number]
type Sort = 'events' | 'failing' | 'waiting'

/** A look at all of them is a few statements a hundred connections: whoever turns pages gets the same again. */
const freshMs = 5000

/** For whoever looks after the installation: which connections make trouble, and how the nodes do. */
export function serveOperator(serve: Serve, parts: AdminParts): void {
  const { config, engine, secrets, watch, clock } = parts
  let looked: { readonly at: number; readonly rows: Promise<readonly Row[]> } | undefined

  serve(api.listTenants, async ({ query }) => {
    const { sort = 'events' } = query
    const list = `tenants:${sort}`
    const { limit, after = 0 } = placeIn<number>(secrets, list, query)
    const rows = (await look()).toSorted(orders[sort])
    const places = new Map(rows.map((row, place) => [row, place + 1]))
    return pageFrom(secrets, list, rows.slice(after, after + limit + 1), {
      limit,
      position: (row) => places.get(row),
      shape: (row) => row,
    })
  })

  serve(api.getInstallation, async ({ now }) => {
    const [rows, nodes, workspaces] = await Promise.all([
      look(),
      watch.nodes(),
      config.workspaces(),
    ])
    const { states, waits, heldBytes } = engine.figures()
    const oldest = rows.flatMap(({ oldestAt }) => oldestAt ?? []).toSorted()[0]
    const standing = rows.filter(({ state }) => state !== 'disconnected')
    return {
      at: isoOf(now),
      workspaces: workspaces.length,
      connections: standing.length,
      broken: standing.filter(({ state }) => state === 'ERROR').length,
      perHour: rows.reduce((sum, { perHour }) => sum + perHour, 0),
      perHourSince: isoOf(paceFrom(now) * hourMs),
      waiting: rows.reduce((sum, { waiting }) => sum + waiting, 0),
      ...(oldest === undefined ? {} : { oldestAt: oldest }),
      nodes: nodes.map(({ id, delivers, livedMs, leftMs, accounts }) => ({
        id,
        // It joins again under the same name with a number, after it was taken for dead.
        here: id === parts.nodeId || id.startsWith(`${parts.nodeId}/`),
        delivers,
        since: isoOf(now - livedMs),
        renewsBefore: isoOf(now + leftMs),
        accounts,
      })),
      here: {
        states: { ...states },
        waits: ways.map((way) => ({
          way,
          accounts: waits[way].accounts,
          longestMs: Math.round(waits[way].longestMs),
        })),
        heldBytes,
      },
      flags: workspaces.flatMap(({ id, name, flags = {} }) =>
        flagNames
          .filter((flag) => flags[flag] === false)
          .map((flag) => ({ workspaceId: id, workspaceName: name, flag })),
      ),
    }
  })

  function look(): Promise<readonly Row[]> {
    const at = clock.monotonic()
    if (looked === undefined || at - looked.at > freshMs) {
      const rows = rowsNow(parts)
      looked = { at, rows }
      // What went wrong is not kept.
      rows.catch(() => (looked = undefined))
    }
    return looked.rows
  }
}

const orders: Readonly<Record<Sort, (one: Row, other: Row) => number>> = {
  events: (one, other) =>
    brokenFirst(one, other) || other.perHour - one.perHour || byName(one, other),
  failing: (one, other) =>
    brokenFirst(one, other) ||
    other.failingShare - one.failingShare ||
    other.failed - one.failed ||
    byName(one, other),
  waiting: (one, other) =>
    brokenFirst(one, other) || other.waiting - one.waiting || byName(one, other),
}

function brokenFirst(one: Row, other: Row): number {
  return Number(other.state === 'ERROR') - Number(one.state === 'ERROR')
}

function byName(one: Row, other: Row): number {
  return one.workspaceName < other.workspaceName || one.connectionId < other.connectionId ? -1 : 1
}

/** Events are counted by the hour: the pace is that of the running hour and the one before. */
function paceFrom(now: number): number {
  return hourOf(now) - 1
}

async function rowsNow({ config, watch, clock }: AdminParts): Promise<readonly Row[]> {
  const [connections, destinations, workspaces] = await Promise.all([
    config.connections(),
    config.destinations(),
    config.workspaces(),
  ])
  const stores = await Promise.all(workspaces.map(({ id }) => config.stores(id)))
  const storeNames = new Map(stores.flat().map(({ id, name }) => [id, name]))
  const names = new Map(workspaces.map(({ id, name }) => [id, name]))
  const byId = new Map(destinations.map((one) => [one.id, one]))
  const keys = connections.map((connection) => cursorOf(connection, 'live'))
  const now = clock.now()
  const hour = hourOf(now)
  const [day, late, backlogs] = await Promise.all([
    watch.paces(keys, hour - 23),
    watch.paces(keys, paceFrom(now)),
    watch.backlogs(keys),
  ])
  const hours = (now - paceFrom(now) * hourMs) / hourMs
  return connections.map((connection, place) => {
    const { events = 0, failed = 0 } = day[place] ?? {}
    const { waiting = 0, oldestAt, newestAt } = backlogs[place] ?? {}
    return {
      ...namesOf(connection, byId.get(connection.destinationId)),
      workspaceName: names.get(connection.workspaceId) ?? connection.workspaceId,
      storeName: storeNames.get(connection.store.id) ?? connection.store.key,
      perHour: Math.round((late[place]?.events ?? 0) / hours),
      failed,
      failingShare: events === 0 ? 0 : failed / events,
      waiting,
      ...(oldestAt === undefined ? {} : { oldestAt: isoOf(oldestAt) }),
      ...(newestAt === undefined ? {} : { lastReceivedAt: isoOf(newestAt) }),
    }
  })
}

function namesOf(connection: Connection, destination: DestinationRow | undefined) {
  const accountName = destination?.accountName
  return {
    workspaceId: connection.workspaceId,
    connectionId: connection.id,
    ...(accountName === undefined ? {} : { accountName }),
    state: stateOf(connection, destination),
  }
}
