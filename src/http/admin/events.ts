import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import { reasons } from '../../core/index.ts'
import { type EventLife, eventLifeOf } from '../event-life.ts'
import { destinationOf } from '../overview.ts'
import { Problem } from '../problem.ts'
import { connectionOf } from './connections.ts'
import { isoOf } from './iso.ts'
import type { AdminParts } from './parts.ts'
import type { Serve } from './serve.ts'

type Life = Static<typeof api.getEvent.answer & {}>
type OfEvent = Static<typeof api.getEvent.params & {}>
type Found = Static<typeof api.findEvent.answer & {}>

/** An event by itself: followed (S40), and looked for in Klaviyo (S39). */
export function serveEvents(serve: Serve, parts: AdminParts): void {
  const { config, klaviyo } = parts

  serve(api.getEvent, async (ask) => lifeShape((await found(ask.params)).life, ask.may('reveal')))

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

  async function found({ workspaceId, connectionId, messageId }: OfEvent) {
    const connection = await connectionOf(parts, workspaceId, connectionId)
    return { connection, life: await eventLifeOf(parts, messageId, connectionId) }
  }
}

export function lifeShape({ story, event, explanation }: EventLife, reveals: boolean): Life {
  const { messageId, name, occurredAt, receivedAt, outcome, reason, nextAt } = story
  const words = reason === undefined ? undefined : reasons[reason]
  return {
    messageId,
    name,
    test: event.context?.['test'] === true,
    occurredAt: isoOf(occurredAt),
    receivedAt: isoOf(receivedAt),
    outcome,
    ...(reason === undefined ? {} : { reason }),
    ...(words === undefined ? {} : { says: words.sentence, todo: words.todo }),
    ...(nextAt === undefined ? {} : { nextAt: isoOf(nextAt) }),
    mapped: {
      outcome: explanation.outcome,
      lines: [...explanation.lines],
      events: explanation.actions
        .filter((action) => action.type === 'event')
        .map(({ metric, uniqueId, value, currency }) => ({
          metric,
          uniqueId,
          ...(value === undefined ? {} : { value }),
          ...(currency === undefined ? {} : { currency }),
        })),
    },
    exchanges: story.attempts.map(({ at, path, durationMs, status, error, response }) => ({
      at: isoOf(at),
      path,
      durationMs: Math.round(durationMs),
      status,
      ...(error === undefined ? {} : { error }),
      // Klaviyo may repeat addresses in what it says.
      ...(reveals && status >= 300 && response !== '' ? { said: response } : {}),
    })),
  }
}
