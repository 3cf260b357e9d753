import { Type } from 'typebox'
import { operation } from './operation.ts'
import { Email, Id, InWorkspace, RoleName, strict, Time } from './shapes.ts'

const Member = strict({
  id: Id,
  email: Type.String(),
  name: Type.String(),
  role: RoleName,
  secondFactor: Type.Boolean(),
  since: Time,
})

const Link = strict({
  link: Type.String({ description: 'Works once; shown this once. Hand it over yourself' }),
  expiresAt: Time,
})

const OfMember = strict({ workspaceId: Id, memberId: Id })

export const listMembers = operation({
  id: 'listMembers',
  method: 'GET',
  path: '/workspaces/:workspaceId/members',
  may: 'manage',
  summary: 'Who may sign in to the workspace',
  params: InWorkspace,
  answer: strict({ data: Type.Array(Member) }),
})

export const changeMember = operation({
  id: 'changeMember',
  method: 'PATCH',
  path: '/workspaces/:workspaceId/members/:memberId',
  may: 'manage',
  summary: 'Change a member’s role; only owners make and unmake owners',
  params: OfMember,
  body: strict({ role: RoleName }),
  answer: Member,
})

export const removeMember = operation({
  id: 'removeMember',
  method: 'DELETE',
  path: '/workspaces/:workspaceId/members/:memberId',
  may: 'manage',
  summary: 'End somebody’s membership; API tokens of theirs end with it',
  params: OfMember,
})

export const makeResetLink = operation({
  id: 'makeResetLink',
  method: 'POST',
  path: '/workspaces/:workspaceId/members/:memberId/reset-link',
  may: 'manage',
  summary: 'A link with which the member sets a new password, good for 30 minutes',
  description:
    'Refused for members of workspaces that one does not manage: there, `tillpost reset-link` on the server helps.',
  params: OfMember,
  answer: Link,
  status: 201,
})

export const listInvites = operation({
  id: 'listInvites',
  method: 'GET',
  path: '/workspaces/:workspaceId/invites',
  may: 'manage',
  summary: 'Invitations that nobody has accepted yet',
  params: InWorkspace,
  answer: strict({
    data: Type.Array(strict({ email: Type.String(), role: RoleName, expiresAt: Time })),
  }),
})

export const invite = operation({
  id: 'invite',
  method: 'POST',
  path: '/workspaces/:workspaceId/invites',
  may: 'manage',
  summary: 'Invite somebody: a link that is good for seven days; an earlier one works no more',
  params: InWorkspace,
  body: strict({ email: Email, role: RoleName }),
  answer: Link,
  status: 201,
})

export const dropInvite = operation({
  id: 'dropInvite',
  method: 'DELETE',
  path: '/workspaces/:workspaceId/invites/:email',
  may: 'manage',
  summary: 'Take an invitation back',
  params: strict({ workspaceId: Id, email: Email }),
})
