import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Static, TObject, TSchema } from 'typebox'
import * as api from '../../api/index.ts'

/** An answer of the admin API that goes along with the page, under what the page would have asked. */
interface Given<Answer = unknown> {
  readonly name: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly answer: Answer
}

/** The page's scripts run when all of it is there: what takes longer they ask for themselves. */
const patienceMs = 250

/**
 * What the page of an address asks for as soon as its scripts run: who is signed in, the workspace's connections and
 * stores, and on its overview the figures. Shown at once then, instead of after two more rounds. Asked of the API with
 * the browser's own cookie, so whoever may not see something is not given it; the page asks for what is missing, and
 * hears why.
 */
export async function givenFor(
  app: FastifyInstance,
  request: FastifyRequest,
): Promise<readonly Given[]> {
  const given: Given[] = []
  const inTime = new AbortController()
  await Promise.race([
    // What fails is asked for by the page, too.
    collect(asker(app, request, given), request.url).catch(() => undefined),
    setTimeout(patienceMs, undefined, { signal: inTime.signal }).catch(() => undefined),
  ])
  inTime.abort()
  return [...given]
}

async function collect(ask: ReturnType<typeof asker>, url: string): Promise<void> {
  const [path = '', search] = url.split('?')
  const [, , named = '', page = ''] = path.split('/')
  const me = await ask(api.whoAmI)
  const [only, ...others] = me?.workspaces ?? []
  // The bare address leads to the only one, or to the one that the browser remembers.
  const workspaceId = named === '' && others.length === 0 ? (only?.id ?? '') : named
  // Asking for what is another's would be noted in the trail.
  if (me?.workspaces.some(({ id }) => id === workspaceId) !== true) return
  const [stores] = await Promise.all([
    ask(api.listStores, { workspaceId }),
    ask(api.listConnections, { workspaceId }),
  ])
  // Filters, and whose clock counts where there are several, only the page knows.
  const zones = new Set(stores?.data.map(({ timeZone }) => timeZone))
  const [zone] = zones
  const isOverview = page === 'overview' || page === ''
  if (isOverview && search === undefined && zones.size === 1 && zone !== undefined)
    await ask(api.getOverview, { workspaceId }, { period: '24h', zone })
}

function asker(app: FastifyInstance, { headers, raw }: FastifyRequest, given: Given[]) {
  return async <P extends TObject, Q extends TObject, B extends TSchema, A extends TSchema>(
    { id, path }: api.Operation<P, Q, B, A>,
    params: Readonly<Record<string, string>> = {},
    query: Readonly<Record<string, string>> = {},
  ): Promise<Static<A> | undefined> => {
    const filled = path.replaceAll(/:(\w+)/g, (_, key: string) =>
      encodeURIComponent(params[key] ?? ''),
    )
    const { statusCode, body } = await app.inject({
      method: 'GET',
      url: `/api/v1${filled}`,
      query,
      headers,
      remoteAddress: raw.socket.remoteAddress ?? '',
    })
    if (statusCode !== 200) return undefined
    const answer = JSON.parse(body) as Static<A>
    given.push({ name: id, params, query, answer })
    return answer
  }
}
