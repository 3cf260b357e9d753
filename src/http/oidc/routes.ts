import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Act, type ActName, installation, type Member, ownPath } from '../../core/index.ts'
import { newCode } from '../access/code.ts'
import { needSecure } from '../access/cookie.ts'
import { Rate } from '../access/rate.ts'
import type { AdminParts } from '../admin/parts.ts'
import { openSession } from '../admin/session.ts'
import { Problem } from '../problem.ts'
import { keepAttempt, takeAttempt } from './attempt.ts'
import { type Fault, faultOf, openProvider, type Proven } from './provider.ts'

/** Of one address: each may make us ask the provider. */
const perAddress = 30

/** Why somebody is not let in though the provider vouches for the person. */
type Refusal = 'unverified' | 'unknown' | 'other_member' | 'other_identity'

type Admitted =
  | { readonly type: 'admitted'; readonly member: Member }
  | { readonly type: 'refused'; readonly why: Refusal; readonly member?: Member }

/**
 * Signing in by an OpenID Connect provider: the way there, and the way back. It makes no members: whoever was
 * invited has joined before.
 */
export function oidcRoutes(parts: AdminParts) {
  const { access, secrets, clock, log, oidc } = parts
  const redirectUri = () => `${parts.publicUrl()}/oidc/callback`

  return async (app: FastifyInstance): Promise<void> => {
    if (oidc === undefined) return
    const provider = openProvider(oidc, redirectUri, () => clock.now())
    const rate = new Rate('address', perAddress)

    app.get<{ Querystring: { readonly next?: unknown } }>('/oidc/start', async (request, reply) => {
      const next = pathOf(request.query.next)
      if (!isSecure(request)) return toSignIn(reply, 'not_secure', next)
      const now = clock.now()
      rate.take(request.ip, now, reply)
      const [state, nonce] = [newCode(), newCode()]
      try {
        const { url, verifier } = await provider.begin(state, nonce)
        keepAttempt(secrets, reply, { state, nonce, verifier, next, at: now })
        return await reply.redirect(url, 303)
      } catch (error) {
        const { why, code } = faultOf(error)
        log.warn({ why, code }, 'The OpenID Connect provider could not be asked')
        return toSignIn(reply, why, next)
      }
    })

    app.get('/oidc/callback', async (request, reply) => {
      rate.take(request.ip, clock.now(), reply)
      const { search, searchParams } = new URL(request.url, parts.publicUrl())
      // Taken first: whatever comes of it, this way back works no more.
      const state = searchParams.get('state')
      const begun = takeAttempt(secrets, request, reply, { state, now: clock.now() })
      if (begun === undefined) return toSignIn(reply, 'over')
      const { next } = begun
      const act = actsOf(request)
      const proven = await provider.finish(search, begun)
      if (proven.type === 'failed') {
        const { why, code } = proven
        log.warn({ why, code }, 'Nobody was signed in by the OpenID Connect provider')
        await access.note({ ...act('member.sign_in_failed'), after: { by: 'oidc', why, code } })
        return toSignIn(reply, why, next)
      }
      const admitted = await admit(proven, act)
      if (admitted.type === 'refused') {
        const { why, member } = admitted
        const after = { by: 'oidc', why }
        await access.note({ ...act('member.sign_in_failed', member?.id), after })
        return toSignIn(reply, why, next)
      }
      const { member } = admitted
      const isWhole = member.totp === undefined
      const asked = { request, reply, now: clock.now(), act }
      await openSession(parts, asked, member, isWhole ? 'full' : 'half')
      // The page asks for the second factor, and knows where to go on.
      return isWhole ? reply.redirect(next, 303) : toSignIn(reply, undefined, next)
    })
  }

  /** An identity that was bound stays its member's, whatever the email address has become. */
  async function admit(
    { issuer, subject, email }: Extract<Proven, { type: 'proven' }>,
    act: ReturnType<typeof actsOf>,
  ): Promise<Admitted> {
    const bound = await access.memberByIdentity(issuer, subject)
    const named = email === undefined ? undefined : await access.memberByEmail(email)
    if (bound !== undefined) {
      const isOthers = named !== undefined && named.id !== bound.id
      return isOthers
        ? { type: 'refused', why: 'other_member', member: named }
        : { type: 'admitted', member: bound }
    }
    if (email === undefined) return { type: 'refused', why: 'unverified' }
    if (named === undefined) return { type: 'refused', why: 'unknown' }
    const identity = { issuer, subject, memberId: named.id, boundAt: clock.now() }
    return (await access.bindIdentity(identity, act('member.bind', named.id)))
      ? { type: 'admitted', member: named }
      : { type: 'refused', why: 'other_identity', member: named }
  }

  function actsOf({ ip }: FastifyRequest): (action: ActName, target?: string) => Act {
    return (action, target) => ({
      workspaceId: installation,
      at: clock.now(),
      by: { type: 'nobody' },
      address: ip,
      action,
      ...(target === undefined ? {} : { target }),
    })
  }
}

/** Only a path of ours, as the sign-in page takes it: `//elsewhere` and `/\elsewhere` are others' to a browser. */
function pathOf(next: unknown): string {
  return (typeof next === 'string' ? ownPath(next) : undefined) ?? '/admin'
}

function toSignIn(
  reply: FastifyReply,
  why: Fault | Refusal | 'not_secure' | undefined,
  next?: string,
): FastifyReply {
  const query = new URLSearchParams({
    ...(why === undefined ? {} : { oidc: why }),
    ...(next === undefined ? {} : { next }),
  })
  return reply.redirect(`/sign-in?${query.toString()}`, 303)
}

function isSecure(request: FastifyRequest): boolean {
  try {
    needSecure(request)
    return true
  } catch (error) {
    if (error instanceof Problem) return false
    throw error
  }
}
