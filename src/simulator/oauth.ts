import { createHash, timingSafeEqual } from 'node:crypto'
import type { Account, Integration } from './account.ts'
import type { Clock } from './clock.ts'
import { operations } from './generated/tables.ts'
import { randomText, shortId } from './ids.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const codeMs = 5 * 60_000
const accessMs = 3_600_000
const idleMs = 90 * 86_400_000
const allScopes = [...new Set(Object.values(operations).flatMap(({ scopes }) => scopes))]

/** An OAuth app, as its maker registers it with Klaviyo. */
export interface AppOptions {
  readonly clientId?: string
  readonly clientSecret?: string
  readonly name?: string
  readonly redirectUris: readonly string[]
  /** What the app may ask for; other scopes are ignored. Without them, all that there are. */
  readonly scopes?: readonly string[]
  /** Its token answers name no scopes, which RFC 6749 allows where all that was asked for is granted. */
  readonly unnamedScopes?: boolean
}

export interface App {
  readonly clientId: string
  readonly clientSecret: string
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly scopes: readonly string[]
  readonly unnamedScopes?: boolean
  /** Events that an app sends belong to its own integration. */
  readonly integration: Integration
}

/** An app in an account. */
export interface Install {
  readonly clientId: string
  readonly accountId: string
  scopes: readonly string[]
  refreshToken: string
  lastUsed: number
}

interface Code {
  readonly app: App
  readonly account: Account
  readonly scopes: readonly string[]
  readonly challenge: string
  readonly redirectUri: string
  readonly expires: number
}

interface Access {
  readonly install: Install
  readonly scopes: ReadonlySet<string>
  readonly expires: number
}

/** An authorize request that can be shown to a person. */
export interface Authorization {
  readonly app: App
  readonly scopes: readonly string[]
  readonly redirectUri: string
  readonly state: string | null
  readonly challenge: string
}

export type AuthorizationResult =
  | { readonly type: 'ask'; readonly authorization: Authorization }
  /** The app can be told of it. */
  | { readonly type: 'redirect'; readonly to: string }
  /** Neither app nor address can be trusted: only the person is told. */
  | { readonly type: 'refuse'; readonly message: string }

export interface TokenAnswer {
  readonly status: number
  readonly body?: { readonly [name: string]: string | number }
}

const refusal = (error: string): TokenAnswer => ({ status: 400, body: { error } })

/** What OAuth has to know of the simulator. */
interface Around {
  readonly clock: Clock
  readonly accounts: ReadonlyMap<string, Account>
  readonly choices: {
    /** Whether refreshing gives a new refresh token. */
    readonly refreshTokens: 'same' | 'rotated'
    readonly refreshesAMinute: number
    readonly secondInstall: 'ends-first' | 'beside'
  }
}

/** Klaviyo's OAuth: codes, tokens, installed apps. */
export class OAuth {
  readonly #world: Around
  readonly #apps = new Map<string, App>()
  #installs: Install[] = []
  readonly #codes = new Map<string, Code>()
  readonly #access = new Map<string, Access>()
  readonly #refreshes = new WeakMap<Install, readonly number[]>()

  constructor(world: Around) {
    this.#world = world
  }

  addApp(options: AppOptions): App {
    const name = options.name ?? 'Test App'
    const clientId = options.clientId ?? randomText(alphabet, 32)
    const app: App = {
      clientId,
      clientSecret: options.clientSecret ?? randomText(alphabet, 64),
      name,
      redirectUris: options.redirectUris,
      scopes: options.scopes ?? allScopes,
      ...(options.unnamedScopes === true ? { unnamedScopes: true } : {}),
      // Known from a state file: its metrics stay its own.
      integration: this.#apps.get(clientId)?.integration ?? {
        id: shortId(),
        key: name.toLowerCase().replace(/[^a-z0-9]+/g, '_'),
        name,
        category: 'Other',
      },
    }
    this.#apps.set(app.clientId, app)
    return app
  }

  apps(): readonly App[] {
    return [...this.#apps.values()]
  }

  installs(): readonly Install[] {
    return this.#installs
  }

  /** Takes the app out of the account, as a merchant does in Klaviyo: no webhook tells of it. */
  uninstall(clientId: string, accountId: string): void {
    this.#installs = this.#installs.filter(
      (install) => install.clientId !== clientId || install.accountId !== accountId,
    )
    for (const [token, { install }] of this.#access) {
      if (!this.#installs.includes(install)) this.#access.delete(token)
    }
  }

  /** Ends one access token before its time; the app stays in the account. */
  revokeAccess(token: string): void {
    this.#access.delete(token)
  }

  /** Who a bearer token speaks for; undefined when it is unknown or past its time. */
  bearer(token: string): (Access & { readonly app: App; readonly account: Account }) | undefined {
    const access = this.#access.get(token)
    if (access === undefined || access.expires <= this.#world.clock.now()) return undefined
    const app = this.#apps.get(access.install.clientId)
    const account = this.#world.accounts.get(access.install.accountId)
    return app === undefined || account === undefined ? undefined : { ...access, app, account }
  }

  /** Reads what an app asks for when it sends a person to Klaviyo. */
  readAuthorization(query: URLSearchParams): AuthorizationResult {
    const app = this.#apps.get(query.get('client_id') ?? '')
    if (app === undefined) {
      return { type: 'refuse', message: 'No app has this client_id. Register it first.' }
    }
    const redirectUri = query.get('redirect_uri') ?? ''
    if (!app.redirectUris.includes(redirectUri)) {
      return {
        type: 'refuse',
        message: `The redirect_uri is not one of those that ${app.name} registered.`,
      }
    }
    const state = query.get('state')
    const fail = (error: string, description: string): AuthorizationResult => ({
      type: 'redirect',
      to: addressWith(redirectUri, { error, error_description: description, state }),
    })
    if (query.get('response_type') !== 'code') {
      return fail('unsupported_response_type', 'The response_type must be code.')
    }
    const challenge = query.get('code_challenge') ?? ''
    if (query.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(challenge)) {
      return fail('invalid_request', 'PKCE with S256 is required.')
    }
    const asked = (query.get('scope') ?? '').split(/[\s,]+/).filter((scope) => scope !== '')
    const scopes = asked.filter((scope) => app.scopes.includes(scope))
    if (!scopes.includes('accounts:read')) {
      return fail('invalid_scope', 'The scope accounts:read must be included.')
    }
    return { type: 'ask', authorization: { app, scopes, redirectUri, state, challenge } }
  }

  /** The person's decision: where the browser goes next. */
  decide(
    { app, scopes, redirectUri, state, challenge }: Authorization,
    account: Account | undefined,
  ): string {
    if (account === undefined) {
      return addressWith(redirectUri, {
        error: 'access_denied',
        error_description: 'The user denied the request.',
        state,
      })
    }
    const code = randomText(alphabet, 48)
    this.#codes.set(code, {
      app,
      account,
      scopes,
      challenge,
      redirectUri,
      expires: this.#world.clock.now() + codeMs,
    })
    return addressWith(redirectUri, { code, state })
  }

  /** POST /oauth/token */
  token(form: URLSearchParams, authorization: string | undefined): TokenAnswer {
    const app = this.#appOf(form, authorization)
    if (app === undefined) return refusal('invalid_client')
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.#exchange(app, form)
      case 'refresh_token':
        return this.#refresh(app, form)
      case null:
        return refusal('invalid_request')
      default:
        return refusal('unsupported_grant_type')
    }
  }

  /** POST /oauth/revoke: the app is uninstalled with its token. */
  revoke(form: URLSearchParams, authorization: string | undefined): TokenAnswer {
    const app = this.#appOf(form, authorization)
    if (app === undefined) return refusal('invalid_client')
    const token = form.get('token')
    if (token === null) return refusal('invalid_request')
    const install =
      this.#installs.find((one) => one.refreshToken === token && one.clientId === app.clientId) ??
      this.#access.get(token)?.install
    if (install !== undefined) this.uninstall(install.clientId, install.accountId)
    return { status: 200 }
  }

  dump(): { readonly apps: readonly App[]; readonly installs: readonly Install[] } {
    return { apps: this.apps(), installs: this.#installs }
  }

  load(apps: readonly App[], installs: readonly Install[]): void {
    for (const app of apps) this.#apps.set(app.clientId, app)
    this.#installs = [...installs]
  }

  #appOf(form: URLSearchParams, authorization: string | undefined): App | undefined {
    let id = form.get('client_id') ?? ''
    let secret = form.get('client_secret') ?? ''
    if (authorization?.startsWith('Basic ') === true) {
      const text = Buffer.from(authorization.slice(6), 'base64').toString('utf8')
      const colon = text.indexOf(':')
      id = text.slice(0, colon)
      secret = text.slice(colon + 1)
    }
    const app = this.#apps.get(id)
    return app !== undefined && isSame(app.clientSecret, secret) ? app : undefined
  }

  #exchange(app: App, form: URLSearchParams): TokenAnswer {
    const text = form.get('code') ?? ''
    const verifier = form.get('code_verifier') ?? ''
    const code = this.#codes.get(text)
    // A code is spent by the first try, whatever comes of it.
    this.#codes.delete(text)
    if (!/^[\w.~-]{43,128}$/.test(verifier)) return refusal('invalid_request')
    const isGood =
      code !== undefined &&
      code.app === app &&
      code.expires > this.#world.clock.now() &&
      code.redirectUri === form.get('redirect_uri') &&
      createHash('sha256').update(verifier).digest('base64url') === code.challenge
    if (!isGood) return refusal('invalid_grant')
    if (this.#world.choices.secondInstall === 'ends-first') {
      this.uninstall(app.clientId, code.account.id)
    }
    const install: Install = {
      clientId: app.clientId,
      accountId: code.account.id,
      scopes: code.scopes,
      refreshToken: randomText(alphabet, 64),
      lastUsed: this.#world.clock.now(),
    }
    this.#installs.push(install)
    return this.#grant(install)
  }

  #refresh(app: App, form: URLSearchParams): TokenAnswer {
    const token = form.get('refresh_token')
    const now = this.#world.clock.now()
    const install = this.#installs.find((one) => one.refreshToken === token)
    if (install === undefined || install.clientId !== app.clientId) return refusal('invalid_grant')
    if (now - install.lastUsed >= idleMs) {
      this.uninstall(install.clientId, install.accountId)
      return refusal('invalid_grant')
    }
    const refreshes = (this.#refreshes.get(install) ?? []).filter((at) => now - at < 60_000)
    if (refreshes.length >= this.#world.choices.refreshesAMinute) {
      return { status: 429, body: { error: 'rate_limit_exceeded' } }
    }
    this.#refreshes.set(install, [...refreshes, now].slice(-100))
    install.lastUsed = now
    if (this.#world.choices.refreshTokens === 'rotated') {
      install.refreshToken = randomText(alphabet, 64)
    }
    return this.#grant(install)
  }

  #grant(install: Install): TokenAnswer {
    const payload = Buffer.from(JSON.stringify({ account: install.accountId })).toString(
      'base64url',
    )
    const access = `eyJhbGciOiJFUzI1NiJ9.${payload}.${randomText(alphabet, 64)}`
    this.#access.set(access, {
      install,
      scopes: new Set(install.scopes),
      expires: this.#world.clock.now() + accessMs,
    })
    return {
      status: 200,
      body: {
        access_token: access,
        token_type: 'bearer',
        expires_in: accessMs / 1000,
        refresh_token: install.refreshToken,
        ...(this.#apps.get(install.clientId)?.unnamedScopes === true
          ? {}
          : { scope: install.scopes.join(' ') }),
      },
    }
  }
}

function isSame(ours: string, theirs: string): boolean {
  const a = createHash('sha256').update(ours).digest()
  const b = createHash('sha256').update(theirs).digest()
  return timingSafeEqual(a, b)
}

function addressWith(address: string, params: { readonly [name: string]: string | null }): string {
  const url = new URL(address)
  for (const [name, value] of Object.entries(params)) {
    if (value !== null) url.searchParams.set(name, value)
  }
  return url.toString()
}
