import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Id, oneOf, strict } from './shapes.ts'

export const listKlaviyoLists = operation({
  id: 'listKlaviyoLists',
  method: 'GET',
  path: '/workspaces/:workspaceId/connections/:connectionId/lists',
  may: 'operate',
  summary: 'Klaviyo’s lists, each with how people join it, and the one that is chosen',
  description:
    'Choose one with the setting `listId`. Single opt-in: whoever is subscribed is on the list at once. Double ' +
    'opt-in: Klaviyo sends an email first, and only who confirms it is on the list.',
  params: strict({ workspaceId: Id, connectionId: Id }),
  answer: strict({
    data: Type.Array(
      strict({
        id: Type.String(),
        name: Type.String(),
        optIn: oneOf(['single', 'double', 'unknown']),
        says: Type.String({ description: 'What that means for whoever subscribes' }),
        chosen: Type.Boolean(),
      }),
    ),
    gone: Type.Optional(
      Type.String({ description: 'The list that is chosen is not among Klaviyo’s any more' }),
    ),
  }),
})
