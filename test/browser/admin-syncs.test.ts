import { describe, expect, test } from 'vitest'
import { expectAccessible, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('the audit log of all syncs', () => {
  const browser = openBrowser()

  test('Z30 Z31 Z32 every exchange stands there, the errors by themselves, and it can be taken along', async () => {
    const { server, klaviyo, visit } = await startAdmin(browser)
    const order = (id: string) =>
      server.track('Order Completed', {
        userId: id,
        context: { traits: { email: 'ana@shop.example' } },
        properties: { order_id: id, total: 12 },
      })
    await order('1')
    await server.settle()
    klaviyo.answer('/api/events', 400, { times: 1 })
    await order('2')
    await server.settle()

    const { page, open, quiet } = await visit()
    await open('syncs')
    await page.getByRole('row').filter({ hasText: 'Accepted' }).first().waitFor()
    await expectAccessible(page)

    await page.getByLabel('Errors only').click()
    await page.waitForURL(/errors=true/)
    await page
      .getByRole('row')
      .filter({ hasText: 'Accepted' })
      .first()
      .waitFor({ state: 'detached' })
    await page.getByRole('row').filter({ hasText: 'Refused' }).first().waitFor()

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export as CSV' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/\.csv$/)
    quiet()
  })

  test('where nothing was sent yet it says what will stand here, in German too', async () => {
    const { visit } = await startAdmin(browser)
    const { page, open, quiet } = await visit(undefined, { locale: 'de-DE' })
    await open('syncs')
    await page.getByRole('heading', { name: 'Noch kein Austausch' }).waitFor()
    await expectAccessible(page)
    quiet()
  })
})
