import { describe, expect, test } from 'vitest'
import { startBoth } from '../harness.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('the status page', () => {
  const browser = openBrowser()

  test('S40 shows an event as it arrives, without being loaded again', async () => {
    const { server } = await startBoth()
    const { page, errors } = await browser.visit()
    await page.goto(server.url)
    expect(await page.locator('main').innerText()).not.toContain('Item Purchased')
    await server.track('Item Purchased', { userId: 'u-1' })
    await page.getByRole('link', { name: 'Item Purchased' }).first().click()
    await page.getByRole('heading', { level: 1, name: 'Item Purchased' }).waitFor()
    expect(errors).toEqual([])
  })
})
