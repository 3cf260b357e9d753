import { describe, expect, test } from 'vitest'
import { startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('for keys and readers', { timeout: 180_000 }, () => {
  const browser = openBrowser()

  async function startWithEvent() {
    const admin = await startAdmin(browser)
    await admin.server.track('Order Completed', {
      userId: 'c1',
      context: { traits: { email: 'ada@shop.example' } },
      properties: { order_id: '1', total: 5 },
    })
    await admin.server.settle()
    return admin
  }

  test('times in lists are no stops of the Tab key', async () => {
    const { visit } = await startWithEvent()
    const { page, open } = await visit()
    for (const path of ['syncs', 'events', 'members', 'overview']) {
      await open(path)
      const times = page.getByRole('main').locator('time')
      await times.first().waitFor()
      const stops = await times.evaluateAll((all) => all.filter((one) => one.tabIndex >= 0).length)
      expect([path, stops]).toEqual([path, 0])
    }
    // One that stands alone can be reached: it tells its zone.
    await open('integrations/klaviyo')
    await page.getByRole('main').locator('time[tabindex="0"]').first().waitFor()
  })

  test('beside its list an event is a dialog of its name', async () => {
    const { visit } = await startWithEvent()
    const { page, open, quiet } = await visit()
    await open('events')
    await page.getByRole('link', { name: /Placed Order/ }).click()
    const dialog = page.getByRole('dialog', { name: 'Placed Order', exact: true })
    await dialog.waitFor()
    await dialog.locator('button[aria-label=Close]:focus').waitFor()
    expect(await dialog.getByRole('heading', { name: 'Placed Order' }).count()).toBe(1)
    await dialog.getByRole('link', { name: 'Open as a page' }).click()
    await page.getByRole('heading', { level: 1, name: 'Placed Order' }).waitFor()
    quiet()
  })

  test('whoever follows a link to another page goes on from its heading', async () => {
    const { visit } = await startWithEvent()
    const { page, open, quiet } = await visit()
    await open('overview')
    expect(await page.locator(':focus').count()).toBe(0)
    for (const name of ['Events', 'Members', 'Overview']) {
      await page.getByRole('link', { name, exact: true }).focus()
      await page.keyboard.press('Enter')
      await page.locator('h1:focus').getByText(name).waitFor()
    }
    // Another filter is no other page.
    const period = page.getByRole('radio', { name: '7 days' })
    await period.check()
    await page.waitForURL(/period=7d/)
    expect(await period.evaluate((one) => one === document.activeElement)).toBe(true)
    await page.goBack()
    await page.locator('h1:focus').getByText('Members').waitFor()
    quiet()
  })

  test('the tries of an event have a header row, and on a phone their results can be read', async () => {
    const { visit } = await startWithEvent()
    const { page, open, quiet } = await visit()
    await open('events')
    await page.getByRole('link', { name: /Placed Order/ }).click()
    await page.getByRole('tab', { name: 'Tries (1)' }).click()
    const table = page.getByRole('table')
    for (const head of ['Sent', 'Result', 'Took'])
      await table.getByRole('columnheader', { name: head, exact: true }).waitFor()

    await page.setViewportSize({ width: 390, height: 844 })
    const result = table.getByText('Klaviyo answered 202')
    expect(await result.evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true)
    const tabs = await page.getByRole('tab').all()
    const tops = await Promise.all(tabs.map(async (tab) => (await tab.boundingBox())!.y))
    expect(new Set(tops).size).toBe(1)
    quiet()
  })
})
