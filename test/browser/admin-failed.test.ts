import { describe, expect, test } from 'vitest'
import { join } from '../admin/workspace.ts'
import { expectAccessible, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('what failed', () => {
  const browser = openBrowser()

  /** Orders that Klaviyo rejects, one by one. */
  async function startFailed(count: number) {
    const admin = await startAdmin(browser)
    const { server, klaviyo } = admin
    for (let number = 1; number <= count; number += 1) {
      klaviyo.answer('/api/events', 400, { times: 1 })
      await server.track('Order Completed', {
        messageId: `m${number}`,
        userId: `c-${number}`,
        context: { traits: { email: `ana${number}@shop.example` } },
        properties: { order_id: String(number), total: 10 },
      })
      await server.settle()
    }
    return admin
  }

  test('M25 W29 found by its cause, sent again with its count before and its result after, and all is accepted', async () => {
    const { klaviyo, server, visit } = await startFailed(3)
    expect(klaviyo.events('Placed Order')).toHaveLength(0)
    const { page, open, quiet } = await visit()
    await open('failed')
    const cause = page.getByRole('row').filter({ hasText: 'Klaviyo rejected it.' })
    expect(await cause.innerText()).toMatch(/3\s+3/)
    await expectAccessible(page)

    await cause.getByRole('button', { name: 'Send again…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Send 3 events again?' })
    await dialog.getByText('what Klaviyo has already is not doubled').waitFor()
    await dialog.getByRole('button', { name: 'Send again', exact: true }).click()
    await page.getByText('3 accepted, 0 not').waitFor()
    await page.getByRole('heading', { name: 'Nothing has failed' }).waitFor()
    expect(klaviyo.events('Placed Order')).toHaveLength(3)

    await open('overview')
    await page.getByText('3 events reached Klaviyo in the last 24 hours.').waitFor()
    await server.settle()
    quiet()
  })

  test('M25 some of a cause are sent again, the others discarded, and that is undone', async () => {
    const { klaviyo, visit } = await startFailed(4)
    const { page, open, quiet } = await visit()
    await open('failed')
    await page.getByRole('button', { name: 'See 4' }).click()
    await page.getByRole('checkbox', { name: 'Select m2' }).click()
    await page.getByRole('button', { name: 'Discard these' }).click()
    await page.getByRole('button', { name: 'Undo: send them again', exact: true }).click()
    await page.getByText('On the way again: 1 event.').waitFor()
    await expect.poll(() => klaviyo.events('Placed Order').length).toBe(1)
    await page.getByRole('checkbox', { name: 'Select m1' }).click()
    await page.getByText('1 selected').waitFor()
    await page.getByRole('row').filter({ hasText: 'a•••@s•••.example' }).nth(2).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Send these again' }).click()
    await page.getByRole('checkbox', { name: 'Select m1' }).waitFor({ state: 'detached' })
    await expect.poll(() => klaviyo.events('Placed Order').length).toBe(2)

    await page.getByRole('button', { name: 'Discard…' }).click()
    await page
      .getByRole('dialog', { name: 'Discard 2 events?' })
      .getByRole('button', { name: 'Discard', exact: true })
      .click()
    await page.getByText('2 discarded').waitFor()
    await page.getByRole('button', { name: 'Undo: send them again…' }).click()
    await page
      .getByRole('dialog', { name: 'Send 2 events again?' })
      .getByRole('button', { name: 'Send again', exact: true })
      .click()
    await page.getByText('2 accepted, 0 not').waitFor()
    expect(klaviyo.events('Placed Order')).toHaveLength(4)
    quiet()
  })

  test('M25 a replay that goes on is shown with its progress, and cancelled', async () => {
    const { server, owner, workspaceId, visit } = await startFailed(2)
    const { id } = server.installation.connection
    // Held, so that it does not end before it is looked at.
    await owner.ask('POST', `/workspaces/${workspaceId}/connections/${id}/pause`)
    const { page, open, quiet } = await visit()
    await open('failed')
    await page.getByRole('button', { name: 'Send again…' }).click()
    await page
      .getByRole('dialog')
      .getByText(/The connection is paused\. It goes on/)
      .waitFor()
    await page.getByRole('button', { name: 'Send again', exact: true }).click()
    await page.getByRole('progressbar', { name: /Sending again/ }).waitFor({ state: 'attached' })
    await page.getByText('0 of 2').waitFor()
    // It gets no further, and says why.
    await page.mouse.move(0, 0)
    await page.getByText(/The connection is paused\. It goes on by itself/).waitFor()
    await expectAccessible(page)
    const german = await visit(undefined, { locale: 'de-DE' })
    await german.open('failed')
    await german.page.getByText(/Die Verbindung ist angehalten\. Es geht von selbst/).waitFor()
    await german.page.getByRole('link', { name: 'Verbindung fortsetzen' }).waitFor()
    german.quiet()
    await page.getByRole('link', { name: 'Resume the connection' }).click()
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    await page.goBack()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByText('0 accepted, 0 not, 2 left as they were').waitFor()
    await page.getByRole('row').filter({ hasText: 'Klaviyo rejected it.' }).waitFor()
    await owner.ask('POST', `/workspaces/${workspaceId}/connections/${id}/resume`)
    await server.changeSettings({ enabled: false })
    await open('failed')
    await page.getByRole('link', { name: 'Settings of the connection' }).waitFor()
    quiet()
  })

  test('M25 what is sent again just now is said to be, not that nothing has failed', async () => {
    const { klaviyo, visit } = await startFailed(2)
    klaviyo.answer('/api/*', 429, { retryAfter: 600 })
    const { page, open, quiet } = await visit()
    await open('failed')
    await page.getByRole('button', { name: 'Send again…' }).click()
    await page.getByRole('button', { name: 'Send again', exact: true }).click()
    await page.getByRole('heading', { name: '2 events are being sent again' }).waitFor()
    expect(await page.getByText('Nothing has failed').count()).toBe(0)
    await page.getByRole('link', { name: 'See how far it is' }).click()
    await page.waitForURL(/#runs$/)
    await expectAccessible(page)
    const german = await visit(undefined, { locale: 'de-DE' })
    await german.open('failed')
    await german.page.getByRole('heading', { name: '2 Ereignisse werden erneut' }).waitFor()
    german.quiet()
    quiet()
  }, 120_000)

  test('M25 S40 each cause leads to where it is put right: rules and mapping, or the list that a subscription names', async () => {
    const settings = { listId: 'L1', emailConsent: true }
    const { server, klaviyo, visit } = await startAdmin(browser, { settings })
    await server.identify({
      messageId: 'sign-up',
      userId: 'c-1',
      traits: { email: 'ana@shop.example', properties: { subscribe: true, consent: ['email'] } },
    })
    await server.settle()
    klaviyo.answer('/api/events', 400, { times: 1 })
    await server.track('Order Completed', {
      messageId: 'order',
      userId: 'c-1',
      properties: { order_id: '1', total: 10 },
    })
    await server.settle()
    const { page, open, quiet } = await visit()
    await open('failed')
    const row = page.getByRole('row').filter({ hasText: 'Klaviyo rejected it.' })
    const ways = (where: typeof page | typeof row) =>
      where.getByRole('group', { name: 'To put it right' }).getByRole('link').allInnerTexts()
    await row.getByRole('link', { name: 'What we send' }).waitFor()
    expect(await ways(row)).toEqual(['Rules', 'What we send', 'The list for subscriptions'])
    await row.getByRole('link', { name: 'Rules' }).click()
    await page.getByRole('heading', { level: 1, name: 'Rules' }).waitFor()
    await open('events/order')
    await page.getByRole('link', { name: 'The list for subscriptions' }).waitFor()
    expect(await ways(page)).toEqual(['Rules', 'What we send', 'The list for subscriptions'])
    await page.getByRole('button', { name: 'Send again' }).waitFor()
    await open('events/sign-up')
    await page.getByRole('link', { name: 'Permissions of the key' }).waitFor()
    expect(await ways(page)).toEqual(['The list for subscriptions', 'Permissions of the key'])
    await expectAccessible(page)
    await page.getByRole('link', { name: 'The list for subscriptions' }).click()
    await page.getByLabel('Klaviyo list for newsletter subscriptions').first().waitFor()
    quiet()

    const german = await visit(undefined, { locale: 'de-DE' })
    await german.open('failed')
    const beheben = german.page.getByRole('group', { name: 'Beheben' })
    await beheben.getByRole('link', { name: 'Regeln' }).waitFor()
    german.quiet()
  }, 120_000)

  test('M25 of two tabs one begins; the other is told, and no second run is offered while one goes on', async () => {
    const { server, owner, workspaceId, klaviyo, visit } = await startFailed(2)
    klaviyo.answer('/api/events', 413, { times: 1 })
    await server.track('Order Completed', {
      userId: 'c-9',
      context: { traits: { email: 'ana9@shop.example' } },
      properties: { order_id: '9', total: 10 },
    })
    await server.settle()
    const { id } = server.installation.connection
    const connection = `/workspaces/${workspaceId}/connections/${id}`
    await owner.ask('POST', `${connection}/pause`)
    const { page, open, quiet } = await visit()
    await open('failed')
    const rejected = page.getByRole('row').filter({ hasText: 'Klaviyo rejected it.' })
    await rejected.getByRole('button', { name: 'Send again…' }).click()
    const dialog = page.getByRole('dialog', { name: 'Send 2 events again?' })
    await dialog.waitFor()
    const body = { act: 'replay', reason: 'klaviyo_rejected' }
    await owner.ask('POST', `${connection}/runs`, body)
    await dialog.getByRole('button', { name: 'Send again', exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByText('0 of 2').waitFor()
    const other = page.getByRole('row').filter({ hasText: 'larger than Klaviyo accepts' })
    for (const name of ['Send again…', 'Discard…'])
      expect(await other.getByRole('button', { name }).isDisabled()).toBe(true)
    expect((await owner.ask('GET', `${connection}/runs`)).body.data).toHaveLength(1)

    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByText('0 accepted, 0 not, 2 left as they were').waitFor()
    await expect
      .poll(() => other.getByRole('button', { name: 'Send again…' }).isEnabled())
      .toBe(true)
    quiet()
  })

  test('A10 M25 a viewer looks, sees nobody’s address, and is offered nothing', async () => {
    const { server, owner, workspaceId, visit } = await startFailed(1)
    const viewer = await join(server, owner, workspaceId, 'viewer')
    const { page, open, quiet } = await visit(viewer)
    await open('failed')
    await page.getByText('Your role may look').waitFor()
    await page.getByRole('button', { name: 'See 1' }).click()
    await page.getByText('a•••@s•••.example').waitFor()
    expect(await page.getByRole('button', { name: /Send|Discard/ }).count()).toBe(0)
    expect(await page.getByRole('checkbox').count()).toBe(0)
    quiet()
  })
})
