import * as api from '../../api/index.ts'
import { settingsOf } from '../../core/index.ts'
import { doublesFor, doublesOf } from '../doubles.ts'
import { connectionOf } from './connections.ts'
import type { AdminParts } from './parts.ts'
import { nothingHere, type Serve } from './serve.ts'

/** Warns of metrics that another integration fills too, so that they would count twice. */
export function serveDoubles(serve: Serve, parts: AdminParts): void {
  const { config, engine } = parts

  serve(api.findDoublesBefore, async ({ params, query }) => {
    const { workspaceId, destinationId } = params
    const destination = (await config.destinations(workspaceId)).find(
      ({ id }) => id === destinationId,
    )
    if (destination === undefined) throw nothingHere()
    return doublesFor(parts, destination, settingsOf(query.preset ?? 'storefront'))
  })

  serve(api.findDoubles, async ({ params }) => {
    const connection = await connectionOf(parts, params.workspaceId, params.connectionId)
    return doublesOf(parts, connection)
  })

  serve(api.acknowledgeDoubles, async (ask) => {
    const { workspaceId, connectionId } = ask.params
    const { integrations } = ask.body
    const connection = await connectionOf(parts, workspaceId, connectionId)
    const { settings } = connection
    const knownDoubles = [...new Set([...(settings.knownDoubles ?? []), ...integrations])]
    const changed = { ...settings, knownDoubles }
    const act = ask.act('doubles.acknowledge', connectionId, { after: { integrations } })
    await config.changeSettings(workspaceId, connectionId, changed, ask.now, act)
    await engine.reload()
    return doublesOf(parts, { ...connection, settings: changed })
  })
}
