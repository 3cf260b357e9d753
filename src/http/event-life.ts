import type {
  Connection,
  DestinationRow,
  Event,
  EventStory,
  Explanation,
  Journaled,
  Kit,
} from '../core/index.ts'
import { browserReport, explainPlan, mapperOf, objectOf, textOf } from '../core/index.ts'
import { shown, type ShownRow } from './event-rows.ts'
import { asItWas, formersOf, idsOf } from './formers.ts'
import { liveOf } from './live.ts'
import { destinationOf, findConnection, type OverviewParts } from './overview.ts'
import { Problem } from './problem.ts'

/** All that is known of one event, and what it is by the settings of today. */
export interface EventLife {
  readonly connection: Connection
  readonly story: EventStory & ShownRow
  readonly event: Event
  readonly explanation: Explanation
  /** Of a login: what the browser SDK reported of `klaviyo.identify()` (W31). */
  readonly report?: { readonly result: string; readonly session: string }
}

/** Throws a `Problem` when there is no such event. */
export async function eventLifeOf(
  { journal, config, engine, kit }: OverviewParts & { readonly kit: Kit },
  messageId: string,
  connectionId: string | undefined,
): Promise<EventLife> {
  const connection = await findConnection(config, connectionId)
  const { workspaceId, id, sourceId } = connection
  const formers = await formersOf(config, connection)
  const story = await journal.story({
    workspaceId,
    sourceId,
    connectionId: id,
    messageId,
    formers: idsOf(formers),
  })
  if (story === undefined) {
    throw new Problem(
      404,
      'no_such_event',
      'No event with this message id has arrived on this connection, or its body is past the retention time.',
    )
  }
  // Our own text: it was read as an event before it was kept.
  const event = JSON.parse(story.body) as Event
  const destination = await destinationOf(config, connection)
  const report =
    event.type === 'identify'
      ? reportIn(
          await journal.story({
            workspaceId,
            sourceId,
            connectionId: id,
            messageId: `${messageId}.klaviyo`,
          }),
        )
      : undefined
  return {
    connection,
    story: shown(story, liveOf(engine, connection, destination), formers),
    event,
    explanation: explain(story, event, connection, destination, kit),
    ...(report !== undefined && { report }),
  }
}

/** The SDK sends it under the message id of the login that it is about. */
function reportIn(story: EventStory | undefined): EventLife['report'] {
  if (story?.name !== browserReport) return undefined
  const { properties, context } = JSON.parse(story.body) as Event
  const session = objectOf(context?.['session'])
  return {
    result: textOf(properties?.['result']) ?? 'unknown',
    session: textOf(session?.['session_count']) ?? 'unknown',
  }
}

function explain(
  story: EventStory,
  event: Event,
  connection: Connection,
  destination: DestinationRow | undefined,
  kit: Kit,
): Explanation {
  const { workspaceId, sourceId, lane, seq, messageId, name, identifiers, body } = story
  const journaled: Journaled = {
    workspaceId,
    sourceId,
    lane,
    seq,
    messageId,
    name,
    event,
    identifiers,
    bodyBytes: body.length,
    occurredAt: story.occurredAt,
    receivedAt: story.receivedAt,
  }
  const scopes = destination?.scopes === undefined ? undefined : new Set(destination.scopes)
  return explainPlan(mapperOf(asItWas(connection), kit, scopes).plan(journaled), journaled)
}
