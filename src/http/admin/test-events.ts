import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import {
  type Connection,
  explainEvent,
  type JsonObject,
  objectOf,
  readEvent,
  reasons,
  testEventOf,
} from '../../core/index.ts'
import { eventLifeOf } from '../event-life.ts'
import { destinationOf } from '../overview.ts'
import { Problem } from '../problem.ts'
import { connectionOf } from './connections.ts'
import { lifeShape, sourceNameOf } from './events.ts'
import type { AdminParts } from './parts.ts'
import { eyesOf } from './reveal.ts'
import type { Serve } from './serve.ts'

type Body = Static<typeof api.sendTestEvent.body & {}>

const maxEventBytes = 1_000_000

/** Sends a test event (S38): appended like any other, so that it goes the same way. */
export function serveTestEvents(serve: Serve, parts: AdminParts): void {
  const { access, config, engine, ids, journal, kit } = parts

  serve(api.previewTestEvent, async (ask) => {
    const { workspaceId, connectionId } = ask.params
    const connection = await connectionOf(parts, workspaceId, connectionId)
    const destination = await destinationOf(config, connection)
    const messageId = ids.newId('test', ask.now)
    const raw = rawOf(ask.body, connection, messageId)
    const event = marked(raw, ask.body.email)
    const { id: _, country } = connection.store
    const explained = explainEvent(event, connection, {
      kit,
      receivedAt: ask.now,
      newId: () => messageId,
      maxBytes: maxEventBytes,
      ...(country === undefined ? {} : { storeCountry: country }),
      ...(destination?.scopes === undefined ? {} : { scopes: new Set(destination.scopes) }),
    })
    const { messageId: __, ...shown } = event
    const { outcome, reason, lines, actions } = explained
    return { event: shown, outcome, reason, lines: [...lines], actions: [...actions] }
  })

  serve(api.sendTestEvent, async (ask) => {
    const { workspaceId, connectionId } = ask.params
    const connection = await connectionOf(parts, workspaceId, connectionId)
    await needOpen(connection)
    const messageId = ids.newId('test', ask.now)
    const { id: storeId, country } = connection.store
    const reading = readEvent(marked(rawOf(ask.body, connection, messageId), ask.body.email), {
      kit,
      receivedAt: ask.now,
      newId: () => messageId,
      maxBytes: maxEventBytes,
      ...(country === undefined ? {} : { storeCountry: country }),
    })
    if (reading.type === 'refused') {
      const { sentence, todo } = reasons[reading.reason]
      throw new Problem(422, reading.reason, `${sentence} ${todo}`)
    }
    const { event, body, name, identifiers, occurredAt } = reading
    const received = [
      {
        workspaceId,
        sourceId: connection.sourceId,
        storeId,
        lane: 'live' as const,
        event,
        body,
        name,
        identifiers,
        occurredAt,
        receivedAt: ask.now,
      },
    ]
    const appended = await journal.append(received)
    if (appended[0]?.duplicate === true) {
      throw new Problem(
        409,
        'message_id_taken',
        'An event with this messageId came before, so this one counts for nothing. Leave it out, or give another.',
      )
    }
    engine.feed(received, appended)
    await access.note(
      ask.act('event.test', connectionId, { after: { messageId: event.messageId } }),
    )
    // Masked too: the journal adds what it knows of whoever the event names.
    return lifeShape(
      await eventLifeOf(parts, event.messageId, connectionId),
      await sourceNameOf(parts, connection),
      await eyesOf(parts, ask, event.messageId),
    )
  })

  /** Throws a `Problem` where an event of the source would not be taken or would lead nowhere. */
  async function needOpen({ workspaceId, sourceId, state }: Connection): Promise<void> {
    if (state === 'disconnected') {
      throw new Problem(409, 'not_connected', 'Klaviyo is not connected. Connect it first.')
    }
    const source = (await config.sources(workspaceId)).find(({ id }) => id === sourceId)
    if (source?.enabled === false) {
      throw new Problem(409, 'source_off', 'The source is switched off. Switch it on first.')
    }
  }
}

function rawOf({ metric, event, email }: Body, connection: Connection, key: string): JsonObject {
  if ((metric === undefined) === (event === undefined)) {
    throw new Problem(422, 'metric_or_event', 'Give either a metric or an event.', {
      errors: [{ pointer: '/body', message: 'Give either a metric or an event.' }],
    })
  }
  // What came is JSON.
  // oxlint-disable-next-line no-unsafe-type-assertion
  if (event !== undefined) return { type: 'track', ...(event as JsonObject) }
  if (email === undefined) {
    throw new Problem(422, 'email_needed', 'Give the email address of the test shopper.', {
      errors: [{ pointer: '/body/email', message: 'email is needed with a metric.' }],
    })
  }
  return { type: 'track', messageId: key, ...testEventOf(metric ?? '', connection, key) }
}

/** So that everybody who meets it, here or in Klaviyo, can tell it. What describes a person gets no mark of its own. */
function marked(raw: JsonObject, email: string | undefined): JsonObject {
  const { type, properties, context } = raw
  const given = objectOf(context)
  const person = email === undefined ? {} : { traits: { ...objectOf(given?.['traits']), email } }
  const hasProperties = type === 'track' || type === 'page' || type === 'screen'
  return {
    ...raw,
    context: { ...given, ...person, test: true },
    ...(hasProperties ? { properties: { ...objectOf(properties), test: true } } : {}),
  }
}
