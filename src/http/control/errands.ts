import type { FastifyInstance } from 'fastify'
import type { Clock, Errand, Exception, Kit, ReasonCode } from '../../core/index.ts'
import { reasons } from '../../core/index.ts'
import {
  actOnAll,
  actOnSome,
  cancelErrand,
  failedBefore,
  type Failures,
  failuresOf,
  placeOf,
  type Wanted,
  whatHolds,
  whyNone,
} from '../errands.ts'
import { localActs } from '../local-trail.ts'
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
      const failures = await failuresOf(parts, connection)
      const holds = await whatHolds(parts, connection)
      const former = await failedBefore(parts, connection)
      return { ...failuresShape(connection.id, failures, holds), former }
    })

    for (const act of ['replay', 'discard'] as const) {
      app.post(`/api/${act}`, async ({ body }) => {
        const { connectionId, wanted, dryRun } = readWanted(act, body)
        const connection = await findConnection(config, connectionId)
        if (wanted.type === 'some') {
          return actOnSome(parts, connection, act, wanted.messageIds, localActs(parts, connection))
        }
        const errand = { act, ...(wanted.reason !== undefined && { reason: wanted.reason }) }
        const count = await journal.countFor(placeOf(connection), errand)
        if (count === 0 && act === 'replay')
          return { count, says: await whyNone(parts, connection, errand) }
        if (dryRun || count === 0) return { count }
        const answer = await actOnAll(parts, connection, errand, localActs(parts, connection))
        const holds = await whatHolds(parts, connection)
        const run = answer.errand === undefined ? {} : { run: errandShape(answer.errand, holds) }
        return { count, begun: answer.begun, ...run }
      })
    }

    app.get('/api/runs', async ({ query }) => {
      const connection = await findConnection(config, textsOf(query).get('connection'))
      const errands = await journal.errands(placeOf(connection), 20)
      const holds = await whatHolds(parts, connection)
      return { runs: errands.map((errand) => errandShape(errand, holds)) }
    })

    app.post<{ Params: { readonly id: string } }>(
      '/api/runs/:id/cancel',
      async ({ params, body }) => {
        const { connection: named } = (body ?? {}) as { readonly connection?: unknown }
        const id = typeof named === 'string' ? named : undefined
        const connection = await findConnection(config, id)
        return errandShape(
          await cancelErrand(parts, connection, params.id, localActs(parts, connection)),
        )
      },
    )
  }
}

/** @param holds why nothing of its connection goes out */
function errandShape(given: Errand, holds?: ReasonCode): object {
  const { workspaceId: _, askedAt, endedAt, ...errand } = given
  const waitsFor = errand.state === 'running' && errand.act === 'replay' ? holds : undefined
  return { ...errand, askedAt: isoOf(askedAt), endedAt: isoOf(endedAt), waitsFor }
}

function failuresShape(
  connection: string,
  { total, causes, errands }: Failures,
  holds: ReasonCode | undefined,
): object {
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
    runs: errands.map((errand) => errandShape(errand, holds)),
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
