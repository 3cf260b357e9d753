import type { FastifyInstance } from 'fastify'
import { type Clock, type Config, publicKeyOf, type SourceRow } from '../../core/index.ts'
import { type Served, sdkWith } from './bundle.ts'

interface Parts {
  readonly config: Config
  readonly clock: Clock
  /** Another address than Klaviyo's, for a simulator. */
  readonly klaviyoUrl?: string | undefined
}

/** A shop's settings reach its pages at the latest after these two. */
const rememberMs = 10_000
const maxAgeSeconds = 300
const maxRemembered = 20_000

/** The browser SDK, with the settings of the source whose browser key is asked for. */
export function sdkRoutes({ config, clock, klaviyoUrl }: Parts) {
  const remembered = new Map<string, { readonly answer: Answer; readonly until: number }>()

  return async (app: FastifyInstance): Promise<void> => {
    app.get<{ Params: { readonly key: string } }>('/sdk/:key.js', async (request, reply) => {
      reply.headers({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
      })
      const answer = await answerFor(request.params.key)
      if (typeof answer === 'string') {
        const { status, text } = refusals[answer]
        return reply.code(status).type('text/plain; charset=utf-8').send(text)
      }
      const { text, gzipped, etag } = answer
      reply.headers({
        'cache-control': `public, max-age=${maxAgeSeconds}, stale-while-revalidate=86400`,
        etag,
        vary: 'Accept-Encoding',
      })
      if (request.headers['if-none-match']?.includes(etag) === true) return reply.code(304).send()
      reply.type('text/javascript; charset=utf-8')
      const takesGzip = request.headers['accept-encoding']?.includes('gzip') === true
      return takesGzip ? reply.header('content-encoding', 'gzip').send(gzipped) : reply.send(text)
    })
  }

  async function answerFor(key: string): Promise<Answer> {
    const known = remembered.get(key)
    if (known !== undefined && known.until > clock.monotonic()) return known.answer
    const answer = await makeAnswer(key)
    // Keys that nobody has are not worth the room.
    if (typeof answer !== 'string') {
      if (remembered.size >= maxRemembered) remembered.clear()
      remembered.set(key, { answer, until: clock.monotonic() + rememberMs })
    }
    return answer
  }

  async function makeAnswer(key: string): Promise<Answer> {
    if (key.length > 255 || key.includes('\0')) return 'no_such_key'
    const source = await config.sourceOfKey(key)
    if (source === undefined || !source.enabled) return 'no_such_key'
    if (source.browserKey !== key) return 'server_key'
    return sdkWith(await settingsFor(source, key)) ?? 'not_built'
  }

  /** Of several connections the strictest wish counts, and one that wants Klaviyo's script. */
  async function settingsFor(source: SourceRow, writeKey: string): Promise<object> {
    const { workspaceId, id } = source
    const live = (await config.connections(workspaceId)).filter(
      ({ sourceId, state, settings }) =>
        sourceId === id && state === 'connected' && settings.enabled,
    )
    const wishes = live.map(({ settings }) => settings.trackingConsent)
    const consent = (['opt-in', 'opt-out'] as const).find((wish) => wishes.includes(wish))
    const loading = live.find(({ settings }) => settings.klaviyoScript)
    const destinations = loading === undefined ? [] : await config.destinations(workspaceId)
    const account = destinations.find((one) => one.id === loading?.destinationId)
    const publicKey = account && publicKeyOf(account)
    return {
      writeKey,
      ...(consent !== undefined && { consent }),
      // An account whose id is not known has no public key either.
      ...(publicKey !== undefined && { klaviyo: scriptOf(publicKey) }),
    }
  }

  function scriptOf(publicKey: string): string {
    const base = klaviyoUrl ?? 'https://static.klaviyo.com'
    return `${base}/onsite/js/${encodeURIComponent(publicKey)}/klaviyo.js`
  }
}

type Answer = Served | keyof typeof refusals

const refusals = {
  no_such_key: { status: 404, text: 'No shop has this browser key.' },
  server_key: {
    status: 403,
    text: 'This is the write key of the shop’s server, which no page may hold. Use the browser key (pub_…).',
  },
  not_built: {
    status: 503,
    text: 'The browser SDK was not built. Run `npm run build`, or start with `npm start`.',
  },
} as const
