import type { Clock, Installed, KlaviyoApp } from '../core/index.ts'
import { openOAuth, ownAccount } from '../klaviyo/index.ts'
import type { OAuth, Tokens } from '../klaviyo/index.ts'
import { kit } from './kit.ts'

/** The app that this installation has registered with Klaviyo (`KLAVIYO_CLIENT_ID` and its secret). */
export interface AppOptions {
  readonly clientId: string
  readonly clientSecret: string
  /** Where people reach this server: the redirect address registered with the app begins with it. */
  readonly publicUrl: () => string
  readonly klaviyoUrl: string | undefined
  readonly clock: Clock
}

const callbackPath = '/oauth/klaviyo/callback'

export function oauthOf({
  clientId,
  clientSecret,
  publicUrl,
  klaviyoUrl,
  clock,
}: AppOptions): OAuth {
  return openOAuth(
    {
      clientId,
      clientSecret,
      redirectUri: `${publicUrl()}${callbackPath}`,
      ...(klaviyoUrl === undefined ? {} : { baseUrl: klaviyoUrl }),
    },
    () => clock.now(),
  )
}

export function klaviyoApp(options: AppOptions): KlaviyoApp {
  const { clock, klaviyoUrl } = options
  return {
    begin: (scopes, state) => oauthOf(options).begin(scopes, state),
    async finish(query, state, verifier): Promise<Installed> {
      const callback = new URL(query, `${options.publicUrl()}${callbackPath}`)
      const granted = await oauthOf(options).finish(callback, state, verifier)
      if (granted.type !== 'granted') return granted
      const { tokens } = granted
      const account = await ownAccount({
        auth: { type: 'token', token: async () => tokens.access },
        clock,
        ...(klaviyoUrl === undefined ? {} : { baseUrl: klaviyoUrl }),
      })
      return {
        type: 'installed',
        credentials: JSON.stringify(tokens),
        scopes: tokens.scopes,
        // Without its id the install stands for the account, as a key's digest does for a key's.
        accountId: account?.id ?? `app:${kit.digest(tokens.refresh).slice(0, 16)}`,
        ...(account === undefined ? {} : { accountName: account.name }),
      }
    },
    async end(credentials) {
      const tokens = readTokens(credentials)
      return tokens !== undefined && oauthOf(options).revoke(tokens.refresh)
    },
  }
}

/** Undefined: these are no tokens. */
export function readTokens(credentials: string): Tokens | undefined {
  try {
    const { access, refresh, expiresAt, scopes } = JSON.parse(credentials) as Partial<Tokens>
    if (typeof access !== 'string' || typeof refresh !== 'string') return undefined
    return { access, refresh, expiresAt: expiresAt ?? 0, scopes: scopes ?? [] }
  } catch {
    return undefined
  }
}
