import type { Access } from '../core/index.ts'
import { digestOf, newCode } from '../http/index.ts'

const dayMs = 86_400_000

/** A link that makes the first owner, good for a day and once. Undefined: there is a member already. */
export async function ownerLink(
  access: Access,
  publicUrl: string,
  now: number,
): Promise<string | undefined> {
  if (await access.hasMembers()) return undefined
  const code = newCode()
  await access.addTicket(
    { digest: digestOf(code), kind: 'owner', createdAt: now, expiresAt: now + dayMs },
    undefined,
  )
  // Behind the hash: no server and no proxy sees or logs it.
  return `${publicUrl}/welcome#code=${code}`
}
