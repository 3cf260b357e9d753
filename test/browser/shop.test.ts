import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startShop } from '../../src/shop/index.ts'
import { startBoth } from '../harness.ts'
import { hasBrowser, openBrowser } from './browser.ts'

/** As `npm start` opens it. */
async function open() {
  const both = await startBoth({ settings: { trackingConsent: 'opt-in' }, currency: 'EUR' })
  const { server } = both
  const { url: tillpostUrl, writeKey, browserKey } = server
  const shop = await startShop({ port: 0, tillpostUrl, writeKey, browserKey })
  onTestFinished(() => shop.close())
  const { workspaceId, store } = server.installation.connection
  const cartUrl = `${shop.url}/cart?rebuild={token}`
  await server.parts.config.changeStore(workspaceId, store.id, { cartUrl })
  return { ...both, shop }
}

describe.runIf(hasBrowser)('the demo shop, on a phone', () => {
  const browser = openBrowser()
  const phone = { viewport: { width: 390, height: 844 } }

  test('W1, W4, W7, W8, W21-W26 a guest looks, tries on, adds and buys: all of it is the buyer’s, once and in order', async () => {
    const { server, klaviyo, shop } = await open()
    const { page, errors } = await browser.visit(phone)
    await page.goto(shop.url)
    await page.getByRole('button', { name: 'Yes' }).click()
    await page.getByRole('searchbox').fill('rain')
    await page.getByRole('searchbox').press('Enter')
    await page.getByRole('link', { name: /Squall Rain Jacket/u }).click()
    await page.getByRole('button', { name: 'Try it on' }).click()
    await page.getByText('That is you.').waitFor()
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await page.getByRole('button', { name: /What Klaviyo hears/u }).click()
    const drawer = page.getByRole('region', { name: 'What Klaviyo hears' })
    await drawer.getByText('waiting', { exact: true }).first().waitFor()
    await page.getByRole('button', { name: 'Close' }).click()

    await page.goto(`${shop.url}/cart`)
    await page.getByRole('link', { name: 'Check out' }).click()
    const form = page.locator('#order')
    await form.getByLabel('Email').fill('ada@example.com')
    await form.getByLabel('First name').fill('Ada')
    await form.getByLabel('Last name').fill('Lovelace')
    await form.getByRole('button', { name: 'Place order' }).click()
    await page.getByRole('heading', { name: 'Thank you!' }).waitFor()
    const metrics = [
      'Searched Site',
      'Viewed Product',
      'Generated OnYou TryOn',
      'OnYou Tryon Completed',
      'Added to Cart',
      'Started Checkout',
      'Placed Order',
      'Ordered Product',
    ]
    await vi.waitFor(async () => {
      await server.settle()
      const told = klaviyo.events().filter(({ metric }) => metric !== 'Active on Site')
      expect(told.map(({ metric }) => metric)).toEqual(metrics)
      for (const { profile } of told) expect(profile.email).toBe('ada@example.com')
    }, 15_000)
    expect(klaviyo.events('Placed Order')).toMatchObject([{ value: 189, value_currency: 'EUR' }])
    expect(klaviyo.profile('ada@example.com')).toMatchObject({
      first_name: 'Ada',
      properties: { lastTryonProductTitle: 'Squall Rain Jacket' },
    })
    await page.getByRole('button', { name: /What Klaviyo hears/u }).click()
    await drawer.getByText('Placed Order').waitFor()
    expect(errors).toEqual([])
    // Nothing is wider than the phone.
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
  })

  test('W5, W6 who signs up is identified by email, phone and name, signed by the shop’s server', async () => {
    const { klaviyo, shop } = await open()
    const { page } = await browser.visit(phone)
    await page.goto(`${shop.url}/account`)
    await page.getByRole('button', { name: 'Yes' }).click()
    const form = page.locator('#sign-up')
    await form.getByLabel('Email').fill('ada@example.com')
    await form.getByLabel('First name').fill('Ada')
    await form.getByLabel('Mobile').fill('+4915112345678')
    await form.getByRole('button', { name: 'Sign up' }).click()
    await page.getByRole('heading', { name: 'Hello, ada@example.com' }).waitFor()
    await vi.waitFor(() => {
      expect(klaviyo.profile('ada@example.com')).toMatchObject({
        phone_number: '+4915112345678',
        external_id: expect.stringMatching(/^c-/u),
        first_name: 'Ada',
      })
      expect(klaviyo.events('Created Account')).toHaveLength(1)
    }, 15_000)
  })

  test('M8 a link in a mail puts the cart together again in another browser, once', async () => {
    const { server, klaviyo, shop } = await open()
    const { page } = await browser.visit(phone)
    await page.goto(`${shop.url}/search?q=rain`)
    await page.getByRole('button', { name: 'Yes' }).click()
    await page.getByRole('link', { name: /Squall Rain Jacket/u }).click()
    await page.getByRole('button', { name: 'Add to cart' }).click()
    await page.goto(`${shop.url}/checkout`)
    const email = page.locator('#order').getByLabel('Email')
    await email.fill('ada@example.com')
    await email.press('Tab')
    const link = await vi.waitFor(async () => {
      await server.settle()
      const [started] = klaviyo.events('Started Checkout')
      const url = started?.properties['CheckoutURL'] as string
      expect(url).toMatch(/\/cart\/[\w-]{43}$/u)
      return url
    }, 15_000)

    const other = await browser.visit(phone)
    for (const visit of [1, 2]) {
      await other.page.goto(link)
      await other.page.getByRole('button', { name: 'Put back what was in your cart' }).waitFor()
      expect([visit, await other.page.locator('#lines').textContent()]).toEqual([visit, ''])
    }
    await other.page.getByRole('button', { name: 'Put back what was in your cart' }).click()
    await other.page.getByText('1 × Squall Rain Jacket').waitFor()
    // Nothing in the address or on the page says whose cart it was.
    expect(`${other.page.url()} ${await other.page.content()}`).not.toContain('ada')
    expect(other.errors).toEqual([])

    await other.page.goto(link)
    await other.page.getByRole('heading', { name: 'This cart link is over' }).waitFor()
    await other.page.getByRole('link', { name: 'Go to the shop' }).click()
    await other.page.waitForURL(`${shop.url}/`)
  })

  test('M10 the newsletter form subscribes to the channel that was ticked, and to no other', async () => {
    const { server, klaviyo, shop } = await open()
    const { page } = await browser.visit(phone)
    await page.goto(shop.url)
    await page.getByRole('button', { name: 'No', exact: true }).click()
    const form = page.locator('#newsletter')
    await form.getByRole('button', { name: 'Sign up' }).click()
    await form.getByText('Tick what we may send you.').waitFor()
    await form.getByLabel('Email', { exact: true }).fill('ada@example.com')
    await form.getByLabel('Mobile').fill('+4915112345678')
    await form.getByRole('checkbox', { name: 'Send me the newsletter by email' }).check()
    await form.getByRole('button', { name: 'Sign up' }).click()
    await form.getByText('Thank you.').waitFor()
    await server.settle()
    await vi.waitFor(() => {
      const asked = klaviyo.requests().filter(({ status }) => status === 202)
      const jobs = asked.filter(({ path }) => path.includes('subscription-bulk-create-jobs'))
      expect(jobs).toHaveLength(1)
      expect(JSON.stringify(jobs)).toContain('ada@example.com')
      expect(JSON.stringify(jobs)).not.toContain('sms')
    }, 10_000)
    // A newsletter is no permission to track.
    expect((await server.events()).map(({ name }) => name)).toEqual(['identify'])
  })
})
