import type { Locator } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { expectAccessible, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

const desk = { width: 1280, height: 800 }
const phone = { width: 390, height: 844 }

describe.runIf(hasBrowser)('room', { timeout: 180_000 }, () => {
  const browser = openBrowser()

  /** Two events: a long address, and a long reason. */
  async function startWithEvents() {
    const admin = await startAdmin(browser, { currency: 'EUR' })
    await admin.server.track('Order Completed', {
      userId: 'c1',
      context: { traits: { email: 'maximiliane.von-hohenfels@department-store.example' } },
      properties: { order_id: '1', total: 1234.5 },
    })
    await admin.server.track('Product Viewed', { anonymousId: 'a1' })
    await admin.server.settle()
    return admin
  }

  test('at a desk each event is one line; on a phone nothing of it is cut, and filters fold away', async () => {
    const { visit } = await startWithEvents()
    const { page, open, quiet } = await visit(undefined, { viewport: desk })
    await open('events')
    const rows = page.getByRole('row').filter({ has: page.getByRole('cell') })
    await rows.first().waitFor()
    for (const row of await rows.all()) expect((await row.boundingBox())!.height).toBeLessThan(45)
    const status = page.getByRole('combobox', { name: 'Status' })
    await status.selectOption({ label: 'Waiting' })
    await page.waitForURL(/outcome=waiting/)

    await page.setViewportSize(phone)
    expect(await status.isVisible()).toBe(false)
    const fold = page.getByRole('button', { name: 'Filters (1)' })
    await fold.click()
    await expectAccessible(page)
    await status.selectOption('')
    await page.getByRole('button', { name: 'Filters', exact: true }).click()
    expect(await status.isVisible()).toBe(false)
    await rows.filter({ hasText: 'still unknown' }).waitFor()
    for (const text of await rows.locator('td span').all()) expect(await isCut(text)).toBe(false)
    quiet()
  })

  test('on a phone a list is there from the start: rows that are not drawn yet keep their room', async () => {
    const { visit } = await startWithEvents()
    const { page, open } = await visit(undefined, { viewport: phone })
    await open('events')
    const rows = page.getByRole('row').filter({ has: page.getByRole('cell') })
    await rows.filter({ hasText: 'Placed Order' }).waitFor()
    expect((await rows.first().boundingBox())!.height).toBeGreaterThan(60)
  })

  test('whatever the width, an event’s name, status and shopper are in sight, and nothing sticks out', async () => {
    const { visit } = await startWithEvents()
    const { page, open } = await visit()
    await open('events')
    const row = page.getByRole('row').filter({ hasText: 'Placed Order' })
    await row.waitFor()
    for (const width of [390, 768, 1024, 1280, 1920, 3840]) {
      await page.setViewportSize({ width, height: 900 })
      for (const part of [row.getByRole('link'), row.getByText('Accepted'), row.getByText('@')]) {
        const box = (await part.boundingBox())!
        expect([width, box.width > 50, box.x + box.width < width]).toEqual([width, true, true])
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(wide).toBe(width)
    }
  })

  test('on a phone what can be chosen in a list stands to the right of its label', async () => {
    const { visit } = await startWithEvents()
    const { page, open } = await visit(undefined, { viewport: phone })
    await open('members')
    const cell = page.getByRole('cell').filter({ has: page.getByRole('combobox') })
    const [around, choice] = [
      await cell.boundingBox(),
      await cell.getByRole('combobox').boundingBox(),
    ]
    expect(choice!.x).toBeGreaterThan(around!.x + around!.width / 3)
    expect(choice!.y - around!.y).toBeLessThan(10)
  })

  test('money stands as the reader’s region writes it, in the list and in an event', async () => {
    const { visit } = await startWithEvents()
    const { page, open } = await visit(undefined, { locale: 'de-DE' })
    await open('events')
    await page.getByRole('cell', { name: '1.234,50 €' }).waitFor()
    await page.getByRole('link', { name: 'Placed Order öffnen' }).click()
    const mapped = page.getByText('„Placed Order“ im Wert von')
    expect(await mapped.innerText()).toMatch(/im Wert von 1\.234,50\s€, mit/)
  })

  test('on a phone the hours below the bars stand apart', async () => {
    const { visit } = await startWithEvents()
    const { page, open } = await visit(undefined, { viewport: phone, locale: 'en-US' })
    await open('overview')
    const hours = page.getByRole('img', { name: /Bars by time/ }).getByText(/^\d\d:\d\d [AP]M$/)
    await hours.first().waitFor()
    const boxes = []
    for (const hour of await hours.all())
      if (await hour.isVisible()) boxes.push((await hour.boundingBox())!)
    expect(boxes.length).toBeGreaterThan(2)
    for (const [place, { x }] of boxes.slice(1).entries()) {
      const before = boxes[place]!
      expect(x).toBeGreaterThan(before.x + before.width)
    }
  })
})

async function isCut(text: Locator): Promise<boolean> {
  return text.evaluate((one) => one.scrollHeight > one.clientHeight + 1 && one.clientHeight > 0)
}
