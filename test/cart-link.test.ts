import { afterAll, describe, expect, test } from 'vitest'
import { ownerOf } from './admin/client.ts'
import { movableClock } from './admin/clock.ts'
import { type BothOptions, startBoth, type TestServer } from './harness.ts'
import { findPostgres, runOn } from './postgres.ts'

const postgres = await findPostgres()
afterAll(async () => postgres?.stop())

const contents = {
  products: [
    { product_id: 'boot-ridge', variant_id: '43', quantity: 2 },
    { product_id: 'gid://shopify/Product/7', quantity: 1 },
  ],
  coupon: 'SPRING 10%',
}

const dayMs = 86_400_000

/** A store whose shop takes carts at `https://shop.example/cart`. */
async function start(options: BothOptions = {}) {
  const clock = movableClock()
  const { server } = await startBoth({ ...options, clock })
  const { workspaceId, store } = server.installation.connection
  await server.parts.config.changeStore(workspaceId, store.id, { cartUrl })
  return { server, clock }
}

const cartUrl = 'https://shop.example/cart?rebuild={token}#now'

async function keep(server: TestServer, body: object = contents): Promise<URL> {
  const answer = await server.post('/v1/cart', body)
  expect(answer).toMatchObject({ status: 201 })
  return new URL((answer.body as { url: string }).url)
}

/** As a browser does that has never been here. */
async function open(server: TestServer, { pathname }: Pick<URL, 'pathname'>) {
  const response = await fetch(new URL(pathname, server.url), {
    redirect: 'manual',
    headers: { accept: 'text/html' },
  })
  const location = response.headers.get('location')
  return { status: response.status, location, text: await response.text() }
}

function tokenIn(location: string | null): string {
  return new URL(location ?? '').searchParams.get('rebuild') ?? ''
}

function exchange(server: TestServer, token: string): Promise<Response> {
  return fetch(new URL(`/v1/cart/${token}`, server.url), { method: 'POST' })
}

for (const engine of ['SQLite', 'PostgreSQL']) {
  const isServer = engine === 'PostgreSQL'
  const place = async () =>
    isServer ? { environment: { databaseUrl: await postgres!.newDatabase() } } : {}

  describe.skipIf(isServer && postgres === undefined)(`a cart’s link, on ${engine}`, () => {
    test('M8 it leads any browser to the shop, however often it is opened, and gives the cart out once', async () => {
      const { server } = await start(await place())
      const link = await keep(server)
      expect(link.pathname).toMatch(/^\/cart\/[\w-]{43}$/u)
      const opened = await open(server, link)
      expect(opened).toMatchObject({ status: 303 })
      expect(opened.location).toMatch(/^https:\/\/shop\.example\/cart\?rebuild=[\w-]{43}#now$/u)
      // A mail's scanner came before, or comes after.
      expect(await open(server, link)).toEqual(opened)

      const token = tokenIn(opened.location)
      expect(link.pathname).not.toContain(token)
      const answers = await Promise.all([1, 2, 3].map(() => exchange(server, token)))
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 410, 410])
      expect(await answers.find(({ ok }) => ok)?.json()).toEqual(contents)

      const again = await open(server, link)
      expect(again).toMatchObject({ status: 410, location: null })
      expect(again.text).toContain('href="https://shop.example"')
      expect(again.text).not.toContain('boot-ridge')
    })

    test('M8 it is over after 30 days, and forgotten a while later', async () => {
      const { server, clock } = await start(await place())
      const link = await keep(server)
      const token = tokenIn((await open(server, link)).location)
      clock.forward(30 * dayMs - 60_000)
      expect(await open(server, link)).toMatchObject({ status: 303 })
      clock.forward(60_001)
      expect(await open(server, link)).toMatchObject({ status: 410 })
      expect((await exchange(server, token)).status).toBe(410)
      await server.parts.access.tidy(clock.now() + 1)
      expect(await open(server, link)).toMatchObject({ status: 404 })
    })
  })
}

describe('a cart’s link', () => {
  test('M8 a code that is guessed, cut off or turned into the token leads nowhere', async () => {
    const { server } = await start()
    const link = await keep(server)
    const token = tokenIn((await open(server, link)).location)
    const code = link.pathname.slice('/cart/'.length)
    for (const other of [token, code.slice(0, -1), `${code}x`, '', 'x'.repeat(43), '..%2Fcart']) {
      const opened = await open(server, { pathname: `/cart/${other}` })
      expect([other, opened.status, opened.location]).toEqual([other, 404, null])
    }
    // The link's code is no token either.
    expect((await exchange(server, code)).status).toBe(410)
    expect((await exchange(server, token)).status).toBe(200)
    const seen = await Promise.all(Array.from({ length: 50 }, () => keep(server)))
    expect(new Set(seen.map(({ pathname }) => pathname)).size).toBe(50)
  })

  test.skipIf(postgres === undefined)(
    'M8 the database holds neither code nor token, and no contents once they were given out',
    async () => {
      const databaseUrl = await postgres!.newDatabase()
      const { server } = await start({ environment: { databaseUrl } })
      const link = await keep(server)
      const token = tokenIn((await open(server, link)).location)
      const rows = () => runOn(databaseUrl, 'select * from cart')
      const kept = JSON.stringify(await rows())
      expect(kept).toContain('boot-ridge')
      expect(kept).not.toContain(link.pathname.slice('/cart/'.length))
      expect(kept).not.toContain(token)
      await exchange(server, token)
      expect(await rows()).toMatchObject([{ contents: null }])
    },
  )

  test('M8 nothing personal is taken into it, and no more than a cart holds', async () => {
    const { server } = await start()
    const [line] = contents.products
    const wrong: readonly object[] = [
      { ...contents, email: 'ada@example.com' },
      { ...contents, coupon: 'ada@example.com' },
      { products: [{ ...line, product_id: 'ada@example.com' }] },
      { products: [{ ...line, name: 'Ada' }] },
      { products: [{ ...line, quantity: 0 }] },
      { products: [{ ...line, quantity: '2' }] },
      { products: [{ ...line, product_id: 'x'.repeat(129) }] },
      { products: [{ ...line, product_id: 'a\0b' }] },
      { products: [] },
      { products: Array.from({ length: 101 }, () => line) },
      [],
    ]
    for (const body of wrong) {
      const answer = await server.post('/v1/cart', body)
      expect([body, answer.status]).toEqual([body, 400])
      expect(JSON.stringify(answer.body)).not.toContain('ada@example.com')
    }
    const large = await server.post('/v1/cart', { ...contents, more: 'x'.repeat(70_000) })
    expect(large.status).toBe(413)
    const most = { product_id: 'ü'.repeat(128), variant_id: 'ü'.repeat(128), quantity: 9999 }
    await keep(server, { products: Array.from({ length: 100 }, () => most) })
  })

  test('M8 it leads to the store’s own address only, whoever makes it', async () => {
    const { server } = await startBoth()
    const { connection } = server.installation
    const none = await server.post('/v1/cart', contents)
    expect(none).toMatchObject({ status: 409, body: { code: 'no_cart_url' } })
    const { workspaceId, store, id } = connection
    await server.parts.config.changeStore(workspaceId, store.id, { domain: 'www.Shop.example' })
    await server.parts.reload()
    const set = (url: unknown) => server.post(`/api/connections/${id}/cart-url`, { url })
    for (const url of [
      'https://evil.example/cart?rebuild={token}',
      'https://shop.example.evil.example/?r={token}',
      'https://evilshop.example/?r={token}',
      'https://{token}.shop.example/',
      'https://shop.example{token}/',
      'https://shop.example@evil.example/{token}',
      'https://ada:secret@shop.example/{token}',
      'http://shop.example/{token}',
      'javascript:alert(1)//x/{token}',
      'https://shop.example/cart',
      'https://shop.example/{token}/{token}',
      '/cart/{token}',
      7,
    ]) {
      const answer = await set(url)
      expect([url, answer.status, answer.body]).toMatchObject([
        url,
        400,
        { code: 'invalid_cart_url' },
      ])
    }
    expect(await set('https://de.shop.example/cart/{token}')).toMatchObject({ status: 200 })
    const link = await keep(server)
    link.search = '?to=https://evil.example'
    const opened = await open(server, link)
    expect(opened.location).toMatch(/^https:\/\/de\.shop\.example\/cart\/[\w-]{43}$/u)
  })

  test('M8 the admin API sets that address too, and holds it to the store’s domain', async () => {
    const { server } = await startBoth()
    const owner = await ownerOf(server.parts)
    const { workspaceId, store } = server.installation.connection
    const path = `/workspaces/${workspaceId}/stores`
    const change = (body: object) => owner.ask('PATCH', `${path}/${store.id}`, body)
    const url = 'https://shop.example/cart/{token}'
    expect(await change({ domain: 'other.example', cartUrl: url })).toMatchObject({ status: 400 })
    expect(await change({ domain: 'shop.example', cartUrl: url })).toMatchObject({ status: 200 })
    expect(await change({ domain: 'other.example' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_cart_url' },
    })
    expect((await owner.ask('GET', path)).body.data).toMatchObject([{ cartUrl: url }])
    const made = { name: 'Other', domain: 'other.example', cartUrl: url }
    expect(await owner.ask('POST', path, made)).toMatchObject({ status: 400 })
    const opened = await open(server, await keep(server))
    expect(opened.location).toMatch(/^https:\/\/shop\.example\/cart\/[\w-]{43}$/u)
  })

  test('M8 a page keeps carts under its browser key, and gets them from any origin', async () => {
    const { server } = await start()
    const page = { origin: 'https://shop.example', 'content-type': 'application/json' }
    const preflight = await fetch(new URL('/v1/cart', server.url), {
      method: 'OPTIONS',
      headers: { origin: page.origin, 'access-control-request-headers': 'content-type' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe(page.origin)
    const ask = (key: string) =>
      fetch(new URL(`/v1/cart?writeKey=${key}`, server.url), {
        method: 'POST',
        headers: page,
        body: JSON.stringify(contents),
      })
    const kept = await ask(server.browserKey)
    expect(kept.headers.get('access-control-allow-origin')).toBe(page.origin)
    const { url } = (await kept.json()) as { url: string }
    const token = tokenIn((await open(server, new URL(url))).location)
    const given = await fetch(new URL(`/v1/cart/${token}`, server.url), {
      method: 'POST',
      headers: { origin: 'https://elsewhere.example' },
    })
    expect(given.headers.get('access-control-allow-origin')).toBe('https://elsewhere.example')
    expect(await given.json()).toEqual(contents)
    const stranger = await ask('pub_nobody')
    expect(stranger.status).toBe(401)
    expect(await stranger.json()).toMatchObject({ code: 'wrong_key' })
  })

  test('M8 neither making nor opening links goes on for ever', async () => {
    const { server } = await start()
    const link = await keep(server)
    const statuses = new Set<number>()
    let last: Response | undefined
    for (let asked = 0; asked < 130; asked += 1) {
      last = await fetch(new URL(link.pathname, server.url), { redirect: 'manual' })
      statuses.add(last.status)
    }
    expect([...statuses]).toEqual([303, 429])
    expect(last?.headers.get('retry-after')).toBe('1')
    const made = []
    for (let asked = 0; asked < 65; asked += 1) {
      const answer = await server.post(`/v1/cart?writeKey=${server.browserKey}`, contents, {
        authorization: '',
      })
      made.push(answer.status)
    }
    expect(new Set(made)).toEqual(new Set([201, 429]))
    // The shop's own server goes on.
    await keep(server)
  })
})
