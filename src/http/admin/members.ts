import type { Static } from 'typebox'
import * as api from '../../api/index.ts'
import { isPermitted, type Member, type Membership } from '../../core/index.ts'
import type { Caller } from '../access/caller.ts'
import { digestOf, newCode } from '../access/code.ts'
import { Problem } from '../problem.ts'
import { resetLink, resetMs } from '../reset-link.ts'
import { isoOf } from './iso.ts'
import type { AdminParts } from './parts.ts'
import { nothingHere, type Serve } from './serve.ts'

const inviteMs = 7 * 24 * 3_600_000

type Joined = Membership & { readonly member: Member }

/** Who may sign in to a workspace, and the links that let them in. */
export function serveMembers(serve: Serve, parts: AdminParts): void {
  const { access, publicUrl } = parts

  serve(api.listMembers, async ({ params }) => ({
    data: (await access.membersOf(params.workspaceId)).map(memberShape),
  }))

  serve(api.changeMember, async (ask) => {
    const { workspaceId, memberId } = ask.params
    const { role } = ask.body
    const joined = await find(workspaceId, memberId)
    if ((role === 'owner' || joined.role === 'owner') && !ask.may('own')) throw onlyOwners()
    const change = { before: { role: joined.role }, after: { role } }
    const act = ask.act('member.role', memberId, change)
    if (!(await access.changeRole(workspaceId, memberId, role, act))) throw lastOwner()
    return memberShape({ ...joined, role })
  })

  serve(api.removeMember, async (ask) => {
    const { workspaceId, memberId } = ask.params
    const { role } = await find(workspaceId, memberId)
    if (role === 'owner' && !ask.may('own')) throw onlyOwners()
    const act = ask.act('member.remove', memberId, { before: { role } })
    if (!(await access.changeRole(workspaceId, memberId, undefined, act))) throw lastOwner()
  })

  serve(api.makeResetLink, async (ask) => {
    const { workspaceId, memberId } = ask.params
    const joined = await find(workspaceId, memberId)
    if (joined.role === 'owner' && !ask.may('own')) throw onlyOwners()
    if (!(await mayReset(ask.caller, joined.member))) {
      throw new Problem(
        403,
        'member_elsewhere',
        'This member also belongs to workspaces that you do not manage, or looks after the installation. ' +
          'On the server, `tillpost reset-link` makes a link.',
      )
    }
    const { by, address } = ask.act('member.reset_link')
    const link = await resetLink(parts, memberId, by, { workspaceId, address })
    return { link, expiresAt: isoOf(ask.now + resetMs) }
  })

  serve(api.listInvites, async ({ params, now }) => ({
    data: (await access.invitesOf(params.workspaceId))
      .filter(({ expiresAt }) => expiresAt > now)
      .map(({ email = '', role = 'viewer', expiresAt }) => ({
        email,
        role,
        expiresAt: isoOf(expiresAt),
      })),
  }))

  serve(api.invite, async (ask) => {
    const { workspaceId } = ask.params
    const email = ask.body.email.toLowerCase()
    const { role } = ask.body
    if (role === 'owner' && !ask.may('own')) throw onlyOwners()
    const members = await access.membersOf(workspaceId)
    if (members.some(({ member }) => member.email === email)) {
      throw new Problem(409, 'member_already', 'Whoever has this address is a member already.')
    }
    const code = newCode()
    const expiresAt = ask.now + inviteMs
    await access.addTicket(
      {
        digest: digestOf(code),
        kind: 'invite',
        email,
        workspaceId,
        role,
        createdAt: ask.now,
        expiresAt,
      },
      ask.act('member.invite', undefined, { after: { role } }),
    )
    return { link: `${publicUrl()}/join#code=${code}`, expiresAt: isoOf(expiresAt) }
  })

  serve(api.dropInvite, async (ask) => {
    const { workspaceId, email } = ask.params
    const act = ask.act('member.invite_drop')
    if (!(await access.dropInvite(workspaceId, email.toLowerCase(), act))) throw nothingHere()
  })

  async function find(workspaceId: string, memberId: string): Promise<Joined> {
    const members = await access.membersOf(workspaceId)
    const joined = members.find((one) => one.memberId === memberId)
    if (joined === undefined) throw nothingHere()
    return joined
  }

  /** A new password opens all of the member's workspaces: whoever sets it has to manage them all. */
  async function mayReset(caller: Caller | undefined, member: Member): Promise<boolean> {
    if (caller?.type !== 'member') return false
    if (member.operator && !caller.member.operator) return false
    const own = new Map(
      (await access.membershipsOf(caller.member.id)).map(({ workspaceId, role }) => [
        workspaceId,
        role,
      ]),
    )
    return (await access.membershipsOf(member.id)).every(({ workspaceId, role }) => {
      const mine = own.get(workspaceId)
      return mine !== undefined && isPermitted(mine, role === 'owner' ? 'own' : 'manage')
    })
  }
}

function memberShape({
  member,
  role,
  since,
}: Joined): Static<typeof api.changeMember.answer & object> {
  const { id, email, name, totp } = member
  return { id, email, name, role, secondFactor: totp !== undefined, since: isoOf(since) }
}

function onlyOwners(): Problem {
  return new Problem(403, 'forbidden', 'Only owners make, change and remove owners.')
}

function lastOwner(): Problem {
  return new Problem(409, 'last_owner', 'A workspace needs an owner: make somebody else one first.')
}
