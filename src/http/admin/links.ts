import * as api from '../../api/index.ts'
import type { ActName, Member, Membership, Ticket } from '../../core/index.ts'
import { callerOf } from '../access/caller.ts'
import { digestOf } from '../access/code.ts'
import { needOwnPage, needSecure } from '../access/cookie.ts'
import { checkNewPassword, hashPassword } from '../access/password.ts'
import { Problem } from '../problem.ts'
import { meOf } from './me.ts'
import type { AdminParts } from './parts.ts'
import type { Ask, Serve } from './serve.ts'
import { openSession } from './session.ts'

type Asked = Pick<Ask<unknown, unknown, unknown>, 'request' | 'reply' | 'now' | 'act'>

/** What one-time links lead to: the first owner, an invitation, a new password, the demo. */
export function serveLinks(serve: Serve, parts: AdminParts): void {
  const { access, config, ids } = parts

  serve(api.createOwner, async (ask) => {
    needSecure(ask.request)
    needOwnPage(ask.request)
    const { code, password, name } = ask.body
    await needTicket(code, 'owner', ask.now)
    const email = ask.body.email.toLowerCase()
    const context = [email, name]
    checkNewPassword(password, context)
    if ((await access.memberByEmail(email)) !== undefined) throw taken()
    const member = await newMember({ email, name, password, operator: true }, ask.now)
    const workspaces = await config.workspaces()
    const memberships = workspaces.map(({ id }) => ownerOf(id, member.id, ask.now))
    await redeem(ask, code, 'owner.create', { member, memberships })
    return signedIn(ask, member)
  })

  serve(api.enter, async (ask) => {
    needSecure(ask.request)
    needOwnPage(ask.request)
    const { code } = ask.body
    const { memberId = '' } = await needTicket(code, 'enter', ask.now)
    const member = await access.member(memberId)
    if (member === undefined) throw linkOver()
    await redeem(ask, code, 'member.enter', { memberships: [] })
    const state = member.totp === undefined ? 'full' : 'half'
    const session = await openSession(parts, ask, member, state)
    return meOf(parts, { type: 'member', member, session })
  })

  serve(api.lookAtInvite, async ({ body, now }) => {
    const {
      email = '',
      role = 'viewer',
      workspaceId = '',
    } = await needTicket(body.code, 'invite', now)
    return {
      workspace: (await config.workspace(workspaceId))?.name ?? '',
      email,
      role,
      known: (await access.memberByEmail(email)) !== undefined,
    }
  })

  serve(api.acceptInvite, async (ask) => {
    needSecure(ask.request)
    needOwnPage(ask.request)
    const { code, name, password } = ask.body
    const {
      email = '',
      role = 'viewer',
      workspaceId = '',
    } = await needTicket(code, 'invite', ask.now)
    const known = await access.memberByEmail(email)
    const memberships = (memberId: string): Membership[] => [
      { workspaceId, memberId, role, since: ask.now },
    ]
    if (known !== undefined) {
      const caller = await callerOf(parts, ask.request)
      if (
        caller?.type !== 'member' ||
        caller.member.id !== known.id ||
        caller.session.state === 'half'
      ) {
        throw new Problem(
          409,
          'sign_in_first',
          `Sign in as the member who was invited, then open the link again.`,
        )
      }
      await redeem(ask, code, 'member.join', { memberships: memberships(known.id) })
      return meOf(parts, caller)
    }
    if (name === undefined || password === undefined) {
      throw new Problem(422, 'name_needed', 'Send a name and a password for the new member.')
    }
    const workspace = (await config.workspace(workspaceId))?.name ?? ''
    checkNewPassword(password, [email, name, workspace])
    const member = await newMember({ email, name, password, operator: false }, ask.now)
    await redeem(ask, code, 'member.join', { member, memberships: memberships(member.id) })
    return signedIn(ask, member)
  })

  serve(api.resetPassword, async (ask) => {
    needOwnPage(ask.request)
    const { code, password } = ask.body
    const { memberId = '' } = await needTicket(code, 'reset', ask.now)
    const member = await access.member(memberId)
    checkNewPassword(password, [member?.email ?? '', member?.name ?? ''])
    const hashed = await hashPassword(password)
    await redeem(ask, code, 'member.password_reset', { password: hashed, memberships: [] })
  })

  /** Throws a `Problem` (410) where the link is not good, whatever the cause. */
  async function needTicket(code: string, kind: Ticket['kind'], now: number): Promise<Ticket> {
    const ticket = await access.ticket(digestOf(code))
    if (ticket === undefined || ticket.kind !== kind || ticket.used || ticket.expiresAt <= now) {
      throw linkOver()
    }
    return ticket
  }

  async function redeem(
    ask: Asked,
    code: string,
    action: ActName,
    then: Parameters<AdminParts['access']['redeem']>[2],
  ): Promise<void> {
    const [membership] = then.memberships
    const target = then.member?.id ?? membership?.memberId
    const act = {
      ...ask.act(action, target),
      ...(action === 'member.join' && membership !== undefined
        ? { workspaceId: membership.workspaceId, after: { role: membership.role } }
        : {}),
    }
    if ((await access.redeem(digestOf(code), ask.now, then, act)) === undefined) throw linkOver()
  }

  async function newMember(
    given: { email: string; name: string; password: string; operator: boolean },
    now: number,
  ): Promise<Member> {
    const password = await hashPassword(given.password)
    return {
      ...given,
      password,
      id: ids.newId('mem', now),
      totpStep: 0,
      recovery: [],
      createdAt: now,
    }
  }

  async function signedIn(ask: Asked, member: Member) {
    const session = await openSession(parts, ask, member, 'full')
    return meOf(parts, { type: 'member', member, session })
  }
}

function ownerOf(workspaceId: string, memberId: string, since: number): Membership {
  return { workspaceId, memberId, role: 'owner', since }
}

function linkOver(): Problem {
  return new Problem(
    410,
    'link_over',
    'This link was used, is over, or never was. Ask for a new one.',
  )
}

function taken(): Problem {
  return new Problem(409, 'email_taken', 'There is a member of this email address already.')
}
