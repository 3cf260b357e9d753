import { Type } from 'typebox'
import { operation } from './operation.ts'
import { strict } from './shapes.ts'

export const getHost = operation({
  id: 'getHost',
  method: 'GET',
  path: '/host',
  may: 'caller',
  summary: 'What is the same for all workspaces of this installation',
  answer: strict({
    publicUrl: Type.String({ description: 'Where shops and people reach this server' }),
    support: Type.Optional(
      Type.String({ description: 'Whom people ask for help; an address of a page or of mail' }),
    ),
    klaviyoApp: Type.Boolean({
      description: 'An app is registered with Klaviyo, so stores can be connected by its own page',
    }),
  }),
})
