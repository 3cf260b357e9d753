import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Id, oneOf, pageOf, pageQuery, strict, Time } from './shapes.ts'

const Count = Type.Integer({ minimum: 0 })

const Row = strict({
  workspaceId: Id,
  workspaceName: Type.String(),
  connectionId: Id,
  storeName: Type.String(),
  accountName: Type.Optional(Type.String()),
  state: oneOf(['connected', 'paused', 'off', 'ERROR', 'disconnected']),
  perHour: Type.Integer({
    minimum: 0,
    description: 'Events an hour, on average of the running hour and the one before',
  }),
  failingShare: Type.Number({
    description: 'Of what was received in the last 24 hours: failed, 0 to 1',
  }),
  failed: Type.Integer({ minimum: 0, description: 'Of the last 24 hours' }),
  waiting: Count,
  oldestAt: Type.Optional(Time),
  lastReceivedAt: Type.Optional(Time),
})

export const listTenants = operation({
  id: 'listTenants',
  method: 'GET',
  path: '/operator/connections',
  may: 'operator',
  summary: 'Every connection of the installation, the noisiest first; nothing of its events',
  query: strict({
    ...pageQuery,
    sort: Type.Optional(
      oneOf(['events', 'failing', 'waiting'], {
        description: '`events` unless told; what is broken comes first in any case',
      }),
    ),
  }),
  answer: pageOf(Row),
})

export const getInstallation = operation({
  id: 'getInstallation',
  method: 'GET',
  path: '/operator/installation',
  may: 'operator',
  summary: 'How the installation does: nodes, accounts, waits, backlog',
  answer: strict({
    at: Time,
    workspaces: Count,
    connections: Type.Integer({ minimum: 0, description: 'Without those disconnected' }),
    broken: Type.Integer({ minimum: 0, description: 'Of them: Klaviyo refuses the key' }),
    perHour: Count,
    perHourSince: Type.Unsafe<string>({
      ...Time,
      description: 'From when on `perHour` is an average',
    }),
    waiting: Count,
    oldestAt: Type.Optional(Time),
    nodes: Type.Array(
      strict({
        id: Type.String(),
        here: Type.Boolean({ description: 'The one that answers' }),
        delivers: Type.Boolean(),
        since: Time,
        renewsBefore: Type.Unsafe<string>({
          ...Time,
          description: 'Without a heartbeat until then it counts as dead',
        }),
        accounts: Type.Integer({ minimum: 0, description: 'Klaviyo accounts that it runs' }),
      }),
    ),
    here: strict(
      {
        states: strict({ waiting: Count, sending: Count, retrying: Count, held: Count }),
        waits: Type.Array(
          strict({
            way: Type.String({ description: 'Into Klaviyo: event, events, profile, …' }),
            accounts: Type.Integer({
              minimum: 0,
              description: 'Whose next request of that way waits for one of Klaviyo’s windows',
            }),
            longestMs: Count,
          }),
        ),
        heldBytes: Type.Integer({ minimum: 0, description: 'Of events in memory on their way' }),
      },
      { description: 'What this node alone knows: of the accounts that it runs' },
    ),
    flags: Type.Array(
      strict({ workspaceId: Id, workspaceName: Type.String(), flag: Type.String() }),
      { description: 'What workspaces have switched off' },
    ),
  }),
})
