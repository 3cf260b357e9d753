import type { Static } from 'typebox'
import type { Me } from '../../api/index.ts'
import type { Caller } from '../access/caller.ts'
import type { AdminParts } from './parts.ts'

/** Who is signed in, for the pages to begin with. Half signed in sees nothing yet. */
export async function meOf(
  { access, config }: Pick<AdminParts, 'access' | 'config'>,
  caller: Caller,
): Promise<Static<typeof Me>> {
  if (caller.type === 'member' && caller.session.state === 'half') {
    return { state: 'half', workspaces: [] }
  }
  const memberId = caller.type === 'member' ? caller.member.id : caller.token.memberId
  const memberships = (await access.membershipsOf(memberId)).filter(
    ({ workspaceId }) => caller.type === 'member' || workspaceId === caller.token.workspaceId,
  )
  const workspaces = await Promise.all(
    memberships.map(async ({ workspaceId, role }) => ({
      id: workspaceId,
      name: (await config.workspace(workspaceId))?.name ?? workspaceId,
      role,
    })),
  )
  if (caller.type === 'token') {
    const { id, name, scopes } = caller.token
    return { state: 'full', token: { id, name, scopes: [...scopes] }, workspaces }
  }
  const { id, email, name, operator, totp, recovery } = caller.member
  return {
    state: 'full',
    member: {
      id,
      email,
      name,
      operator,
      secondFactor: totp !== undefined,
      recoveryCodesLeft: totp === undefined ? 0 : recovery.length,
    },
    workspaces,
  }
}
