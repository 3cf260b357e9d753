import { describe, expect, test, vi } from 'vitest'
import { expectAccessible, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('the overview', () => {
  const browser = openBrowser()

  test('shows what came along with the page, and asks for none of it; what did not come it asks for', async () => {
    const { server, visit } = await startAdmin(browser)
    await server.track('Order Completed', {
      userId: 'c-1',
      context: { traits: { email: 'ana@shop.example' } },
      properties: { order_id: '1', total: 12 },
    })
    await server.settle()
    const { page, open, quiet } = await visit()
    const sentence = page.getByText('1 event reached Klaviyo in the last 24 hours.')
    await open('overview')
    await sentence.waitFor()
    const asked: string[] = []
    page.on('request', (request) => {
      const { pathname } = new URL(request.url())
      if (/\/(?:session|stores|connections|overview)$/.test(pathname)) asked.push(pathname)
    })
    const isGiven = /\/admin\/[^/]+\/overview$/
    // On a busy machine an answer may be late, and is asked for: until none is.
    await vi.waitFor(
      async () => {
        asked.length = 0
        await page.reload()
        await sentence.waitFor()
        expect(asked).toEqual([expect.stringMatching(isGiven)])
      },
      { timeout: 60_000 },
    )

    await page.route(isGiven, async (route) => {
      const response = await route.fetch()
      const body = (await response.text()).replace(
        /<script type="application\/json".*?<\/script>/s,
        '',
      )
      await route.fulfill({ response, body })
    })
    asked.length = 0
    await page.reload()
    await sentence.waitFor()
    expect(asked.slice(1).map((path) => path.split('/').at(-1))).toEqual(
      expect.arrayContaining(['session', 'stores', 'connections', 'overview']),
    )
    quiet()
  })

  test('says in a sentence what reached Klaviyo, what did not and why; each number leads on', async () => {
    const { server, klaviyo, visit } = await startAdmin(browser, { preset: 'hub' })
    const order = async (id: string, email?: string) => {
      await server.track('Order Completed', {
        userId: `c-${id}`,
        ...(email === undefined ? {} : { context: { traits: { email } } }),
        properties: { order_id: id, total: 12 },
      })
      await server.settle()
    }
    await order('1', 'ana@shop.example')
    await order('2', 'ben@shop.example')
    await order('3')
    klaviyo.answer('/api/events', 400, { times: 1 })
    await order('4', 'cem@shop.example')

    const { page, open, quiet } = await visit()
    await open('overview')
    await page.getByText('2 events reached Klaviyo in the last 24 hours.').waitFor()
    const funnel = page.getByRole('list', { name: 'What became of what arrived' })
    expect(await funnel.getByRole('listitem').allInnerTexts()).toMatchObject([
      expect.stringMatching(/Received\s+4/),
      expect.stringMatching(/Not sent\s+1/),
      expect.stringMatching(/Waiting\s+0/),
      expect.stringMatching(/Failed\s+1/),
      expect.stringMatching(/Accepted\s+2/),
    ])
    await page.getByText('1 event failed: Klaviyo rejected it.').waitFor()
    await page.getByText('Identify shoppers at login').waitFor()
    await page.getByRole('heading', { name: 'By time' }).scrollIntoViewIfNeeded()
    await page.mouse.wheel(0, 600)
    await page.getByRole('img', { name: /Bars by time/ }).waitFor()
    await expectAccessible(page)

    // The drawing can be read as a table.
    await page.getByRole('button', { name: 'Show as table' }).click()
    const rows = page.getByRole('region', { name: 'By time' }).getByRole('row')
    expect(await rows.count()).toBe(25)
    expect(await rows.last().innerText()).toMatch(/\d\d:00\s+\d+\s+\d+\s+\d+\s+0/)

    await page.getByText('7 days', { exact: true }).click()
    await page.waitForURL(/period=7d/)
    await page.getByText('2 events reached Klaviyo in the last 7 days.').waitFor()

    await page
      .getByRole('listitem')
      .filter({ hasText: '1 event failed' })
      .getByRole('link', { name: 'Look' })
      .click()
    await page.getByRole('heading', { level: 1, name: 'Failed' }).waitFor()
    expect(page.url()).toContain('cause=klaviyo_rejected')
    quiet()
  })

  test('before anything came it shows the steps that are left, in German too', async () => {
    const { visit } = await startAdmin(browser)
    const { page, open, quiet } = await visit(undefined, { locale: 'de-DE' })
    await open('overview')
    await page.getByRole('heading', { name: 'Einrichtung' }).waitFor()
    await page.getByText('1 von 4 erledigt').waitFor()
    await page.getByText('In dieser Zeit ist nichts bei Klaviyo angekommen.').waitFor()
    await expectAccessible(page)
    quiet()
  })
})
