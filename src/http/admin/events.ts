import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import {
  type Attempt,
  type Connection,
  type Exception,
  keep,
  type Mask,
  maskOf,
  reasons,
  unmasked,
} from '../../core/index.ts'
import { actOnSome, needItsOwn } from '../errands.ts'
import { type EventLife, eventLifeOf } from '../event-life.ts'
import { destinationOf } from '../overview.ts'
import { Problem } from '../problem.ts'
import { connectionOf } from './connections.ts'
import { formerShape, personShape } from './event-line.ts'
import { isoOf } from './iso.ts'
import type { AdminParts } from './parts.ts'
import { type Eyes, eyesOf } from './reveal.ts'
import type { Serve } from './serve.ts'

type Life = Static<typeof api.getEvent.answer & {}>
type OfEvent = Static<typeof api.getEvent.params & {}>
type Found = Static<typeof api.findEvent.answer & {}>

/** An event by itself: followed (S40), and looked for in Klaviyo (S39). */
export function serveEvents(serve: Serve, parts: AdminParts): void {
  const { config, klaviyo } = parts

  serve(api.getEvent, async (ask) => {
    const { life } = await found(ask.params)
    return shapeOf(life, await eyesOf(parts, ask, life.story.messageId))
  })

  serve(api.getEventBodies, async (ask) => {
    const { life } = await found(ask.params)
    const { story, explanation } = life
    const eyes = await eyesOf(parts, ask, story.messageId)
    const mask = eyes(story.identifiers)
    return {
      masked: mask !== unmasked,
      received: mask.body(story.body),
      composed: mask.body(JSON.stringify(explanation.actions)),
      exchanges: story.attempts.map(({ at, path, status, request, response, actions }) => {
        // A look is at one person: who else was in the request stays hidden.
        const eye = actions > 1 ? maskOf(story.identifiers) : mask
        return {
          at: isoOf(at),
          path,
          status,
          request: eye.body(request),
          response: eye.body(response),
        }
      }),
    }
  })

  serve(api.replayEvent, async (ask) => {
    const { connection, life } = await found(ask.params)
    needItsOwn(life.story)
    const { messageId, outcome } = life.story
    if (outcome !== 'dropped' && outcome !== 'dead' && outcome !== 'retry') {
      throw new Problem(
        409,
        'not_ended',
        outcome === 'accepted' || outcome === 'confirmed'
          ? 'Klaviyo has it. There is nothing to send again.'
          : 'It is on its way. There is nothing to send again yet.',
      )
    }
    const { count } = await actOnSome(parts, connection, 'replay', [messageId], () =>
      ask.act('event.replay', connection.id, { after: { messageId } }),
    )
    return { replayed: count > 0 }
  })

  serve(api.findEvent, async ({ params }): Promise<Found> => {
    const { connection, life } = await found(params)
    const destination = await destinationOf(config, connection)
    if (destination?.state !== 'connected' || connection.state === 'disconnected') {
      throw new Problem(409, 'not_connected', 'Klaviyo is not connected. Connect it first.')
    }
    const action = life.explanation.actions.find(({ type }) => type === 'event')
    if (action?.type !== 'event') {
      throw new Problem(
        409,
        'no_event_sent',
        `It becomes no event at Klaviyo. ${life.explanation.lines.join(' ')}`,
      )
    }
    const { metric, uniqueId, time, profile } = action
    const read = await klaviyo.findEvent(destination, {
      metric,
      uniqueId,
      time,
      identifiers: profile.identifiers,
    })
    if (read.type === 'found') {
      return {
        state: 'found',
        says: `"${metric}" is in Klaviyo.`,
        metric,
        id: read.id,
        at: read.time,
      }
    }
    if (read.type === 'failed') {
      return {
        state: 'unknown',
        says: `Klaviyo could not be asked. ${read.message}`,
        todo: 'Reading an event back needs the permissions events:read, metrics:read and profiles:read.',
        metric,
      }
    }
    const isAccepted = life.story.outcome === 'accepted' || life.story.outcome === 'confirmed'
    return {
      state: 'missing',
      says: `"${metric}" is not in Klaviyo${isAccepted ? ' yet, though it was accepted' : ''}.`,
      todo: isAccepted
        ? 'Klaviyo works on what it accepted within a minute or two. Look again then.'
        : 'Look at what became of it: it has not been accepted.',
      metric,
    }
  })

  async function shapeOf(life: EventLife, eyes: Eyes): Promise<Life> {
    return lifeShape(life, await sourceNameOf(parts, life.connection), eyes)
  }

  async function found({ workspaceId, connectionId, messageId }: OfEvent) {
    const connection = await connectionOf(parts, workspaceId, connectionId)
    return { connection, life: await eventLifeOf(parts, messageId, connectionId) }
  }
}

export async function sourceNameOf(
  { config }: Pick<AdminParts, 'config'>,
  { workspaceId, sourceId }: Connection,
): Promise<string | undefined> {
  return (await config.sources(workspaceId)).find(({ id }) => id === sourceId)?.name
}

export function lifeShape(life: EventLife, sourceName: string | undefined, eyes: Eyes): Life {
  const { story, event, explanation, connection } = life
  const { messageId, seq, lane, type, occurredAt, receivedAt, outcome, reason } = story
  const { nextAt, former } = story
  const words = reason === undefined ? undefined : reasons[reason]
  const mask = eyes(story.identifiers)
  return {
    messageId,
    seq,
    lane,
    type,
    name: mask.text(story.name),
    test: event.context?.['test'] === true,
    source: { id: connection.sourceId, name: sourceName ?? connection.sourceId },
    version: connection.version,
    person: personShape(story.identifiers, mask),
    masked: mask !== unmasked,
    occurredAt: isoOf(occurredAt),
    receivedAt: isoOf(receivedAt),
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(words === undefined ? {} : { says: words.sentence, todo: words.todo }),
    ...(nextAt === undefined ? {} : { nextAt: isoOf(nextAt) }),
    ...(former === undefined ? {} : { former: formerShape(former) }),
    mapped: {
      outcome: explanation.outcome,
      lines: explanation.lines.map((line) => mask.text(line)),
      events: explanation.actions
        .filter((action) => action.type === 'event')
        .map(({ metric, uniqueId, value, currency }) => ({
          metric: mask.text(metric),
          uniqueId: mask.text(uniqueId),
          ...(value === undefined ? {} : { value }),
          ...(currency === undefined ? {} : { currency }),
        })),
    },
    exchanges: story.attempts.map((attempt) => exchangeShape(attempt, seq, eyes.may, mask)),
    ...(story.exception === undefined ? {} : { trouble: troubleShape(story.exception, mask) }),
    kept: keptShape(life),
  }
}

function exchangeShape(
  attempt: Attempt,
  seq: number,
  may: boolean,
  mask: Mask,
): Life['exchanges'][number] {
  const { at, path, durationMs, status, error, response, actions, version, notes = [] } = attempt
  return {
    at: isoOf(at),
    path,
    durationMs: Math.round(durationMs),
    status,
    with: Math.max(0, actions - 1),
    version,
    notes: notes.filter((one) => one.seq === seq).map(({ note }) => note),
    ...(error === undefined ? {} : { error: mask.text(error) }),
    // Klaviyo may repeat what was sent, also of others: not everything of a person has a form that is known.
    ...(may && status >= 300 && response !== ''
      ? { said: (actions > 1 ? maskOf() : mask).body(response) }
      : {}),
  }
}

function troubleShape(exception: Exception, mask: Mask): NonNullable<Life['trouble']> {
  const { state, failures, firstAt, lastAt, dueAt, detail } = exception
  return {
    state,
    failures,
    firstAt: isoOf(firstAt),
    lastAt: isoOf(lastAt),
    ...(state === 'kept' ? {} : { dueAt: isoOf(dueAt) }),
    ...(detail === undefined ? {} : { detail: mask.text(detail) }),
  }
}

/** What failed, or waits, is kept for as long as it does. */
function keptShape({ story }: EventLife): Life['kept'] {
  const { receivedAt, exception, outcome, attempts } = story
  const isOver = exception === undefined && reasons[story.reason ?? 'accepted'].outcome === outcome
  const first = attempts[0]
  return {
    ...(isOver && outcome !== 'waiting' ? { bodyUntil: isoOf(receivedAt + keep.bodyMs) } : {}),
    ...(first === undefined ? {} : { exchangesUntil: isoOf(first.at + keep.attemptMs) }),
  }
}
