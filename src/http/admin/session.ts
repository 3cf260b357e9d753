import * as api from '../../api/index.ts'
import type { Member, Session } from '../../core/index.ts'
import { type Caller, isOver } from '../access/caller.ts'
import { digestOf, newCode } from '../access/code.ts'
import {
  cookieOf,
  deviceCookie,
  needOwnPage,
  needSecure,
  sessionCookie,
  setCookie,
} from '../access/cookie.ts'
import { isPassword } from '../access/password.ts'
import { Patience } from '../access/patience.ts'
import { secondFactorOf } from '../access/second-factor.ts'
import { Problem } from '../problem.ts'
import { isoOf } from './iso.ts'
import { meOf } from './me.ts'
import type { AdminParts } from './parts.ts'
import { type Ask, nothingHere, type Serve } from './serve.ts'

/** More than so many at once end the oldest (A20). */
const mostSessions = 10
const deviceMs = 180 * 86_400_000

/** Signing in and out, and where one is signed in. */
export function serveSession(serve: Serve, parts: AdminParts): void {
  const { access, secrets, clock, oidc } = parts
  // Of the account from one address, and of the account from anywhere.
  const here = new Patience(5)
  const anywhere = new Patience(20)
  const codes = new Patience(5)

  serve(api.signIn, async (ask) => {
    const { request, now } = ask
    needSecure(request)
    needOwnPage(request)
    const email = ask.body.email.toLowerCase()
    const member = await access.memberByEmail(email)
    const isKnown = isKnownDevice(ask, member)
    const near = `${email} ${isKnown ? 'known' : request.ip}`
    const waitMs = Math.max(here.waitMs(near, now), isKnown ? 0 : anywhere.waitMs(email, now))
    if (waitMs > 0) throw waitLonger(waitMs)
    if (!(await isPassword(ask.body.password, member?.password)) || member === undefined) {
      here.failed(near, clock.now())
      anywhere.failed(email, clock.now())
      await access.note(ask.act('member.sign_in_failed', member?.id))
      throw new Problem(401, 'wrong_password', 'Email address or password is wrong.')
    }
    here.succeeded(near)
    const state = member.totp === undefined ? 'full' : 'half'
    const opened = await openSession(parts, ask, member, state)
    return meOf(parts, { type: 'member', member, session: opened })
  })

  serve(api.giveSecondFactor, async (ask) => {
    const { member, session } = memberIn(ask.caller)
    if (session.state === 'full') return meOf(parts, { type: 'member', member, session })
    const waitMs = codes.waitMs(member.id, ask.now)
    if (waitMs > 0) throw waitLonger(waitMs)
    if (!(await secondFactorOf(parts, member, ask.body.code, ask.now))) {
      codes.failed(member.id, clock.now())
      await access.note(ask.act('member.second_factor_failed', member.id))
      throw new Problem(
        401,
        'wrong_code',
        'This code is wrong, or was used already. Wait for the next one.',
      )
    }
    codes.succeeded(member.id)
    await access.endSessions(member.id, { onlyId: session.id }, undefined)
    const opened = await openSession(parts, ask, member, 'full')
    // As it is now: the code may have been one of the last.
    const renewed = (await access.member(member.id)) ?? member
    return meOf(parts, { type: 'member', member: renewed, session: opened })
  })

  serve(api.waysToSignIn, async () => (oidc === undefined ? {} : { oidc: { name: oidc.name } }))

  serve(api.whoAmI, async ({ caller }) => meOf(parts, caller!))

  serve(api.signOut, async (ask) => {
    const { member, session } = memberIn(ask.caller)
    await access.endSessions(
      member.id,
      { onlyId: session.id },
      ask.act('member.sign_out', member.id),
    )
    setCookie(ask.reply, sessionCookie, '', 0)
  })

  serve(api.listSessions, async ({ caller, now }) => {
    const { member, session } = memberIn(caller)
    const sessions = await access.sessionsOf(member.id)
    return {
      data: sessions
        .filter((one) => !isOver(one, now))
        .map(({ id, address, agent, createdAt, seenAt }) => ({
          id,
          current: id === session.id,
          address,
          agent,
          createdAt: isoOf(createdAt),
          seenAt: isoOf(seenAt),
        })),
    }
  })

  serve(api.endSession, async (ask) => {
    const { member } = memberIn(ask.caller)
    const { sessionId } = ask.params
    const act = ask.act('member.session_end', sessionId)
    const ended = await access.endSessions(member.id, { onlyId: sessionId }, act)
    if (ended === 0) throw nothingHere()
  })

  serve(api.endOtherSessions, async (ask) => {
    const { member, session } = memberIn(ask.caller)
    const act = ask.act('member.sessions_end', member.id)
    await access.endSessions(member.id, { exceptId: session.id }, act)
  })

  function isKnownDevice(
    { request }: Pick<Ask<unknown, unknown, unknown>, 'request'>,
    member: Member | undefined,
  ): boolean {
    const cookie = cookieOf(request, deviceCookie)
    if (cookie === undefined || member === undefined) return false
    try {
      return secrets.open(cookie, 'device') === member.id
    } catch {
      return false
    }
  }
}

/** Sets the cookies: whoever had one before sign-in gets another one (A13). */
export async function openSession(
  { access, secrets, ids }: AdminParts,
  {
    request,
    reply,
    now,
    act,
  }: Pick<Ask<unknown, unknown, unknown>, 'request' | 'reply' | 'now' | 'act'>,
  member: Member,
  state: Session['state'],
): Promise<Session> {
  const code = newCode()
  const session: Session = {
    id: ids.newId('ses', now),
    digest: digestOf(code),
    memberId: member.id,
    state,
    address: request.ip,
    agent: (request.headers['user-agent'] ?? '').slice(0, 200),
    createdAt: now,
    seenAt: now,
  }
  const action = state === 'full' ? 'member.sign_in' : 'member.sign_in_half'
  await access.openSession(session, mostSessions, act(action, member.id))
  setCookie(reply, sessionCookie, code, undefined)
  if (state === 'full') setCookie(reply, deviceCookie, secrets.seal(member.id, 'device'), deviceMs)
  return session
}

/** Of an operation that only members may ask. */
export function memberIn(caller: Caller | undefined): Extract<Caller, { type: 'member' }> {
  if (caller?.type !== 'member') throw new Problem(403, 'forbidden', 'This is for people.')
  return caller
}

function waitLonger(waitMs: number): Problem {
  const seconds = Math.ceil(waitMs / 1000)
  return new Problem(429, 'wait_longer', `Too many wrong tries. Try again in ${seconds} s.`, {
    retryAfterMs: waitMs,
  })
}
