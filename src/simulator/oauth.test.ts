import { createHash, randomBytes } from 'node:crypto'
import * as klaviyo from 'klaviyo-api'
import { afterEach, expect, test } from 'vitest'
import type { App, Simulator } from './index.ts'
import { call, closeAll, event, start } from './talk.suite.ts'

afterEach(closeAll)

const verifier = randomBytes(32).toString('base64url')
const challenge = createHash('sha256').update(verifier).digest('base64url')
const redirectUri = 'http://127.0.0.1:9/callback'

function addApp(simulator: Simulator): App {
  return simulator.addApp({
    name: 'Tillpost',
    redirectUris: [redirectUri],
    scopes: ['accounts:read', 'events:write', 'metrics:read', 'webhooks:read'],
  })
}

function authorizeUrl(simulator: Simulator, app: App, changes: object = {}): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: redirectUri,
    scope: 'accounts:read events:write metrics:read webhooks:read',
    state: 'our-state',
    code_challenge_method: 'S256',
    code_challenge: challenge,
    ...changes,
  })
  return `${simulator.url}/oauth/authorize?${query.toString()}`
}

async function post(
  simulator: Simulator,
  path: string,
  app: App,
  form: { readonly [name: string]: string },
): Promise<{ status: number; body: { [name: string]: string } }> {
  const response = await fetch(simulator.url + path, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${app.clientId}:${app.clientSecret}`).toString('base64')}`,
    },
    body: new URLSearchParams(form),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
}

async function install(simulator: Simulator, app: App): Promise<{ [name: string]: string }> {
  const code = new URL(simulator.consent(authorizeUrl(simulator, app))).searchParams.get('code')
  const { status, body } = await post(simulator, '/oauth/token', app, {
    grant_type: 'authorization_code',
    code: code ?? '',
    code_verifier: verifier,
    redirect_uri: redirectUri,
  })
  expect(status).toBe(200)
  return body
}

const bearer = (token: string | undefined): { authorization: string } => ({
  authorization: `Bearer ${token ?? ''}`,
})

test('a person allows an app on the consent page, and the browser goes back with a code and the state', async () => {
  const simulator = await start()
  const app = addApp(simulator)
  const page = await fetch(authorizeUrl(simulator, app))
  const text = await page.text()
  expect(text).toContain('Tillpost wants to connect')
  const form = new URLSearchParams(new URL(authorizeUrl(simulator, app)).search)
  form.set('account', simulator.account().id)
  form.set('decision', 'allow')
  const decided = await fetch(`${simulator.url}/oauth/authorize`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
  })
  const to = new URL(decided.headers.get('location') ?? '')
  expect(decided.status).toBe(302)
  expect(to.searchParams.get('state')).toBe('our-state')
  expect(to.searchParams.get('code')).toMatch(/^[\w-]{40,}$/)
})

test('a person who denies sends the browser back with access_denied', async () => {
  const simulator = await start()
  const to = simulator.consent(authorizeUrl(simulator, addApp(simulator)), { deny: true })
  expect(new URL(to).searchParams.get('error')).toBe('access_denied')
})

test.each([
  ['without PKCE', { code_challenge: '' }, 'invalid_request'],
  ['without accounts:read', { scope: 'events:write' }, 'invalid_scope'],
])('an authorize request %s goes back with %o as %s', async (_what, changes, error) => {
  const simulator = await start()
  const to = simulator.consent(authorizeUrl(simulator, addApp(simulator), changes))
  expect(new URL(to).searchParams.get('error')).toBe(error)
})

test('an unregistered redirect address is not followed', async () => {
  const simulator = await start()
  const url = authorizeUrl(simulator, addApp(simulator), { redirect_uri: 'https://evil.example/' })
  const page = await fetch(url, { redirect: 'manual' })
  expect(page.status).toBe(400)
})

test('a code lives five minutes, serves once, and only with its verifier', async () => {
  const simulator = await start()
  const app = addApp(simulator)
  const exchange = async (code: string | null, by = verifier): Promise<unknown> => {
    const { status, body } = await post(simulator, '/oauth/token', app, {
      grant_type: 'authorization_code',
      code: code ?? '',
      code_verifier: by,
      redirect_uri: redirectUri,
    })
    return status === 200 ? 'tokens' : body['error']
  }
  const codeOf = (): string | null =>
    new URL(simulator.consent(authorizeUrl(simulator, app))).searchParams.get('code')
  const late = codeOf()
  simulator.advance(5 * 60_000)
  expect(await exchange(late)).toBe('invalid_grant')
  expect(await exchange(codeOf(), 'x'.repeat(43))).toBe('invalid_grant')
  const code = codeOf()
  expect(await exchange(code)).toBe('tokens')
  expect(await exchange(code)).toBe('invalid_grant')
})

test("an app's events are metrics of the app, apart from those of a key, and it has limits of its own", async () => {
  const simulator = await start({ now: () => 1_800_000_000_000 })
  const tokens = await install(simulator, addApp(simulator))
  await call(simulator, 'POST', '/api/events', event({ unique_id: '1' }))
  await call(
    simulator,
    'POST',
    '/api/events',
    event({ unique_id: '1' }),
    bearer(tokens['access_token']),
  )
  expect(simulator.metrics().map(({ name, integration }) => [name, integration.key])).toEqual([
    ['Placed Order', 'api'],
    ['Placed Order', 'tillpost'],
  ])
  expect(simulator.events('Placed Order')).toHaveLength(2)
  expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status: 200 })
  expect(await call(simulator, 'GET', '/api/accounts')).toMatchObject({ status: 429 })
  expect(
    await call(simulator, 'GET', '/api/accounts', undefined, bearer(tokens['access_token'])),
  ).toMatchObject({ status: 200 })
})

test('a scope that was not granted is answered 403', async () => {
  const simulator = await start()
  const tokens = await install(simulator, addApp(simulator))
  expect(
    await call(simulator, 'GET', '/api/profiles', undefined, bearer(tokens['access_token'])),
  ).toMatchObject({ status: 403 })
})

test('an access token ends after an hour; refreshing keeps or, by switch, replaces the refresh token', async () => {
  for (const refreshTokens of ['same', 'rotated'] as const) {
    const simulator = await start({ choices: { refreshTokens } })
    const app = addApp(simulator)
    const first = await install(simulator, app)
    simulator.advance(3_600_000)
    expect(
      await call(simulator, 'GET', '/api/accounts', undefined, bearer(first['access_token'])),
    ).toMatchObject({ status: 401 })
    const { body: second } = await post(simulator, '/oauth/token', app, {
      grant_type: 'refresh_token',
      refresh_token: first['refresh_token'] ?? '',
    })
    expect(second['refresh_token'] === first['refresh_token']).toBe(refreshTokens === 'same')
    expect(
      await call(simulator, 'GET', '/api/accounts', undefined, bearer(second['access_token'])),
    ).toMatchObject({ status: 200 })
  }
})

test.each([
  [
    'the merchant uninstalls',
    (simulator: Simulator, app: App) => simulator.uninstall(app.clientId),
  ],
  ['90 days pass unused', (simulator: Simulator) => simulator.advance(90 * 86_400_000)],
  [
    'the app revokes its token',
    async (simulator: Simulator, app: App, token: string) => {
      await post(simulator, '/oauth/revoke', app, { token, token_type_hint: 'refresh_token' })
    },
  ],
] as const)('after %s a refresh is an invalid_grant', async (_what, end) => {
  const simulator = await start()
  const app = addApp(simulator)
  const tokens = await install(simulator, app)
  await end(simulator, app, tokens['refresh_token'] ?? '')
  expect(
    await post(simulator, '/oauth/token', app, {
      grant_type: 'refresh_token',
      refresh_token: tokens['refresh_token'] ?? '',
    }),
  ).toEqual({ status: 400, body: { error: 'invalid_grant' } })
  expect(
    await call(simulator, 'GET', '/api/accounts', undefined, bearer(tokens['access_token'])),
  ).toMatchObject({ status: 401 })
})

test('a single access token can be revoked: refreshing gives another', async () => {
  const simulator = await start({ limits: false })
  const app = addApp(simulator)
  const { access_token: first = '', refresh_token = '' } = await install(simulator, app)
  simulator.revokeKey(first)
  expect(await call(simulator, 'GET', '/api/accounts', undefined, bearer(first))).toMatchObject({
    status: 401,
  })
  const { body } = await post(simulator, '/oauth/token', app, {
    grant_type: 'refresh_token',
    refresh_token,
  })
  expect(
    await call(simulator, 'GET', '/api/accounts', undefined, bearer(body['access_token'])),
  ).toMatchObject({ status: 200 })
})

test('the token endpoint fails on demand, before its work or after', async () => {
  const simulator = await start({ choices: { refreshTokens: 'rotated' } })
  const app = addApp(simulator)
  const { refresh_token = '' } = await install(simulator, app)
  const refresh = { grant_type: 'refresh_token', refresh_token }
  simulator.answer('/oauth/token', 503, { times: 1 })
  expect(await post(simulator, '/oauth/token', app, refresh)).toMatchObject({ status: 503 })
  simulator.answer('/oauth/token', 'reset-after', { times: 1 })
  await expect(post(simulator, '/oauth/token', app, refresh)).rejects.toThrow('fetch failed')
  // It was rotated, and the answer that told the new one is lost.
  expect(await post(simulator, '/oauth/token', app, refresh)).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant' },
  })
  const logged = simulator.requests().filter(({ path }) => path === '/oauth/token')
  expect(logged.map(({ status }) => status)).toEqual([200, 503, 0, 400])
  expect(logged.some(({ body }) => body !== undefined)).toBe(false)
})

test.each([
  ['ends-first', 400],
  ['beside', 200],
] as const)('a second install of the app: %s', async (secondInstall, status) => {
  const simulator = await start({ choices: { secondInstall } })
  const app = addApp(simulator)
  const { refresh_token = '' } = await install(simulator, app)
  await install(simulator, app)
  const refresh = { grant_type: 'refresh_token', refresh_token }
  expect(await post(simulator, '/oauth/token', app, refresh)).toMatchObject({ status })
})

test.each([
  [Number.POSITIVE_INFINITY, 200],
  [10, 429],
] as const)('refreshes a minute at most: %s', async (refreshesAMinute, status) => {
  const simulator = await start({ choices: { refreshesAMinute } })
  const app = addApp(simulator)
  const { refresh_token = '' } = await install(simulator, app)
  const refresh = { grant_type: 'refresh_token', refresh_token }
  for (let count = 0; count < 10; count += 1) await post(simulator, '/oauth/token', app, refresh)
  expect(await post(simulator, '/oauth/token', app, refresh)).toMatchObject({ status })
  simulator.advance(60_000)
  expect(await post(simulator, '/oauth/token', app, refresh)).toMatchObject({ status: 200 })
})

test('a wrong secret is an invalid_client', async () => {
  const simulator = await start()
  const app = { ...addApp(simulator), clientSecret: 'wrong' }
  expect(await post(simulator, '/oauth/token', app, { grant_type: 'refresh_token' })).toEqual({
    status: 400,
    body: { error: 'invalid_client' },
  })
})

test('the official SDK exchanges its code, and refreshes a token that ended', async () => {
  const simulator = await start({ limits: false })
  const app = addApp(simulator)
  class LocalOAuth extends klaviyo.OAuthApi {
    override tokenUrl = `${simulator.url}/oauth/token`
  }
  let kept: klaviyo.RetrievedTokens = { accessToken: '', refreshToken: '' }
  const oauth = new LocalOAuth(app.clientId, app.clientSecret, {
    retrieve: () => kept,
    save: (_customer: string, tokens: klaviyo.CreatedTokens) => {
      kept = tokens
    },
  })
  const code = new URL(simulator.consent(authorizeUrl(simulator, app))).searchParams.get('code')
  await oauth.createTokens('store', verifier, code ?? '', redirectUri)
  const accounts = new klaviyo.AccountsApi(new klaviyo.OAuthSession('store', oauth))
  accounts.basePath = simulator.url
  const { accessToken } = kept
  simulator.advance(3_600_000)
  const { body } = await accounts.getAccounts()
  expect(body.data[0]?.id).toBe(simulator.account().id)
  expect(kept.accessToken).not.toBe(accessToken)
})
