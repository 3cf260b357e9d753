import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Secrets } from '../../core/index.ts'
import { cookieOf, setCookie } from '../access/cookie.ts'
import type { Attempt } from './provider.ts'

/** On the way to the provider and back, in the browser that began and nowhere else. */
interface Begun extends Attempt {
  /** Where to go on, a path of ours. */
  readonly next: string
  readonly at: number
}

const attemptCookie = '__Host-tillpost-oidc'
const owner = 'oidc'
/** Back from the provider within this time. */
const attemptMs = 10 * 60_000

export function keepAttempt(secrets: Secrets, reply: FastifyReply, begun: Begun): void {
  setCookie(reply, attemptCookie, secrets.seal(JSON.stringify(begun), owner), attemptMs)
}

/** Once: the browser forgets it. Undefined: there is none, it is too old, or another one came back. */
export function takeAttempt(
  secrets: Secrets,
  request: FastifyRequest,
  reply: FastifyReply,
  { state, now }: { readonly state: string | null; readonly now: number },
): Begun | undefined {
  const cookie = cookieOf(request, attemptCookie)
  if (cookie === undefined) return undefined
  setCookie(reply, attemptCookie, '', 0)
  try {
    const begun = JSON.parse(secrets.open(cookie, owner)) as Begun
    return begun.state === state && now - begun.at < attemptMs ? begun : undefined
  } catch {
    return undefined
  }
}
