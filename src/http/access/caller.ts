import { BlockList, isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import type { Access, Clock, Member, Session, Token } from '../../core/index.ts'
import { Problem } from '../problem.ts'
import { digestOf, looksLikeToken } from './code.ts'
import { cookieOf, sessionCookie } from './cookie.ts'

/** Whoever asks, as proven by a cookie or a token. */
export type Caller =
  | { readonly type: 'member'; readonly member: Member; readonly session: Session }
  | { readonly type: 'token'; readonly token: Token }

const hourMs = 3_600_000
/** A session that nobody used for so long is over. */
const idleMs = 12 * hourMs
/** No session lasts longer. */
const longestMs = 7 * 24 * hourMs
/** To give the second factor in. */
const halfMs = 10 * 60_000
const noteEveryMs = 60_000

interface Parts {
  readonly access: Access
  readonly clock: Clock
}

/** Undefined: the request proves nobody. Throws a `Problem` (401) where it tries to and fails. */
export async function callerOf(parts: Parts, request: FastifyRequest): Promise<Caller | undefined> {
  const { authorization } = request.headers
  if (authorization !== undefined) return tokenCaller(parts, request, authorization)
  const cookie = cookieOf(request, sessionCookie)
  return cookie === undefined ? undefined : sessionCaller(parts, cookie)
}

async function sessionCaller({ access, clock }: Parts, cookie: string): Promise<Caller> {
  const session = await access.session(digestOf(cookie))
  const now = clock.now()
  if (session === undefined || isOver(session, now)) throw signInAgain()
  const member = await access.member(session.memberId)
  if (member === undefined) throw signInAgain()
  if (now - session.seenAt > noteEveryMs) await access.seeSession(session.digest, now)
  return { type: 'member', member, session }
}

export function isOver({ state, createdAt, seenAt }: Session, now: number): boolean {
  const longest = state === 'half' ? halfMs : longestMs
  return now - createdAt > longest || now - seenAt > idleMs
}

async function tokenCaller(
  { access, clock }: Parts,
  request: FastifyRequest,
  authorization: string,
): Promise<Caller> {
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
  const digest = digestOf(given)
  const token = looksLikeToken(given) ? await access.tokenOf(digest) : undefined
  const now = clock.now()
  if (token === undefined)
    throw badToken('There is no such token. Send `authorization: Bearer tp_…`.')
  const rolledAway = token.digest !== digest && (token.former?.until ?? 0) <= now
  if (rolledAway) throw badToken('This token was rolled, and its time is over. Use the new one.')
  if (token.expiresAt <= now) throw badToken('This token has expired. Make a new one.')
  if (!isFrom(token.networks, request.ip)) {
    throw new Problem(403, 'wrong_network', 'This token is not for the network that it came from.')
  }
  if (now - (token.usedAt ?? 0) > noteEveryMs) {
    await access.seeToken(token.workspaceId, token.id, now)
  }
  return { type: 'token', token }
}

function isFrom(networks: readonly string[], address: string): boolean {
  if (networks.length === 0) return true
  const list = new BlockList()
  for (const network of networks) {
    const [base = '', bits = ''] = network.split('/')
    list.addSubnet(base, Number(bits), isIP(base) === 6 ? 'ipv6' : 'ipv4')
  }
  return isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** A network as `isFrom` reads it. */
export function isNetwork(text: string): boolean {
  const [base = '', bits = '', ...more] = text.split('/')
  const family = isIP(base)
  if (family === 0 || more.length > 0 || !/^\d{1,3}$/.test(bits)) return false
  return Number(bits) <= (family === 6 ? 128 : 32)
}

export function signInAgain(): Problem {
  return new Problem(401, 'sign_in', 'Sign in first: the session is over, or there was none.')
}

function badToken(detail: string): Problem {
  return new Problem(401, 'bad_token', detail)
}
