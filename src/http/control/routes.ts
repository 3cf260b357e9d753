import type { FastifyInstance } from 'fastify'
import type { Clock, Kit } from '../../core/index.ts'
import { eventLifeOf } from '../event-life.ts'
import { eventRowsOf } from '../event-rows.ts'
import { findConnection, type OverviewParts, overviews, refusedCounts } from '../overview.ts'
import { Problem } from '../problem.ts'
import { isReason, readFilters, textsOf } from '../query.ts'
import { type ResetParts, resetLink } from '../reset-link.ts'
import { replayEvents, type Wanted } from '../replay.ts'
import { steps, switchConnection } from '../switching.ts'
import { changeSettings } from './settings.ts'
import { eventShape, lifeShape, refusedShape, settingsShape, statusShape } from './shapes.ts'

type Parts = OverviewParts & ResetParts & { readonly kit: Kit; readonly clock: Clock }

/** What the command line asks a running server. Where a connection may be named and is not, it is the first. */
export function controlRoutes(parts: Parts) {
  const { journal, config, engine, access, clock } = parts

  return async (app: FastifyInstance): Promise<void> => {
    app.get('/api/status', async () => ({
      connections: (await overviews(parts)).map(statusShape),
      refused: await refusedCounts(parts),
    }))

    app.get('/api/connections', async () => ({
      connections: (await config.connections()).map(settingsShape),
    }))

    app.get<ById>('/api/connections/:id', async ({ params }) =>
      settingsShape(await findConnection(config, params.id)),
    )

    for (const step of steps) {
      app.post<ById>(`/api/connections/:id/${step}`, async ({ params }) => {
        await switchConnection(parts, await findConnection(config, params.id), step)
        return settingsShape(await findConnection(config, params.id))
      })
    }

    app.post<ById>('/api/connections/:id/settings', async ({ params, body }) => {
      const { workspaceId, id, settings } = await findConnection(config, params.id)
      const changed = changeSettings(settings, body)
      await config.changeSettings(workspaceId, id, changed, clock.now())
      await engine.reload()
      return settingsShape(await findConnection(config, id))
    })

    app.get('/api/events', async ({ query }) => {
      const filters = readFilters(query, 100)
      const connection = await findConnection(config, textsOf(query).get('connection'))
      const events = await eventRowsOf(parts, connection, filters)
      return {
        events: events.map(eventShape),
        // Give it as `before` to go on.
        next: events.length < filters.limit ? undefined : events.at(-1)?.seq,
      }
    })

    app.get<{ Params: { readonly messageId: string } }>(
      '/api/events/:messageId',
      async ({ params, query }) =>
        lifeShape(await eventLifeOf(parts, params.messageId, textsOf(query).get('connection'))),
    )

    app.get('/api/refused', async ({ query }) => {
      const { limit } = readFilters(query, 100)
      const workspaces = await config.workspaces()
      const newest = await Promise.all(workspaces.map(({ id }) => journal.refusedNewest(id, limit)))
      return {
        refused: newest
          .flat()
          .toSorted((a, b) => b.at - a.at)
          .slice(0, limit)
          .map(refusedShape),
      }
    })

    app.post('/api/reset-link', async ({ body }) => {
      const { email } = (body ?? {}) as { readonly email?: unknown }
      const member = await access.memberByEmail(
        typeof email === 'string' ? email.toLowerCase() : '',
      )
      if (member === undefined) {
        throw new Problem(404, 'no_such_member', 'There is no member of this email address.')
      }
      return { link: await resetLink(parts, member.id, { type: 'local' }) }
    })

    app.post('/api/replay', async ({ body }) => {
      const { connectionId, wanted } = readReplay(body)
      const connection = await findConnection(config, connectionId)
      const { count, unknown } = await replayEvents(parts, connection, wanted)
      return { replayed: count, unknown }
    })
  }
}

interface ById {
  readonly Params: { readonly id: string }
}

function readReplay(body: unknown): {
  readonly connectionId: string | undefined
  readonly wanted: Wanted
} {
  const { connection, messageIds, reason, all } = (body ?? {}) as Readonly<Record<string, unknown>>
  const given = [messageIds, reason, all].filter((value) => value !== undefined)
  const connectionId = typeof connection === 'string' ? connection : undefined
  if (given.length === 1) {
    if (all === true) return { connectionId, wanted: { all } }
    if (typeof reason === 'string' && isReason(reason)) return { connectionId, wanted: { reason } }
    if (isTexts(messageIds)) return { connectionId, wanted: { messageIds } }
  }
  throw new Problem(
    400,
    'invalid_replay',
    'Send one of: {"messageIds": ["…"]} with at most 1,000, {"reason": "…"} with a reason’s code, {"all": true}.',
  )
}

function isTexts(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= 1000 &&
    value.every((one) => typeof one === 'string')
  )
}
