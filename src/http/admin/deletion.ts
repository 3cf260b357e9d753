import * as api from '../../api/index.ts'
import { type Act, type Connection, installation, lanes, type Removal } from '../../core/index.ts'
import { cursorOf } from '../overview.ts'
import { Problem } from '../problem.ts'
import type { AdminParts } from './parts.ts'
import { nothingHere, type Serve } from './serve.ts'

/** Every node remembers a key for five seconds: so long what was switched off may still come in. */
const keysForgottenMs = 6_000

type Things = Omit<Removal, 'workspaceId' | 'whole'>
const nothing: Things = { connections: [], sources: [], stores: [], destinations: [] }

/** Deletes for good what is not connected any more. */
export function serveDeletion(serve: Serve, parts: AdminParts): void {
  const { access, config, engine, journal, clock } = parts

  serve(api.deleteConnection, async (ask) => {
    const { workspaceId, connectionId } = ask.params
    const found = (await config.connections(workspaceId)).filter(({ id }) => id === connectionId)
    if (found.length === 0) throw nothingHere()
    await needEnded(found)
    const act = ask.act('connection.delete', connectionId)
    await remove(workspaceId, { ...nothing, connections: [connectionId] }, [act])
  })

  serve(api.deleteDestination, async (ask) => {
    const { workspaceId, destinationId } = ask.params
    const destinations = await config.destinations(workspaceId)
    if (!destinations.some(({ id }) => id === destinationId)) throw nothingHere()
    const used = (await config.connections(workspaceId)).filter(
      (one) => one.destinationId === destinationId,
    )
    await needEnded(used)
    const things = { ...nothing, connections: idsOf(used), destinations: [destinationId] }
    await remove(workspaceId, things, [ask.act('destination.delete', destinationId)])
  })

  serve(api.deleteSource, async (ask) => {
    const { workspaceId, sourceId } = ask.params
    const sources = (await config.sources(workspaceId)).filter(({ id }) => id === sourceId)
    if (sources.length === 0) throw nothingHere()
    const used = (await config.connections(workspaceId)).filter((one) => one.sourceId === sourceId)
    await needEnded(used)
    await close(workspaceId, [sourceId])
    const things = { ...nothing, connections: idsOf(used), sources: [sourceId] }
    await remove(workspaceId, things, [ask.act('source.delete', sourceId)])
  })

  serve(api.deleteStore, async (ask) => {
    const { workspaceId, storeId } = ask.params
    const stores = await config.stores(workspaceId)
    if (!stores.some(({ id }) => id === storeId)) throw nothingHere()
    const sources = (await config.sources(workspaceId)).filter((one) => one.storeId === storeId)
    const used = (await config.connections(workspaceId)).filter(({ store }) => store.id === storeId)
    await needEnded(used)
    await close(workspaceId, idsOf(sources))
    const things = {
      ...nothing,
      connections: idsOf(used),
      sources: idsOf(sources),
      stores: [storeId],
    }
    await remove(workspaceId, things, [ask.act('store.delete', storeId)])
  })

  serve(api.countForDeletion, async ({ params }) => {
    const { workspaceId } = params
    const [workspace, connections, stores, members] = await Promise.all([
      config.workspace(workspaceId),
      config.connections(workspaceId),
      config.stores(workspaceId),
      access.membersOf(workspaceId),
    ])
    const counts = await Promise.all(connections.map(countOf))
    return {
      name: workspace?.name ?? '',
      connected: connections.filter(({ state }) => state !== 'disconnected').length,
      waiting: counts.reduce((sum, { waiting }) => sum + waiting, 0),
      failed: counts.reduce((sum, { failed }) => sum + failed, 0),
      stores: stores.length,
      members: members.length,
    }
  })

  serve(api.deleteWorkspace, async (ask) => {
    const { workspaceId } = ask.params
    const workspace = await config.workspace(workspaceId)
    if (workspace === undefined) throw nothingHere()
    if (ask.body.name !== workspace.name) {
      throw new Problem(
        422,
        'name_differs',
        'This is not the workspace’s name. Type it as it is, so that the right one is deleted.',
        { errors: [{ pointer: '/body/name', message: 'name has to be the workspace’s name.' }] },
      )
    }
    const connections = await config.connections(workspaceId)
    await needEnded(connections)
    const [sources, stores, destinations] = await Promise.all([
      config.sources(workspaceId),
      config.stores(workspaceId),
      config.destinations(workspaceId),
    ])
    await close(workspaceId, idsOf(sources))
    const things = {
      connections: idsOf(connections),
      sources: idsOf(sources),
      stores: idsOf(stores),
      destinations: idsOf(destinations),
    }
    const act = ask.act('workspace.delete', workspaceId, { before: { name: workspace.name } })
    await remove(workspaceId, things, [act, { ...act, workspaceId: installation }], true)
  })

  /** Throws a `Problem` where one of them is connected, or something of it still waits to end. */
  async function needEnded(connections: readonly Connection[]): Promise<void> {
    if (connections.some(({ state }) => state !== 'disconnected')) {
      throw new Problem(
        409,
        'connected',
        'It is connected to Klaviyo. Disconnect it first: that says what waits, and ends it.',
      )
    }
    const counts = await Promise.all(connections.map(countOf))
    const waiting = counts.reduce((sum, count) => sum + count.waiting, 0)
    if (waiting === 0) return
    throw new Problem(
      409,
      'still_ending',
      `${waiting} events of it are still being ended. Try again in a moment.`,
      { retryAfterMs: 2_000 },
    )
  }

  async function countOf(connection: Connection) {
    const standings = await Promise.all(
      lanes.map((lane) => journal.standing(cursorOf(connection, lane))),
    )
    return {
      waiting: standings.reduce(
        (sum, { waiting, exceptions }) => sum + waiting + exceptions.retry + exceptions.replay,
        0,
      ),
      failed: standings.reduce((sum, { exceptions }) => sum + exceptions.kept, 0),
    }
  }

  /** Nothing comes in by these any more, once it resolves. */
  async function close(workspaceId: string, sourceIds: readonly string[]): Promise<void> {
    for (const id of sourceIds) await config.changeSource(workspaceId, id, { enabled: false })
    if (sourceIds.length === 0) return
    await new Promise<void>((resolve) => void clock.after(keysForgottenMs, resolve))
  }

  async function remove(
    workspaceId: string,
    things: Things,
    acts: readonly Act[],
    whole = false,
  ): Promise<void> {
    await config.remove({ workspaceId, ...things, whole }, acts)
    await engine.reload()
  }
}

function idsOf(all: readonly { readonly id: string }[]): readonly string[] {
  return all.map(({ id }) => id)
}
