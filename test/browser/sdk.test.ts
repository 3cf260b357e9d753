import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { TestServer } from '../harness.ts'
import { startBoth } from '../harness.ts'
import { hasBrowser, openBrowser } from './browser.ts'
import { call, openShop } from './shop-page.ts'

/** Klaviyo's own script has a test of its own. */
const alone = { settings: { klaviyoScript: false } }

/** Waits until events of these names, and no others, have come in this order and are settled. */
async function arrival(server: TestServer, names: readonly string[]): Promise<void> {
  await vi.waitFor(
    async () => {
      expect((await server.events()).map(({ name }) => name).toReversed()).toEqual(names)
      await server.settle()
      expect((await server.standing()).waiting).toBe(0)
    },
    { timeout: 15_000 },
  )
}

describe.runIf(hasBrowser)('the browser SDK', () => {
  const browser = openBrowser()

  test('W7, W8, W3 what a guest did is the buyer’s after the login: each event once, in order', async () => {
    const { server, klaviyo } = await startBoth(alone)
    const shop = await openShop(server)
    const { page, errors } = await browser.visit()
    await page.goto(`${shop}/?utm_source=letter&utm_medium=email&utm_campaign=spring&gclid=g1`)
    await call(page, 'viewedProduct', { product_id: 'p1', name: 'Boot', price: 149 })
    await page.goto(`${shop}/boot`)
    await call(page, 'addedToCart', { product_id: 'p1', name: 'Boot', price: 149, quantity: 1 })
    await page.goto(`${shop}/login`)
    await call(page, 'loggedIn', 'u-1', { email: 'ada@example.com' })
    await call(page, 'startedCheckout', { order_id: 'c-1', value: 149, currency: 'EUR' })
    await arrival(server, [
      'page',
      'Viewed Product',
      'Added to Cart',
      'identify',
      'Logged In',
      'Started Checkout',
    ])

    const events = klaviyo.events()
    expect(events.map(({ metric }) => metric)).toEqual([
      'Active on Site',
      'Viewed Product',
      'Added to Cart',
      'Logged In',
      'Started Checkout',
    ])
    for (const { profile } of events) expect(profile).toMatchObject({ email: 'ada@example.com' })
    expect(klaviyo.events('Added to Cart')[0]?.properties).toMatchObject({
      AddedItemProductName: 'Boot',
      session_count: 1,
      is_new_visitor: true,
      utm_source: 'letter',
      utm_campaign: 'spring',
      landing_page: `${shop}/?utm_source=letter&utm_medium=email&utm_campaign=spring&gclid=g1`,
    })
    expect(errors).toEqual([])
  })

  test('W17, W31, R21, C13 Klaviyo’s own script is loaded with the public key, told of the login, and the only one to tell Active on Site', async () => {
    const { server, klaviyo } = await startBoth()
    const shop = await openShop(server)
    const { page, errors } = await browser.visit()
    await page.goto(shop)
    await call(page, 'loggedIn', 'u-1', { email: 'ada@example.com' })
    await arrival(server, ['identify', 'Logged In', 'klaviyo.identify'])
    await page.goto(`${shop}/next`)
    await vi.waitFor(() => expect(klaviyo.events('Active on Site')).toHaveLength(1), 10_000)

    const events = await server.events()
    const [report, , login] = events
    expect(report).toMatchObject({
      reason: 'browser_report',
      messageId: `${login?.messageId}.klaviyo`,
    })
    const told = await (await fetch(`${server.url}/events/${login?.messageId}`)).text()
    expect(told).toMatch(/klaviyo\.identify\(\)<\/code>\s+was called at this login: <strong>ok/)
    expect(errors).toEqual([])
  })

  test('W31 a login is reported as blocked where the browser does not load Klaviyo’s script', async () => {
    const { server } = await startBoth()
    const shop = await openShop(server)
    const { page, context } = await browser.visit()
    await context.route('**/onsite/js/**', (route) => route.abort())
    await page.goto(shop)
    await call(page, 'identify', { email: 'ada@example.com' })
    await arrival(server, ['identify', 'klaviyo.identify'])
    const [, login] = await server.events()
    const told = await (await fetch(`${server.url}/events/${login?.messageId}`)).text()
    expect(told).toContain('<strong>blocked</strong>')
  })

  test('Z8 Active on Site is told once a session for a known visitor, whatever pages he opens', async () => {
    const { server, klaviyo } = await startBoth(alone)
    const shop = await openShop(server)
    const { page } = await browser.visit()
    await page.goto(shop)
    await call(page, 'identify', { email: 'ada@example.com' })
    await arrival(server, ['page', 'identify'])
    for (const path of ['/a', '/b', '/c']) await page.goto(shop + path)
    // The second is for the now known visitor; at Klaviyo both are one, of one session.
    await arrival(server, ['page', 'identify', 'page'])
    expect(klaviyo.events('Active on Site')).toHaveLength(1)
    await page.clock.install({ time: Date.now() + 3_600_000 })
    await page.goto(shop)
    await vi.waitFor(async () => expect(await server.events()).toHaveLength(4), 10_000)
    await server.settle()
    await vi.waitFor(() => expect(klaviyo.events('Active on Site')).toHaveLength(2), 10_000)
  })

  test('S19, S20, S23-S29 every event says where the visit came from; a later session counts on', async () => {
    const { server, klaviyo } = await startBoth({
      settings: { klaviyoScript: false, attribution: true },
    })
    const shop = await openShop(server)
    const { page, context } = await browser.visit()
    await context.addCookies([{ name: '_fbp', value: 'fb.1.2.3', url: shop }])
    const landing = `${shop}/?utm_source=a&utm_medium=b&utm_campaign=c&utm_term=d&utm_content=e&gclid=g&_kx=k`
    await page.goto(landing, { referer: 'https://news.example/' })
    await call(page, 'identify', { email: 'ada@example.com' })
    await arrival(server, ['page', 'identify'])
    await page.clock.install({ time: Date.now() + 3_600_000 })
    await page.goto(`${shop}/later`)
    await call(page, 'viewedProduct', { product_id: 'p1' })
    await arrival(server, ['page', 'identify', 'page', 'Viewed Product'])

    expect(klaviyo.events('Active on Site')[0]?.properties).toMatchObject({
      session_count: 1,
      is_new_visitor: true,
      utm_source: 'a',
      utm_medium: 'b',
      utm_campaign: 'c',
      referrer: 'https://news.example/',
      landing_page: landing,
    })
    expect(klaviyo.events('Viewed Product')[0]?.properties).toMatchObject({
      session_count: 2,
      is_new_visitor: false,
      landing_page: `${shop}/later`,
    })
    expect(klaviyo.profile('ada@example.com')?.properties).toMatchObject({
      utm_source: 'a',
      utm_content: 'e',
      initial_utm_source: 'a',
      _fbp: 'fb.1.2.3',
      gclid: 'g',
      session_count: 2,
    })
    const [, first] = (await server.events()).toReversed()
    const story = await server.story(first!.messageId)
    expect(JSON.parse(story!.body)).toMatchObject({ context: { _kx: 'k' } })
  })

  test('M24 what happens without a connection is told when it is back, once and in order', async () => {
    const { server, klaviyo } = await startBoth(alone)
    const shop = await openShop(server)
    const { page, context, errors } = await browser.visit()
    await page.goto(shop)
    await call(page, 'identify', { email: 'ada@example.com' })
    await arrival(server, ['page', 'identify'])
    await context.setOffline(true)
    for (const name of ['One', 'Two', 'Three']) await call(page, 'track', name)
    await page.waitForTimeout(300)
    await context.setOffline(false)
    await arrival(server, ['page', 'identify', 'One', 'Two', 'Three'])
    expect(klaviyo.events().map(({ metric }) => metric)).toEqual([
      'Active on Site',
      'One',
      'Two',
      'Three',
    ])
    expect(errors).toEqual([])
  })

  test('M24 two tabs of a shopper are one visitor, and neither loses or doubles what the other did', async () => {
    const { server, klaviyo } = await startBoth(alone)
    const shop = await openShop(server)
    const { page, context } = await browser.visit()
    const other = await context.newPage()
    await Promise.all([page.goto(shop), other.goto(`${shop}/other`)])
    await call(page, 'identify', { email: 'ada@example.com' })
    const names = Array.from({ length: 20 }, (_, number) => `Step ${number}`)
    await Promise.all(names.map((name, n) => call(n % 2 === 0 ? page : other, 'track', name)))
    await vi.waitFor(async () => {
      await server.settle()
      const told = klaviyo.events().map(({ metric }) => metric)
      expect(told.filter((metric) => metric !== 'Active on Site').toSorted()).toEqual(
        names.toSorted(),
      )
    }, 15_000)
    const steps = (await server.events()).filter(({ name }) => name.startsWith('Step'))
    expect(new Set(steps.map(({ person }) => person))).toEqual(new Set(['email:ada@example.com']))
    expect(new Set(steps.map(({ anonymousId }) => anonymousId)).size).toBe(1)
    expect(
      await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('tp.q.'))),
    ).toEqual([])
  })

  test('M24 a page that is closed in the middle of it loses nothing', async () => {
    const { server } = await startBoth(alone)
    const shop = await openShop(server)
    const { page, context } = await browser.visit()
    await page.goto(shop)
    await arrival(server, ['page'])
    // Called and closed in the same breath: nothing of it has left yet.
    await page.evaluate(() => {
      const { tillpost } = window as unknown as { tillpost: { track(name: string): void } }
      for (const name of ['One', 'Two', 'Three']) tillpost.track(name)
    })
    await page.close({ runBeforeUnload: true })
    const next = await context.newPage()
    await next.goto(`${shop}/next`)
    await arrival(server, ['page', 'One', 'Two', 'Three'])
    // What was answered is forgotten, once the answer is there.
    await expect
      .poll(
        () =>
          next.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('tp.q.'))),
        { timeout: 20_000 },
      )
      .toEqual([])
  })

  test('M23 the shop works while Tillpost is away, a call costs under a millisecond, and nothing of an hour is lost', async () => {
    const { server } = await startBoth(alone)
    const shop = await openShop(server)
    const { page, context, errors } = await browser.visit()
    await page.goto(shop)
    await arrival(server, ['page'])
    let asked = 0
    const away = /\/v1\/batch$/
    await context.route(away, (route) => {
      asked += 1
      return route.fulfill({ status: 503, headers: { 'retry-after': '3' } })
    })
    await page.clock.install()
    // An hour of browsing: a page a minute, five events each.
    for (let minute = 0; minute < 60; minute += 1) {
      if (minute % 10 === 0) await page.goto(`${shop}/${minute}`)
      await page.evaluate((at) => {
        const { tillpost } = window as unknown as { tillpost: { track(name: string): void } }
        for (let n = 0; n < 5; n += 1) tillpost.track(`Step ${at * 5 + n}`)
      }, minute)
      await page.clock.fastForward(60_000)
    }
    expect(asked).toBeGreaterThan(0)
    const tookMs = await page.evaluate(() => {
      const { tillpost } = window as unknown as {
        tillpost: { track(name: string, properties: object): void }
      }
      const took: number[] = []
      for (let n = 0; n < 200; n += 1) {
        const before = performance.now()
        tillpost.track('Timed', { product_id: 'p1', name: 'Boot', price: 149 })
        took.push(performance.now() - before)
      }
      return took.toSorted((a, b) => a - b)[100]!
    })
    expect(tookMs).toBeLessThan(1)
    await context.unroute(away)
    await page.goto(`${shop}/back`)
    const steps = Array.from({ length: 300 }, (_, number) => `Step ${number}`)
    await vi.waitFor(async () => {
      const told = (await server.events()).map(({ name }) => name).toReversed()
      expect(told.filter((name) => name.startsWith('Step'))).toEqual(steps)
      expect(told.filter((name) => name === 'Timed')).toHaveLength(200)
    }, 20_000)
    expect(errors).toEqual([])
  }, 120_000)

  test('M23 a browser without storage, or with a full one, changes nothing for the shop', async () => {
    const { server } = await startBoth(alone)
    const shop = await openShop(server)
    const { page, context, errors } = await browser.visit()
    await context.addInitScript(() => {
      const isDenied = location.search.includes('denied')
      if (isDenied) {
        Object.defineProperty(window, 'localStorage', {
          get() {
            throw new DOMException('The operation is insecure.', 'SecurityError')
          },
        })
      } else {
        const size = 5_000_000
        for (let left = size; left >= 1; left = Math.floor(left / 2)) {
          try {
            localStorage.setItem(`filler${left}`, 'x'.repeat(left))
          } catch {
            // Full for such a piece.
          }
        }
      }
    })
    for (const kind of ['denied', 'full']) {
      await page.goto(`${shop}/?${kind}`)
      await call(page, 'track', kind)
      await vi.waitFor(async () => expect((await server.events())[0]?.name).toBe(kind), 10_000)
    }
    expect(errors).toEqual([])
  })

  test('M23 whatever the shop hands to a call, the page goes on', async () => {
    const { server } = await startBoth(alone)
    const shop = await openShop(server)
    const { page, errors } = await browser.visit()
    await page.goto(shop)
    await page.evaluate(() => {
      const { tillpost } = window as unknown as {
        tillpost: Record<string, (...given: unknown[]) => void>
      }
      const circle: { self?: unknown } = {}
      circle.self = circle
      const throwing = {
        get email(): string {
          throw new Error('No')
        },
      }
      for (const method of Object.values(tillpost)) {
        for (const given of [
          undefined,
          null,
          0,
          10n,
          '',
          circle,
          throwing,
          Symbol('s'),
          () => {},
        ]) {
          method(given, given, given)
        }
      }
      tillpost['consent']!({ analytics: true, marketing: true })
      tillpost['track']!('Still here')
    })
    await vi.waitFor(
      async () => expect((await server.events())[0]?.name).toBe('Still here'),
      10_000,
    )
    expect(errors).toEqual([])
  })

  test('a page with a strict Content-Security-Policy takes it as docs/sdk.md says', async () => {
    const { server } = await startBoth(alone)
    const policy = `default-src 'none'; script-src ${server.url} 'nonce-n1'; connect-src ${server.url}; img-src data:`
    const shop = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.setHeader('content-security-policy', policy)
      response.end(`<!doctype html><title>Shop</title><link rel="icon" href="data:," />
        <script nonce="n1">
          window.tillpost ||= new Proxy([], { get: (q, m) => (m in q ? q[m] : (...a) => q.push([m, ...a])) })
          tillpost.viewedProduct({ product_id: 'p1' })
        </script>
        <script async src="${server.url}/sdk/${server.browserKey}.js"></script>`)
    })
    await new Promise<void>((resolve) => {
      shop.listen(0, '127.0.0.1', resolve)
    })
    onTestFinished(() => {
      shop.closeAllConnections()
      shop.close()
    })
    const { page, errors } = await browser.visit()
    const complaints: string[] = []
    page.on('console', (line) => {
      if (line.type() === 'error') complaints.push(line.text())
    })
    await page.goto(`http://localhost:${(shop.address() as AddressInfo).port}`)
    await arrival(server, ['page', 'Viewed Product'])
    expect([...errors, ...complaints]).toEqual([])
  })

  test('a browser that two customers use tells two visitors', async () => {
    const { server } = await startBoth(alone)
    const shop = await openShop(server)
    const { page } = await browser.visit()
    await page.goto(shop)
    await call(page, 'identify', 'u-1', { email: 'ada@example.com' })
    await call(page, 'identify', 'u-2', { email: 'ben@example.com' })
    await call(page, 'track', 'One')
    await call(page, 'reset')
    await call(page, 'track', 'Two')
    await arrival(server, ['page', 'identify', 'identify', 'One', 'Two'])
    const people = (await server.events()).map(({ person }) => person).toReversed()
    expect(people.slice(1)).toEqual([
      'email:ada@example.com',
      'email:ben@example.com',
      'email:ben@example.com',
      undefined,
    ])
  })
})
