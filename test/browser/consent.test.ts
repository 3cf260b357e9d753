import type { Page, Request } from 'playwright-core'
import { describe, expect, test, vi } from 'vitest'
import { type BothOptions, startBoth, type TestServer } from '../harness.ts'
import { hasBrowser, openBrowser } from './browser.ts'
import { call, openShop } from './shop-page.ts'

const optIn: BothOptions = { settings: { trackingConsent: 'opt-in' } }
const optOut: BothOptions = { settings: { trackingConsent: 'opt-out', klaviyoScript: false } }

describe.runIf(hasBrowser)('consent in the browser (M14)', () => {
  const browser = openBrowser()

  /** A shop's page, and all that leaves it but for the page and the SDK itself. */
  async function visit(options: BothOptions, head?: string) {
    const both = await startBoth(options)
    const shop = await openShop(both.server, head === undefined ? {} : { head })
    const visitor = await browser.visit()
    const left: string[] = []
    visitor.page.on('request', (request: Request) => {
      const { pathname, origin } = new URL(request.url())
      if (origin !== shop && !pathname.startsWith('/sdk/'))
        left.push(`${request.method()} ${pathname}`)
    })
    await visitor.page.goto(shop)
    return { ...both, ...visitor, shop, left }
  }

  test('M14 nothing is stored or sent before the shopper allows it, and nothing after a refusal', async () => {
    const { server, page, left, shop, errors } = await visit(optIn)
    await call(page, 'viewedProduct', { product_id: 'p1' })
    await call(page, 'identify', { email: 'ada@example.com' })
    await page.goto(`${shop}/next`)
    await call(page, 'track', 'Item Purchased')
    expect(await kept(page)).toEqual([])
    await call(page, 'consent', { analytics: false, marketing: false })
    await call(page, 'track', 'Item Purchased')
    await page.waitForTimeout(300)
    expect(await kept(page)).toEqual([])
    expect(left).toEqual([])
    expect(await server.events()).toEqual([])
    expect(errors).toEqual([])
  })

  test('M14 what the page did before is sent on consent; the next page needs no new one; taking it back deletes all', async () => {
    const { server, page, shop } = await visit({
      settings: { ...optIn.settings, klaviyoScript: false },
    })
    await call(page, 'viewedProduct', { product_id: 'p1' })
    await call(page, 'consent', { analytics: true, marketing: false })
    await names(server, ['page', 'Viewed Product'])
    await page.goto(`${shop}/next`)
    await call(page, 'track', 'Later')
    await names(server, ['page', 'Viewed Product', 'Later'])
    const story = await server.story((await server.events())[0]!.messageId)
    expect(JSON.parse(story!.body)).toMatchObject({
      context: { consent: { source: 'shop', analytics: true, marketing: false } },
    })
    await call(page, 'consent', { analytics: false, marketing: false })
    expect(await kept(page)).toEqual([])
    await call(page, 'track', 'Not any more')
    await page.waitForTimeout(300)
    await names(server, ['page', 'Viewed Product', 'Later'])
  })

  test('M14 Google’s Consent Mode decides where the shop says nothing itself', async () => {
    const { server, page, left } = await visit(
      optOut,
      `<script>
        window.dataLayer = window.dataLayer || []
        function gtag() { dataLayer.push(arguments) }
        gtag('consent', 'default', { analytics_storage: 'denied', ad_storage: 'denied' })
      </script>`,
    )
    await call(page, 'track', 'Before')
    await page.waitForTimeout(300)
    expect([await kept(page), left]).toEqual([[], []])
    await page.evaluate(() => {
      const { gtag } = window as unknown as { gtag: (...given: unknown[]) => void }
      gtag('consent', 'update', { analytics_storage: 'granted' })
    })
    await names(server, ['page', 'Before'])
    await page.evaluate(() => {
      const { gtag } = window as unknown as { gtag: (...given: unknown[]) => void }
      gtag('consent', 'update', { analytics_storage: 'denied' })
    })
    expect(await kept(page)).toEqual([])
  })

  test('M14 Google’s Consent Mode: an update says what is new, and the rest stays refused', async () => {
    const { server, page } = await visit(
      optOut,
      `<script>
        window.dataLayer = window.dataLayer || []
        function gtag() { dataLayer.push(arguments) }
        gtag('consent', 'default', { analytics_storage: 'denied', ad_storage: 'denied', ad_user_data: 'denied' })
        gtag('consent', 'update', { analytics_storage: 'granted' })
      </script>`,
    )
    await call(page, 'track', 'Measured')
    await names(server, ['page', 'Measured'])
    expect(await consentOf(server)).toMatchObject({ analytics: true, marketing: false })
  })

  test.each([
    ['opted out of sale', { usnat: [{ Version: 1, SaleOptOutNotice: 1, SaleOptOut: 1 }] }, false],
    [
      'opted out of advertising',
      { usca: [{ SaleOptOut: 2, SharingOptOut: 2 }], usco: [{ TargetedAdvertisingOptOut: 1 }] },
      false,
    ],
    [
      'kept to it',
      { usnat: [{ Version: 1, SaleOptOutNotice: 1, SaleOptOut: 2, SharingOptOut: 0 }] },
      true,
    ],
  ])('M14 IAB’s GPP: a shopper who %s', async (_what, parsedSections, marketing) => {
    const { server, page, errors } = await visit(
      { settings: { klaviyoScript: false } },
      `<script>
        window.__gpp = (command, callback) => callback(
          { eventName: 'listenerRegistered', data: true, pingData: { signalStatus: 'ready', parsedSections: ${JSON.stringify(parsedSections)} } }, true)
      </script>`,
    )
    await call(page, 'consent', { analytics: true, marketing: true })
    await call(page, 'track', 'Measured')
    await names(server, ['page', 'Measured'])
    expect(await consentOf(server)).toMatchObject({ analytics: true, marketing })
    expect(errors).toEqual([])
  })

  test.each([
    ['allowed', { 1: true, 3: true, 4: true, 8: true }, ['page', 'Before']],
    ['refused', { 1: true, 3: true, 4: true }, []],
  ])('M14 IAB’s TCF decides: measuring %s', async (_what, consents, expected) => {
    const { server, page } = await visit(
      { settings: { ...optIn.settings, klaviyoScript: false } },
      `<script>
        window.__tcfapi = (command, version, callback) => {
          callback({ gdprApplies: true, eventStatus: 'cmpuishown' }, true)
          window.decideTcf = (consents) => callback(
            { gdprApplies: true, eventStatus: 'useractioncomplete', purpose: { consents } }, true)
        }
      </script>`,
    )
    await call(page, 'track', 'Before')
    await page.waitForTimeout(200)
    expect(await server.events()).toEqual([])
    await page.evaluate((decided) => {
      const { decideTcf } = window as unknown as { decideTcf: (consents: object) => void }
      decideTcf(decided)
    }, consents)
    await page.waitForTimeout(200)
    await names(server, expected)
  })

  test('M14 a browser that asks not to be sold loads no script of Klaviyo’s and gives no ids of advertisers', async () => {
    const { server, klaviyo, page, shop, left } = await visit(
      {},
      `<script>Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })</script>`,
    )
    await page.goto(`${shop}/?gclid=g1&_kx=k1`)
    await call(page, 'consent', { analytics: true, marketing: true })
    await call(page, 'identify', { email: 'ada@example.com' })
    await call(page, 'track', 'Item Purchased')
    await names(server, ['identify', 'Item Purchased'])
    await expect.poll(() => klaviyo.events('Item Purchased').length).toBe(1)
    expect(left.filter((one) => !one.includes('/v1/batch'))).toEqual([])
    for (const { messageId } of await server.events()) {
      const { context } = JSON.parse((await server.story(messageId))!.body) as {
        readonly context: Readonly<Record<string, unknown>>
      }
      expect(context).toMatchObject({ consent: { marketing: false, gpc: true } })
      expect(Object.keys(context)).not.toContain('gclid')
      expect(Object.keys(context)).not.toContain('_kx')
    }
  })
})

/** What the SDK has left in the browser. */
function kept(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => [
    ...Object.keys(localStorage),
    ...document.cookie.split('; ').filter((cookie) => cookie !== ''),
  ])
}

/** What the newest event says that the shopper allowed. */
async function consentOf(server: TestServer): Promise<unknown> {
  const [{ messageId } = { messageId: '' }] = await server.events()
  const { context } = JSON.parse((await server.story(messageId))!.body) as {
    readonly context: { readonly consent: unknown }
  }
  return context.consent
}

async function names(server: TestServer, expected: readonly string[]): Promise<void> {
  await vi.waitFor(
    async () =>
      expect((await server.events()).map(({ name }) => name).toReversed()).toEqual(expected),
    { timeout: 10_000 },
  )
}
