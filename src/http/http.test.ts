import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { startBoth, type TestServer } from '../../test/harness.ts'
import { systemClock } from '../server/clock.ts'
import { expireFailed } from '../server/retention.ts'

interface Answer {
  readonly status: number
  readonly headers: NodeJS.Dict<string | string[]>
  readonly text: string
}

/** With exactly these headers, `host` and `sec-fetch-site` too, which `fetch` would not send. */
function ask(
  { url }: Pick<TestServer, 'url'>,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  { method = 'GET', body }: { readonly method?: string; readonly body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, url), { method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (text += part))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

const page = { accept: 'text/html' }
const json = { 'content-type': 'application/json' }

describe('pages and control are for this machine alone', () => {
  test('a name that is not this machine’s is refused, so no page elsewhere can read along', async () => {
    const { server } = await startBoth()
    const { port } = new URL(server.url)
    for (const path of [
      '/',
      '/events/m1',
      '/api/status',
      '/api/events',
      '/api/refused',
      '/api/connections',
    ]) {
      for (const host of [
        'evil.example',
        `evil.example:${port}`,
        'localhost.evil.example',
        '127.0.0.1.evil.example',
        '10.0.0.1',
        '[::2]',
      ]) {
        const { status, text } = await ask(server, path, { host })
        expect([path, host, status]).toEqual([path, host, 403])
        expect(text).toContain(`http://localhost:${port}/`)
      }
    }
    for (const host of [
      'localhost',
      `LOCALHOST:${port}`,
      '127.0.0.1',
      `[::1]:${port}`,
      '127.8.8.8',
    ]) {
      expect((await ask(server, '/api/status', { host })).status).toBe(200)
    }
  })

  test('what a proxy forwards is refused: it may come from anywhere', async () => {
    const { server } = await startBoth()
    for (const header of ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']) {
      expect((await ask(server, '/', { [header]: '203.0.113.9' })).status).toBe(403)
    }
    expect(
      (
        await ask(server, '/health', {
          'x-forwarded-for': '203.0.113.9',
          host: 'events.shop.example',
        })
      ).status,
    ).toBe(200)
  })

  test('a page of somebody else’s can change nothing', async () => {
    const { server } = await startBoth()
    const id = server.installation.connection.id
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const attempts: readonly (readonly [Record<string, string>, number])[] = [
      [{ ...json, origin: 'https://evil.example' }, 403],
      [{ ...json, origin: 'null' }, 403],
      [{ ...json, 'sec-fetch-site': 'cross-site' }, 403],
      [{ ...json, 'sec-fetch-site': 'same-site' }, 403],
      [{ ...form, 'sec-fetch-site': 'cross-site' }, 403],
      [{ ...form, origin: 'http://localhost:1' }, 403],
      [form, 415],
      [{ 'content-type': 'text/plain' }, 415],
      [{}, 415],
    ]
    for (const path of [
      `/api/connections/${id}/disconnect`,
      `/connections/${id}/disconnect`,
      '/api/replay',
    ]) {
      for (const [headers, status] of attempts) {
        const answer = await ask(server, path, headers, { method: 'POST', body: '{"all":true}' })
        expect([path, headers, answer.status]).toEqual([path, headers, status])
      }
    }
    expect((await ask(server, `/connections/${id}/disconnect`)).status).toBe(404)
    const { text } = await ask(server, '/api/status')
    expect(JSON.parse(text)).toMatchObject({ connections: [{ state: 'connected' }] })
  })

  test('A35 A36 every answer forbids scripts of others, framing, sniffing and caching', async () => {
    const { server } = await startBoth()
    for (const path of ['/', '/api/status', '/health', '/nothing', '/events/none']) {
      const { headers } = await ask(server, path, page)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      })
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
    const taken = await ask(server, '/v1/track', {}, { method: 'POST' })
    expect(taken.headers['x-content-type-options']).toBe('nosniff')
  })

  test('A35 over https, as a trusted proxy says it, browsers are told to stay there', async () => {
    const forwarded = { ...page, 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' }
    const secure = async (trustedProxies: readonly string[]) => {
      const { server } = await startBoth({ environment: { trustedProxies } })
      const { headers } = await ask(server, '/sign-in', forwarded)
      return headers['strict-transport-security']
    }
    expect(await secure(['127.0.0.0/8'])).toBe('max-age=31536000')
    expect(await secure([])).toBeUndefined()
  })

  test('A94 an address that does not exist is said so without repeating it', async () => {
    const { server } = await startBoth()
    const path = '/x%3Cscript%3Ealert(1)%3C/script%3E'
    for (const headers of [page, {}]) {
      const { status, text } = await ask(server, path, headers)
      expect(status).toBe(404)
      expect(text).not.toContain('alert')
    }
  })

  test('an address that cannot be read is answered in our own words, as a page or a problem', async () => {
    const { server } = await startBoth()
    for (const [path, status] of [
      ['/%E0%A4%A', 400],
      ['/events/%E0%A4%A', 400],
      [`/events/${'x'.repeat(1001)}`, 414],
    ] as const) {
      const shown = await ask(server, path, page)
      expect([path, shown.status]).toEqual([path, status])
      expect(shown.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'x-frame-options': 'DENY',
      })
      expect(shown.text).toContain('Back to the overview')
      const told = await ask(server, path)
      expect([told.status, told.headers['content-type']]).toEqual([
        status,
        expect.stringContaining('application/problem+json'),
      ])
      expect(told.text).not.toContain(path)
    }
  })
})

describe('the pages', () => {
  test('S40 the list shows each event’s status with its reason, and finds by status, reason and person', async () => {
    const { server } = await startBoth({
      settings: { identity: 'email-only', sendGuestsAtOnce: false },
    })
    await server.identify({ userId: '1', traits: { email: 'jane@example.com' } })
    await server.track('Scarf Sold', { userId: '1' })
    await server.track('Nobody’s Event', { userId: '2' })
    await server.batch([{ type: 'track', userId: '1' }])
    await server.settle()
    const { text } = await ask(server, '/', page)
    for (const shown of [
      'Scarf Sold',
      'jane@example.com',
      'accepted',
      'not sent',
      'Acme',
      'Refused at the door',
      'A track call needs the name',
    ]) {
      expect(text).toContain(shown)
    }
    const rowsOf = async (query: string) => {
      const found = await ask(server, `/?${query}`, page)
      expect(found.status).toBe(200)
      return [...found.text.matchAll(/href="\/events\/[^>]*>([^<]*)</g)].map(([, name]) => name)
    }
    expect(await rowsOf('outcome=dropped')).toEqual(['Nobody’s Event'])
    expect(await rowsOf('reason=no_identifier')).toEqual(['Nobody’s Event'])
    expect(await rowsOf('person=Jane@example.com')).toEqual(['Scarf Sold', 'identify'])
    expect(await rowsOf('outcome=dead')).toEqual([])
    expect(await rowsOf('before=2')).toEqual(['identify'])
    for (const wrong of [
      'outcome=lost',
      'reason=toString',
      'before=-1',
      'limit=1e9',
      'lane=fast',
      'person=a&person=b',
      'person=%00',
    ]) {
      expect([wrong, (await ask(server, `/?${wrong}`, page)).status]).toEqual([wrong, 400])
    }
  })

  test('an event’s page tells its life: received, mapped, sent, answered', async () => {
    const { server } = await startBoth()
    const properties = {
      order_id: '9',
      total: 12,
      email: 'jane@example.com',
      products: [{ product_id: 'p', price: 12, quantity: 1 }],
    }
    await server.track('Order Completed', { userId: '1', messageId: 'm/1?x', properties })
    await server.settle()
    const { status, text } = await ask(server, `/events/${encodeURIComponent('m/1?x')}`, page)
    expect(status).toBe(200)
    for (const shown of [
      'Happened',
      'Received',
      'Mapped',
      'Placed Order',
      'Sent',
      '/api/event',
      '202',
      'order_id',
    ]) {
      expect(text).toContain(shown)
    }
    expect(text).not.toContain('pk_test')
    expect((await ask(server, '/events/unknown', page)).status).toBe(404)
  })

  test('A81 what shoppers and shops write is text, wherever it is shown', async () => {
    const { server } = await startBoth()
    const evil = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    await server.track(evil, {
      userId: evil,
      messageId: evil,
      properties: { [evil]: evil, email: 'jane@example.com' },
    })
    await server.batch([{ type: 'track', userId: evil, note: evil }])
    await server.settle()
    for (const path of [
      '/',
      `/events/${encodeURIComponent(evil)}`,
      `/?person=${encodeURIComponent(evil)}`,
    ]) {
      const { status, text } = await ask(server, path, page)
      expect(status).toBe(200)
      expect(text).not.toMatch(/<img|<script>|onerror=alert\(1\)>/)
    }
  })

  test('Z43 that failed events will be deleted is told by the log and the status before the first is', async () => {
    const { server } = await startBoth()
    const { connection } = server.installation
    await server.changeSettings({ keepFailedMs: 48 * 3_600_000 })
    const told: string[] = []
    const { journal, config } = server.parts
    const log = {
      info: () => {},
      error: () => {},
      warn: (_: object, line: string) => void told.push(line),
    }
    await expireFailed({ journal, config, clock: systemClock, log })
    await expireFailed({ journal, config, clock: systemClock, log })
    expect(told).toEqual(['Failed events will be deleted, from the time named on'])
    const status = JSON.parse((await ask(server, '/api/status')).text) as {
      connections: { id: string; failedDeleted: { afterMs: number; from: string } }[]
    }
    const [shown] = status.connections
    expect(shown).toMatchObject({ id: connection.id, failedDeleted: { afterMs: 48 * 3_600_000 } })
    expect(Date.parse(shown?.failedDeleted.from ?? '') - Date.now()).toBeGreaterThan(23 * 3_600_000)
    const { text } = await ask(server, '/', page)
    expect(text).toMatch(/Failed events are deleted<\/strong>\s+48 hours/u)
  })

  test('a rejected event can be replayed from its page, and a connection paused and resumed', async () => {
    const { server, klaviyo } = await startBoth()
    const own = {
      origin: server.url,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
    }
    const post = (path: string) => ask(server, path, own, { method: 'POST' })
    const id = server.installation.connection.id
    expect((await post(`/connections/${id}/pause`)).headers.location).toBe('/')
    await server.track('Scarf Sold', {
      userId: '1',
      messageId: 'm1',
      properties: { email: 'a@b.co' },
    })
    await server.settle()
    expect((await ask(server, '/', page)).text).toContain('Paused.')
    expect(klaviyo.events('Scarf Sold')).toHaveLength(0)
    await post(`/connections/${id}/resume`)
    await server.settle()
    expect(klaviyo.events('Scarf Sold')).toHaveLength(1)

    const group = {
      type: 'group',
      userId: '1',
      groupId: 'NOLIST',
      messageId: 'm2',
      traits: { subscribe: true, email: 'a@b.co' },
    }
    await server.batch([group])
    await server.settle()
    expect((await ask(server, '/events/m2', page)).text).toContain('Replay')
    klaviyo.account().addList({ name: 'News', id: 'NOLIST', optIn: 'single_opt_in' })
    const replayed = await post(`/events/m2/replay?connection=${id}`)
    expect(replayed.headers.location).toContain('replayed=yes')
    await server.settle()
    expect((await server.story('m2'))?.outcome).toBe('accepted')
  })

  test('style and script are served from here, to be kept', async () => {
    const { server } = await startBoth()
    const { text } = await ask(server, '/', page)
    const paths = [...text.matchAll(/(?:href|src)="(\/(?:style|refresh)\.[^"]+)"/g)].map(
      ([, path]) => path!,
    )
    expect(paths).toHaveLength(2)
    for (const path of paths) {
      const { status, headers } = await ask(server, path)
      expect(status).toBe(200)
      expect(headers['cache-control']).toContain('immutable')
    }
    expect(text).not.toMatch(/ style=| on[a-z]+=/)
  })
})

describe('the control API', () => {
  test('it lists connections and events, and changes settings for what comes next', async () => {
    const { server, klaviyo } = await startBoth()
    const id = server.installation.connection.id
    const post = async (path: string, body: unknown) => {
      const { status, text } = await ask(server, path, json, {
        method: 'POST',
        body: JSON.stringify(body),
      })
      return { status, body: JSON.parse(text) as Record<string, unknown> }
    }
    const get = async (path: string) =>
      JSON.parse((await ask(server, path)).text) as Record<string, unknown>

    await post(`/api/connections/${id}/settings`, { passUnknown: false })
    await server.track('Scarf Sold', {
      userId: '1',
      messageId: 'm1',
      properties: { email: 'a@b.co' },
    })
    await server.settle()
    expect(await get('/api/events?limit=1')).toMatchObject({
      events: [{ messageId: 'm1', outcome: 'dropped', reason: 'no_rule' }],
      next: 1,
    })
    const changed = await post(`/api/connections/${id}/settings`, { passUnknown: true })
    expect(changed.body).toMatchObject({ version: 3, settings: { passUnknown: true } })
    expect(await post('/api/replay', { messageIds: ['m1', 'm2'] })).toEqual({
      status: 200,
      body: { count: 1, unknown: ['m2'], left: [] },
    })
    await server.settle()
    expect(klaviyo.events('Scarf Sold')).toHaveLength(1)
    expect(await get('/api/events/m1')).toMatchObject({
      outcome: 'accepted',
      attempts: [{ status: 202 }],
      event: { event: 'Scarf Sold' },
    })
    expect(await get('/api/status')).toMatchObject({
      connections: [{ id, state: 'connected', totals: { waiting: 0 }, counts: { accepted: 1 } }],
      refused: {},
    })
    await post(`/api/connections/${id}/disconnect`, {})
    expect(await get(`/api/connections/${id}`)).toMatchObject({ state: 'disconnected' })
    expect((await post(`/api/connections/${id}/resume`, {})).status).toBe(409)
    expect((await ask(server, '/api/status')).text).not.toMatch(/pk_test|secret/)
  })

  test('an event’s life says what was changed so that Klaviyo took it', async () => {
    const { server } = await startBoth()
    const phone = '+4915112345678'
    const email = 'ana@example.com'
    await server.identify({ userId: 'u1', messageId: 'a', traits: { email } })
    await server.identify({ userId: 'u2', messageId: 'b', traits: { phone } })
    await server.settle()
    await server.identify({ userId: 'u1', messageId: 'c', traits: { email, phone } })
    await server.settle()
    const sentence = 'Two profiles share these identifiers; the one that Klaviyo named was used.'
    expect((await server.get('/api/events/c')).body).toMatchObject({
      reason: 'accepted_with_note',
      attempts: [{ status: 409 }, { notes: [{ reason: 'profile_conflict', sentence }] }],
    })
    expect((await ask(server, '/events/c', page)).text).toContain(`Note: ${sentence}`)
    for (const other of ['a', 'b'])
      expect((await ask(server, `/events/${other}`, page)).text).not.toContain('Note:')
  })

  test('what is wrong with a request is said in words, as problem+json', async () => {
    const { server } = await startBoth()
    const id = server.installation.connection.id
    const settings = `/api/connections/${id}/settings`
    const wrong: readonly (readonly [string, string, number])[] = [
      ['/api/replay', '{', 400],
      ['/api/replay', '{}', 400],
      ['/api/replay', 'null', 400],
      ['/api/replay', '{"all":true,"reason":"no_rule"}', 400],
      ['/api/replay', '{"all":true,"dryRun":"yes"}', 400],
      ['/api/discard', '{"messageIds":["m1"],"dryRun":true}', 400],
      ['/api/runs/run_9/cancel', '{}', 404],
      ['/api/replay', '{"reason":"constructor"}', 400],
      ['/api/replay', '{"messageIds":[]}', 400],
      ['/api/replay', '{"messageIds":[7]}', 400],
      ['/api/replay', '{"all":true,"connection":"con_x"}', 404],
      [settings, '[]', 400],
      [settings, '{"enabled":"yes"}', 400],
      [settings, '{"preset":"hub"}', 400],
      [settings, '{"__proto__":{"enabled":false}}', 400],
      [settings, '{"requestsPerSecond":0}', 400],
      [settings, '{"rules":[{"name":"a","events":"*","decision":"drop"}]}', 400],
      ['/api/connections/con_x/pause', '{}', 404],
    ]
    for (const [path, body, status] of wrong) {
      const answer = await ask(server, path, json, { method: 'POST', body })
      expect([path, body, answer.status]).toEqual([path, body, status])
      expect(answer.headers['content-type']).toContain('application/problem+json')
      const problem = JSON.parse(answer.text) as { code: string; detail: string }
      expect(problem.code).toMatch(/^[a-z_]+$/)
      expect(problem.detail.length).toBeGreaterThan(15)
    }
  })
})
