import type { Static } from 'typebox'
import type * as api from '../../api/index.ts'
import type { Access, Actor } from '../../core/index.ts'

/** Says who somebody is: members and tokens that are there by their names, who has left by the id alone. */
export async function actorsIn(
  access: Access,
  workspaceId: string,
): Promise<(by: Actor) => Static<typeof api.Actor>> {
  const members = await access.membersOf(workspaceId)
  const tokens = await access.tokens(workspaceId)
  const names = new Map([
    ...members.map(({ memberId, member }) => [memberId, member.name] as const),
    ...tokens.map(({ id, name }) => [id, name] as const),
  ])
  return (by) => {
    const name = 'id' in by ? names.get(by.id) : undefined
    return name === undefined ? { ...by } : { ...by, name }
  }
}
