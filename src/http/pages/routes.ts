import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Access, Clock, Kit } from '../../core/index.ts'
import { actOnSome } from '../errands.ts'
import { eventLifeOf } from '../event-life.ts'
import { eventRowsOf } from '../event-rows.ts'
import { localAct, localActs } from '../local-trail.ts'
import { findConnection, type OverviewParts, overviews, refusedCounts } from '../overview.ts'
import { readFilters, textsOf } from '../query.ts'
import { steps, switchConnection, type SwitchParts } from '../switching.ts'
import { script, scriptPath, style, stylePath } from './assets.ts'
import { eventLink } from './event-list.ts'
import { eventPage } from './event-page.ts'
import { statusPage } from './status-page.ts'

type Parts = OverviewParts &
  SwitchParts & { readonly kit: Kit; readonly clock: Clock; readonly access: Access }

/** What the pages of this folder look like: those of errors and of connecting Klaviyo are for everybody. */
export async function styleRoute(app: FastifyInstance): Promise<void> {
  app.get(stylePath, async (_request, reply) => lasting(reply, 'public', 'text/css', style))
}

export function pageRoutes(parts: Parts) {
  const { journal, config, clock } = parts

  return async (app: FastifyInstance): Promise<void> => {
    app.get(scriptPath, async (_request, reply) =>
      lasting(reply, 'private', 'text/javascript', script),
    )

    app.get('/', async ({ query, headers }, reply) => {
      const filters = readFilters(query, 100)
      const all = await overviews(parts)
      const wanted = textsOf(query).get('connection')
      if (wanted !== undefined) await findConnection(config, wanted)
      const chosen = all.find(({ connection }) => connection.id === wanted) ?? all[0]
      const workspaces = await config.workspaces()
      const [events, counts, refused] = await Promise.all([
        chosen === undefined ? [] : eventRowsOf(parts, chosen.connection, filters),
        refusedCounts(parts),
        Promise.all(workspaces.map(({ id }) => journal.refusedNewest(id, newestRefused))),
      ])
      return markup(
        reply,
        statusPage({
          overviews: all,
          chosen,
          events,
          filters,
          refusedCounts: counts,
          refused: refused
            .flat()
            .toSorted((a, b) => b.at - a.at)
            .slice(0, newestRefused),
          address: `http://${headers.host ?? 'localhost'}`,
          now: clock.now(),
        }),
      )
    })

    app.get<ByMessageId>('/events/:messageId', async ({ params, query }, reply) => {
      const texts = textsOf(query)
      const life = await eventLifeOf(parts, params.messageId, texts.get('connection'))
      return markup(reply, eventPage(life, clock.now(), notices.get(texts.get('replayed') ?? '')))
    })

    app.post<ByMessageId>('/events/:messageId/replay', async ({ params, query }, reply) => {
      const connection = await findConnection(config, textsOf(query).get('connection'))
      const { messageId } = params
      const acts = localActs(parts, connection)
      const { count } = await actOnSome(parts, connection, 'replay', [messageId], acts)
      const answer = count > 0 ? 'yes' : 'no'
      return reply.redirect(`${eventLink(connection.id, messageId)}&replayed=${answer}`, 303)
    })

    for (const step of steps) {
      app.post<{ Params: { readonly id: string } }>(
        `/connections/:id/${step}`,
        async ({ params }, reply) => {
          const connection = await findConnection(config, params.id)
          const act = localAct(parts, connection, `connection.${step}`, connection.id, {
            before: { state: connection.state },
          })
          await switchConnection(parts, connection, step, act)
          return reply.redirect('/', 303)
        },
      )
    }
  }
}

interface ByMessageId {
  readonly Params: { readonly messageId: string }
}

const newestRefused = 5

const notices: ReadonlyMap<string, string> = new Map([
  ['yes', 'It goes out again, with the same unique id: Klaviyo counts it once.'],
  ['no', 'It was not sent again: it waits already, or has not ended yet.'],
])

function markup(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(text)
}

function lasting(
  reply: FastifyReply,
  whose: 'public' | 'private',
  type: string,
  text: string,
): FastifyReply {
  return reply
    .type(`${type}; charset=utf-8`)
    .header('cache-control', `${whose}, max-age=31536000, immutable`)
    .send(text)
}
