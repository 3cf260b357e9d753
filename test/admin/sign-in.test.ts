import { describe, expect, test } from 'vitest'
import { passwordFault } from '../../src/http/access/password.ts'
import { codeAt } from '../../src/http/access/totp.ts'
import { type BothOptions, startBoth } from '../harness.ts'
import { type Client, clientOf, ownerOf, password } from './client.ts'
import { movableClock } from './clock.ts'
import { codeIn, join, newWorkspace } from './workspace.ts'

const email = 'olga@shop.example'
const minuteMs = 60_000
const hourMs = 60 * minuteMs

async function start(options: BothOptions = {}) {
  const clock = movableClock()
  const { server } = await startBoth({ clock, ...options })
  const owner = await ownerOf(server.parts)
  return { server, owner, clock, url: server.url }
}

function signIn(client: Client, given = password, as = email, headers = {}) {
  return client.ask('POST', '/session', { email: as, password: given }, headers)
}

async function signedIn(url: string, as = email): Promise<Client> {
  const client = clientOf(url)
  expect((await signIn(client, password, as)).status).toBe(200)
  return client
}

async function withSecondFactor() {
  const started = await start()
  const { owner, clock } = started
  const begun = await owner.ask('POST', '/me/second-factor', { password })
  const { secret, setup, url } = begun.body
  expect(url).toContain(`secret=${secret}`)
  const codeNow = () => codeAt(secret, Math.floor(clock.now() / 30_000))
  const confirmed = await owner.ask('POST', '/me/second-factor/confirm', {
    setup,
    code: codeNow(),
  })
  expect(confirmed.body.recoveryCodes).toHaveLength(10)
  return { ...started, codeNow, recoveryCodes: confirmed.body.recoveryCodes as string[] }
}

/** What eight wrong passwords from made-up addresses are answered with. */
async function guess(options: BothOptions): Promise<readonly number[]> {
  const { url } = await start(options)
  const statuses: number[] = []
  for (let n = 0; n < 8; n += 1) {
    const headers = { 'x-forwarded-for': `203.0.113.${n}` }
    statuses.push((await signIn(clientOf(url), 'wrong password here', email, headers)).status)
  }
  return statuses
}

describe('the first member', () => {
  test('A29 there is no default account, and the link of `serve` works once and for a day', async () => {
    const clock = movableClock()
    const { server } = await startBoth({ clock })
    const client = clientOf(server.url)
    const someone = { email: 'admin@example.com', name: 'Admin', password }
    expect((await signIn(client, 'admin', 'admin@example.com')).status).toBe(401)

    const over = codeIn((await server.parts.ownerLink())!)
    clock.forward(24 * hourMs + 1)
    expect((await client.ask('POST', '/owner', { code: over, ...someone })).status).toBe(410)

    const earlier = codeIn((await server.parts.ownerLink())!)
    const code = codeIn((await server.parts.ownerLink())!)
    expect((await client.ask('POST', '/owner', { code: earlier, ...someone })).status).toBe(410)
    expect((await client.ask('POST', '/owner', { code, ...someone })).status).toBe(201)
    const again = await client.ask('POST', '/owner', { code, ...someone, email: 'b@example.com' })
    expect(again.status).toBe(410)
    expect(await server.parts.ownerLink()).toBeUndefined()
  })

  test('A29 of two who open the link at once one becomes the owner', async () => {
    const { server } = await startBoth()
    const code = codeIn((await server.parts.ownerLink())!)
    const answers = await Promise.all(
      ['a@example.com', 'b@example.com'].map((one) =>
        clientOf(server.url).ask('POST', '/owner', { code, email: one, name: 'A', password }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 410])
  })
})

describe('sessions', () => {
  test('A13 a cookie set before signing in is not the session’s, and signing in again makes another', async () => {
    const { url } = await start()
    const client = clientOf(url)
    client.cookies.set('__Host-tillpost', 'A'.repeat(43))
    expect((await client.ask('GET', '/session')).status).toBe(401)
    await signIn(client)
    const first = client.cookies.get('__Host-tillpost')
    expect(first).not.toBe('A'.repeat(43))
    await signIn(client)
    expect(client.cookies.get('__Host-tillpost')).not.toBe(first)
  })

  test('A14 after signing out the stolen cookie is worth nothing', async () => {
    const { url } = await start()
    const client = await signedIn(url)
    const thief = clientOf(url)
    for (const [name, value] of client.cookies) thief.cookies.set(name, value)
    expect((await thief.ask('GET', '/session')).status).toBe(200)
    expect((await client.ask('DELETE', '/session')).status).toBe(204)
    expect((await thief.ask('GET', '/session')).status).toBe(401)
  })

  test('A15 a new password signs out everywhere else', async () => {
    const { url, owner } = await start()
    const other = await signedIn(url)
    const changed = { current: password, password: 'quite another set of words' }
    expect((await owner.ask('POST', '/me/password', changed)).status).toBe(204)
    expect((await other.ask('GET', '/session')).status).toBe(401)
    expect((await owner.ask('GET', '/session')).status).toBe(200)
    expect((await signIn(clientOf(url))).status).toBe(401)
    expect((await signIn(clientOf(url), changed.password)).status).toBe(200)
  })

  test('A16 A18 whoever is removed or lowered is so with the next request', async () => {
    const { server, owner } = await start()
    const workspace = await newWorkspace(owner, 'Own')
    const admin = await join(server, owner, workspace, 'admin')
    const path = `/workspaces/${workspace}`
    expect((await admin.ask('PATCH', path, { name: 'New' })).status).toBe(200)
    await owner.ask('PATCH', `${path}/members/${admin.id}`, { role: 'viewer' })
    expect((await admin.ask('PATCH', path, { name: 'Newer' })).status).toBe(403)
    expect((await admin.ask('GET', path)).status).toBe(200)
    await owner.ask('DELETE', `${path}/members/${admin.id}`)
    expect((await admin.ask('GET', path)).status).toBe(404)
  })

  test('A17 a session ends after 12 idle hours, and after seven days in any case', async () => {
    const { owner, clock, url } = await start()
    clock.forward(12 * hourMs + minuteMs)
    expect((await owner.ask('GET', '/session')).status).toBe(401)
    const busy = await signedIn(url)
    for (let hours = 0; hours < 7 * 24; hours += 11) {
      expect((await busy.ask('GET', '/session')).status).toBe(200)
      clock.forward(11 * hourMs)
    }
    expect((await busy.ask('GET', '/session')).status).toBe(401)
  })

  test('A19 a cookie with one bit flipped is none', async () => {
    const { owner } = await start()
    const value = owner.cookies.get('__Host-tillpost')!
    const flipped = String.fromCharCode(value.charCodeAt(0) ^ 1)
    owner.cookies.set('__Host-tillpost', `${flipped}${value.slice(1)}`)
    expect((await owner.ask('GET', '/session')).status).toBe(401)
  })

  test('A20 the eleventh session ends the oldest, and one’s sessions can be seen and ended', async () => {
    const { url, owner, clock } = await start()
    const clients: Client[] = []
    for (let count = 0; count < 10; count += 1) {
      clock.forward(1000)
      clients.push(await signedIn(url))
    }
    expect((await owner.ask('GET', '/session')).status).toBe(401)
    const [first, second] = clients
    const listed = await first!.ask('GET', '/sessions')
    expect(listed.body.data).toHaveLength(10)
    expect(JSON.stringify(listed.body)).not.toContain(first!.cookies.get('__Host-tillpost'))
    const { id } = (await second!.ask('GET', '/sessions')).body.data.find(
      ({ current }: { current: boolean }) => current,
    )
    expect((await first!.ask('DELETE', `/sessions/${id}`)).status).toBe(204)
    expect((await second!.ask('GET', '/session')).status).toBe(401)
    expect((await first!.ask('DELETE', '/sessions')).status).toBe(204)
    expect((await first!.ask('GET', '/sessions')).body.data).toHaveLength(1)
  })

  test('A34 the cookie is for this host alone, over https alone, and no script sees it', async () => {
    const { url } = await start()
    const { headers } = await signIn(clientOf(url))
    for (const cookie of headers.getSetCookie()) {
      expect(cookie).toMatch(/^__Host-tillpost/)
      expect(cookie).toContain('; Path=/; Secure; HttpOnly; SameSite=Lax')
      expect(cookie).not.toContain('Domain')
    }
  })

  test('A84 what is signed in for is kept in no cache', async () => {
    const { owner } = await start()
    expect((await owner.ask('GET', '/session')).headers.get('cache-control')).toBe('no-store')
  })
})

describe('passwords', () => {
  test('A21 what is short, common, a pattern or a name is refused, with the reason', async () => {
    const { owner } = await start()
    for (const [wrong, why] of [
      ['seven77', 'at least 12'],
      ['Password1234!', 'first that somebody would try'],
      ['P@ssw0rd!2024', 'first that somebody would try'],
      ['letmeinletmein', 'first that somebody would try'],
      ['qwertyuiop12', 'first that somebody would try'],
      ['olga-shop-2024', 'first that somebody would try'],
      ['abc4abc4abc4', 'first that somebody would try'],
      ['a9 '.repeat(43), 'at most 128'],
    ] as const) {
      const fault = passwordFault(wrong, [email, 'Olga'])
      expect([wrong, fault]).toEqual([wrong, expect.stringContaining(why)])
    }
    const asked = await owner.ask('POST', '/me/password', {
      current: password,
      password: 'olga-shop-2024',
    })
    expect(asked.status).toBe(422)
    expect(asked.body).toMatchObject({ code: 'weak_password' })
  })

  test('A22 128 characters and emoji are taken as they are', async () => {
    const { owner, url } = await start()
    const long = `né 🛒 ☃️ ${'four words nobody ever guesses at all '.repeat(4)}`
      .padEnd(129, 'ß')
      .slice(0, 129)
    expect(Array.from(long)).toHaveLength(128)
    const changed = await owner.ask('POST', '/me/password', { current: password, password: long })
    expect(changed.status).toBe(204)
    expect((await signIn(clientOf(url), long)).status).toBe(200)
    expect((await signIn(clientOf(url), long.slice(0, -2))).status).toBe(401)
  })

  test('A23 a megabyte of a password is refused before it is hashed', async () => {
    const { url } = await start()
    const before = performance.now()
    const { status } = await signIn(clientOf(url), 'x'.repeat(900_000))
    expect(status).toBe(400)
    const huge = await signIn(clientOf(url), 'x'.repeat(1_100_000))
    expect(huge.status).toBe(413)
    expect(performance.now() - before).toBeLessThan(2000)
  })

  test('A24 fifty who sign in at once wait for each other or are sent away; memory stays flat', async () => {
    const { url } = await start()
    const before = process.memoryUsage().rss
    let most = before
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20)
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => signIn(clientOf(url), password, `p${n}@example.com`)),
    )
    clearInterval(watch)
    expect(answers.every(({ status }) => status === 401 || status === 429)).toBe(true)
    expect(most - before).toBeLessThan(250 * 1024 * 1024)
  }, 60_000)
})

describe('guessing', () => {
  test('A25 wrong passwords make one wait longer and longer; whoever has signed in there before gets in', async () => {
    const { url, owner, clock } = await start()
    const thief = clientOf(url)
    const answers = []
    for (let tries = 0; tries < 30; tries += 1) {
      const { status, headers } = await signIn(thief, `wrong guess number ${tries}`)
      const waitS = Number(headers.get('retry-after') ?? 0)
      answers.push([status, waitS] as const)
      clock.forward(status === 429 ? waitS * 1000 : 0)
    }
    const waits = answers.flatMap(([status, waitS]) => (status === 429 ? [waitS] : []))
    expect(waits.length).toBeGreaterThan(8)
    expect(waits.at(-1)).toBeGreaterThan(100)
    expect(waits).toEqual(waits.toSorted((a, b) => a - b))
    await signIn(thief, 'and another wrong guess')
    expect((await signIn(thief)).status).toBe(429)
    // The owner's browser, which remembers its device.
    expect((await signIn(owner)).status).toBe(200)
  }, 60_000)

  test('A26 one password tried on many accounts from one address is stopped', async () => {
    const { url } = await start()
    const client = clientOf(url)
    const statuses = new Set<number>()
    for (let n = 0; n < 130 && !statuses.has(429); n += 1) {
      const { status } = await client.ask('POST', '/session', {
        email: `p${n}@example.com`,
        password: 'x'.repeat(200),
      })
      statuses.add(status)
    }
    expect(statuses).toEqual(new Set([401, 429]))
  })

  test('A27 an unknown address is answered as a wrong password is', async () => {
    const { url } = await start()
    const timed = async (as: string) => {
      const before = performance.now()
      const { status, body } = await signIn(clientOf(url), 'some other password', as)
      return { status, body, ms: performance.now() - before }
    }
    await timed('warm@example.com')
    const known = await timed(email)
    const unknown = await timed('nobody@example.com')
    expect(unknown.body).toEqual(known.body)
    expect(unknown.status).toBe(known.status)
    // Both hash: neither is answered at once.
    expect(Math.min(unknown.ms, known.ms)).toBeGreaterThan(0.3 * Math.max(unknown.ms, known.ms))
  })

  test('A28 a made-up X-Forwarded-For changes nothing; one of a trusted proxy counts', async () => {
    expect((await guess({})).slice(-1)).toEqual([429])
    expect(await guess({ environment: { trustedProxies: ['127.0.0.0/8'] } })).toEqual(
      Array(8).fill(401),
    )
  })
})

describe('the second factor', () => {
  test('A31 half signed in, nothing is answered but the second factor', async () => {
    const { url, clock, codeNow } = await withSecondFactor()
    const client = clientOf(url)
    expect((await signIn(client)).body).toEqual({ state: 'half', workspaces: [] })
    for (const path of ['/session', '/sessions', '/workspaces', '/openapi.json']) {
      const { status, body } = await client.ask('GET', path)
      expect([path, status, body.code]).toEqual([path, 401, 'mfa_required'])
    }
    const half = client.cookies.get('__Host-tillpost')
    clock.forward(30_000)
    const full = await client.ask('POST', '/session/second-factor', { code: codeNow() })
    expect(full.body).toMatchObject({ state: 'full', member: { secondFactor: true } })
    expect(client.cookies.get('__Host-tillpost')).not.toBe(half)
  })

  test('A30 a code counts once, and wrong ones make one wait', async () => {
    const { url, clock, codeNow } = await withSecondFactor()
    clock.forward(30_000)
    const code = codeNow()
    const first = clientOf(url)
    await signIn(first)
    expect((await first.ask('POST', '/session/second-factor', { code })).status).toBe(200)
    const second = clientOf(url)
    await signIn(second)
    expect((await second.ask('POST', '/session/second-factor', { code })).status).toBe(401)
    const statuses = []
    for (let n = 0; n < 6; n += 1) {
      statuses.push((await second.ask('POST', '/session/second-factor', { code: '000000' })).status)
    }
    expect(statuses.at(-1)).toBe(429)
  })

  test('a recovery code opens once, however it is typed', async () => {
    const { url, recoveryCodes } = await withSecondFactor()
    const code = recoveryCodes[0]!.toUpperCase().replace('-', ' ')
    const first = clientOf(url)
    await signIn(first)
    const { body } = await first.ask('POST', '/session/second-factor', { code })
    expect(body.member.recoveryCodesLeft).toBe(9)
    const second = clientOf(url)
    await signIn(second)
    expect((await second.ask('POST', '/session/second-factor', { code })).status).toBe(401)
  })

  test('a workspace can ask its members for one', async () => {
    const { server, owner } = await start()
    const workspace = await newWorkspace(owner, 'Own')
    const viewer = await join(server, owner, workspace, 'viewer')
    await owner.ask('PATCH', `/workspaces/${workspace}`, { secondFactor: true })
    const { status, body } = await viewer.ask('GET', `/workspaces/${workspace}`)
    expect([status, body.code]).toEqual([403, 'second_factor_needed'])
    expect((await viewer.ask('GET', '/session')).status).toBe(200)
  })
})

describe('reset links', () => {
  test('A32 A33 work once, for half an hour, and point at the configured address', async () => {
    const { server, owner, clock, url } = await start()
    const workspace = await newWorkspace(owner, 'Own')
    const viewer = await join(server, owner, workspace, 'viewer')
    const path = `/workspaces/${workspace}/members/${viewer.id}/reset-link`
    const made = await owner.ask('POST', path, undefined, { host: 'evil.example' })
    expect(new URL(made.body.link).host).toBe(`localhost:${server.parts.port}`)
    const code = codeIn(made.body.link)
    const next = 'words that are new here'
    expect((await clientOf(url).ask('POST', '/reset', { code, password: next })).status).toBe(204)
    expect((await viewer.ask('GET', '/session')).status).toBe(401)
    expect((await signIn(clientOf(url), next, viewer.email)).status).toBe(200)
    expect((await clientOf(url).ask('POST', '/reset', { code, password: next })).status).toBe(410)

    const late = codeIn((await owner.ask('POST', path)).body.link)
    clock.forward(30 * minuteMs + 1)
    expect((await clientOf(url).ask('POST', '/reset', { code: late, password: next })).status).toBe(
      410,
    )
  })

  test('W10 nobody resets the password of a member who also belongs elsewhere', async () => {
    const { server, owner } = await start()
    const own = await newWorkspace(owner, 'Own')
    const other = await newWorkspace(owner, 'Other')
    const admin = await join(server, owner, own, 'admin')
    const guest = await join(server, owner, other, 'viewer', 'guest@example.com')
    const invited = await owner.ask('POST', `/workspaces/${own}/invites`, {
      email: 'guest@example.com',
      role: 'viewer',
    })
    const code = codeIn(invited.body.link)
    const stranger = await clientOf(server.url).ask('POST', '/invite/accept', {
      code,
      name: 'Mallory',
      password,
    })
    expect(stranger.body.code).toBe('sign_in_first')
    expect((await guest.ask('POST', '/invite/accept', { code })).status).toBe(200)
    const asked = await admin.ask('POST', `/workspaces/${own}/members/${guest.id}/reset-link`)
    expect(asked.body.code).toBe('member_elsewhere')
  })
})

describe('where requests come from', () => {
  test('A38 A39 another site changes nothing, and is told nothing', async () => {
    const { owner } = await start()
    const attempts: readonly Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]
    for (const headers of attempts) {
      const { status, headers: answered } = await owner.ask(
        'PATCH',
        '/me',
        { name: 'Eve' },
        headers,
      )
      expect(status).toBe(403)
      expect(answered.get('access-control-allow-origin')).toBeNull()
    }
    const text = await owner.ask('PATCH', '/me', '{"name":"Eve"}', { 'content-type': 'text/plain' })
    expect(text.status).toBe(415)
    const bare = await fetch(new URL('/api/v1/me', owner.url), {
      method: 'PATCH',
      headers: {
        'content-type': 'application/json',
        cookie: `__Host-tillpost=${owner.cookies.get('__Host-tillpost')}`,
      },
      body: '{"name":"Eve"}',
    })
    expect(bare.status).toBe(403)
    expect((await owner.ask('GET', '/session')).body.member.name).toBe('Olga')
  })

  test('A40 nothing changes by GET or by a method in disguise', async () => {
    const { owner } = await start()
    expect((await owner.ask('GET', '/me')).status).toBe(404)
    const disguised = await owner.ask('GET', '/session?_method=DELETE')
    expect(disguised.status).toBe(400)
    expect((await owner.ask('GET', '/session')).status).toBe(200)
  })

  test('without https one is told so, instead of a cookie that the browser drops', async () => {
    const { server } = await start()
    const client = clientOf(server.url)
    const { status, body } = await signIn(client, password, email, { host: 'tillpost.lan' })
    expect([status, body.code]).toEqual([403, 'not_secure'])
  })
})
