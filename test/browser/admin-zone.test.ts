import { describe, expect, test } from 'vitest'
import { dayIn, dayStart } from '../../src/admin/zone.ts'
import { expectAccessible, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

const there = 'Asia/Tokyo'
const here = 'America/New_York'

/** As the pages write it. */
function written(at: string, timeZone: string, style: 'short' | 'medium' = 'medium'): string {
  return new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: style,
    timeZone,
  }).format(new Date(at))
}

describe.runIf(hasBrowser)('times', { timeout: 180_000 }, () => {
  const browser = openBrowser()

  async function startInTokyo() {
    const admin = await startAdmin(browser, { preset: 'hub' })
    const { server, owner, workspaceId } = admin
    const { storeId } = server.installation.source
    const store = `/workspaces/${workspaceId}/stores/${storeId}`
    await owner.ask('PATCH', store, { timeZone: there })
    await server.track('Order Completed', {
      messageId: 'm1',
      userId: 'c1',
      context: { traits: { email: 'ana@shop.example' } },
      properties: { order_id: '1', total: 12 },
    })
    await server.settle()
    const [event] = await server.events()
    const receivedAt = new Date(event!.receivedAt).toISOString()
    return { ...admin, storeId, receivedAt }
  }

  test('are by the clock of the store, wherever one looks from; UTC and the zone show on hover and focus', async () => {
    const { visit, receivedAt } = await startInTokyo()
    const { page, open, quiet } = await visit(undefined, { timezoneId: here })
    await open('events')
    await page.getByText(`Times by the store’s clock: ${there}`).waitFor()
    const time = page.getByRole('row').nth(1).locator('time')
    // Thirty days are kept: the year goes without saying.
    expect(await time.innerText()).toBe(written(receivedAt, there).replace(/ \d{4}/, ''))
    const utc = `${receivedAt.replace('T', ' ').slice(0, 19)} UTC`
    expect(await time.getAttribute('title')).toBe(`${written(receivedAt, there)} ${there}\n${utc}`)

    // Days begin at the store's midnight, and the list is asked for just those.
    const day = dayIn(there, receivedAt)
    const asked = page.waitForRequest((request) => /\/api\/.*from=/.test(request.url()))
    await page.goto(`${page.url()}?from=${day}&to=${day}`)
    const query = new URL((await asked).url()).searchParams
    expect([query.get('from'), query.get('to')]).toEqual([
      dayStart(day, there),
      dayStart(day, there, 1),
    ])
    await page.getByRole('link', { name: /Placed Order/ }).click()
    const step = page.getByRole('dialog').locator('time').nth(1)
    expect(await step.innerText()).toBe(written(receivedAt, there))
    await step.hover()
    await page.getByRole('tooltip').filter({ hasText: there }).filter({ hasText: utc }).waitFor()
    quiet()
  })

  test('on the overview, hours and days are the store’s, and lead to the store’s days', async () => {
    const { visit, receivedAt } = await startInTokyo()
    const { page, open, quiet } = await visit(undefined, { timezoneId: here })
    await open('overview')
    await page.getByText(`Times by the store’s clock: ${there}`).waitFor()
    await page.getByRole('button', { name: 'Show as table' }).click()
    const rows = page.getByRole('region', { name: 'By time' }).getByRole('row')
    const hour = `${receivedAt.slice(0, 13)}:00:00.000Z`
    const shown = new Intl.DateTimeFormat('en-GB', {
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: there,
    }).format(new Date(hour))
    expect(await rows.filter({ hasText: shown }).innerText()).toMatch(/\s1\s/)

    await page.getByText('7 days', { exact: true }).click()
    const today = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: there }).format(
      new Date(receivedAt),
    )
    await rows.last().filter({ hasText: today }).waitFor()
    const received = page.getByRole('link', { name: /Received/ })
    const from = new URL((await received.getAttribute('href'))!, page.url()).searchParams.get(
      'from',
    )
    const begins = Date.parse(dayStart(dayIn(there, receivedAt), there, -6)!)
    expect(from).toBe(dayIn(there, begins))
    quiet()
  })

  test('of several stores are each by its own clock; a page about all says that it goes by the browser’s', async () => {
    const { visit, owner, workspaceId, server } = await startInTokyo()
    const stores = `/workspaces/${workspaceId}/stores`
    await owner.ask('POST', stores, { name: 'Acme DE', timeZone: 'Europe/Berlin' })
    const { page, open, quiet } = await visit(undefined, { timezoneId: here })
    await open('trail')
    await page.getByText(`Times by your browser’s clock: ${here}`).waitFor()
    const [act] = (await owner.ask('GET', `/workspaces/${workspaceId}/audit`)).body.data
    const time = page.getByRole('row').nth(1).locator('time')
    expect(await time.innerText()).toBe(written(act.at, here))
    await time.hover()
    await page
      .getByRole('tooltip')
      .filter({ hasText: `${here} (your browser’s)` })
      .waitFor()

    // A page about one connection goes by its store's, and so do all once that is chosen.
    await open('events')
    await page.getByText(`Times by the store’s clock: ${there}`).waitFor()
    await open(`trail?connection=${server.installation.connection.id}`)
    await page.getByText(`Times by the store’s clock: ${there}`).waitFor()
    quiet()
  })

  test('a store’s zone is searched for and set in its card; the first store starts with the browser’s', async () => {
    const { visit, owner, workspaceId } = await startInTokyo()
    const { page, open, quiet } = await visit(undefined, { timezoneId: here })
    await open('stores')
    const zone = page
      .getByRole('region', { name: 'Acme' })
      .getByRole('combobox', { name: 'Time zone' })
    expect(await zone.inputValue()).toBe(there)
    await zone.click()
    await zone.fill('new yo')
    await page.getByRole('option', { name: 'America/New York' }).click()
    const stores = async () =>
      (await owner.ask('GET', `/workspaces/${workspaceId}/stores`)).body.data
    await expect.poll(stores).toMatchObject([{ timeZone: here }])
    await expectAccessible(page)

    await page.getByRole('button', { name: 'Add store' }).click()
    const dialog = page.getByRole('dialog')
    await expectAccessible(page)
    await dialog.getByLabel('Name').fill('Second')
    expect(await dialog.getByRole('combobox', { name: 'Time zone' }).inputValue()).toBe('UTC')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await stores()).toMatchObject([{ timeZone: here }, { timeZone: 'UTC' }])

    await page.goto(new URL('/admin/begin', page.url()).href)
    expect(await page.getByRole('combobox', { name: 'Time zone' }).inputValue()).toBe(
      'America/New York',
    )
    quiet()
  })

  test('until when a former connection held is said by its store’s clock, on every page', async () => {
    const { visit, owner, workspaceId, server } = await startInTokyo()
    const { id, sourceId, destinationId, store } = server.installation.connection
    const base = `/workspaces/${workspaceId}`
    // More than a day apart: there it is always another date.
    const far = 'Pacific/Kiritimati'
    await owner.ask('PATCH', `${base}/stores/${store.id}`, { timeZone: far })
    await owner.ask('POST', `${base}/connections/${id}/disconnect`)
    await owner.ask('POST', `${base}/connections`, {
      sourceId,
      destinationId,
      preset: 'storefront',
    })
    const { until } = (await owner.ask('GET', `${base}/connections/${id}`)).body
    const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: far }).format(
      new Date(until),
    )
    const { page, open, quiet } = await visit(undefined, { timezoneId: 'Pacific/Pago_Pago' })
    for (const one of ['overview', 'events', 'shoppers', 'diagnose', 'failed']) {
      await open(one)
      const option = page.locator('option').filter({ hasText: 'until' })
      await option.first().waitFor({ state: 'attached' })
      const names = await option.allInnerTexts()
      expect([one, names.at(-1)]).toEqual([one, expect.stringMatching(`until ${date}$`)])
    }
    quiet()
  })

  test.each([
    ['en-GB', 'Time zone', '“Berlinn” is no time zone. Asia/Tokyo was kept'],
    ['de-DE', 'Zeitzone', '„Berlinn“ ist keine Zeitzone. Asia/Tokyo bleibt'],
  ])(
    'a zone that nobody knows is said to be unknown, and the former one kept (%s)',
    async (locale, label, said) => {
      const { visit, owner, workspaceId } = await startInTokyo()
      const { page, open, quiet } = await visit(undefined, { locale })
      await open('stores')
      const zone = page.getByRole('region', { name: 'Acme' }).getByRole('combobox', { name: label })
      await zone.click()
      await zone.fill('Berlinn')
      await page.keyboard.press('Tab')
      await page.getByText(said).waitFor()
      expect(await zone.inputValue()).toBe(there)
      await expectAccessible(page)
      const kept = async () => (await owner.ask('GET', `/workspaces/${workspaceId}/stores`)).body
      expect((await kept()).data).toMatchObject([{ timeZone: there }])

      // Typed to the end, it need not be chosen.
      await zone.click()
      await zone.fill('europe/berlin')
      await page.keyboard.press('Tab')
      await expect.poll(kept).toMatchObject({ data: [{ timeZone: 'Europe/Berlin' }] })
      await page.getByText(said).waitFor({ state: 'detached' })
      quiet()
    },
  )
})
