import { afterAll, describe, expect, test } from 'vitest'
import { codeAt } from '../../src/http/access/totp.ts'
import type { Environment } from '../../src/server/environment.ts'
import { startBoth } from '../harness.ts'
import { findPostgres } from '../postgres.ts'
import { type OidcProvider, type ProviderState, startProvider } from '../oidc-provider.ts'
import { type Client, clientOf, ownerOf, password } from './client.ts'
import { movableClock } from './clock.ts'
import { codeIn, join, newWorkspace } from './workspace.ts'

const postgres = await findPostgres()
afterAll(async () => postgres?.stop())

async function start(environment: Partial<Environment> = {}) {
  const provider = await startProvider()
  const clock = movableClock()
  const { issuer, clientId, clientSecret } = provider
  const { server } = await startBoth({
    clock,
    environment: { ...environment, oidc: { issuer, clientId, clientSecret, name: 'Acme ID' } },
  })
  const owner = await ownerOf(server.parts)
  return { provider, clock, server, owner, url: server.url }
}

/** Where a browser is sent. */
async function open(client: Client, address: string): Promise<string> {
  const whole = new URL(address, client.url).href
  const { status, headers } = await client.ask('GET', whole, undefined, { accept: 'text/html' })
  expect(status).toBe(303)
  return headers.get('location') ?? ''
}

/** To the provider, which sends the browser back. */
async function callbackOf(client: Client, next = '/admin/account'): Promise<string> {
  const to = await open(client, `/oidc/start?next=${encodeURIComponent(next)}`)
  const { headers } = await fetch(to, { redirect: 'manual' })
  const { pathname, search } = new URL(headers.get('location') ?? '')
  return pathname + search
}

/** Where it ends. */
async function signIn(client: Client, next?: string): Promise<string> {
  return open(client, await callbackOf(client, next))
}

async function stateOf(client: Client): Promise<string> {
  const { status, body } = await client.ask('GET', '/session')
  return status === 200 ? `${body.state} ${body.member.email}` : body.code
}

async function as(provider: OidcProvider, url: string, given: Partial<ProviderState>) {
  Object.assign(provider.state, given)
  const client = clientOf(url)
  return { client, to: await signIn(client) }
}

async function workspaceOf(client: Client): Promise<string> {
  return (await client.ask('GET', '/session')).body.workspaces[0].id
}

const refused = (why: string) => `/sign-in?oidc=${why}&next=%2Fadmin%2Faccount`

describe('signing in by an identity provider', () => {
  test('the page learns of it, and only where it is set up', async () => {
    const { url } = await start()
    const ways = await clientOf(url).ask('GET', '/session/ways')
    expect(ways.body).toEqual({ oidc: { name: 'Acme ID' } })
    const { server } = await startBoth()
    const without = clientOf(server.url)
    expect((await without.ask('GET', '/session/ways')).body).toEqual({})
    const start404 = await without.ask('GET', new URL('/oidc/start', server.url).href)
    expect(start404.status).toBe(404)
  })

  test('a member of the verified address is signed in, bound, and led to where the way began', async () => {
    const { provider, url, server } = await start()
    const client = clientOf(url)
    const to = new URL(await open(client, '/oidc/start'))
    expect(Object.fromEntries(to.searchParams)).toMatchObject({
      response_type: 'code',
      scope: 'openid email',
      code_challenge_method: 'S256',
      redirect_uri: expect.stringMatching(/^http:\/\/localhost:\d+\/oidc\/callback$/),
    })
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(to.searchParams.get(name)).toMatch(/^[\w-]{43}$/)
    }
    expect(await signIn(client)).toBe('/admin/account')
    expect(await stateOf(client)).toBe('full olga@shop.example')
    expect([...client.cookies.keys()].toSorted()).toEqual([
      '__Host-tillpost',
      '__Host-tillpost-device',
    ])
    const trail = await server.parts.access.acts('installation', { limit: 2 })
    expect(trail.map(({ action }) => action)).toEqual(['member.sign_in', 'member.bind'])

    // Bound: the address may change, and need not be told any more.
    for (const email of ['olga@new.example', undefined]) {
      const again = await as(provider, url, { email, verified: false })
      expect(again.to).toBe('/admin/account')
      expect(await stateOf(again.client)).toBe('full olga@shop.example')
    }
  })

  test.skipIf(postgres === undefined)('the same on PostgreSQL', async () => {
    const { provider, url } = await start({ databaseUrl: await postgres!.newDatabase() })
    for (const email of ['olga@shop.example', undefined]) {
      const { client } = await as(provider, url, { email })
      expect(await stateOf(client)).toBe('full olga@shop.example')
    }
    const given = { subject: 'sub-2', email: 'olga@shop.example' }
    expect((await as(provider, url, given)).to).toBe(refused('other_identity'))
  })

  test('a provider that tells the address at its userinfo is asked there', async () => {
    const { provider, url } = await start()
    const { client } = await as(provider, url, { tells: 'userinfo' })
    expect(await stateOf(client)).toBe('full olga@shop.example')
  })

  test('the second factor is asked all the same', async () => {
    const { url, owner, clock } = await start()
    const begun = await owner.ask('POST', '/me/second-factor', { password })
    const codeNow = () => codeAt(begun.body.secret, Math.floor(clock.now() / 30_000))
    const { setup } = begun.body
    await owner.ask('POST', '/me/second-factor/confirm', { setup, code: codeNow() })
    const client = clientOf(url)
    expect(await signIn(client)).toBe('/sign-in?next=%2Fadmin%2Faccount')
    expect(await stateOf(client)).toBe('mfa_required')
    clock.forward(60_000)
    await client.ask('POST', '/session/second-factor', { code: codeNow() })
    expect(await stateOf(client)).toBe('full olga@shop.example')
  })

  test('A43 it leads on to no address but ours', async () => {
    const { url } = await start()
    for (const next of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      'javascript:1',
    ])
      expect(await signIn(clientOf(url), next)).toBe('/admin')
  })
})

describe('who is not let in', () => {
  test('an unverified address, and a person whom nobody has invited, with a row in the trail', async () => {
    const { provider, url, server } = await start()
    for (const [given, why] of [
      [{ verified: false }, 'unverified'],
      [{ email: undefined }, 'unverified'],
      [{ email: 'eve@elsewhere.example', verified: true }, 'unknown'],
    ] as const) {
      const { client, to } = await as(provider, url, given)
      expect(to).toBe(refused(why))
      expect(await stateOf(client)).toBe('sign_in')
      const [act] = await server.parts.access.acts('installation', { limit: 1 })
      expect(act).toMatchObject({ action: 'member.sign_in_failed', after: { by: 'oidc', why } })
    }
  })

  test('whoever is invited joins by the link, and signs in by the provider from then on', async () => {
    const { provider, url, owner } = await start()
    const workspaceId = await newWorkspace(owner, 'Own')
    const email = 'ina@shop.example'
    const path = `/workspaces/${workspaceId}/invites`
    const { body } = await owner.ask('POST', path, { email, role: 'viewer' })
    const given = { email, subject: 'sub-ina', verified: true }
    expect((await as(provider, url, given)).to).toBe(refused('unknown'))
    const code = codeIn(body.link)
    await clientOf(url).ask('POST', '/invite/accept', { code, name: 'Ina', password })
    expect((await as(provider, url, given)).to).toBe('/admin/account')
  })

  test('another subject with a bound member’s address, until a reset link has set a new password', async () => {
    const { provider, url, server, owner } = await start()
    const ina = await join(server, owner, await newWorkspace(owner, 'Own'), 'viewer')
    const { email } = ina
    expect((await as(provider, url, { subject: 'sub-1', email })).to).toBe('/admin/account')
    const other = await as(provider, url, { subject: 'sub-2' })
    expect([other.to, await stateOf(other.client)]).toEqual([refused('other_identity'), 'sign_in'])
    const [act] = await server.parts.access.acts('installation', { limit: 1 })
    expect(act).toMatchObject({ target: ina.id, after: { why: 'other_identity' } })

    const { body } = await owner.ask(
      'POST',
      `/workspaces/${await workspaceOf(ina)}/members/${ina.id}/reset-link`,
    )
    await clientOf(url).ask('POST', '/reset', {
      code: codeIn(body.link),
      password: `${password} again`,
    })
    expect((await as(provider, url, { subject: 'sub-2' })).to).toBe('/admin/account')
    expect((await as(provider, url, { subject: 'sub-1' })).to).toBe(refused('other_identity'))
  })

  test('a bound person whose address is another member’s by now', async () => {
    const { provider, url, server, owner } = await start()
    const { email } = await join(server, owner, await newWorkspace(owner, 'Own'), 'viewer')
    expect((await as(provider, url, {})).to).toBe('/admin/account')
    const { client, to } = await as(provider, url, { email })
    expect([to, await stateOf(client)]).toEqual([refused('other_member'), 'sign_in'])
  })
})

describe('what goes wrong on the way', () => {
  test.each([
    ['denied', 'denied'],
    ['nonce', 'untrusted'],
    ['signature', 'untrusted'],
    ['unsigned', 'untrusted'],
    ['audience', 'untrusted'],
    ['issuer', 'untrusted'],
    ['expired', 'untrusted'],
    ['broken', 'down'],
  ] as const)('%s: nobody is signed in, the page says why (%s)', async (fault, why) => {
    const { provider, url, server } = await start()
    const { client, to } = await as(provider, url, { fault })
    expect([to, await stateOf(client)]).toEqual([refused(why), 'sign_in'])
    const [act] = await server.parts.access.acts('installation', { limit: 1 })
    expect(act).toMatchObject({ action: 'member.sign_in_failed', after: { why } })
  })

  test('a wrong state, another browser, a second time and too late: the provider is not even asked', async () => {
    const { provider, url, clock } = await start()
    const over = '/sign-in?oidc=over'
    const client = clientOf(url)
    await callbackOf(client)
    expect(await open(client, '/oidc/callback?code=x&state=y')).toBe(over)
    const callback = await callbackOf(client)
    expect(await open(clientOf(url), callback)).toBe(over)
    clock.forward(10 * 60_000)
    expect(await open(client, callback)).toBe(over)
    expect(provider.asked()).toBe(0)

    const good = await callbackOf(client)
    const cookies = new Map(client.cookies)
    expect(await open(client, good)).toBe('/admin/account')
    expect(await open(client, good)).toBe(over)
    // Somebody who has kept all of it: the provider takes its code once.
    const thief = clientOf(url)
    for (const [name, value] of cookies) thief.cookies.set(name, value)
    expect(await open(thief, good)).toBe(refused('over'))
    expect(await stateOf(thief)).toBe('sign_in')
  })

  test('a provider that does not answer, and a page without https', async () => {
    const { server } = await startBoth({
      environment: {
        oidc: { issuer: 'http://127.0.0.1:9', clientId: 'a', clientSecret: 'b', name: 'Gone' },
      },
    })
    const client = clientOf(server.url)
    expect(await open(client, '/oidc/start')).toBe('/sign-in?oidc=down&next=%2Fadmin')
    const way = new URL('/oidc/start', server.url).href
    const { headers } = await client.ask('GET', way, undefined, { host: 'shop.example' })
    expect(headers.get('location')).toBe('/sign-in?oidc=not_secure&next=%2Fadmin')
  })
})
