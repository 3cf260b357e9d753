import type { Access } from '../core/index.ts'
import { acts, addAct, verifyActs, withAct } from './audit.ts'
import type { Group } from './group.ts'
import { addHandshake, takeHandshake } from './handshake.ts'
import {
  addMember,
  changeMember,
  hasMembers,
  member,
  memberByEmail,
  useRecovery,
  useTotpStep,
} from './member.ts'
import { bindIdentity, dropIdentities, memberByIdentity } from './member-identity.ts'
import { changeRole, membership, membershipsOf, membersOf, putMembership } from './membership.ts'
import { claimRepeat, keepRepeat } from './repeat.ts'
import { findReveal, putReveal } from './reveal.ts'
import { endSessions, openSession, seeSession, session, sessionsOf } from './session.ts'
import type { Sql } from './sql.ts'
import { addTicket, dropInvite, invitesOf, ticket, useTicket } from './ticket.ts'
import { tidy } from './tidy.ts'
import { addToken, endToken, rollToken, seeToken, tokenOf, tokens } from './token.ts'

export function openAccess(sql: Sql, group: Group): Access {
  return {
    hasMembers: () => hasMembers(sql),
    member: (id) => member(sql, id),
    memberByEmail: (email) => memberByEmail(sql, email),
    membersOf: (workspaceId) => membersOf(sql, workspaceId),
    membershipsOf: (memberId) => membershipsOf(sql, memberId),
    membership: (...of) => membership(sql, ...of),
    changeMember: (id, change, act) =>
      group.write((tx) => withAct(tx, act, () => changeMember(tx, id, change))),
    memberByIdentity: (...of) => memberByIdentity(sql, ...of),
    bindIdentity: (identity, act) =>
      group.write((tx) => withAct(tx, act, () => bindIdentity(tx, identity))),
    useTotpStep: (...step) => group.write((tx) => useTotpStep(tx, ...step)),
    useRecovery: (...code) => group.write((tx) => useRecovery(tx, ...code)),
    addMembership: (added, act) =>
      group.write((tx) => withAct(tx, act, () => putMembership(tx, added))),
    changeRole: (workspaceId, memberId, role, act) =>
      group.write((tx) => withAct(tx, act, () => changeRole(tx, workspaceId, memberId, role))),

    openSession: (opened, most, act) =>
      group.write((tx) => withAct(tx, act, () => openSession(tx, opened, most))),
    session: (digest) => session(sql, digest),
    sessionsOf: (memberId) => sessionsOf(sql, memberId),
    seeSession: (...seen) => group.write((tx) => seeSession(tx, ...seen)),
    endSessions: (memberId, which, act) =>
      group.write((tx) => withAct(tx, act, () => endSessions(tx, memberId, which))),

    addTicket: (added, act) => group.write((tx) => withAct(tx, act, () => addTicket(tx, added))),
    ticket: (digest) => ticket(sql, digest),
    invitesOf: (workspaceId) => invitesOf(sql, workspaceId),
    dropInvite: (workspaceId, email, act) =>
      group.write((tx) => withAct(tx, act, () => dropInvite(tx, workspaceId, email))),
    redeem: (digest, now, then, act) =>
      group.write(async (tx) => {
        const used = await useTicket(tx, digest, now)
        if (used === undefined) return undefined
        if (then.member !== undefined && !(await addMember(tx, then.member)))
          throw new Error('There is a member of this email address already.')
        for (const one of then.memberships) await putMembership(tx, one)
        if (then.password !== undefined && used.memberId !== undefined) {
          await changeMember(tx, used.memberId, { password: then.password })
          await endSessions(tx, used.memberId, {})
          await dropIdentities(tx, used.memberId)
        }
        await addAct(tx, act)
        return used
      }),

    addHandshake: (added) => group.write((tx) => addHandshake(tx, added)),
    takeHandshake: (...of) => group.write((tx) => takeHandshake(tx, ...of)),

    tokens: (workspaceId) => tokens(sql, workspaceId),
    tokenOf: (digest) => tokenOf(sql, digest),
    addToken: (added, act) => group.write((tx) => withAct(tx, act, () => addToken(tx, added))),
    rollToken: (workspaceId, id, digest, formerUntil, act) =>
      group.write((tx) =>
        withAct(tx, act, () => rollToken(tx, workspaceId, id, digest, formerUntil)),
      ),
    seeToken: (...seen) => group.write((tx) => seeToken(tx, ...seen)),
    endToken: (workspaceId, id, act) =>
      group.write((tx) => withAct(tx, act, () => endToken(tx, workspaceId, id))),

    putReveal: (put, act) => group.write((tx) => withAct(tx, act, () => putReveal(tx, put))),
    reveal: (...of) => findReveal(sql, ...of),

    note: (act) => group.write((tx) => addAct(tx, act)),
    acts: (...page) => acts(sql, ...page),
    verifyActs: (workspaceId) => verifyActs(sql, workspaceId),

    claimRepeat: (...claim) => group.write((tx) => claimRepeat(tx, ...claim)),
    keepRepeat: (...kept) => group.write((tx) => keepRepeat(tx, ...kept)),

    tidy: (before) => group.write((tx) => tidy(tx, before)),
  }
}
