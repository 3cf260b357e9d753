import type { FastifyReply, FastifyRequest } from 'fastify'
import { installation } from '../../core/index.ts'
import { digestOf } from '../access/code.ts'
import type { Caller } from '../access/caller.ts'
import { Problem } from '../problem.ts'
import type { AdminParts } from './parts.ts'

const dayMs = 86_400_000

/**
 * `Idempotency-Key`: whoever sends a request again, not knowing whether it worked, gets the first answer
 * again and nothing is done twice. For a day, within the workspace, the caller and the address. What failed
 * here (5xx) is not kept. Kept answers may hold what is shown once: they are sealed.
 */
export async function answerOnce<T>(
  { access, secrets, clock }: Pick<AdminParts, 'access' | 'secrets' | 'clock'>,
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const key = request.headers['idempotency-key']
  if (key === undefined || caller === undefined || request.method !== 'POST') return work()
  if (typeof key !== 'string' || key.length > 255 || key === '') {
    throw new Problem(
      400,
      'invalid_key',
      'Idempotency-Key has to be a text of 1 to 255 characters.',
    )
  }
  const { workspaceId = installation } = (request.params ?? {}) as { readonly workspaceId?: string }
  const who = caller.type === 'member' ? caller.member.id : caller.token.id
  const digest = digestOf(JSON.stringify([who, request.url, key]))
  const bodyDigest = digestOf(JSON.stringify(request.body ?? null))
  const owner = `repeat:${workspaceId}:${digest}`
  const now = clock.now()
  const former = await access.claimRepeat(workspaceId, digest, { bodyDigest, at: now }, now - dayMs)
  if (former !== undefined) {
    if (former.bodyDigest !== bodyDigest) {
      throw new Problem(
        422,
        'key_reused',
        'This Idempotency-Key came with another body before. Use a new one.',
      )
    }
    if (former.answer === undefined) {
      throw new Problem(
        409,
        'in_progress',
        'The same request is being worked on. Ask again in a moment.',
        {
          retryAfterMs: 1000,
        },
      )
    }
    reply.header('idempotent-replayed', 'true')
    const kept: Kept = JSON.parse(secrets.open(former.answer.body, owner))
    if (kept.problem !== undefined) {
      throw new Problem(former.answer.status, kept.problem.code, kept.problem.detail)
    }
    return kept.answer as T
  }
  const keep = (status: number, kept: Kept) =>
    access.keepRepeat(workspaceId, digest, {
      status,
      body: secrets.seal(JSON.stringify(kept), owner),
    })
  try {
    const answer = await work()
    await keep(200, { answer })
    return answer
  } catch (error) {
    if (error instanceof Problem && error.status < 500 && error.status !== 429) {
      await keep(error.status, { problem: { code: error.code, detail: error.message } })
    } else await access.keepRepeat(workspaceId, digest, undefined)
    throw error
  }
}

interface Kept {
  readonly answer?: unknown
  readonly problem?: { readonly code: string; readonly detail: string }
}
