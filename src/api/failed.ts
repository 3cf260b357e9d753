import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Id, oneOf, pageOf, pageQuery, strict, Time } from './shapes.ts'

const Count = Type.Integer({ minimum: 0 })
const Act = oneOf(['replay', 'discard'])
const ReasonCode = Type.String({ minLength: 1, maxLength: 64, pattern: '^\\w+$' })

const Run = strict(
  {
    id: Id,
    act: Act,
    reason: Type.Optional(Type.String({ description: 'Absent: all that failed' })),
    state: oneOf(['running', 'done', 'cancelled']),
    total: Type.Integer({ description: 'How many there were when it was asked for' }),
    taken: Type.Integer({ description: 'How many it has come to' }),
    accepted: Type.Integer({ description: 'Of those: Klaviyo took them' }),
    later: Type.Integer({ description: 'They wait for another try' }),
    ended: Type.Integer({ description: 'They failed again, or are not to be sent' }),
    askedAt: Time,
    endedAt: Type.Optional(Time),
    waitsFor: Type.Optional(
      Type.String({
        description:
          'Code of the reason for which nothing goes out at this moment (`paused`, `key_invalid`, …): it goes on by ' +
          'itself after that',
      }),
    ),
  },
  { description: 'A replay or a discard of many events, in the background' },
)

const Cause = strict({
  reason: Type.String(),
  sentence: Type.String(),
  todo: Type.String(),
  events: Count,
  people: Type.Optional(Type.Integer({ description: 'How many known people they are of' })),
  isMorePeople: Type.Optional(
    Type.Boolean({ description: 'Only the newest 1,000 events were looked at: there may be more' }),
  ),
  firstAt: Type.Optional(
    Type.Unsafe<string>({ ...Time, description: 'The oldest of them failed' }),
  ),
  lastAt: Type.Optional(Type.Unsafe<string>({ ...Time, description: 'The newest' })),
})

const FailedEvent = strict({
  messageId: Type.String(),
  name: Type.Optional(Type.String()),
  person: Type.Optional(
    Type.String({ description: 'Masked, until somebody who may see people says why' }),
  ),
  tries: Count,
  firstAt: Time,
  lastAt: Time,
  said: Type.Optional(Type.String({ description: 'What Klaviyo said; masked likewise' })),
})

const OfConnection = strict({ workspaceId: Id, connectionId: Id })
const OfCause = strict({ ...OfConnection.properties, reason: ReasonCode })
const OfRun = strict({ ...OfConnection.properties, runId: Id })
const base = '/workspaces/:workspaceId/connections/:connectionId'

const Some = strict({
  messageIds: Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
    minItems: 1,
    maxItems: 1000,
  }),
})
const DoneAtOnce = strict({
  count: Type.Integer({ description: 'How many it came to; what goes out already is not counted' }),
  unknown: Type.Array(Type.String(), { description: 'Not known here, or gone' }),
  left: Type.Array(strict({ messageId: Type.String(), says: Type.String() }), {
    description: 'What is not sent again over this connection, and why',
  }),
})

export const listFailed = operation({
  id: 'listFailed',
  method: 'GET',
  path: `${base}/failed`,
  may: 'read',
  summary: 'What failed, by cause, and the replays and discards of late',
  params: OfConnection,
  answer: strict({
    total: Count,
    causes: Type.Array(Cause, { description: 'Most frequent first' }),
    runs: Type.Array(Run, { description: 'Newest first' }),
    former: Type.Array(strict({ connectionId: Id, events: Count }), {
      description: 'What failed over connections of the same store that were disconnected',
    }),
  }),
})

export const listFailedEvents = operation({
  id: 'listFailedEvents',
  method: 'GET',
  path: `${base}/failed/:reason`,
  may: 'read',
  summary: 'The events of one cause, newest first',
  params: OfCause,
  query: strict(pageQuery),
  answer: pageOf(FailedEvent),
})

export const estimateRun = operation({
  id: 'estimateRun',
  method: 'GET',
  path: `${base}/runs/estimate`,
  may: 'operate',
  summary: 'How many events a replay or discard would come to, and how long it would take',
  params: OfConnection,
  query: strict({ act: Act, reason: Type.Optional(ReasonCode) }),
  answer: strict({ count: Count, estimateMs: Count }),
})

export const startRun = operation({
  id: 'startRun',
  method: 'POST',
  path: `${base}/runs`,
  may: 'operate',
  summary: 'Replay or discard all events that ended for a reason, or all that failed',
  description:
    'A replay sends events again by the settings of today, with the same unique ids: Klaviyo counts none twice. It may ' +
    'name any reason, also one by which events were not sent. While one run goes on, asking again answers with that one.',
  params: OfConnection,
  body: strict({
    act: Act,
    reason: Type.Optional(
      Type.Unsafe<string>({ ...ReasonCode, description: 'Left out: all that failed' }),
    ),
  }),
  answer: strict({
    count: Count,
    begun: Type.Boolean({ description: 'False: there was nothing to do, or another one runs' }),
    run: Type.Optional(Run),
  }),
  status: 202,
})

export const replayEvents = operation({
  id: 'replayEvents',
  method: 'POST',
  path: `${base}/replays`,
  may: 'operate',
  summary: 'Send these events again, by the settings of today',
  params: OfConnection,
  body: Some,
  answer: DoneAtOnce,
})

export const discardEvents = operation({
  id: 'discardEvents',
  method: 'POST',
  path: `${base}/discards`,
  may: 'operate',
  summary: 'Let go of these failed events; they can still be replayed while their bodies are kept',
  params: OfConnection,
  body: Some,
  answer: DoneAtOnce,
})

export const listRuns = operation({
  id: 'listRuns',
  method: 'GET',
  path: `${base}/runs`,
  may: 'read',
  summary: 'The newest replays and discards',
  params: OfConnection,
  answer: strict({ data: Type.Array(Run) }),
})

export const getRun = operation({
  id: 'getRun',
  method: 'GET',
  path: `${base}/runs/:runId`,
  may: 'read',
  summary: 'How far it has got',
  params: OfRun,
  answer: Run,
})

export const cancelRun = operation({
  id: 'cancelRun',
  method: 'POST',
  path: `${base}/runs/:runId/cancel`,
  may: 'operate',
  summary: 'End it: what it has not come to stays as it is',
  params: OfRun,
  answer: Run,
})
