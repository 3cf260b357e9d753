import { describe, expect, test } from 'vitest'
import { join } from '../admin/workspace.ts'
import type { BothOptions } from '../harness.ts'
import { expectAccessible, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('what happens: live, events, one event, one shopper', () => {
  const browser = openBrowser()

  async function start(options: BothOptions = {}) {
    const admin = await startAdmin(browser, options)
    const { server } = admin
    const order = (id: string, email: string) =>
      server.track('Order Completed', {
        messageId: `order-${id}`,
        userId: `c-${id}`,
        context: { traits: { email, first_name: 'Ana', last_name: 'Quill' } },
        properties: { order_id: id, total: 129, currency: 'EUR' },
      })
    return { ...admin, order }
  }

  test('S40 one watches an order arrive, pauses, filters, opens it and reads why it was not sent', async () => {
    const { server, order, visit } = await start({
      settings: { switches: { 'Viewed Product': false } },
    })
    const { page, open, quiet } = await visit()
    await open('live')
    await page.getByRole('heading', { name: 'No events yet' }).waitFor()
    await expectAccessible(page)

    await order('1', 'ana@shop.example')
    const row = (text: string) => page.getByRole('row').filter({ hasText: text })
    await row('Placed Order').filter({ hasText: 'Accepted' }).waitFor()
    expect(await row('Placed Order').innerText()).toMatch(/a•••@s•••\.example[\s\S]*€129\.00/)

    await page.getByRole('button', { name: 'Pause' }).click()
    for (const id of ['2', '3', '4']) await order(id, `b${id}@shop.example`)
    await server.track('Product Viewed', {
      messageId: 'view-1',
      userId: 'c-1',
      properties: { product_id: 'p1', name: 'Shirt' },
    })
    const fresh = page.getByRole('button', { name: '4 new while paused' })
    await fresh.waitFor()
    expect(await page.getByRole('row').count()).toBe(2)
    await fresh.click()
    await row('Not sent').waitFor()
    expect(await page.getByRole('row').count()).toBe(6)

    await page.getByRole('combobox', { name: 'Status' }).selectOption('Not sent')
    await page.waitForURL(/outcome=dropped/)
    await row('Placed Order').first().waitFor({ state: 'detached' })
    await page.getByRole('link', { name: /^Open / }).click()
    await page.waitForURL(/open=view-1/)
    const drawer = page.getByRole('dialog')
    await drawer.getByText('switched off for the connection').first().waitFor()
    await drawer.getByText('Switch it on under “What we send”').waitFor()
    await drawer.getByText('Received').waitFor()
    await expectAccessible(page)

    await drawer.getByRole('tab', { name: 'You sent' }).click()
    const body = drawer.getByRole('region', { name: 'You sent' })
    await body.waitFor()
    expect(await body.innerText()).toContain('"Product Viewed"')
    expect(await body.innerText()).not.toContain('ana@')
    await drawer.getByRole('button', { name: 'Close' }).click()
    await drawer.waitFor({ state: 'detached' })
    quiet()
  }, 120_000)

  test('S40 what became of an event is told as it was, whatever the rules say today', async () => {
    const { server, order, visit, owner, workspaceId } = await start()
    await order('1', 'ana@shop.example')
    await server.settle()
    const { id } = server.installation.connection
    const rules = [{ name: 'Nothing', events: ['*'], decision: 'drop', when: [] }]
    const changed = await owner.ask(
      'PATCH',
      `/workspaces/${workspaceId}/connections/${id}/settings`,
      {
        settings: { rules },
      },
    )
    expect(changed.status).toBe(200)
    const { page, open, quiet } = await visit()
    await open('events/order-1')
    await page.getByText('Let through').waitFor()
    await page.getByText('By the settings of today it would not be sent any more.').waitFor()
    await page.getByText('By version 1 of the settings.').waitFor()
    expect(await page.getByText('Stopped').count()).toBe(0)
    quiet()
  })

  test('one finds an event by person and order, follows it to its shopper, sends one again and looks for it in Klaviyo', async () => {
    const { server, klaviyo, order, visit } = await start()
    await server.track('Product Viewed', {
      messageId: 'guest-view',
      anonymousId: 'browser-1',
      properties: { product_id: 'p1', name: 'Shirt' },
    })
    await server.identify({
      messageId: 'login',
      anonymousId: 'browser-1',
      userId: 'c-1',
      traits: { email: 'ana@shop.example' },
    })
    await order('1', 'ana@shop.example')
    const mend = klaviyo.answer('/api/events', 400, { match: 'b2@shop.example' })
    await order('2', 'b2@shop.example')
    await server.settle()

    const { page, open, quiet } = await visit()
    await open('events')
    const row = (text: string) => page.getByRole('row').filter({ hasText: text })
    await row('Placed Order').first().waitFor()
    await expectAccessible(page)
    await page.getByRole('textbox', { name: 'Order number' }).fill('2')
    await page.waitForURL(/order=2/)
    await page.getByRole('link', { name: 'Open Placed Order' }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText('Klaviyo rejected it.').first().waitFor()
    mend()
    await drawer.getByRole('button', { name: 'Send again' }).click()
    await drawer.getByText('Accepted', { exact: true }).waitFor({ timeout: 15_000 })
    await drawer.getByRole('button', { name: 'Look for it in Klaviyo' }).click()
    await drawer.getByText('"Placed Order" is in Klaviyo.').waitFor()
    await drawer.getByRole('link', { name: 'Open as a page' }).click()
    await page.getByRole('heading', { level: 1, name: 'Placed Order' }).waitFor()
    expect(new URL(page.url()).pathname).toMatch(/\/events\/order-2$/)

    await open('events?who=ana@shop.example')
    await row('Placed Order').first().waitFor()
    await page.getByRole('link', { name: 'Open Placed Order' }).click()
    await page.getByRole('dialog').getByRole('link', { name: 'What this shopper did' }).click()
    await page.waitForURL(/shoppers\?event=order-1/)
    // What was done before the login is among it.
    await row('Viewed Product').waitFor()
    expect(await page.getByRole('row').count()).toBe(4)
    await page.getByText('a•••@s•••.example').first().waitFor()
    await expectAccessible(page)
    await page.getByLabel(/Email address, phone number/).fill('nobody@shop.example')
    await page.getByRole('button', { name: 'Look' }).click()
    await page.getByRole('heading', { name: 'Nothing came from this shopper' }).waitFor()
    quiet()
  }, 120_000)

  test('a long list draws what is in sight only, and goes on to its end', async () => {
    const { server, visit } = await start()
    const seen = Array.from({ length: 1500 }, (_, index) => ({
      type: 'track',
      event: `Seen ${index + 1}`,
      messageId: `s${index + 1}`,
      userId: 'c-1',
    }))
    for (let from = 0; from < seen.length; from += 100)
      await server.batch(seen.slice(from, from + 100))
    const { page, open, quiet } = await visit()
    await open('events')
    await page.getByRole('link', { name: 'Open Seen 1500', exact: true }).waitFor()
    await page.evaluate(() => {
      const long: number[] = []
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) long.push(duration)
      }).observe({ type: 'longtask' })
      Object.assign(globalThis, { long })
    })
    const table = page.getByRole('region', { name: 'Events' })
    const oldest = page.getByRole('link', { name: 'Open Seen 1', exact: true })
    let most = 0
    await expect
      .poll(
        async () => {
          await table.evaluate((element) => element.scrollBy(0, 2000))
          most = Math.max(most, await page.locator('tbody tr[data-index]').count())
          return oldest.count()
        },
        { timeout: 60_000, interval: 30 },
      )
      .toBe(1)
    expect(most).toBeLessThan(80)
    const long = await page.evaluate(() => (globalThis as unknown as { long: number[] }).long)
    // How long depends on the machine; a figure for whoever looks.
    process.stdout.write(
      `tasks over 50 ms while scrolling 1,500 rows: ${long.map(Math.round).join(', ') || 'none'}\n`,
    )
    quiet()
  }, 120_000)

  test('A12 A90 people are masked until somebody who may says why; a viewer cannot, and it is in the trail', async () => {
    const { server, owner, workspaceId, order, visit } = await start()
    await order('1', 'ana@shop.example')
    await server.settle()
    const { page, open, quiet } = await visit()
    await open('events/order-1')
    await page.getByText('a•••@s•••.example').first().waitFor()
    expect(await page.content()).not.toContain('ana@shop.example')
    await page.getByRole('button', { name: 'Show details' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Why do you need to see them?').fill('She asks where her order is')
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Show details' }).click()
    await page.getByText('ana@shop.example').first().waitFor()
    await page.getByText('People’s details are shown to you until').waitFor()
    const { body } = await owner.ask('GET', `/workspaces/${workspaceId}/audit`)
    expect(body.data).toContainEqual(
      expect.objectContaining({
        action: 'people.reveal',
        target: 'order-1',
        after: expect.objectContaining({ reason: 'She asks where her order is' }),
      }),
    )
    await page.getByRole('button', { name: 'Mask again' }).click()
    await page.getByText('a•••@s•••.example').first().waitFor()

    const viewer = await visit(await join(server.parts, owner, workspaceId, 'viewer'), {
      locale: 'de-DE',
    })
    await viewer.open('events/order-1')
    await viewer.page.getByText('a•••@s•••.example').first().waitFor()
    const button = viewer.page.getByRole('button', { name: 'Angaben zeigen' })
    expect(await button.getAttribute('aria-disabled')).toBe('true')
    for (const name of ['Sie sandten', 'Wir sandten']) {
      await viewer.page.getByRole('tab', { name }).click()
      await viewer.page.locator('pre').first().waitFor()
      const shown = await viewer.page.content()
      for (const secret of ['ana@', 'Ana"', 'Quill']) expect(shown).not.toContain(secret)
    }
    await expectAccessible(viewer.page)
    quiet()
    viewer.quiet()
  }, 120_000)

  test('A88 a name that turns letters around, and one of 200,000 letters, harm no page', async () => {
    const { server, owner, workspaceId, visit } = await start()
    const turned = 'invoice\u202Egnp.exe\u2066\u0007'
    const send = (name: string, messageId: string) =>
      server.track(name, {
        messageId,
        userId: 'c-1',
        context: { traits: { email: 'ana@shop.example' } },
        properties: { [turned]: turned, price: 'abc', products: 'none' },
      })
    await send(turned, 'turned')
    await send('W'.repeat(200_000), 'long')
    await server.track('Product Viewed', {
      // An id that is part of many sentences.
      messageId: 'v',
      userId: 'c-1',
      context: { traits: { email: 'ana@shop.example' } },
      properties: { name: 'Shirt', price: 'abc', products: 'none' },
    })
    await server.settle()
    const { id } = server.installation.connection
    const path = `/workspaces/${workspaceId}/connections/${id}`
    const rule = { name: turned, events: [`No ${turned}`], decision: 'change' }
    await owner.ask('PATCH', `${path}/settings`, {
      settings: { rules: [{ ...rule, changes: [{ type: 'rename', to: 'W'.repeat(127) }] }] },
    })
    const { page, open, quiet } = await visit(undefined, { viewport: { width: 390, height: 844 } })
    const isHarmless = async () => {
      expect(await page.content()).not.toMatch(/(?!\n)[\p{Cc}\u202A-\u202E\u2066-\u2069]/u)
      const [wide, seen] = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.clientWidth,
      ])
      expect([page.url(), wide]).toEqual([page.url(), seen])
    }
    const written = 'invoice⟨U+202E⟩gnp.exe⟨U+2066⟩⟨U+0007⟩'
    for (const [one, text] of [
      ['live', written],
      ['events', written],
      ['events/turned', written],
      ['events/long', 'WWWW'],
      ['shoppers?event=turned', written],
      ['rules', written],
      ['overview', 'Accepted'],
      ['failed', 'Failed'],
      [`diagnose?what=${'W'.repeat(200)}&asked=yes`, 'WWWW'],
    ] as const) {
      await open(one)
      await page.getByText(text).filter({ visible: true }).first().waitFor()
      if (one === 'rules') await page.getByText(/^Of the last 3/u).waitFor()
      await isHarmless()
    }
    await open('events/turned')
    await page.getByRole('tab', { name: 'You sent' }).click()
    await page.locator('pre').first().waitFor()
    await isHarmless()

    // A rule that is changed keeps the sign that it was written with.
    await open('rules')
    await page.getByRole('switch', { name: /is on/ }).click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText(/Saved as version/).waitFor()
    const kept = (await owner.ask('GET', path)).body.settings.rules
    expect(kept).toMatchObject([{ ...rule, enabled: false }])

    // What was no number and no list is said on the event.
    await open('events/v')
    await page.getByText('A price or quantity is not a number').first().waitFor()
    quiet()
  }, 120_000)
})
