import { type Access, type Act, type Clock, installation } from '../core/index.ts'
import { digestOf, newCode } from './access/code.ts'

export interface ResetParts {
  readonly access: Access
  readonly clock: Clock
  readonly publicUrl: () => string
}

export const resetMs = 30 * 60_000

/** A link with which a member sets a new password; an earlier one works no more. */
export async function resetLink(
  { access, clock, publicUrl }: ResetParts,
  memberId: string,
  by: Act['by'],
  where: Pick<Act, 'workspaceId' | 'address'> = { workspaceId: installation, address: '' },
): Promise<string> {
  const code = newCode()
  const now = clock.now()
  await access.addTicket(
    { digest: digestOf(code), kind: 'reset', memberId, createdAt: now, expiresAt: now + resetMs },
    { ...where, at: now, by, action: 'member.reset_link', target: memberId },
  )
  return `${publicUrl()}/reset#code=${code}`
}
