import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Static, TObject, TSchema } from 'typebox'
import { type AnyOperation, Configuration, type Operation } from '../../api/index.ts'
import {
  type Act,
  type ActName,
  installation,
  isPermitted,
  type Json,
  type Permission,
  permissions,
} from '../../core/index.ts'
import { type Caller, callerOf, signInAgain } from '../access/caller.ts'
import { needOwnPage } from '../access/cookie.ts'
import { Rate } from '../access/rate.ts'
import { needConfiguration } from '../configuration-file.ts'
import { Problem } from '../problem.ts'
import { checkInput } from './input.ts'
import { answerOnce } from './once.ts'
import type { AdminParts } from './parts.ts'
import { schemaOf } from './schema.ts'

/** One request to an operation, checked: what it says has the operation's shapes, and the caller may ask it. */
export interface Ask<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
  /** Undefined only where everybody may ask. */
  readonly caller: Caller | undefined
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly now: number
  /** What is to be remembered of it. In the workspace of the path; where there is none, in the installation's trail. */
  act(action: ActName, target?: string, change?: { before?: Json; after?: Json }): Act
  /** The permission of the caller in the workspace of the path, beside the operation's own. */
  may(permission: Permission): boolean
}

/** Where the shape says that something may be absent, undefined is taken for absent. */
type Loose<T> = T extends readonly (infer Item)[]
  ? readonly Loose<Item>[]
  : T extends object
    ? {
        readonly [Key in keyof T]: object extends Pick<T, Key>
          ? Loose<T[Key]> | undefined
          : Loose<T[Key]>
      }
    : T

export type Serve = <P extends TObject, Q extends TObject, B extends TSchema, A extends TSchema>(
  operation: Operation<P, Q, B, A>,
  handle: (ask: Ask<Static<P>, Static<Q>, Static<B>>) => Promise<Loose<Static<A>> | void>,
) => void

const nothing = () => false

const apiPath = '/api/v1'

const perCaller = 600
/** Of those who have proven nothing yet. */
const perAddress = 120

interface Standing {
  readonly caller: Caller | undefined
  readonly permits: (permission: Permission) => boolean
}

/** An address whose permission nobody has said must not be answered at all: the server does not start (A10). */
export function needPermission(app: FastifyInstance): void {
  app.addHook('onRoute', ({ method, url, config }) => {
    if ((config as { readonly may?: unknown } | undefined)?.may === undefined) {
      throw new Error(
        `${String(method)} ${url} says not who may ask it. Register it with \`serve\`.`,
      )
    }
  })
}

/** What registers an operation: authentication, permission, limits, shapes and repeats are the same for all. */
export function serveOn(app: FastifyInstance, parts: AdminParts): Serve {
  const { access, clock } = parts
  const callers = new Rate('caller', perCaller)
  const strangers = new Rate('address', perAddress)
  const standings = new WeakMap<FastifyRequest, Standing>()

  return (operation, handle) => {
    const { method, path, may, status = 200, contentType } = operation
    const isOfFile = (operation.body as TSchema | undefined) === Configuration
    app.route({
      method,
      url: `${apiPath}${path}`,
      exposeHeadRoute: false,
      config: { may },
      schema: schemaOf(operation as unknown as AnyOperation),
      async onRequest(request, reply) {
        // Whoever signs in may still have the cookie of a session that is over.
        const caller =
          may === 'everybody' ? undefined : await callerOf(parts, request).catch(refusalOf)
        if (caller === undefined || caller instanceof Problem) {
          strangers.take(request.ip, clock.now(), reply)
          if (caller instanceof Problem) throw caller
        } else callers.take(nameOf(caller), clock.now(), reply)
        if (caller?.type === 'member' && method !== 'GET') needOwnPage(request)
        standings.set(request, await standingOf(request, caller))
      },
      async preValidation(request) {
        checkInput(request)
        if (isOfFile) needConfiguration(request.body)
      },
      async handler(request, reply) {
        const { caller, permits } = standings.get(request)!
        const now = clock.now()
        const ask = {
          params: request.params,
          query: request.query,
          body: request.body,
          caller,
          request,
          reply,
          now,
          may: permits,
          act: (action: ActName, target?: string, change: { before?: Json; after?: Json } = {}) =>
            actOf(request, caller, { action, target, now, ...change }),
        }
        const answer = await answerOnce(parts, request, reply, caller, () =>
          handle(ask as unknown as Parameters<typeof handle>[0]),
        )
        if (reply.sent) return reply
        if (operation.answer === undefined) return reply.code(204).send()
        if (contentType !== undefined) reply.type(`${contentType}; charset=utf-8`)
        return reply.code(status).send(answer)
      },
    })

    /** Throws a `Problem` where the caller may not ask this. */
    async function standingOf(
      request: FastifyRequest,
      caller: Caller | undefined,
    ): Promise<Standing> {
      if (may === 'everybody') return { caller, permits: nothing }
      if (caller === undefined) throw signInAgain()
      if (caller.type === 'member' && caller.session.state === 'half' && may !== 'half') {
        throw new Problem(401, 'mfa_required', 'Give the code of the second factor first.')
      }
      if (may === 'caller') return { caller, permits: nothing }
      if (may === 'half' || may === 'member' || may === 'operator') {
        if (caller.type !== 'member') {
          throw new Problem(403, 'forbidden', 'This is for people: a token cannot ask it.')
        }
        if (may === 'operator' && !caller.member.operator) {
          throw new Problem(403, 'forbidden', 'This is for the installation’s operator.')
        }
        return { caller, permits: nothing }
      }
      const permits = await permitsIn(request, caller)
      if (!permits(may)) {
        throw new Problem(
          403,
          'forbidden',
          `This needs the permission to ${permissions[may].means}. Ask an owner or admin of the workspace.`,
        )
      }
      return { caller, permits }
    }
  }

  /** Throws a `Problem` (404) where the caller is not in the workspace: as if there were none. */
  async function permitsIn(
    request: FastifyRequest,
    caller: Caller,
  ): Promise<(permission: Permission) => boolean> {
    const { workspaceId = '' } = request.params as { readonly workspaceId?: string }
    const memberId = caller.type === 'member' ? caller.member.id : caller.token.memberId
    const membership = workspaceId.includes('\0')
      ? undefined
      : await access.membership(workspaceId, memberId)
    const isForeign = caller.type === 'token' && caller.token.workspaceId !== workspaceId
    if (caller.type === 'token' && membership === undefined && !isForeign) {
      throw new Problem(401, 'bad_token', 'Whoever made this token is no member any more.')
    }
    if (membership === undefined || isForeign) {
      await access.note(
        actOf(request, caller, {
          action: 'access.denied',
          target: request.routeOptions.url,
          now: clock.now(),
          workspaceId: installation,
        }),
      )
      throw nothingHere()
    }
    if (caller.type === 'member' && caller.member.totp === undefined) {
      const workspace = await parts.config.workspace(workspaceId)
      if (workspace?.secondFactor === true) {
        throw new Problem(
          403,
          'second_factor_needed',
          'This workspace asks its members for a second factor. Set one up, then come back.',
        )
      }
    }
    const scopes: readonly string[] | undefined =
      caller.type === 'token' ? caller.token.scopes : undefined
    return (permission) =>
      isPermitted(membership.role, permission) && (scopes?.includes(permission) ?? true)
  }
}

/** A `Problem` is counted before it is answered; what else goes wrong is ours. */
function refusalOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  throw error
}

/** Of another workspace, or not at all: both are told the same. */
export function nothingHere(): Problem {
  return new Problem(404, 'not_found', 'There is nothing with this id here.')
}

function nameOf(caller: Caller): string {
  return caller.type === 'member' ? caller.member.id : caller.token.id
}

function actOf(
  request: FastifyRequest,
  caller: Caller | undefined,
  {
    action,
    target,
    now,
    before,
    after,
    workspaceId,
  }: {
    readonly action: ActName
    readonly target: string | undefined
    readonly now: number
    readonly before?: Json
    readonly after?: Json
    readonly workspaceId?: string
  },
): Act {
  const inPath = (request.params as { readonly workspaceId?: string } | undefined)?.workspaceId
  return {
    workspaceId: workspaceId ?? inPath ?? installation,
    at: now,
    by: caller === undefined ? { type: 'nobody' } : { type: caller.type, id: nameOf(caller) },
    address: request.ip,
    action,
    ...(target === undefined ? {} : { target }),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  }
}
