import { afterEach, describe, expect, test } from 'vitest'
import { startSimulator } from '../simulator/index.ts'
import type { App, Simulator, SimulatorOptions } from '../simulator/index.ts'
import { readAccount } from './accounts.ts'
import type { OAuth, Tokens } from './oauth.ts'
import { openOAuth } from './oauth.ts'
import { realClock } from './stub.suite.ts'
import type { TokenStore } from './tokens.ts'
import { tokenAuth } from './tokens.ts'

const redirectUri = 'http://127.0.0.1:9/oauth/klaviyo/callback'
const scopes = ['accounts:read', 'events:write']

let simulator: Simulator
afterEach(async () => simulator.close())

interface Registered {
  readonly app: App
  readonly oauth: OAuth
}

async function register(options: SimulatorOptions = {}): Promise<Registered> {
  simulator = await startSimulator(options)
  const app = simulator.addApp({ name: 'Tillpost', redirectUris: [redirectUri] })
  const { clientId, clientSecret } = app
  const given = { clientId, clientSecret, redirectUri, baseUrl: simulator.url }
  return { app, oauth: openOAuth(given, () => Date.now()) }
}

async function installed(oauth: OAuth): Promise<Tokens> {
  const { url, verifier } = await oauth.begin(scopes, 'state-1')
  const granted = await oauth.finish(new URL(simulator.consent(url)), 'state-1', verifier)
  if (granted.type !== 'granted') throw new Error(JSON.stringify(granted))
  return granted.tokens
}

/** After the first, which was for the code. */
function refreshes(): number {
  return simulator.requests().filter(({ path }) => path === '/oauth/token').length - 1
}

/** What two nodes share. */
function sharedStore(first: Tokens): TokenStore & { tokens: Tokens | undefined; saved: number } {
  let claimed = false
  return {
    tokens: first,
    saved: 0,
    async read() {
      return this.tokens
    },
    async save(tokens) {
      this.tokens = tokens
      this.saved += 1
    },
    async claim() {
      if (claimed) return undefined
      claimed = true
      return async () => {
        claimed = false
      }
    },
  }
}

describe('connecting an account', () => {
  test('T4 T8 a person allows it, and the code becomes tokens with what was granted', async () => {
    const { oauth } = await register()
    const tokens = await installed(oauth)
    expect(tokens).toMatchObject({ scopes, access: expect.any(String) })
    expect(tokens.expiresAt - Date.now()).toBeGreaterThan(3_500_000)
    const auth = tokenAuth(oauth, sharedStore(tokens), realClock)
    const reader = { baseUrl: simulator.url, clock: realClock, auth }
    expect(await readAccount(reader)).toMatchObject({ account: { id: simulator.account().id } })
  })

  test('T11 a person who denies it is told apart from a Klaviyo that cannot be asked', async () => {
    const { oauth } = await register()
    const { url, verifier } = await oauth.begin(scopes, 'state-1')
    const back = new URL(simulator.consent(url, { deny: true }))
    expect(await oauth.finish(back, 'state-1', verifier)).toEqual({
      type: 'refused',
      code: 'access_denied',
    })
    simulator.answer('/oauth/token', 503)
    const again = await oauth.begin(scopes, 'state-2')
    const allowed = new URL(simulator.consent(again.url))
    expect(await oauth.finish(allowed, 'state-2', again.verifier)).toMatchObject({ type: 'failed' })
  })

  test('T12 A48 a redirect serves once, only with its own state and verifier', async () => {
    const { oauth } = await register()
    const { url, verifier } = await oauth.begin(scopes, 'state-1')
    const back = new URL(simulator.consent(url))
    expect(await oauth.finish(back, 'other-state', verifier)).toMatchObject({ type: 'failed' })
    expect(await oauth.finish(back, 'state-1', verifier)).toMatchObject({ type: 'granted' })
    expect(await oauth.finish(back, 'state-1', verifier)).toEqual({
      type: 'refused',
      code: 'invalid_grant',
    })
    const other = await oauth.begin(scopes, 'state-2')
    const stolen = new URL(simulator.consent(other.url))
    expect(await oauth.finish(stolen, 'state-2', verifier)).toEqual({
      type: 'refused',
      code: 'invalid_grant',
    })
  })

  test('T65 an install that is revoked is over at Klaviyo too; revoking it again is no failure', async () => {
    const { oauth } = await register()
    const { refresh } = await installed(oauth)
    expect(await oauth.revoke(refresh)).toBe(true)
    expect(await oauth.revoke(refresh)).toBe(true)
    expect(await oauth.refresh(refresh)).toEqual({ type: 'refused', code: 'invalid_grant' })
  })
})

describe('access tokens', () => {
  test.each(['same', 'rotated'] as const)(
    'A49 50 who ask at once on each of two nodes make one token call (refresh tokens: %s)',
    async (refreshTokens) => {
      const { oauth } = await register({ choices: { refreshTokens } })
      const store = sharedStore({ ...(await installed(oauth)), expiresAt: 0 })
      const nodes = [tokenAuth(oauth, store, realClock), tokenAuth(oauth, store, realClock)]
      const tokens = await Promise.all(
        nodes.flatMap((auth) => Array.from({ length: 50 }, async () => auth.token())),
      )
      expect(new Set(tokens)).toEqual(new Set([store.tokens?.access]))
      expect(refreshes()).toBe(1)
      expect(store.saved).toBe(1)
    },
  )

  test('one that Klaviyo refuses is replaced once; one that is good is used without asking', async () => {
    const { oauth } = await register()
    const first = await installed(oauth)
    const auth = tokenAuth(oauth, sharedStore(first), realClock)
    expect(await auth.token()).toBe(first.access)
    expect(refreshes()).toBe(0)
    const next = await Promise.all([auth.token(first.access), auth.token(first.access)])
    expect(next[0]).not.toBe(first.access)
    expect(next[1]).toBe(next[0])
    expect(await auth.token(first.access)).toBe(next[0])
    expect(refreshes()).toBe(1)
  })

  test('when the app was removed in Klaviyo it is over, and nothing else is', async () => {
    const { app, oauth } = await register()
    const store = sharedStore({ ...(await installed(oauth)), expiresAt: 0 })
    const auth = tokenAuth(oauth, store, realClock)
    simulator.answer('/oauth/token', 503, { times: 1 })
    await expect(auth.token()).rejects.not.toMatchObject({ code: 'invalid_grant' })
    simulator.uninstall(app.clientId)
    await expect(auth.token()).rejects.toMatchObject({ code: 'invalid_grant' })
  })
})
