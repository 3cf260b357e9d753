import * as api from '../../api/index.ts'
import {
  type Connection,
  type EventRow,
  type Formers,
  identifiersOf,
  personKeyOf,
  type Place,
  type Refused,
  sameName,
  totalsOf,
} from '../../core/index.ts'
import { doublesOf } from '../doubles.ts'
import { shown } from '../event-rows.ts'
import { formersOf, idsOf } from '../formers.ts'
import { liveOf } from '../live.ts'
import { cursorOf } from '../overview.ts'
import { Problem } from '../problem.ts'
import { connectionOf } from './connections.ts'
import {
  connectedStep,
  consumerStep,
  flagStep,
  outcomeStep,
  personStep,
  receivedStep,
  type Search,
  type Step,
  switchStep,
} from './diagnosis-steps.ts'
import { formerShape } from './event-line.ts'
import { isoOf } from './iso.ts'
import { metricOf, namesOf } from './metric-names.ts'
import { nearNames } from './near-names.ts'
import type { AdminParts } from './parts.ts'
import type { Serve } from './serve.ts'

/** Looked through for the person and the metric; what is older is not found. */
const mostLookedAt = 5_000
const page = 500
const mostShown = 20
const mostSearches = 20
/** Of all sources of the workspace: one that is silent does not look for its own for long. */
const newestRefused = 100

interface Asked {
  readonly who?: string
  readonly metric?: string
  readonly from?: string
  readonly to?: string
}

/**
 * Answers "why is my event not in Klaviyo?" (T69–T71, W29, M26): each thing that has to be so, in the order in which
 * an event meets it. The first that is not is the answer; else, what became of the event.
 */
export function serveDiagnosis(serve: Serve, parts: AdminParts): void {
  const { config, engine, journal } = parts

  serve(api.diagnose, async ({ params, query }) => {
    if (query.who === undefined && query.metric === undefined) {
      throw new Problem(
        400,
        'nothing_asked',
        'Say whose event is missing (`who`), or which one (`metric`), or both.',
      )
    }
    const connection = await connectionOf(parts, params.workspaceId, params.connectionId)
    const destination = (await config.destinations(params.workspaceId)).find(
      ({ id }) => id === connection.destinationId,
    )
    const workspace = await config.workspace(params.workspaceId)
    const standing = await journal.standing(cursorOf(connection, 'live'))
    const search = await searchFor(connection, query, standing.head > 0)
    const { waiting, forShopper } = totalsOf([standing])
    const consumer = consumerStep(connection, {
      live: engine.live(connection.id),
      delivering: engine.figures().delivering,
      toSend: waiting - forShopper,
      forShopper,
    })
    const outcome = outcomeStep(search.found, consumer)
    const steps: Step[] = [
      flagStep(workspace?.flags?.klaviyo !== false, connection),
      connectedStep(connection, destination?.error?.reason, destination?.accountName),
      consumer,
      switchStep(connection, search.order === undefined ? query.metric : search.found[0]?.name),
      receivedStep(search),
      personStep(search.found),
      outcome,
      await doublesStep(connection),
    ]
    const { says, todo } = steps.find(({ result }) => result === 'failed') ?? outcome
    return {
      answer: says,
      todo,
      steps,
      near: [...search.near],
      events: search.found
        .slice(0, mostShown)
        .map(({ messageId, name, occurredAt, outcome: became, reason, former }) => ({
          messageId,
          name,
          occurredAt: isoOf(occurredAt),
          outcome: became,
          reason,
          ...(former === undefined ? {} : { former: formerShape(former) }),
        })),
    }

    async function searchFor(one: Connection, asked: Asked, hasAny: boolean): Promise<Search> {
      const formers = await formersOf(config, one)
      const place = { ...placeOf(one), formers: idsOf(formers) }
      const live = liveOf(engine, one, destination)
      const rows = await find(one, place, asked)
      const source = (await config.sources(one.workspaceId)).find(({ id }) => id === one.sourceId)
      const { who, metric } = asked
      const isThere = rows.length > 0 || metric === undefined
      const named = isThere ? undefined : await newestNamed(one, metric)
      const isKnown = isThere || named !== undefined
      const ofOrder = isKnown ? [] : await findOrder(place, metric, personOf(one, asked))
      const found = [...rows, ...ofOrder].map((row) => shown(row, live, formers))
      const isElses =
        !isKnown && who !== undefined && found.length === 0
          ? (await findOrder(place, metric)).length > 0
          : false
      const names = isKnown || found.length > 0 || isElses ? [] : await recentNames(one)
      return {
        found,
        ...(ofOrder.length > 0 || isElses ? { order: metric?.trim() } : {}),
        ...(who === undefined ? {} : { who }),
        ...(metric === undefined ? {} : { metric }),
        hasAny,
        isSourceOn: source?.enabled !== false,
        named,
        near: nearNames(metric ?? '', names),
        refused: found.length > 0 ? undefined : await refusedSince(one),
      }
    }
  })

  /** Newest first. */
  async function find(
    connection: Connection,
    place: Place & Formers,
    asked: Asked,
  ): Promise<readonly EventRow[]> {
    const person = personOf(connection, asked)
    const names = asked.metric === undefined ? undefined : namesOf(asked.metric, connection)
    const from = asked.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(asked.from)
    const to = asked.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(asked.to)
    const found: EventRow[] = []
    let before: number | undefined
    for (let looked = 0; looked < mostLookedAt; looked += page) {
      const rows = await journal.events({
        ...place,
        limit: page,
        ...(person === undefined ? {} : { person }),
        ...(before === undefined ? {} : { before }),
      })
      for (const row of rows) {
        const isNamed = names === undefined || names.has(sameName(row.name))
        if (isNamed && row.occurredAt >= from && row.occurredAt <= to) found.push(row)
      }
      before = rows.at(-1)?.seq
      if (rows.length < page || found.length >= mostShown) break
    }
    return found
  }

  /** Events of the order of that number, newest first, however long ago they came. */
  async function findOrder(
    place: Place & Formers,
    order: string | undefined,
    person?: string,
  ): Promise<readonly EventRow[]> {
    const query = {
      ...place,
      limit: mostShown,
      order: order?.trim() ?? '',
      ...(person === undefined ? {} : { person }),
    }
    let before: number | undefined
    // Each looks for some tens of milliseconds.
    for (let searches = 0; searches < mostSearches; searches += 1) {
      const answer = await journal.search({ ...query, ...(before === undefined ? {} : { before }) })
      if (answer.events.length > 0 || answer.before === undefined) return answer.events
      before = answer.before
    }
    return []
  }

  async function newestNamed(connection: Connection, metric: string) {
    const names = [...namesOf(metric, connection)].map(sameName)
    return (await journal.events({ ...placeOf(connection), names, limit: 1 }))[0]
  }

  /** What came last, if that was refused at the door: later events say that others are taken. */
  async function refusedSince(connection: Connection): Promise<Refused | undefined> {
    const { workspaceId, sourceId } = connection
    const [[newest], all] = await Promise.all([
      journal.events({ ...placeOf(connection), limit: 1 }),
      journal.refusedNewest(workspaceId, newestRefused),
    ])
    const refused = all.find((one) => one.sourceId === sourceId)
    return (refused?.at ?? 0) > (newest?.receivedAt ?? 0) ? refused : undefined
  }

  /** What came of late, as the shop and as Klaviyo names it. */
  async function recentNames(connection: Connection): Promise<readonly string[]> {
    const rows = await journal.events({ ...placeOf(connection), limit: page })
    return rows.flatMap(({ name }) => (name === '' ? [] : [metricOf(name)]))
  }

  function personOf(connection: Connection, { who }: Asked): string | undefined {
    return who === undefined ? undefined : personIn(who, connection)
  }

  /** As the journal names people. */
  function personIn(who: string, { store }: Connection): string {
    const text = who.trim()
    const given = text.includes('@') ? { email: text } : { phone: text }
    const named = personKeyOf(
      identifiersOf({ type: 'identify', traits: given }, parts.kit, store.country),
    )
    return named ?? `id:${text}`
  }

  async function doublesStep(connection: Connection): Promise<Step> {
    const { state, says, todo } = await doublesOf(parts, connection)
    if (state === 'unknown') return { step: 'doubles', result: 'unknown', says }
    if (state === 'found')
      return { step: 'doubles', result: 'warning', says, ...(todo === undefined ? {} : { todo }) }
    return { step: 'doubles', result: 'ok', says }
  }
}

function placeOf({ workspaceId, sourceId, id: connectionId }: Connection) {
  return { workspaceId, sourceId, connectionId }
}
