import * as api from '../../api/index.ts'
import type { Member } from '../../core/index.ts'
import { newRecoveryCodes, recoveryDigestOf } from '../access/code.ts'
import { checkNewPassword, hashPassword, isPassword } from '../access/password.ts'
import { Patience } from '../access/patience.ts'
import { totpOwner } from '../access/second-factor.ts'
import { newTotpSecret, otpauthUrl, stepOf } from '../access/totp.ts'
import { Problem } from '../problem.ts'
import { meOf } from './me.ts'
import type { AdminParts } from './parts.ts'
import type { Serve } from './serve.ts'
import { memberIn } from './session.ts'

const setupMs = 15 * 60_000

/** One's own name, password and second factor. Changing the latter two asks for the password again. */
export function serveSelf(serve: Serve, parts: AdminParts): void {
  const { access, secrets, clock } = parts
  const patience = new Patience(5)

  async function needPassword(member: Member, given: string): Promise<void> {
    const waitMs = patience.waitMs(member.id, clock.now())
    if (waitMs > 0) {
      throw new Problem(429, 'wait_longer', 'Too many wrong tries. Try again later.', {
        retryAfterMs: waitMs,
      })
    }
    if (await isPassword(given, member.password)) return patience.succeeded(member.id)
    patience.failed(member.id, clock.now())
    throw new Problem(403, 'wrong_password', 'This is not your password.')
  }

  serve(api.changeMe, async (ask) => {
    const { member, session } = memberIn(ask.caller)
    const { name } = ask.body
    const act = ask.act('member.rename', member.id)
    await access.changeMember(member.id, { name }, act)
    return meOf(parts, { type: 'member', session, member: { ...member, name } })
  })

  serve(api.changePassword, async (ask) => {
    const { member, session } = memberIn(ask.caller)
    await needPassword(member, ask.body.current)
    checkNewPassword(ask.body.password, [member.email, member.name])
    const password = await hashPassword(ask.body.password)
    await access.changeMember(member.id, { password }, ask.act('member.password', member.id))
    await access.endSessions(member.id, { exceptId: session.id }, undefined)
  })

  serve(api.startSecondFactor, async (ask) => {
    const { member } = memberIn(ask.caller)
    if (member.totp !== undefined) {
      throw new Problem(
        409,
        'second_factor_on',
        'There is a second factor already. Switch it off first.',
      )
    }
    await needPassword(member, ask.body.password)
    const secret = newTotpSecret()
    const setup = secrets.seal(
      JSON.stringify({ secret, until: ask.now + setupMs }),
      setupOwner(member),
    )
    return { secret, url: otpauthUrl(secret, member.email), setup }
  })

  serve(api.confirmSecondFactor, async (ask) => {
    const { member, session } = memberIn(ask.caller)
    const secret = secretIn(member, ask.body.setup, ask.now)
    if (secret === undefined) {
      throw new Problem(410, 'setup_over', 'This setup is over. Begin again.')
    }
    const step = stepOf(ask.body.code, secret, ask.now)
    if (step === undefined) {
      throw new Problem(
        422,
        'wrong_code',
        'This code is wrong. Check that the clock of your phone is right.',
      )
    }
    const recoveryCodes = newRecoveryCodes()
    await access.changeMember(
      member.id,
      {
        totp: secrets.seal(secret, totpOwner(member.id)),
        totpStep: step,
        recovery: recoveryCodes.map(recoveryDigestOf),
      },
      ask.act('member.second_factor_on', member.id),
    )
    // Who had got in without one is out.
    await access.endSessions(member.id, { exceptId: session.id }, undefined)
    return { recoveryCodes }
  })

  serve(api.dropSecondFactor, async (ask) => {
    const { member, session } = memberIn(ask.caller)
    await needPassword(member, ask.body.password)
    const act = ask.act('member.second_factor_off', member.id)
    await access.changeMember(member.id, { totp: null, recovery: [] }, act)
    await access.endSessions(member.id, { exceptId: session.id }, undefined)
  })

  function secretIn(member: Member, setup: string, now: number): string | undefined {
    try {
      const { secret, until }: { secret: string; until: number } = JSON.parse(
        secrets.open(setup, setupOwner(member)),
      )
      return until > now ? secret : undefined
    } catch {
      return undefined
    }
  }
}

function setupOwner({ id }: Member): string {
  return `totp setup:${id}`
}
