import { Type } from 'typebox'
import { operation } from './operation.ts'
import { InWorkspace, strict, Time } from './shapes.ts'

const Reveal = strict({
  may: Type.Boolean({ description: 'You may ask to see people’s details' }),
  until: Type.Optional(
    Type.String({ format: 'date-time', description: 'Absent: they are masked for you now' }),
  ),
})

export const getReveal = operation({
  id: 'getReveal',
  method: 'GET',
  path: '/workspaces/:workspaceId/reveal',
  may: 'read',
  summary: 'Whether people’s details are shown to you at the moment',
  params: InWorkspace,
  answer: Reveal,
})

export const revealPeople = operation({
  id: 'revealPeople',
  method: 'POST',
  path: '/workspaces/:workspaceId/reveal',
  may: 'reveal',
  summary: 'See people’s details for ten minutes; the reason and each look are in the trail',
  params: InWorkspace,
  body: strict({
    reason: Type.String({
      minLength: 3,
      maxLength: 300,
      pattern: '\\S\\s*\\S\\s*\\S',
      description: 'Why, for those who read the trail',
    }),
    event: Type.Optional(
      Type.String({ minLength: 1, maxLength: 255, description: 'The message id that it is about' }),
    ),
  }),
  answer: strict({ until: Time }),
  status: 201,
})

export const hidePeople = operation({
  id: 'hidePeople',
  method: 'DELETE',
  path: '/workspaces/:workspaceId/reveal',
  may: 'read',
  summary: 'Mask people’s details again',
  params: InWorkspace,
})
