import { installation } from '../core/index.ts'
import { digestOf, hashPassword, newCode } from '../http/index.ts'
import type { Server } from './start.ts'
import { newId } from './id.ts'

const dayMs = 86_400_000
const email = 'you@tillpost.example'

/**
 * A link that signs the demo's owner in, good for a day and once; the owner is made with the first one, with
 * a password that nobody knows. Only for a demo, whose every event is made up.
 */
export async function enterLink(
  { access, config, ownerLink }: Pick<Server, 'access' | 'config' | 'ownerLink'>,
  publicUrl: string,
  now: number,
): Promise<string | undefined> {
  const first = await ownerLink()
  if (first !== undefined) {
    const member = {
      id: newId('mem', now),
      email,
      name: 'You',
      operator: true,
      password: await hashPassword(newCode()),
      totpStep: 0,
      recovery: [],
      createdAt: now,
    }
    const memberships = (await config.workspaces()).map(({ id }) => ({
      workspaceId: id,
      memberId: member.id,
      role: 'owner' as const,
      since: now,
    }))
    const act = { workspaceId: installation, at: now, by: { type: 'local' }, address: '' } as const
    await access.redeem(
      digestOf(new URL(first).hash.replace('#code=', '')),
      now,
      { member, memberships },
      { ...act, action: 'owner.create', target: member.id },
    )
  }
  const owner = await access.memberByEmail(email)
  // Somebody made another first member: that one knows a password.
  if (owner === undefined) return undefined
  const code = newCode()
  await access.addTicket(
    {
      digest: digestOf(code),
      kind: 'enter',
      memberId: owner.id,
      createdAt: now,
      expiresAt: now + dayMs,
    },
    undefined,
  )
  return `${publicUrl}/enter#code=${code}`
}
