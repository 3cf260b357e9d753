import { describe, expect, test, vi } from 'vitest'
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
})
