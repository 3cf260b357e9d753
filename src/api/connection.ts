import { Type } from 'typebox'
import { Doubles } from './double.ts'
import { operation } from './operation.ts'
import { Totals } from './totals.ts'
import { PresetShape, Settings } from './settings.ts'
import { Id, InWorkspace, oneOf, strict, Time } from './shapes.ts'

export const Connection = strict({
  id: Id,
  sourceId: Id,
  destinationId: Id,
  storeId: Id,
  accountName: Type.String({ description: 'Klaviyo’s name of the account, else its id' }),
  state: oneOf(['connected', 'paused', 'off', 'ERROR', 'disconnected']),
  reason: Type.Optional(Type.String()),
  sentence: Type.Optional(Type.String()),
  todo: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  since: Type.Unsafe<string>({ ...Time, description: 'Go-live: from when on events flow' }),
  until: Type.Optional(Type.Unsafe<string>({ ...Time, description: 'When it was disconnected' })),
  version: Type.Integer(),
  settings: Settings,
})

const OfConnection = strict({ workspaceId: Id, connectionId: Id })
const base = '/workspaces/:workspaceId/connections'

export const listConnections = operation({
  id: 'listConnections',
  method: 'GET',
  path: base,
  may: 'read',
  summary: 'The connections, each with its state and settings',
  params: InWorkspace,
  answer: strict({ data: Type.Array(Connection) }),
})

export const createConnection = operation({
  id: 'createConnection',
  method: 'POST',
  path: base,
  may: 'connect',
  summary: 'Join a source to a destination: events flow from now on',
  description:
    'Klaviyo is asked first whether another integration sends metrics of the same names: see `doubles`.',
  params: InWorkspace,
  body: strict({ sourceId: Id, destinationId: Id, preset: PresetShape }),
  answer: strict({ ...Connection.properties, doubles: Doubles }),
  status: 201,
})

export const getConnection = operation({
  id: 'getConnection',
  method: 'GET',
  path: `${base}/:connectionId`,
  may: 'read',
  summary: 'A connection',
  params: OfConnection,
  answer: Connection,
})

export const getStanding = operation({
  id: 'getStanding',
  method: 'GET',
  path: `${base}/:connectionId/standing`,
  may: 'read',
  summary: 'What became of its events since it went live, and when Klaviyo last took something',
  description:
    'The same counts as everywhere: received = accepted + not sent + failed + waiting. What is sent again counts as ' +
    'what it was until it has its new outcome.',
  params: OfConnection,
  answer: strict({
    ...Totals.properties,
    forShopper: Type.Integer({
      minimum: 0,
      description: 'Of those that wait: until their shopper is known',
    }),
    toSend: Type.Integer({
      minimum: 0,
      description: 'The others that wait: they end as not sent when it is disconnected',
    }),
    oldestAt: Type.Optional(Time),
    lastSuccessAt: Type.Optional(Time),
    lastEventAt: Type.Optional(Type.Unsafe<string>({ ...Time, description: 'Of any kind' })),
  }),
})

export const pauseConnection = operation({
  id: 'pauseConnection',
  method: 'POST',
  path: `${base}/:connectionId/pause`,
  may: 'operate',
  summary: 'Hold its events until it is resumed',
  params: OfConnection,
  answer: Connection,
})

export const resumeConnection = operation({
  id: 'resumeConnection',
  method: 'POST',
  path: `${base}/:connectionId/resume`,
  may: 'operate',
  summary: 'Go on; also tries a refused key again',
  params: OfConnection,
  answer: Connection,
})

export const disconnect = operation({
  id: 'disconnect',
  method: 'POST',
  path: `${base}/:connectionId/disconnect`,
  may: 'connect',
  summary: 'End it: what waits is not sent. Nothing is deleted in Klaviyo',
  params: OfConnection,
  answer: Connection,
})
