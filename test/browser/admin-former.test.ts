import { describe, expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../src/simulator/index.ts'
import { expectAccessible, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('several connections, as a person tells them apart', () => {
  const browser = openBrowser()

  /** The store was connected twice to one account, another store to another; two orders failed over each of the first. */
  async function startSeveral() {
    const klaviyo = await startSimulator({
      limits: false,
      accounts: [
        { id: 'TEST01', name: 'Acme GmbH', privateKey: 'pk_test' },
        { id: 'BETA01', name: 'Acme US', privateKey: 'pk_beta' },
      ],
    })
    onTestFinished(() => klaviyo.close())
    const admin = await startAdmin(browser, { klaviyo })
    const { server, owner, workspaceId } = admin
    const { id, sourceId, destinationId } = server.installation.connection
    const post = async (path: string, body?: unknown) =>
      (await owner.ask('POST', `/workspaces/${workspaceId}${path}`, body)).body
    const order = async (number: number) => {
      klaviyo.answer('/api/events', 400, { times: 1 })
      await server.track('Order Completed', {
        messageId: `m${number}`,
        userId: `c-${number}`,
        context: { traits: { email: `ana${number}@shop.example` } },
        properties: { order_id: String(number), total: 10 },
      })
      await server.settle()
    }
    for (const number of [1, 2]) await order(number)
    await post(`/connections/${id}/disconnect`)
    await post('/connections', { sourceId, destinationId, preset: 'storefront' })
    await order(3)
    const store = await post('/stores', { name: 'Outlet' })
    const source = await post('/sources', { storeId: store.id, name: 'Outlet' })
    const beta = await post('/destinations', { privateKey: 'pk_beta' })
    const preset = 'storefront'
    await post('/connections', { sourceId: source.id, destinationId: beta.id, preset })
    return admin
  }

  test('T66 L1 what failed before the store was connected anew is found, and what can be done is said', async () => {
    const { visit } = await startSeveral()
    const { page, open, quiet } = await visit()
    await open('failed')
    const choice = page.getByRole('combobox', { name: 'Connection' })
    const choices = await choice.locator('option').allInnerTexts()
    expect(choices).toEqual([
      'Acme → Acme GmbH',
      'Outlet → Acme US',
      expect.stringMatching(/^Acme → Acme GmbH, until \d{1,2} \w+ \d{4}$/),
    ])
    await page.getByRole('button', { name: 'Send again…' }).waitFor()
    await page
      .getByText(/^2 events failed over the former connection Acme → Acme GmbH, until/)
      .waitFor()

    await page.getByRole('button', { name: 'Look' }).click()
    await page.getByText(/They cannot be sent any more/).waitFor()
    await page.getByRole('button', { name: 'See 2' }).waitFor()
    expect(await page.getByRole('button', { name: 'Send again…' }).count()).toBe(0)
    await expectAccessible(page)
    // From page to page it stays the one that is looked at, until one goes back.
    await page.getByRole('link', { name: 'Events', exact: true }).click()
    await page.getByRole('row').filter({ hasText: 'Klaviyo rejected it.' }).first().waitFor()
    await page.getByText(/^This is the past of Acme/).waitFor()
    await page.getByRole('button', { name: 'To the present connection' }).click()
    await page.getByText(/^This is the past of Acme/).waitFor({ state: 'detached' })

    quiet()
  })

  test('S40 W32 what the former connection brought to the account is not said to be missing, and leads there', async () => {
    // Nothing is read back meanwhile.
    const settings = { confirmEveryMs: 0 }
    const { server, klaviyo, owner, workspaceId, visit } = await startAdmin(browser, { settings })
    const { id, sourceId, destinationId } = server.installation.connection
    const post = (path: string, body?: unknown) =>
      owner.ask('POST', `/workspaces/${workspaceId}${path}`, body)
    const order = async (number: number) => {
      await server.track('Order Completed', {
        messageId: `m${number}`,
        userId: 'c-1',
        context: { traits: { email: 'ana@shop.example' } },
        properties: { order_id: String(number), total: 10 },
      })
      await server.settle()
    }
    await order(1)
    klaviyo.answer('/api/events', 400, { times: 1 })
    await order(2)
    await server.track('Product Viewed', { messageId: 'guest', anonymousId: 'a-1' })
    await server.settle()
    await post(`/connections/${id}/disconnect`)
    await server.settle()
    await post('/connections', { sourceId, destinationId, preset: 'storefront' })

    const { page, open, quiet } = await visit()
    await open('events')
    const row = (text: string) => page.getByRole('row').filter({ hasText: text })
    const accepted = row('Accepted')
    await accepted.getByText(/^By the former connection, until \d{1,2} \w+ \d{4}\.$/).waitFor()
    await row('Not sent')
      .getByText(/The connection was disconnected before it was sent/)
      .waitFor()
    expect(await page.getByText('before the connection was made').count()).toBe(0)
    // What failed is found by its status, as many as the overview counts.
    await page.getByRole('combobox', { name: 'Status' }).selectOption('Failed')
    await accepted.waitFor({ state: 'detached' })
    await row('Failed')
      .getByText(/Klaviyo rejected it/)
      .waitFor()
    expect(await page.getByRole('row').count()).toBe(2)
    await expectAccessible(page)

    await row('Failed').getByRole('link', { name: 'Open Placed Order' }).click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText(/It has ended, and the present one sends what came since/).waitFor()
    expect(await drawer.getByRole('button', { name: 'Send again' }).count()).toBe(0)
    await expectAccessible(page)
    await drawer.getByRole('link', { name: /^Acme → .*, until/ }).click()
    await page.waitForURL((url) => url.searchParams.get('connection') === id)
    await page.getByRole('heading', { level: 1, name: 'Placed Order' }).waitFor()

    await open('events/m1')
    await page.getByText(/^By the former connection Acme/).waitFor()
    await page.getByText('Klaviyo answered 202').first().waitFor()
    // It is as many as the overview counts, and is not said to be none.
    await open('failed')
    await page.getByText(/^1 event failed over the former connection Acme/).waitFor()
    await page.getByRole('heading', { name: 'Nothing has failed over this connection' }).waitFor()
    await open('shoppers?event=m1')
    await accepted.getByText(/^By the former connection/).waitFor()
    await open('diagnose')
    await page.getByRole('textbox', { name: 'Who?' }).fill('ana@shop.example')
    await page.getByRole('button', { name: 'Check' }).click()
    const answer = page.getByRole('status').filter({ hasText: 'Answer' })
    await answer.getByText('Klaviyo rejected it.').waitFor()
    await answer.getByText(/^By the former connection Acme/).waitFor()
    await expectAccessible(page)
    quiet()

    const german = await visit(undefined, { locale: 'de-DE' })
    await german.open('events')
    await german.page
      .getByRole('row')
      .filter({ hasText: 'Angenommen' })
      .getByText(/^Über die frühere Verbindung, bis /)
      .waitFor()
    await german.open('events/m2')
    await german.page.getByText(/^Über die frühere Verbindung Acme/).waitFor()
    await german.page.getByText(/Sie ist beendet, und die jetzige sendet/).waitFor()
    german.quiet()
  }, 120_000)

  test('T66 the audit log is narrowed to the past, and the connection’s page leads there', async () => {
    const { visit } = await startSeveral()
    const { page, open, quiet } = await visit()
    await open('syncs')
    const filter = page.getByRole('combobox', { name: 'Connection' })
    const past = await filter.locator('option', { hasText: 'until' }).innerText()
    await filter.selectOption({ label: past })
    await expect.poll(() => page.getByRole('row').count()).toBe(3)
    await open('integrations/klaviyo')
    const former = page.getByRole('region', { name: 'Former connections' })
    await former.getByRole('link', { name: /^Failed: Acme → Acme GmbH, until/ }).click()
    await page.getByText(/They cannot be sent any more/).waitFor()
    quiet()
  })

  test('L1 of which store a figure speaks is said on every page, for a store that is chosen too', async () => {
    const { visit, owner, workspaceId } = await startSeveral()
    const { body } = await owner.ask('GET', `/workspaces/${workspaceId}/stores`)
    const outlet = body.data.find(({ name }: { name: string }) => name === 'Outlet')
    const { page, open, quiet } = await visit()
    await open('overview')
    const attention = page.getByRole('region', { name: 'Needs attention' })
    await attention.getByText('Acme → Acme GmbH', { exact: true }).waitFor()
    await page.getByRole('combobox', { name: 'Store' }).selectOption({ label: 'Outlet → Acme US' })
    await attention.getByText('Acme → Acme GmbH', { exact: true }).waitFor({ state: 'detached' })

    await open(`integrations/klaviyo?store=${outlet.id}`)
    const chosen = page.getByRole('combobox', { name: 'Connection' })
    await expect.poll(() => chosen.locator('option:checked').innerText()).toBe('Outlet → Acme US')
    await page.getByText('Manage the connection of Outlet').waitFor()
    for (const name of ['Live', 'Failed', 'Diagnose', 'Segments', 'Rules']) {
      await chosen.selectOption({ label: 'Outlet → Acme US' })
      await page.getByRole('link', { name, exact: true }).click()
      await page.getByRole('heading', { level: 1, name }).waitFor()
      expect(await chosen.locator('option:checked').innerText()).toBe('Outlet → Acme US')
    }
    quiet()
  })

  test('T69 W32 a question has to name somebody or something; another name is offered; times are the reader’s', async () => {
    const { visit } = await startSeveral()
    const { page, open, quiet } = await visit()
    await open('diagnose')
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('Say who, or what, or both.').waitFor()
    await expectAccessible(page)
    await page.getByRole('combobox', { name: 'What?' }).fill('Placed Ordr')
    await page.getByRole('button', { name: 'Check' }).click()
    const answer = page.getByRole('status').filter({ hasText: 'Answer' })
    await answer.getByText('No event "Placed Ordr" has ever come from this store.').waitFor()
    await answer.getByRole('button', { name: 'Look for Placed Order' }).click()
    await answer.getByText('Klaviyo rejected it.').waitFor()
    await answer.getByRole('link', { name: 'Open the event' }).waitFor()
    await page
      .getByText(/^Klaviyo is connected to Acme GmbH\. Events flow since \d{1,2} /)
      .waitFor()
    expect(await page.getByRole('main').innerText()).not.toMatch(/\d{4}-\d\d-\d\dT/)
    await expectAccessible(page)
    quiet()
  })

  test('T52 of a key that Klaviyo refuses, or a store that is disconnected, segments are not asked for', async () => {
    const admin = await startAdmin(browser, { klaviyo: { limits: false } })
    const { server, owner, workspaceId, klaviyo, visit } = admin
    const order = async (id: string) => {
      await server.track('Order Completed', {
        userId: 'c-1',
        context: { traits: { email: 'ana@shop.example' } },
        properties: { order_id: id },
      })
      await server.settle()
    }
    await order('1')
    const { page, open, quiet } = await visit()
    await open('segments')
    const card = (name: string) => page.getByRole('listitem').filter({ hasText: name })
    await card('OnYou Customers').getByText('Needs the event Generated OnYou TryOn').waitFor()
    expect(await card('Bought at least once').getByText('Needs the event').count()).toBe(0)

    klaviyo.revokeKey('pk_test')
    await order('2')
    await open('segments')
    await page.getByText('Klaviyo refused the key: it was deleted or changed.').waitFor()
    await open('overview')
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
    const { id } = server.installation.connection
    await owner.ask('POST', `/workspaces/${workspaceId}/connections/${id}/disconnect`)
    await open('segments')
    await page.getByText('Klaviyo is not connected').first().waitFor()
    await open('overview')
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
    quiet()
  })
})
