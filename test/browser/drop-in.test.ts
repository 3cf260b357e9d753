import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { startBoth, type TestServer } from '../harness.ts'
import { hasBrowser, openBrowser } from './browser.ts'
import { openShop } from './shop-page.ts'

// The SDKs as they are published: each is told our address and the browser key, nothing else of us.

interface Sdk {
  identify(userId: string, traits: object): unknown
  track(event: string, properties: object): unknown
  page(name: string): unknown
  group(groupId: string, traits: object): unknown
  alias(to: string): unknown
  load(...given: readonly unknown[]): unknown
}

interface Globals {
  readonly AnalyticsNext: { readonly AnalyticsBrowser: { load(settings: object): Sdk } }
  readonly rudderanalytics: { readonly RudderAnalytics: new () => Sdk }
  sdk: Sdk
}

const order = {
  order_id: '1042',
  total: 27.5,
  currency: 'EUR',
  products: [{ product_id: 'p1', sku: 'S1', name: 'Scarf', price: 27.5, quantity: 1 }],
}

const packages = fileURLToPath(new URL('../../node_modules', import.meta.url))

const shopping = ({ url, browserKey }: TestServer) => [{ url, browserKey }, order] as const

/** Waits until events of these types, and no others, have come and are settled. */
async function arrival(server: TestServer, types: readonly string[]): Promise<void> {
  await vi.waitFor(
    async () => {
      expect((await server.events()).map(({ type }) => type).toSorted()).toEqual(types)
      await server.settle()
      expect((await server.standing()).waiting).toBe(0)
    },
    { timeout: 15_000 },
  )
}

describe.runIf(hasBrowser)('SDKs of others, unchanged in a real browser', () => {
  const browser = openBrowser()

  const sdks = [
    {
      name: '@segment/analytics-next',
      script: join(packages, '@segment/analytics-next/dist/umd/index.js'),
      start: ([{ url, browserKey }]: ReturnType<typeof shopping>) => {
        const globals = window as unknown as Globals
        globals.sdk = globals.AnalyticsNext.AnalyticsBrowser.load({
          writeKey: browserKey,
          cdnURL: url,
        })
      },
    },
    {
      name: '@rudderstack/analytics-js',
      script: join(packages, '@rudderstack/analytics-js/dist/npm/modern/bundled/umd/index.js'),
      start: ([{ url, browserKey }]: ReturnType<typeof shopping>) => {
        const globals = window as unknown as Globals
        globals.sdk = new globals.rudderanalytics.RudderAnalytics()
        globals.sdk.load(browserKey, url, { configUrl: url })
      },
    },
  ]

  test.each(sdks)(
    '$name sends everything, and it is on the buyer’s profile (W3, R1, R13, R15, R24, M31)',
    async ({ script, start }) => {
      const { server, klaviyo } = await startBoth({ preset: 'stream' })
      const shop = await openShop(server, { script })
      const { page, errors } = await browser.visit()
      await page.goto(shop)
      await page.evaluate(start, shopping(server))
      // They send side by side: what has to come first is waited for.
      await page.evaluate(() => {
        const { sdk } = window as unknown as Globals
        sdk.track('Product Viewed', { product_id: 'p1' })
      })
      await arrival(server, ['track'])
      await page.evaluate(() => {
        const { sdk } = window as unknown as Globals
        sdk.identify('u-1', { email: 'jane@example.com', firstName: 'Jane' })
      })
      await arrival(server, ['identify', 'track'])
      await page.evaluate(([, bought]) => {
        const { sdk } = window as unknown as Globals
        sdk.track('Product Added', { product_id: 'p1', name: 'Scarf' })
        sdk.track('Order Completed', bought)
        sdk.page('Home')
        sdk.group('g-1', { name: 'Acme' })
        sdk.alias('u-1')
      }, shopping(server))
      await arrival(server, ['alias', 'group', 'identify', 'page', 'track', 'track', 'track'])
      const person = { email: 'jane@example.com', external_id: 'u-1' }
      expect(klaviyo.events('Placed Order')).toMatchObject([{ value: 27.5, profile: person }])
      expect(klaviyo.events('Added to Cart')).toMatchObject([{ profile: person }])
      // R15: what was done before the identify is nobody's in this preset.
      expect(klaviyo.events('Viewed Product')).toEqual([])
      expect(klaviyo.profile('jane@example.com')).toMatchObject({ first_name: 'Jane' })
      expect(errors).toEqual([])
    },
  )

  test.each(sdks)(
    '$name tells behaviour alone under a key for that: its order is kept, not sent (C14, A99)',
    async ({ script, start }) => {
      const { server, klaviyo } = await startBoth({ settings: { klaviyoScript: false } })
      const shop = await openShop(server, { script })
      const { page } = await browser.visit()
      await page.goto(shop)
      await page.evaluate(start, shopping(server))
      await page.evaluate(([, bought]) => {
        const { sdk } = window as unknown as Globals
        sdk.track('Product Viewed', { product_id: 'p1' })
        sdk.identify('u-1', { email: 'jane@example.com', firstName: 'Mallory' })
        sdk.track('Order Completed', bought)
      }, shopping(server))
      await arrival(server, ['identify', 'track', 'track'])
      expect(klaviyo.events().map(({ metric }) => metric)).toEqual(['Viewed Product'])
      const profile = klaviyo.profile('jane@example.com')
      expect(profile).toMatchObject({ email: 'jane@example.com' })
      expect(profile?.first_name ?? null).toBeNull()
      expect(await server.events()).toContainEqual(
        expect.objectContaining({ name: 'Order Completed', reason: 'browser_unsigned' }),
      )
    },
  )
})
