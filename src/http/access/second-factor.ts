import { type Access, type Member, ownerOf, type Secrets } from '../../core/index.ts'
import { recoveryDigestOf } from './code.ts'
import { stepOf } from './totp.ts'

/** Whether the code is right: the authenticator's, each once, or a recovery code, which is used up by it. */
export async function secondFactorOf(
  { access, secrets }: { readonly access: Access; readonly secrets: Secrets },
  member: Member,
  code: string,
  now: number,
): Promise<boolean> {
  if (member.totp === undefined) return false
  const step = stepOf(code, secrets.open(member.totp, totpOwner(member.id)), now)
  if (step !== undefined) return access.useTotpStep(member.id, step)
  const digest = recoveryDigestOf(code)
  return member.recovery.includes(digest) && access.useRecovery(member.id, digest)
}

/** What the sealed secret belongs to. */
export function totpOwner(memberId: string): string {
  return ownerOf({ kind: 'totp', id: memberId })
}
