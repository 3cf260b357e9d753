import type { FastifyInstance } from 'fastify'
import type { BrowserMay, Clock, Engine, Kit, Setup } from '../../core/index.ts'
import { checkCartUrl } from '../cart/address.ts'
import { changeSource } from '../change-source.ts'
import { eventLifeOf } from '../event-life.ts'
import { eventRowsOf } from '../event-rows.ts'
import { findConnection, type OverviewParts, overviews, refusedCounts } from '../overview.ts'
import { Problem } from '../problem.ts'
import { readFilters, textsOf } from '../query.ts'
import { differenceOf } from '../settings-difference.ts'
import { localAct } from '../local-trail.ts'
import { type ResetParts, resetLink } from '../reset-link.ts'
import { steps, switchConnection, type SwitchParts } from '../switching.ts'
import type { Ids } from '../configuration.ts'
import { configurationRoutes } from './configuration.ts'
import { errandRoutes } from './errands.ts'
import { type KeyParts, keyRoutes } from './keys.ts'
import { changeSettings } from './settings.ts'
import { eventShape, lifeShape, refusedShape, settingsShape, statusShape } from './shapes.ts'

type Parts = KeyParts &
  OverviewParts &
  SwitchParts &
  ResetParts & {
    readonly config: Setup
    readonly kit: Kit
    readonly clock: Clock
    readonly ids: Ids
  }

/** What the command line asks a running server. Where a connection may be named and is not, it is the first. */
export function controlRoutes(parts: Parts) {
  const { journal, config, engine, access, clock } = parts

  return async (app: FastifyInstance): Promise<void> => {
    app.get('/api/status', async () => ({
      connections: (await overviews(parts)).map(statusShape),
      refused: await refusedCounts(parts),
      nodes: nodesOf(engine),
    }))

    app.get('/api/connections', async () => ({
      connections: (await config.connections()).map(settingsShape),
    }))

    app.get<ById>('/api/connections/:id', async ({ params }) =>
      settingsShape(await findConnection(config, params.id)),
    )

    for (const step of steps) {
      app.post<ById>(`/api/connections/:id/${step}`, async ({ params }) => {
        const connection = await findConnection(config, params.id)
        const act = localAct(parts, connection, `connection.${step}`, connection.id, {
          before: { state: connection.state },
        })
        await switchConnection(parts, connection, step, act)
        return settingsShape(await findConnection(config, params.id))
      })
    }

    app.post<ById>('/api/connections/:id/settings', async ({ params, body }) => {
      const { workspaceId, id, settings } = await findConnection(config, params.id)
      const changed = changeSettings(settings, body, parts.kit)
      const difference = differenceOf(settings, changed)
      const act = localAct(parts, { workspaceId }, 'settings.change', id, difference)
      await config.changeSettings(workspaceId, id, changed, clock.now(), act)
      await engine.reload()
      return settingsShape(await findConnection(config, id))
    })

    app.post<ById>('/api/connections/:id/browser-key', async ({ params, body }) => {
      const may = readBrowserMay(body)
      const connection = await findConnection(config, params.id)
      const { browserKey } = await changeSource(
        config,
        connection,
        { browserMay: may },
        ({ id, browserMay }) =>
          localAct(parts, connection, 'source.change', id, {
            before: { browserMay: browserMay ?? null },
            after: { browserMay: may },
          }),
      )
      return { browserKey, may }
    })

    app.post<ById>('/api/connections/:id/cart-url', async ({ params, body }) => {
      const { url: cartUrl } = (body ?? {}) as Readonly<Record<string, unknown>>
      if (typeof cartUrl !== 'string') {
        throw new Problem(
          400,
          'invalid_cart_url',
          'Send {"url": "https://shop.example/cart?rebuild={token}"}.',
        )
      }
      const { workspaceId, store } = await findConnection(config, params.id)
      checkCartUrl({ ...store, cartUrl })
      const act = localAct(parts, { workspaceId }, 'store.change', store.id, { after: { cartUrl } })
      await config.changeStore(workspaceId, store.id, { cartUrl }, act)
      return { url: cartUrl }
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

    await app.register(errandRoutes(parts))
    await app.register(keyRoutes(parts))
    await app.register(configurationRoutes(parts))
  }
}

interface ById {
  readonly Params: { readonly id: string }
}

/** Whether anybody delivers: the nodes that are alive, and those of them that run accounts. */
function nodesOf(engine: Engine): object {
  const { nodes, delivering } = engine.figures()
  return { alive: nodes, delivering }
}

/** C14: what the key in the shop's pages may say. */
function readBrowserMay(body: unknown): BrowserMay {
  const { may } = (body ?? {}) as Readonly<Record<string, unknown>>
  if (may === 'behaviour' || may === 'everything') return may
  throw new Problem(
    400,
    'invalid_browser_key',
    'Send {"may": "behaviour"}, or {"may": "everything"}: then anybody who reads the key in a page can report orders.',
  )
}
