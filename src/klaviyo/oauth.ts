import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type ClientAuth,
  Configuration,
  randomPKCECodeVerifier,
  refreshTokenGrant,
  ResponseBodyError,
  tokenRevocation,
} from 'openid-client'

/** An OAuth app as it is registered with Klaviyo (Integrations, Developers, Manage apps). */
export interface OAuthApp {
  readonly clientId: string
  readonly clientSecret: string
  /** Exactly one of those registered with the app. */
  readonly redirectUri: string
  /** A simulator's address instead of Klaviyo's two. */
  readonly baseUrl?: string
}

/** What an install may use. The refresh token stays until the app is removed, or 90 days unused. */
export interface Tokens {
  readonly access: string
  readonly refresh: string
  /** Epoch milliseconds by our clock. */
  readonly expiresAt: number
  /** What was granted: Klaviyo leaves out what the app is not registered for. */
  readonly scopes: readonly string[]
}

export type Granted =
  | { readonly type: 'granted'; readonly tokens: Tokens }
  /**
   * Klaviyo said no: `access_denied`, `invalid_grant` (the app was removed, or the code was used before),
   * `invalid_client`, `invalid_scope`, …
   */
  | { readonly type: 'refused'; readonly code: string }
  /** Nothing is known: Klaviyo could not be asked. */
  | { readonly type: 'failed'; readonly message: string }

/** Klaviyo's OAuth: authorization code with PKCE, refresh, revoke. */
export interface OAuth {
  /** Where to send the browser. `verifier` is kept with the state until the browser comes back. */
  begin(
    scopes: readonly string[],
    state: string,
  ): Promise<{ readonly url: string; readonly verifier: string }>
  /** @param callback the whole address that the browser came back to */
  finish(callback: URL, state: string, verifier: string): Promise<Granted>
  refresh(refreshToken: string): Promise<Granted>
  /** Ends the install, which also removes the app at Klaviyo. True also when it had ended before. */
  revoke(refreshToken: string): Promise<boolean>
}

const timeoutSeconds = 20

export function openOAuth(app: OAuthApp, now: () => number): OAuth {
  const config = configurationOf(app)
  return {
    async begin(scopes, state) {
      const verifier = randomPKCECodeVerifier()
      const url = buildAuthorizationUrl(config, {
        redirect_uri: app.redirectUri,
        scope: scopes.join(' '),
        state,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, verifier }
    },

    finish(callback, state, verifier) {
      // Behind a proxy the address that we see is not the one that Klaviyo was told.
      const current = new URL(app.redirectUri)
      current.search = callback.search
      return granted(now, () =>
        authorizationCodeGrant(config, current, {
          pkceCodeVerifier: verifier,
          expectedState: state,
        }),
      )
    },

    refresh: (refreshToken) =>
      granted(now, () => refreshTokenGrant(config, refreshToken), refreshToken),

    async revoke(refreshToken) {
      try {
        await tokenRevocation(config, refreshToken, { token_type_hint: 'refresh_token' })
        return true
      } catch (error) {
        return error instanceof ResponseBodyError && error.error === 'invalid_grant'
      }
    },
  }
}

function configurationOf({ clientId, clientSecret, baseUrl }: OAuthApp): Configuration {
  // https://developers.klaviyo.com/en/docs/set_up_oauth
  const page = baseUrl ?? 'https://www.klaviyo.com'
  const api = baseUrl ?? 'https://a.klaviyo.com'
  const config = new Configuration(
    {
      issuer: page,
      authorization_endpoint: `${page}/oauth/authorize`,
      token_endpoint: `${api}/oauth/token`,
      revocation_endpoint: `${api}/oauth/revoke`,
    },
    clientId,
    {},
    basicOf(clientId, clientSecret),
  )
  config.timeout = timeoutSeconds
  if (baseUrl?.startsWith('http:') === true) allowInsecureRequests(config)
  return config
}

/** As Klaviyo's pages show it: without the percent-encoding that RFC 6749 asks for, which changes `-` and `_`. */
function basicOf(clientId: string, clientSecret: string): ClientAuth {
  const credentials = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
  return (_server, _client, _body, headers) => headers.set('authorization', `Basic ${credentials}`)
}

async function granted(
  now: () => number,
  ask: () => ReturnType<typeof refreshTokenGrant>,
  formerRefresh?: string,
): Promise<Granted> {
  const askedAt = now()
  try {
    const answer = await ask()
    const refresh = answer.refresh_token ?? formerRefresh
    if (refresh === undefined) {
      return { type: 'failed', message: 'Klaviyo gave no refresh token.' }
    }
    const tokens: Tokens = {
      access: answer.access_token,
      refresh,
      expiresAt: askedAt + (answer.expires_in ?? 3600) * 1000,
      scopes: (answer.scope ?? '').split(' ').filter((scope) => scope !== ''),
    }
    return { type: 'granted', tokens }
  } catch (error) {
    if (error instanceof AuthorizationResponseError) return { type: 'refused', code: error.error }
    // What says nothing of the grant may pass: 429 and 5xx.
    if (error instanceof ResponseBodyError && error.status !== 429 && error.status < 500) {
      return { type: 'refused', code: error.error }
    }
    return { type: 'failed', message: messageOf(error) }
  }
}

/** Never what was sent: tokens and codes stay out of messages. */
function messageOf(error: unknown): string {
  if (error instanceof ResponseBodyError) {
    return `Klaviyo answered ${error.status}. Try again in a minute.`
  }
  return 'Klaviyo could not be asked, or its answer could not be read. Try again in a minute.'
}
