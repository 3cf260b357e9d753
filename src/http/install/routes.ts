import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ActName, Handshake, Installed } from '../../core/index.ts'
import { isPermitted, presets, scopesOf } from '../../core/index.ts'
import { type Caller, callerOf } from '../access/caller.ts'
import { digestOf, newCode } from '../access/code.ts'
import type { AdminParts } from '../admin/parts.ts'
import { doublesOf } from '../doubles.ts'
import { Problem } from '../problem.ts'
import { connectStore } from './connect-store.ts'
import { type Place, placesOf } from './places.ts'
import { choicePage, donePage, failedPage, keyPage, noAppPage, nowherePage } from './view.ts'

type Member = Extract<Caller, { type: 'member' }>

/** Back from Klaviyo within this time. */
const handshakeMs = 15 * 60_000

const installPath = '/install/klaviyo'

interface InstallQuery {
  readonly workspace?: unknown
  readonly store?: unknown
  readonly preset?: unknown
  readonly change?: unknown
}

/**
 * Connecting a store by Klaviyo's own page (T1–T13): the entry that Klaviyo's listing leads to, the way
 * there, and the way back.
 */
export function installRoutes(parts: AdminParts) {
  const { access, klaviyo, secrets, clock } = parts

  return async (app: FastifyInstance): Promise<void> => {
    app.get<{ Querystring: InstallQuery }>(installPath, async (request, reply) => {
      const member = await memberOf(request)
      if (member === undefined) return toSignIn(request, reply)
      if (klaviyo.app === undefined) return show(reply, 409, noAppPage(parts.support))
      const { query } = request
      const places = await placesOf(parts, member.member.id)
      const [place, ...others] = narrowed(places, query)
      if (place === undefined) return show(reply, 403, nowherePage(parts.support))
      if (others.length > 0) return show(reply, 200, choicePage([place, ...others], installPath))
      if (place.connectedBy === 'key' && query.change !== 'yes') {
        return show(reply, 200, keyPage(place, addressOf(place, { change: 'yes' })))
      }
      return begin(place, member, query, reply)
    })

    app.get('/oauth/klaviyo/callback', async (request, reply) => {
      const member = await memberOf(request)
      const callback = new URL(request.url, parts.publicUrl())
      const state = callback.searchParams.get('state') ?? ''
      // Taken first: whatever comes of it, this redirect works no more (T12).
      const handshake = await access.takeHandshake(digestOf(state), clock.now())
      const isTheirs =
        handshake !== undefined &&
        member?.session.digest === handshake.sessionDigest &&
        (await mayConnect(member, handshake.workspaceId))
      if (klaviyo.app === undefined || !isTheirs) return toFailed(reply, 'over')
      const verifier = secrets.open(handshake.verifier, verifierOwner(handshake.digest))
      const installed = await klaviyo.app.finish(callback.search, state, verifier)
      if (installed.type !== 'installed') {
        await note(request, member, handshake, 'klaviyo.connect_failed', codeOf(installed))
        return toFailed(reply, codeOf(installed), handshake)
      }
      const connected = await connectStore(parts, handshake, installed, {
        workspaceId: handshake.workspaceId,
        at: clock.now(),
        by: { type: 'member', id: member.member.id },
        address: request.ip,
        action: 'klaviyo.connect',
        after: { account: installed.accountId, scopes: [...installed.scopes] },
      })
      if (connected.type === 'other_account') return toFailed(reply, 'other_account', handshake)
      const { connectionId, isSourceNew } = connected
      const source = isSourceNew ? '&source=new' : ''
      return reply.redirect(`${installPath}/done?connection=${connectionId}${source}`, 303)
    })

    app.get<{ Querystring: { readonly connection?: unknown; readonly source?: unknown } }>(
      `${installPath}/done`,
      async (request, reply) => {
        const member = await memberOf(request)
        if (member === undefined) return toSignIn(request, reply)
        const { connection, source } = request.query
        const place = (await placesOf(parts, member.member.id)).find(
          ({ connectionId }) => connectionId === connection,
        )
        if (place === undefined) {
          throw new Problem(404, 'not_found', 'There is no such connection here.')
        }
        const of = (await parts.config.connections(place.workspaceId)).find(
          ({ id }) => id === connection,
        )
        const doubles = of === undefined ? undefined : await doublesOf(parts, of)
        const warned = doubles?.state === 'found' ? doubles : undefined
        return show(reply, 200, donePage(place, parts.support, source === 'new', warned))
      },
    )

    app.get<{ Querystring: { readonly why?: unknown } & InstallQuery }>(
      `${installPath}/failed`,
      async ({ query }, reply) => {
        const again = addressOf({
          workspaceId: textOf(query.workspace),
          storeId: textOf(query.store),
        })
        return show(reply, 200, failedPage(textOf(query.why), again, parts.support))
      },
    )
  }

  async function begin(
    place: Place,
    { member, session }: Member,
    { preset }: InstallQuery,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const wanted = presetOf(preset) ?? place.preset ?? 'storefront'
    const state = newCode()
    const digest = digestOf(state)
    const { url, verifier } = await klaviyo.app!.begin(scopesOf(wanted), state)
    const now = clock.now()
    await access.addHandshake({
      digest,
      workspaceId: place.workspaceId,
      storeId: place.storeId,
      memberId: member.id,
      sessionDigest: session.digest,
      preset: wanted,
      verifier: secrets.seal(verifier, verifierOwner(digest)),
      createdAt: now,
      expiresAt: now + handshakeMs,
    })
    return reply.redirect(url, 303)
  }

  /** Undefined: nobody is signed in here, or not wholly. A token is no person at a browser. */
  async function memberOf(request: FastifyRequest): Promise<Member | undefined> {
    const caller = await callerOf(parts, request).catch((error: unknown) => {
      if (error instanceof Problem && error.status === 401) return undefined
      throw error
    })
    return caller?.type === 'member' && caller.session.state === 'full' ? caller : undefined
  }

  async function mayConnect({ member }: Member, workspaceId: string): Promise<boolean> {
    const membership = await access.membership(workspaceId, member.id)
    return membership !== undefined && isPermitted(membership.role, 'connect')
  }

  function note(
    { ip }: FastifyRequest,
    { member }: Member,
    { workspaceId, storeId }: Handshake,
    action: ActName,
    code: string,
  ): Promise<void> {
    const by = { type: 'member', id: member.id } as const
    return access.note({
      workspaceId,
      at: clock.now(),
      by,
      address: ip,
      action,
      target: storeId,
      after: { code },
    })
  }
}

function verifierOwner(digest: string): string {
  return `handshake:${digest}`
}

function codeOf(installed: Exclude<Installed, { type: 'installed' }>): string {
  return installed.type === 'refused' ? installed.code : 'unreachable'
}

function show(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(page)
}

/** The intent goes along, and is taken up after signing in (T3). */
function toSignIn({ url }: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.redirect(`/sign-in?next=${encodeURIComponent(url)}`, 303)
}

function toFailed(reply: FastifyReply, why: string, of?: Handshake): FastifyReply {
  const address = addressOf(of ?? {}, { why: /^[a-z_]{1,40}$/u.test(why) ? why : 'unknown' })
  return reply.redirect(address.replace(installPath, `${installPath}/failed`), 303)
}

function narrowed(places: readonly Place[], { workspace, store }: InstallQuery): readonly Place[] {
  return places.filter(
    ({ workspaceId, storeId }) =>
      (workspace === undefined || workspaceId === workspace) &&
      (store === undefined || storeId === store),
  )
}

function addressOf(
  { workspaceId, storeId }: { readonly workspaceId?: string; readonly storeId?: string },
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({
    ...(workspaceId ? { workspace: workspaceId } : {}),
    ...(storeId ? { store: storeId } : {}),
    ...more,
  })
  return query.size === 0 ? installPath : `${installPath}?${query.toString()}`
}

function presetOf(value: unknown): Handshake['preset'] | undefined {
  return (Object.keys(presets) as Handshake['preset'][]).find((name) => name === value)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
