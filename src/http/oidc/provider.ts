import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type ClientAuth,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomPKCECodeVerifier,
  ResponseBodyError,
} from 'openid-client'

/** The OpenID Connect provider by which members may sign in (`TILLPOST_OIDC_…`). */
export interface OidcSettings {
  /** `https:`, or `http:` on this machine. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** On the button. */
  readonly name: string
}

/** Kept by the browser, sealed, from the way there to the way back. */
export interface Attempt {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
}

/** Why the provider vouches for nobody; `words/entry.ts` says each in a sentence. */
export type Fault = 'denied' | 'over' | 'down' | 'client' | 'untrusted'

export type Proven =
  | {
      readonly type: 'proven'
      readonly issuer: string
      readonly subject: string
      /** Lower case; undefined: none that the provider has verified. */
      readonly email?: string
    }
  /** `code`: for the log, of the library or the provider. */
  | { readonly type: 'failed'; readonly why: Fault; readonly code: string }

export interface Provider {
  begin(state: string, nonce: string): Promise<{ readonly url: string; readonly verifier: string }>
  /** @param search of the address that the browser came back to */
  finish(search: string, attempt: Attempt): Promise<Proven>
}

const timeoutSeconds = 10
/** Endpoints change seldom, and not without a word. */
const knownMs = 60 * 60_000

/** @param redirectUri registered with the provider, exactly so */
export function openProvider(
  settings: OidcSettings,
  redirectUri: () => string,
  now: () => number,
): Provider {
  let known: { readonly config: Configuration; readonly at: number } | undefined

  return {
    async begin(state, nonce) {
      const config = await configuration()
      const verifier = randomPKCECodeVerifier()
      const url = buildAuthorizationUrl(config, {
        redirect_uri: redirectUri(),
        scope: 'openid email',
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, verifier }
    },

    async finish(search, { state, nonce, verifier }) {
      try {
        const config = await configuration()
        // Behind a proxy the address that we see is not the one that the provider was told.
        const current = new URL(redirectUri())
        current.search = search
        const answer = await authorizationCodeGrant(config, current, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        })
        const { iss, sub, ...claims } = answer.claims()!
        const hasMore = config.serverMetadata().userinfo_endpoint !== undefined
        // Some put into the token only who it is, and tell the rest there.
        const person =
          claims['email'] === undefined && hasMore
            ? await fetchUserInfo(config, answer.access_token, sub)
            : claims
        const { email, email_verified: isVerified } = person
        return {
          type: 'proven',
          issuer: iss,
          subject: sub,
          ...(typeof email === 'string' && isVerified === true
            ? { email: email.toLowerCase() }
            : {}),
        }
      } catch (error) {
        return { type: 'failed', ...faultOf(error) }
      }
    },
  }

  async function configuration(): Promise<Configuration> {
    if (known !== undefined && now() - known.at < knownMs) return known.config
    const { issuer, clientId, clientSecret } = settings
    const config = await discovery(
      new URL(issuer),
      clientId,
      { client_secret: clientSecret },
      authOf(clientSecret),
      {
        timeout: timeoutSeconds,
        // The signature counts, not only that the token came over TLS.
        execute: [
          enableNonRepudiationChecks,
          ...(issuer.startsWith('http:') ? [allowInsecureRequests] : []),
        ],
      },
    )
    known = { config, at: now() }
    return config
  }
}

/** As the provider wants the secret: in a header unless it takes it in the body alone. */
function authOf(secret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)]
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const auth = methods.includes('client_secret_basic') ? basic : post
    return auth(server, ...rest)
  }
}

/** What somebody sent that is not true, as against what could not be asked. */
const untrue = /^OAUTH_(?:JWT_|JSON_|KEY_|INVALID_RESPONSE|PARSE_ERROR|UNSUPPORTED)/u

/** Never with what was sent or came back: codes and tokens stay out of logs. */
export function faultOf(error: unknown): { readonly why: Fault; readonly code: string } {
  if (error instanceof AuthorizationResponseError) {
    const { error: code } = error
    if (code === 'server_error' || code === 'temporarily_unavailable') return { why: 'down', code }
    return { why: code === 'access_denied' ? 'denied' : 'client', code }
  }
  if (error instanceof ResponseBodyError) {
    const { error: code, status } = error
    if (status === 429 || status >= 500) return { why: 'down', code }
    return { why: code === 'invalid_grant' ? 'over' : 'client', code }
  }
  const code = error instanceof ClientError ? (error.code ?? 'unknown') : 'unreachable'
  return { why: untrue.test(code) ? 'untrusted' : 'down', code }
}
