import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import {
  type Connection,
  type Errand,
  type Exception,
  type Journaled,
  type KeptPlace,
  lanes,
  personKeyOf,
  type ReasonCode,
  reasons,
} from '../../core/index.ts'
import {
  type ActOf,
  actOnAll,
  actOnSome,
  cancelErrand,
  estimateOf,
  failedBefore,
  failuresOf,
  placeOf,
  whatHolds,
} from '../errands.ts'
import { isReason } from '../query.ts'
import { connectionOf } from './connections.ts'
import { pageFrom, placeIn } from './cursor.ts'
import { isoOf, isoOrNone } from './iso.ts'
import type { AdminParts } from './parts.ts'
import { type Eyes, eyesOf } from './reveal.ts'
import { type Ask, nothingHere, type Serve } from './serve.ts'

type Shape = Static<typeof api.listFailedEvents.answer & {}>['data'][number]
type OfConnection = Ask<
  { readonly workspaceId: string; readonly connectionId: string },
  unknown,
  unknown
>

const newestRuns = 20

/** What failed and is kept, and what people do about it (M25). */
export function serveFailed(serve: Serve, parts: AdminParts): void {
  const { journal, secrets, watch } = parts

  serve(api.listFailed, async ({ params }) => {
    const connection = await connectionFor(params)
    const { total, causes, errands } = await failuresOf(parts, connection)
    const holds = await whatHolds(parts, connection)
    const former = await failedBefore(parts, connection)
    const more = await watch.causes(
      placeOf(connection),
      causes.map(({ reason }) => reason),
    )
    return {
      total,
      causes: causes.map(({ reason, count }, place) => {
        const { people, isMorePeople, firstAt, lastAt } = more[place] ?? {}
        return {
          reason,
          sentence: reasons[reason].sentence,
          todo: reasons[reason].todo,
          events: count,
          people,
          isMorePeople,
          firstAt: isoOrNone(firstAt),
          lastAt: isoOrNone(lastAt),
        }
      }),
      runs: errands.map((errand) => runShape(errand, holds)),
      former: [...former],
    }
  })

  serve(api.listFailedEvents, async (ask) => {
    const { params, query } = ask
    const connection = await connectionFor(params)
    const reason = reasonIn(params.reason)
    const list = `failed:${connection.id}:${reason}`
    const { limit, after } = placeIn<KeptPlace>(secrets, list, query)
    const rows = await watch.failed(placeOf(connection), reason, {
      limit: limit + 1,
      ...(after === undefined ? {} : { before: after }),
    })
    const events = await eventsOf(connection, rows)
    const eyes = await eyesOf(parts, ask, `failed ${reason}`)
    return pageFrom(secrets, list, rows, {
      limit,
      position: ({ lane, seq }): KeptPlace => ({ lane, seq }),
      shape: (row) => failedShape(row, events.get(nameOf(row)), eyes),
    })
  })

  serve(api.estimateRun, async ({ params, query }) => {
    const connection = await connectionFor(params)
    return estimateOf(parts, connection, errandIn(query))
  })

  serve(api.startRun, async (ask) => {
    const connection = await connectionFor(ask.params)
    const { count, begun, errand } = await actOnAll(
      parts,
      connection,
      errandIn(ask.body),
      actsOf(ask),
    )
    const holds = await whatHolds(parts, connection)
    return { count, begun, ...(errand === undefined ? {} : { run: runShape(errand, holds) }) }
  })

  serve(api.replayEvents, (ask) => some(ask, 'replay', ask.body.messageIds))
  serve(api.discardEvents, (ask) => some(ask, 'discard', ask.body.messageIds))

  serve(api.listRuns, async ({ params }) => {
    const connection = await connectionFor(params)
    const errands = await journal.errands(placeOf(connection), newestRuns)
    const holds = await whatHolds(parts, connection)
    return { data: errands.map((errand) => runShape(errand, holds)) }
  })

  serve(api.getRun, async ({ params }) => {
    const connection = await connectionFor(params)
    const errands = await journal.errands(placeOf(connection), newestRuns)
    const errand = errands.find(({ id }) => id === params.runId)
    if (errand === undefined) throw nothingHere()
    return runShape(errand, await whatHolds(parts, connection))
  })

  serve(api.cancelRun, async (ask) => {
    const connection = await connectionFor(ask.params)
    return runShape(await cancelErrand(parts, connection, ask.params.runId, actsOf(ask)))
  })

  async function some(ask: OfConnection, act: Errand['act'], messageIds: readonly string[]) {
    const connection = await connectionFor(ask.params)
    const done = await actOnSome(parts, connection, act, messageIds, actsOf(ask))
    return { ...done, unknown: [...done.unknown], left: [...done.left] }
  }

  function connectionFor({ workspaceId, connectionId }: OfConnection['params']) {
    return connectionOf(parts, workspaceId, connectionId)
  }

  async function eventsOf(
    { workspaceId, sourceId }: Connection,
    rows: readonly Exception[],
  ): Promise<ReadonlyMap<string, Journaled>> {
    const each = await Promise.all(
      lanes.map(async (lane) => {
        const seqs = rows.filter((row) => row.lane === lane).map(({ seq }) => seq)
        return seqs.length === 0 ? [] : journal.readSome({ workspaceId, sourceId, lane }, seqs)
      }),
    )
    return new Map(each.flat().map((event) => [nameOf(event), event]))
  }
}

function actsOf(ask: OfConnection): ActOf {
  return (action, target, after) => ask.act(action, target, after && { after })
}

function nameOf({ lane, seq }: KeptPlace): string {
  return `${lane} ${seq}`
}

function errandIn({
  act,
  reason,
}: {
  readonly act: Errand['act']
  readonly reason?: string
}): Pick<Errand, 'act' | 'reason'> {
  return { act, ...(reason === undefined ? {} : { reason: reasonIn(reason) }) }
}

function reasonIn(code: string): ReasonCode {
  if (isReason(code)) return code
  throw nothingHere()
}

/** @param holds why nothing of its connection goes out */
function runShape(errand: Errand, holds?: ReasonCode): Static<typeof api.getRun.answer & {}> {
  const { workspaceId: _, connectionId: __, askedAt, endedAt, ...run } = errand
  const isHeld = run.state === 'running' && run.act === 'replay' && holds !== undefined
  return {
    ...run,
    askedAt: isoOf(askedAt),
    ...(endedAt === undefined ? {} : { endedAt: isoOf(endedAt) }),
    ...(isHeld ? { waitsFor: holds } : {}),
  }
}

/** The event's body may be gone: then its name is too. */
function failedShape(row: Exception, event: Journaled | undefined, eyes: Eyes): Shape {
  const { messageId, failures, firstAt, lastAt, detail } = row
  const identifiers = event?.identifiers ?? {}
  const mask = eyes(identifiers)
  const person = personKeyOf(mask.identifiers(identifiers))
  return {
    messageId,
    ...(event === undefined ? {} : { name: mask.text(event.name) }),
    ...(person === undefined ? {} : { person }),
    tries: failures,
    firstAt: isoOf(firstAt),
    lastAt: isoOf(lastAt),
    // Klaviyo may repeat addresses in what it says.
    ...(detail === undefined ? {} : { said: mask.text(detail) }),
  }
}
