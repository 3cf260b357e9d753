import type { Locator } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('what the frame opens', () => {
  const browser = openBrowser()

  test('a menu works by keys: it opens, takes the focus, and gives it back', async () => {
    const { visit } = await startAdmin(browser)
    const { page, open, quiet } = await visit()
    await open('overview')
    const button = page.getByRole('button', { name: /Your account/ })
    await button.focus()
    // The first time it is fetched.
    for (const key of ['Enter', 'ArrowDown', 'Enter']) {
      await page.keyboard.press(key)
      await focused('Account and security').waitFor()
      await page.keyboard.press('ArrowDown')
      await focused('As the system').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('menu').waitFor({ state: 'hidden' })
      await button.and(page.locator(':focus')).waitFor()
      expect(await button.getAttribute('aria-expanded')).toBe('false')
    }
    quiet()

    function focused(text: string): Locator {
      return page.locator('[role=menu] :focus').filter({ hasText: text })
    }
  })

  test('a look that was chosen is there before any script has run, and a language is one of several', async () => {
    const { visit } = await startAdmin(browser)
    const { page, open } = await visit(undefined, { colorScheme: 'light' })
    await open('overview')
    await page.getByRole('button', { name: /Your account/ }).click()
    await page.getByRole('menuitemradio', { name: 'Dark' }).click()
    await page.locator('[data-mantine-color-scheme=dark]').waitFor()
    await page.getByRole('menuitemradio', { name: 'Dark', checked: true }).waitFor()
    await page.getByRole('menuitemradio', { name: 'English', checked: true }).waitFor()
    await page.route('**/*.js', (route) => route.abort())
    await page.reload()
    expect(await page.locator('meta[name=color-scheme]').getAttribute('content')).toBe('dark')
    await page.unroute('**/*.js')
    await page.reload()
    await page.getByRole('button', { name: /Your account/ }).click()
    await page.getByRole('menuitemradio', { name: 'As the system' }).click()
    await page.reload()
    expect(await page.locator('meta[name=color-scheme]').getAttribute('content')).toBe('light dark')
  })

  test('the down arrow opens a menu, the first time and in the row of a list', async () => {
    const { visit } = await startAdmin(browser)
    const { page, open, quiet } = await visit()
    await open('members')
    for (const [button, first] of [
      [page.getByRole('button', { name: 'Help' }), 'What each status means'],
      [page.getByRole('button', { name: /^Actions for/ }).first(), 'Leave the workspace'],
    ] as const) {
      await button.focus()
      await page.keyboard.press('ArrowDown')
      const item = page.getByRole('menuitem', { name: first })
      await item.and(page.locator(':focus')).waitFor()
      await page.keyboard.press('Escape')
      await item.waitFor({ state: 'hidden' })
      expect(await button.getAttribute('aria-expanded')).toBe('false')
    }
    quiet()
  })

  test('a menu that cannot be fetched says what to do, and the page stays', async () => {
    const { visit } = await startAdmin(browser)
    const { page, open } = await visit()
    await open('overview')
    await page.route(/OpenedMenu/, (route) => route.abort())
    await page.getByRole('button', { name: 'Help' }).click()
    await page.getByRole('alert').getByText('Load the page again').waitFor()
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Overview')
  })

  test('where hints and dialogs cannot be fetched, the page stays, and the browser asks before changes are lost', async () => {
    const { visit } = await startAdmin(browser)
    const { page, open } = await visit()
    await open('rules')
    await page.route(/ShownHints|UnsavedDialog/, (route) => route.abort())
    await page.evaluate(() => document.querySelector('h1')!.setAttribute('data-hint', 'a hint'))
    await page.getByRole('heading', { level: 1 }).hover()
    await page.getByRole('button', { name: 'Add a rule' }).first().click()
    const name = page.getByLabel('Name', { exact: true })
    await name.fill('Another name')
    const asked = page.waitForEvent('dialog')
    const left = page.getByRole('link', { name: 'Members' }).click()
    const dialog = await asked
    expect(dialog.message()).toMatch(/Leave without saving/)
    await dialog.dismiss()
    await left
    expect(await name.inputValue()).toBe('Another name')
    expect(page.url()).toMatch(/\/rules$/)
  })

  test('on a phone the pages’ list opens over the page, leads on, and is gone then', async () => {
    const { visit } = await startAdmin(browser)
    const { page, open, quiet } = await visit(undefined, { viewport: { width: 390, height: 844 } })
    await open('overview')
    const list = page.getByRole('navigation', { name: 'Pages' })
    expect(await list.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Open the list of pages' }).click()
    await list.getByRole('link', { name: 'Rules' }).click()
    await page.waitForURL(/\/rules$/)
    await list.waitFor({ state: 'hidden' })
    quiet()
  })

  test('what is told of a moment is shown by keys and by pointing, and put away by Escape', async () => {
    const { server, visit } = await startAdmin(browser)
    await server.track('Order Completed', {
      userId: 'c1',
      context: { traits: { email: 'ada@shop.example' } },
      properties: { order_id: '1', total: 5 },
    })
    await server.settle()
    const { page, open, quiet } = await visit()
    await open('integrations/klaviyo')
    const moment = page.getByRole('main').locator('time[tabindex]').last()
    const hint = page.getByRole('tooltip')
    await moment.focus()
    await hint.filter({ hasText: 'UTC' }).waitFor()
    const told = await moment.getAttribute('aria-describedby')
    expect(await page.locator(`#${told}`).textContent()).toMatch(/UTC$/)
    await page.keyboard.press('Escape')
    await hint.waitFor({ state: 'hidden' })
    await moment.blur()
    await moment.hover()
    await hint.filter({ hasText: 'UTC' }).waitFor()
    await page.mouse.move(2, 2)
    await hint.waitFor({ state: 'hidden' })
    quiet()
  })
})
