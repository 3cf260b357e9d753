import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import {
  type Connection,
  type DestinationRow,
  lanes,
  reasons,
  settingsOf,
  totalsOf,
} from '../../core/index.ts'
import { doublesFor } from '../doubles.ts'
import { cursorOf, stateOf } from '../overview.ts'
import { Problem } from '../problem.ts'
import { type Step, switchConnection } from '../switching.ts'
import { isReason } from '../query.ts'
import { isoOf } from './iso.ts'
import type { AdminParts } from './parts.ts'
import { type Ask, nothingHere, type Serve } from './serve.ts'
import { settingsShape } from './settings-shape.ts'

type OfConnection = Ask<
  { readonly workspaceId: string; readonly connectionId: string },
  unknown,
  unknown
>

/** What joins a source to a destination. */
export function serveConnections(serve: Serve, parts: AdminParts): void {
  const { config, engine, ids, journal } = parts

  serve(api.listConnections, async ({ params }) => {
    const connections = await config.connections(params.workspaceId)
    const destinations = await config.destinations(params.workspaceId)
    return { data: connections.map((one) => connectionShape(one, destinations)) }
  })

  serve(api.createConnection, async (ask) => {
    const { workspaceId } = ask.params
    const { sourceId, destinationId, preset } = ask.body
    const source = (await config.sources(workspaceId)).find(({ id }) => id === sourceId)
    const destinations = await config.destinations(workspaceId)
    const store = (await config.stores(workspaceId)).find(({ id }) => id === source?.storeId)
    if (source === undefined || store === undefined) throw nothingHere()
    const destination = destinations.find(({ id }) => id === destinationId)
    if (destination === undefined) throw nothingHere()
    if (!source.enabled) {
      throw new Problem(
        409,
        'source_off',
        'This source is switched off, so the store sends nothing. Switch it on first.',
      )
    }
    const { workspaceId: _, name: __, ...ofStore } = store
    const connection: Omit<Connection, 'version'> = {
      workspaceId,
      id: ids.newId('con', ask.now),
      sourceId,
      destinationId,
      store: ofStore,
      settings: settingsOf(preset),
      state: 'connected',
      since: ask.now,
    }
    const doubles = await doublesFor(parts, destination, connection.settings)
    const found = doubles.data.map(({ integration }) => integration)
    // Asked last: Klaviyo may have taken its time meanwhile, and somebody pressed twice.
    const there = await config.connections(workspaceId)
    const isDouble = there.some(
      (one) =>
        one.sourceId === sourceId &&
        one.destinationId === destinationId &&
        one.state !== 'disconnected',
    )
    if (isDouble) {
      throw new Problem(
        409,
        'connected_already',
        'These two are connected already: every event would go twice.',
      )
    }
    const act = ask.act('connection.add', connection.id, {
      after: { ...ask.body, ...(found.length === 0 ? {} : { doubles: found }) },
    })
    await config.addConnection(connection, act)
    await engine.reload()
    return { ...connectionShape({ ...connection, version: 1 }, destinations), doubles }
  })

  serve(api.getConnection, async ({ params }) => shown(params))
  serve(api.getStanding, async ({ params }) => {
    const connection = await connectionOf(parts, params.workspaceId, params.connectionId)
    const { workspaceId, id: connectionId, sourceId } = connection
    const standings = await Promise.all(
      lanes.map((lane) => journal.standing(cursorOf(connection, lane))),
    )
    const [newest] = await journal.events({ workspaceId, connectionId, sourceId, limit: 1 })
    const totals = totalsOf(standings)
    const oldest = standings.flatMap(({ oldestAt }) => oldestAt ?? [])
    const successes = standings.flatMap(({ lastSuccessAt }) => lastSuccessAt ?? [])
    return {
      ...totals,
      toSend: totals.waiting - totals.forShopper,
      oldestAt: oldest.length === 0 ? undefined : isoOf(Math.min(...oldest)),
      lastSuccessAt: successes.length === 0 ? undefined : isoOf(Math.max(...successes)),
      lastEventAt: newest === undefined ? undefined : isoOf(newest.receivedAt),
    }
  })

  serve(api.pauseConnection, (ask) => step(ask, 'pause'))
  serve(api.resumeConnection, (ask) => step(ask, 'resume'))
  serve(api.disconnect, (ask) => step(ask, 'disconnect'))

  async function step(ask: OfConnection, wanted: Step) {
    const { workspaceId, connectionId } = ask.params
    const connection = await connectionOf(parts, workspaceId, connectionId)
    const act = ask.act(`connection.${wanted}`, connectionId, {
      before: { state: connection.state },
      after: { state: stateAfter[wanted] },
    })
    await switchConnection(parts, connection, wanted, act)
    return shown(ask.params)
  }

  async function shown({ workspaceId, connectionId }: OfConnection['params']) {
    const connection = await connectionOf(parts, workspaceId, connectionId)
    return connectionShape(connection, await config.destinations(workspaceId))
  }
}

const stateAfter = { pause: 'paused', resume: 'connected', disconnect: 'disconnected' } as const

/** Throws a `Problem` (404) where the workspace has none of this id. */
export async function connectionOf(
  { config }: Pick<AdminParts, 'config'>,
  workspaceId: string,
  connectionId: string,
): Promise<Connection> {
  const connections = await config.connections(workspaceId)
  const connection = connections.find(({ id }) => id === connectionId)
  if (connection === undefined) throw nothingHere()
  return connection
}

function connectionShape(
  connection: Connection,
  destinations: readonly DestinationRow[],
): Static<typeof api.Connection> {
  const { id, sourceId, destinationId, store, since, endedAt, version, settings } = connection
  const destination = destinations.find((one) => one.id === destinationId)
  const { error } = destination ?? {}
  const words = error !== undefined && isReason(error.reason) ? reasons[error.reason] : undefined
  return {
    id,
    sourceId,
    destinationId,
    storeId: store.id,
    accountName: destination?.accountName ?? destination?.accountId ?? destinationId,
    state: stateOf(connection, destination),
    ...(error === undefined ? {} : { reason: error.reason }),
    ...(words === undefined ? {} : { sentence: words.sentence, todo: words.todo }),
    ...(error?.detail === undefined ? {} : { detail: error.detail }),
    since: isoOf(since),
    ...(endedAt === undefined ? {} : { until: isoOf(endedAt) }),
    version,
    settings: settingsShape(settings),
  }
}
