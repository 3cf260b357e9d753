import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import type { Connection, EventRow, ReasonCode } from '../../core/index.ts'
import { identifiersOf, isOff, mappings, personKeyOf, reasons } from '../../core/index.ts'
import { connectionOf } from './connections.ts'
import { isoOf } from './iso.ts'
import type { AdminParts } from './parts.ts'
import type { Serve } from './serve.ts'

type Step = Static<typeof api.diagnose.answer & {}>['steps'][number]

/** Looked through for the person and the metric; what is older is not found. */
const mostLookedAt = 5_000
const page = 500
const mostShown = 20

/**
 * Answers "why is my event not in Klaviyo?" (T69–T71, W29, M26): each thing that has to be so, in the order in which
 * an event meets it. The first that is not is the answer.
 */
export function serveDiagnosis(serve: Serve, parts: AdminParts): void {
  const { config, engine, journal } = parts

  serve(api.diagnose, async ({ params, query }) => {
    const connection = await connectionOf(parts, params.workspaceId, params.connectionId)
    const destination = (await config.destinations(params.workspaceId)).find(
      ({ id }) => id === connection.destinationId,
    )
    const workspace = await config.workspace(params.workspaceId)
    const source = (await config.sources(params.workspaceId)).find(
      ({ id }) => id === connection.sourceId,
    )
    const standing = await journal.standing({
      workspaceId: params.workspaceId,
      connectionId: connection.id,
      sourceId: connection.sourceId,
      lane: 'live',
    })
    const found = await find(connection, query)
    const steps: Step[] = [
      flagStep(workspace?.flags?.klaviyo !== false, connection),
      connectedStep(connection, destination?.error?.reason, destination?.accountName),
      consumerStep(connection),
      switchStep(connection, query.metric),
      receivedStep(found, standing.head > 0, source?.enabled !== false, query),
      personStep(found),
      outcomeStep(found),
    ]
    const stop = steps.find(({ result }) => result === 'failed')
    const answer = stop ?? steps.findLast(({ result }) => result === 'ok')
    return {
      answer: answer?.says ?? 'Nothing is known of it.',
      todo: answer?.todo,
      steps,
      events: found.slice(0, mostShown).map(({ messageId, name, occurredAt, outcome, reason }) => ({
        messageId,
        name,
        occurredAt: isoOf(occurredAt),
        outcome,
        reason,
      })),
    }
  })

  /** Newest first. */
  async function find(
    connection: Connection,
    asked: {
      readonly who?: string
      readonly metric?: string
      readonly from?: string
      readonly to?: string
    },
  ): Promise<readonly EventRow[]> {
    const person = asked.who === undefined ? undefined : personIn(asked.who, connection)
    const names = asked.metric === undefined ? undefined : namesOf(asked.metric, connection)
    const from = asked.from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(asked.from)
    const to = asked.to === undefined ? Number.POSITIVE_INFINITY : Date.parse(asked.to)
    const found: EventRow[] = []
    let before: number | undefined
    for (let looked = 0; looked < mostLookedAt; looked += page) {
      const rows = await journal.events({
        workspaceId: connection.workspaceId,
        sourceId: connection.sourceId,
        connectionId: connection.id,
        limit: page,
        ...(person === undefined ? {} : { person }),
        ...(before === undefined ? {} : { before }),
      })
      for (const row of rows) {
        const isNamed = names === undefined || names.has(row.name.trim().toLowerCase())
        if (isNamed && row.occurredAt >= from && row.occurredAt <= to) found.push(row)
      }
      before = rows.at(-1)?.seq
      if (rows.length < page || found.length >= mostShown) break
    }
    return found
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

  function consumerStep({ id }: Connection): Step {
    const live = engine.live(id)
    if (live !== undefined) {
      const { sentence, todo } = live.reason === undefined ? noTrouble : reasons[live.reason]
      const isHeld = live.state === 'held'
      return {
        step: 'consumer',
        result: isHeld ? 'failed' : 'ok',
        says: sentence,
        ...(isHeld ? { todo } : {}),
      }
    }
    return engine.figures().delivering > 0
      ? { step: 'consumer', result: 'ok', says: 'Another node delivers for this connection.' }
      : {
          step: 'consumer',
          result: 'failed',
          says: 'No node delivers: the consumer of this connection is not running.',
          todo: 'Start a node with the role delivery.',
        }
  }
}

const noTrouble = { sentence: 'The consumer of this connection is running.', todo: '' }

function flagStep(isOn: boolean, connection: Connection): Step {
  if (!isOn) {
    return {
      step: 'flag',
      result: 'failed',
      says: 'Klaviyo is switched off for the whole workspace.',
      todo: 'Switch the workspace’s flag klaviyo on.',
    }
  }
  return isOff(connection)
    ? {
        step: 'flag',
        result: 'failed',
        says: 'The connection is switched off.',
        todo: 'Set Is Enabled to Yes. What ended meanwhile can be replayed.',
      }
    : { step: 'flag', result: 'ok', says: 'The integration is switched on.' }
}

function connectedStep(
  { state, since }: Connection,
  error: string | undefined,
  account: string | undefined,
): Step {
  if (state === 'disconnected') {
    return {
      step: 'connected',
      result: 'failed',
      says: 'Klaviyo is disconnected.',
      todo: 'Connect it again. Use a backfill for what was missed.',
    }
  }
  if (error !== undefined) {
    const known = error in reasons ? reasons[error as ReasonCode] : undefined
    return {
      step: 'connected',
      result: 'failed',
      says: known?.sentence ?? 'Klaviyo does not take what is sent.',
      todo: known?.todo ?? 'Connect the account again.',
    }
  }
  if (state === 'paused') {
    const { sentence, todo } = reasons.paused
    return { step: 'connected', result: 'failed', says: sentence, todo }
  }
  const name = account === undefined ? '' : ` to ${account}`
  const says = `Klaviyo is connected${name}, and events flow since ${isoOf(since)}.`
  return { step: 'connected', result: 'ok', says }
}

function switchStep({ settings }: Connection, metric: string | undefined): Step {
  if (metric === undefined)
    return { step: 'switch', result: 'unknown', says: 'No metric was named.' }
  const isOn = settings.switches[metricOf(metric)] !== false
  return isOn
    ? { step: 'switch', result: 'ok', says: `${metricOf(metric)} is switched on.` }
    : {
        step: 'switch',
        result: 'failed',
        says: `${metricOf(metric)} is switched off for the connection.`,
        todo: reasons.event_disabled.todo,
      }
}

function receivedStep(
  found: readonly EventRow[],
  hasAny: boolean,
  isSourceOn: boolean,
  { who, metric }: { readonly who?: string; readonly metric?: string },
): Step {
  if (found.length > 0) {
    const [newest] = found
    const says = `${found.length === 1 ? 'One such event' : 'Such events'} came, the newest at ${isoOf(newest!.receivedAt)}.`
    return { step: 'received', result: 'ok', says }
  }
  if (!isSourceOn) {
    return {
      step: 'received',
      result: 'failed',
      says: 'The source is switched off, so nothing of it is taken.',
      todo: 'Switch the source on.',
    }
  }
  if (!hasAny) {
    return {
      step: 'received',
      result: 'failed',
      says: 'No event of any kind has come from this store yet.',
      todo: 'Check that the snippet or the SDK is installed with the right write key, then click through the shop.',
    }
  }
  const of = `${metric === undefined ? '' : ` "${metric}"`}${who === undefined ? '' : ' of this shopper'}`
  return {
    step: 'received',
    result: 'failed',
    says: `No event${of} has come in that time, though others have.`,
    todo: 'Check that the shop tells it, and under which name; and that the shopper was known by this address then.',
  }
}

function personStep(found: readonly EventRow[]): Step {
  const [newest] = found
  if (newest === undefined)
    return { step: 'person', result: 'unknown', says: 'There is no event to look at.' }
  const nameless = new Set<ReasonCode>([
    'no_identifier',
    'anonymous_waiting',
    'invalid_email',
    'invalid_phone',
  ])
  if (newest.reason !== undefined && nameless.has(newest.reason)) {
    const { sentence, todo } = reasons[newest.reason]
    return { step: 'person', result: 'failed', says: sentence, todo }
  }
  return newest.person?.startsWith('email:') === true
    ? { step: 'person', result: 'ok', says: 'The shopper’s email address is known.' }
    : { step: 'person', result: 'ok', says: 'The shopper is known, without an email address.' }
}

function outcomeStep(found: readonly EventRow[]): Step {
  const [newest] = found
  if (newest === undefined)
    return { step: 'outcome', result: 'unknown', says: 'There is no event to look at.' }
  const { outcome, reason } = newest
  const words = reason === undefined ? undefined : reasons[reason]
  if (outcome === 'accepted' || outcome === 'confirmed') {
    return {
      step: 'outcome',
      result: 'ok',
      says: words?.sentence ?? 'Klaviyo accepted it.',
      todo: 'In Klaviyo, look at the profile’s activity. Klaviyo shows it within a minute or two.',
    }
  }
  const isOver = outcome === 'dropped' || outcome === 'dead' || outcome === 'held'
  return {
    step: 'outcome',
    result: isOver ? 'failed' : 'ok',
    says: words?.sentence ?? 'It waits for its turn.',
    todo: words?.todo ?? 'Nothing: it is sent by itself.',
  }
}

/** The metric that a name leads to, and every name that leads to it. */
function metricOf(name: string): string {
  const same = name.trim().toLowerCase()
  const mapping = mappings.find(
    ({ metric, events = [] }) =>
      metric.toLowerCase() === same || events.some((event) => event.toLowerCase() === same),
  )
  return mapping?.metric ?? name.trim()
}

function namesOf(name: string, { settings }: Connection): ReadonlySet<string> {
  const metric = metricOf(name)
  const built = mappings
    .filter((mapping) => mapping.metric === metric || mapping.fanOut?.metric === metric)
    .flatMap(({ events = [] }) => events)
  const own = Object.entries(settings.mappings)
    .filter(([, mapping]) => mapping?.metric === metric)
    .map(([event]) => event)
  return new Set([name, metric, ...built, ...own].map((each) => each.trim().toLowerCase()))
}
