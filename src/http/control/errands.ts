import type { FastifyInstance } from 'fastify'
import type { Clock, Errand, Exception, Kit } from '../../core/index.ts'
import { reasons } from '../../core/index.ts'
import {
  actOnAll,
  actOnSome,
  cancelErrand,
  type Failures,
  failuresOf,
  placeOf,
  type Wanted,
} from '../errands.ts'
import { findConnection, type OverviewParts } from '../overview.ts'
import { Problem } from '../problem.ts'
import { isReason, textsOf } from '../query.ts'
import { isoOf } from './shapes.ts'

type Parts = OverviewParts & { readonly kit: Kit; readonly clock: Clock }

/** What failed, and what is done about it. */
export function errandRoutes(parts: Parts) {
  const { journal, config } = parts

  return async (app: FastifyInstance): Promise<void> => {
    app.get('/api/failed', async ({ query }) => {
      const connection = await findConnection(config, textsOf(query).get('connection'))
      return failuresShape(connection.id, await failuresOf(parts, connection))
    })

    for (const act of ['replay', 'discard'] as const) {
      app.post(`/api/${act}`, async ({ body }) => {
        const { connectionId, wanted, dryRun } = readWanted(act, body)
        const connection = await findConnection(config, connectionId)
        if (wanted.type === 'some') {
          return actOnSome(parts, connection, act, wanted.messageIds)
        }
        const errand = { act, ...(wanted.reason !== undefined && { reason: wanted.reason }) }
        const count = await journal.countFor(placeOf(connection), errand)
        if (dryRun || count === 0) return { count }
        const answer = await actOnAll(parts, connection, errand)
        return { count, begun: answer.begun, run: errandShape(answer.errand) }
      })
    }

    app.get('/api/runs', async ({ query }) => {
      const connection = await findConnection(config, textsOf(query).get('connection'))
      const errands = await journal.errands(placeOf(connection), 20)
      return { runs: errands.map(errandShape) }
    })

    app.post<{ Params: { readonly id: string } }>(
      '/api/runs/:id/cancel',
      async ({ params, body }) => {
        const { connection: named } = (body ?? {}) as { readonly connection?: unknown }
        const id = typeof named === 'string' ? named : undefined
        const connection = await findConnection(config, id)
        return errandShape(await cancelErrand(parts, connection, params.id))
      },
    )
  }
}

function errandShape(given: Errand): object {
  const { workspaceId: _, askedAt, endedAt, ...errand } = given
  return { ...errand, askedAt: isoOf(askedAt), endedAt: isoOf(endedAt) }
}

function failuresShape(connection: string, { total, causes, errands }: Failures): object {
  return {
    connection,
    total,
    causes: causes.map(({ reason, count, newest }) => ({
      reason,
      count,
      sentence: reasons[reason].sentence,
      todo: reasons[reason].todo,
      newest: newest.map(failedShape),
    })),
    runs: errands.map(errandShape),
  }
}

function failedShape({
  messageId,
  lane,
  seq,
  failures,
  firstAt,
  lastAt,
  detail,
}: Exception): object {
  return {
    messageId,
    lane,
    seq,
    tries: failures,
    firstAt: isoOf(firstAt),
    lastAt: isoOf(lastAt),
    detail,
  }
}

function readWanted(
  act: Errand['act'],
  body: unknown,
): {
  readonly connectionId: string | undefined
  readonly wanted: Wanted
  readonly dryRun: boolean
} {
  const asked = (body ?? {}) as Readonly<Record<string, unknown>>
  const { connection, messageIds, reason, all, dryRun } = asked
  const given = [messageIds, reason, all].filter((value) => value !== undefined)
  const connectionId = typeof connection === 'string' ? connection : undefined
  const isDry = dryRun === undefined || typeof dryRun === 'boolean'
  if (given.length === 1 && isDry) {
    const rest = { connectionId, dryRun: dryRun === true }
    if (all === true) return { ...rest, wanted: { type: 'all' } }
    if (typeof reason === 'string' && isReason(reason)) {
      return { ...rest, wanted: { type: 'all', reason } }
    }
    if (isTexts(messageIds) && dryRun !== true)
      return { ...rest, wanted: { type: 'some', messageIds } }
  }
  throw new Problem(
    400,
    `invalid_${act}`,
    'Send one of: {"messageIds": ["…"]} with at most 1,000, {"reason": "…"} with a reason’s code, {"all": true}; ' +
      'the latter two also with "dryRun": true, which only counts.',
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
