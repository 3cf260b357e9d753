import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Carts, Clock, Config, KeptCart, SourceRow } from '../../core/index.ts'
import { digestOf, newCode } from '../access/code.ts'
import { Rate } from '../access/rate.ts'
import { corsOf, preflightOf } from '../ingest/cors.ts'
import { keyOf } from '../ingest/write-key.ts'
import { Problem } from '../problem.ts'
import { shopAddress } from './address.ts'
import { Contents } from './contents.ts'
import { overPage } from './view.ts'

interface Parts {
  readonly carts: Carts
  readonly config: Config
  readonly clock: Clock
  readonly publicUrl: () => string
}

const linkMs = 30 * 24 * 3_600_000
const maxBytes = 64 * 1024

/**
 * M8: a shop keeps a cart here and gets a link. Whoever opens that is sent on to the shop with a token, as
 * often as it is opened: programs open links too, to look for malware. Only the token gives the contents out, once.
 */
export function cartRoutes({ carts, config, clock, publicUrl }: Parts) {
  const fromPages = new Rate('address', 60)
  const fromServers = new Rate('source', 3000)
  const opening = new Rate('address', 120)
  const exchanging = new Rate('address', 600)

  return async (app: FastifyInstance): Promise<void> => {
    app.post<{ Body: Contents }>(
      '/v1/cart',
      { schema: { body: Contents }, bodyLimit: maxBytes, onRequest: share },
      async (request, reply) => {
        const now = clock.now()
        const key = keyIn(request)
        const source = await sourceOf(key)
        if (key === source.browserKey) fromPages.take(request.ip, now, reply)
        else fromServers.take(source.id, now, reply)
        const { workspaceId, storeId } = source
        if ((await cartUrlOf({ workspaceId, storeId })) === undefined) throw noCartUrl()
        const code = newCode()
        const expiresAt = now + linkMs
        const digest = digestOf(tokenOf(code))
        await carts.keep({ workspaceId, storeId, digest, expiresAt }, request.body)
        return reply.code(201).send({
          url: `${publicUrl()}/cart/${code}`,
          expiresAt: new Date(expiresAt).toISOString(),
        })
      },
    )

    app.get<{ Params: { readonly code: string } }>('/cart/:code', async (request, reply) => {
      const now = clock.now()
      opening.take(request.ip, now, reply)
      const token = tokenOf(request.params.code)
      const cart = await carts.find(digestOf(token))
      const cartUrl = cart && (await cartUrlOf(cart))
      if (cart === undefined || cartUrl === undefined) return over(reply.code(404), undefined)
      if (cart.used || cart.expiresAt <= now) return over(reply.code(410), new URL(cartUrl).origin)
      return reply.redirect(shopAddress(cartUrl, token), 303)
    })

    app.post<{ Params: { readonly token: string } }>(
      '/v1/cart/:token',
      { bodyLimit: maxBytes, onRequest: share },
      async (request, reply) => {
        const now = clock.now()
        exchanging.take(request.ip, now, reply)
        const contents = await carts.use(digestOf(request.params.token), now)
        if (contents === undefined) throw tokenOver()
        return contents
      },
    )

    for (const path of ['/v1/cart', '/v1/cart/:token']) {
      app.options(path, async (request, reply) =>
        reply.code(204).headers(preflightOf(request.raw)).send(),
      )
    }
  }

  async function sourceOf(key: string | undefined): Promise<SourceRow> {
    const source = key === undefined ? undefined : await config.sourceOfKey(key)
    if (source?.enabled === true) return source
    throw new Problem(
      401,
      'wrong_key',
      'No source that is on has this key. Send a write key or a browser key as the user name of Basic ' +
        'authentication, or as ?writeKey=.',
    )
  }

  /** Undefined: the store is gone, or takes no carts. */
  async function cartUrlOf({
    workspaceId,
    storeId,
  }: Pick<KeptCart, 'workspaceId' | 'storeId'>): Promise<string | undefined> {
    return (await config.stores(workspaceId)).find(({ id }) => id === storeId)?.cartUrl
  }
}

function keyIn({ raw }: FastifyRequest): string | undefined {
  const given = keyOf(raw)
  const isKey = given.type === 'key' && given.key.length <= 255 && !given.key.includes('\0')
  return isKey ? given.key : undefined
}

/**
 * What the link’s code becomes at the shop. Not the code itself: who sees the one cannot find the other, and
 * nothing has to be written when a link is opened.
 */
function tokenOf(code: string): string {
  return digestOf(`tillpost cart ${code}`)
}

async function share(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.headers({ ...corsOf(request.raw), 'cross-origin-resource-policy': 'cross-origin' })
}

function over(reply: FastifyReply, shop: string | undefined): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(overPage(shop))
}

function noCartUrl(): Problem {
  return new Problem(
    409,
    'no_cart_url',
    'The store does not say where it puts carts together again: set its `cartUrl` first.',
  )
}

function tokenOver(): Problem {
  return new Problem(410, 'cart_over', 'This cart was given out, is over, or never was.')
}
