import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Totals } from './totals.ts'
import { Id, InWorkspace, oneOf, strict, Time } from './shapes.ts'
import { TimeZone } from './store.ts'

const Count = Type.Integer({ minimum: 0 })

const OfReason = strict({
  reason: Type.String(),
  sentence: Type.String(),
  todo: Type.String(),
  events: Count,
})

/** What stands out: each with what it is about. */
const Attention = strict({
  kind: oneOf(
    [
      'broken',
      'disconnected',
      'silent',
      'failed',
      'retrying',
      'paused',
      'off',
      'deletion',
      'unconfirmed',
      'simulated',
    ],
    {
      description:
        '`broken`: Klaviyo refuses the key, all waits. `silent`: no event came for long, though there were some. ' +
        '`deletion`: failed events are deleted from `at` on. `unconfirmed`: what was accepted cannot be read back. ' +
        '`simulated`: it does not go to Klaviyo itself',
    },
  ),
  connectionId: Type.Optional(Id),
  reason: Type.Optional(Type.String()),
  sentence: Type.Optional(Type.String()),
  todo: Type.Optional(Type.String()),
  events: Type.Optional(Count),
  at: Type.Optional(Time),
})

const Live = strict({
  id: Id,
  storeName: Type.String(),
  accountName: Type.Optional(Type.String()),
  state: oneOf(['connected', 'paused', 'off', 'ERROR', 'disconnected']),
  doing: oneOf(['waiting', 'sending', 'retrying', 'held']),
  perMinute: Type.Number({ description: 'Events settled in the last full minute' }),
  waiting: Count,
  toSend: Type.Integer({ minimum: 0, description: 'Of those: what does not wait for its shopper' }),
  failed: Count,
  oldestAt: Type.Optional(Time),
  lastSuccessAt: Type.Optional(Time),
  lastReceivedAt: Type.Optional(Time),
})

export const getOverview = operation({
  id: 'getOverview',
  method: 'GET',
  path: '/workspaces/:workspaceId/overview',
  may: 'read',
  summary: 'What arrived, what became of it, how long it took, and what needs somebody',
  description:
    'Counts events of lane `live` by the hour in which they were received: a replay moves an event to its new outcome and ' +
    'counts it in no other hour. An event that goes to two accounts counts for each. Where a zone is off by part of an hour, its days begin at the full hour before.',
  params: InWorkspace,
  query: strict({
    period: Type.Optional(oneOf(['24h', '7d', '30d'], { description: '`24h` unless told' })),
    zone: Type.Optional(
      Type.String({
        ...TimeZone,
        description: 'In which days are cut, as `Europe/Berlin`; UTC unless told',
      }),
    ),
    connection: Type.Optional(Id),
  }),
  answer: strict({
    from: Time,
    to: Time,
    zone: Type.String(),
    step: oneOf(['hour', 'day']),
    totals: Totals,
    before: Type.Optional(
      strict(
        { received: Count, accepted: Count, notSent: Count, failed: Count },
        { description: 'The time before, as long as this; absent: nothing was counted then' },
      ),
    ),
    confirmed: Type.Integer({ minimum: 0, description: 'Of the accepted: read back from Klaviyo' }),
    notSent: Type.Array(OfReason, { description: 'Most frequent first' }),
    failed: Type.Array(OfReason),
    waiting: Type.Array(OfReason, { description: 'Of those that wait: why, where it is known' }),
    delay: Type.Optional(
      strict(
        {
          typicalMs: Type.Integer({ description: 'Half of them took no longer' }),
          slowMs: Type.Integer({ description: 'All but 5 % took no longer' }),
        },
        { description: 'From received to accepted; without replays' },
      ),
    ),
    series: Type.Array(
      strict({ at: Time, accepted: Count, notSent: Count, failed: Count, waiting: Count }),
      { description: 'By hour or day, oldest first' },
    ),
    metrics: Type.Array(
      strict({
        metric: Type.String({ description: 'As Klaviyo names it; empty: the rest of many' }),
        events: Count,
      }),
      { description: 'What Klaviyo accepted, the ten most frequent' },
    ),
    attention: Type.Array(Attention, { description: 'The gravest first' }),
    steps: strict(
      {
        source: Type.Boolean({ description: 'There is a source that is on' }),
        connected: Type.Boolean(),
        received: Type.Boolean({ description: 'The first event has come' }),
        accepted: Type.Boolean({ description: 'Klaviyo took the first' }),
      },
      { description: 'How far the set-up has got' },
    ),
    connections: Type.Array(Live),
  }),
})
