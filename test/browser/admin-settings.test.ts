import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { join, newWorkspace } from '../admin/workspace.ts'
import { expectAccessible, namedHere, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('the settings, as a person uses them', () => {
  const browser = openBrowser()

  test('M28 what is set up is downloaded, looked at, and imported into another workspace', async () => {
    const { server, owner, visit } = await startAdmin(browser)
    const into = await newWorkspace(owner, 'Second')
    const { page, open, quiet } = await visit()
    await open('settings')
    await expectAccessible(page)
    const coming = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download the file' }).click()
    const download = await coming
    expect(download.suggestedFilename()).toMatch(/\.tillpost\.json$/)
    const path = await download.path()
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ tillpost: 'configuration' })

    await page.goto(`${namedHere(server.url)}/admin/${into}/settings`)
    const choose = async (name: string, buffer: Buffer) => {
      const chooser = page.waitForEvent('filechooser')
      await page.getByRole('button', { name: 'Choose a file to import' }).click()
      await (await chooser).setFiles({ name, mimeType: 'application/json', buffer })
    }
    await choose('photo.json', Buffer.from('no JSON'))
    await page.getByRole('alert').filter({ hasText: 'cannot be read' }).waitFor()
    await choose('acme.json', await readFile(path))
    await page.getByText('What importing acme.json would do').waitFor()
    const plan = page.getByRole('listitem')
    await plan
      .filter({ hasText: 'Needs you first' })
      .filter({ hasText: 'Klaviyo account' })
      .waitFor()
    await plan.filter({ hasText: 'Is made' }).filter({ hasText: 'Store Acme' }).waitFor()
    await plan.filter({ hasText: 'It gets new keys' }).waitFor()
    await expectAccessible(page)
    expect((await owner.ask('GET', `/workspaces/${into}/stores`)).body.data).toEqual([])

    await page.getByRole('button', { name: 'Import', exact: true }).click()
    await page.getByText(/Imported: 2 made/).waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Stores and sources' }).last().click()
    await page.getByRole('heading', { name: 'Acme', exact: true }).waitFor()
    quiet()
  })

  test('W14 M5 M14 the workspace is renamed and switched off; a store and its privacy are set', async () => {
    const { owner, workspaceId, server, visit } = await startAdmin(browser)
    const { page, open, quiet } = await visit()
    const here = `/workspaces/${workspaceId}`
    await open('settings')
    const workspace = page.getByRole('region', { name: 'Workspace' })
    await workspace.getByLabel('Name').fill('Acme Group')
    await workspace.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: /Acme Group/ }).waitFor()
    await workspace.getByLabel('Send to Klaviyo').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await owner.ask('GET', here)).body).toMatchObject({
      name: 'Acme Group',
      flags: { klaviyo: false },
    })

    const store = page.getByRole('region', { name: 'Store' })
    await store.getByLabel('Currency').first().fill('E')
    await store.getByRole('button', { name: 'Save' }).click()
    await store.getByText('Three letters, as EUR.', { exact: true }).waitFor()
    await store.getByLabel('Domain').fill('https://shop.example/')
    await store.getByLabel('Country').fill('Germany')
    await store.getByRole('button', { name: 'Save' }).click()
    await store.getByText('The domain alone').waitFor()
    await store.getByText('Two letters, as DE.', { exact: true }).waitFor()
    await store.getByLabel('Domain').fill('shop.example')
    await store.getByLabel('Country').fill('de')
    await store.getByLabel('Currency').first().fill('chf')
    await store.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.', { exact: true }).last().waitFor()
    const privacy = page.getByRole('region', { name: 'Consent and privacy' })
    await privacy.getByRole('combobox', { name: 'Shop pages track' }).click()
    await page.getByRole('option', { name: 'Once the shopper has agreed' }).click()
    await privacy.getByRole('combobox', { name: 'Amounts' }).click()
    await page.getByRole('option', { name: 'In the store’s own currency' }).click()
    await privacy.getByRole('button', { name: 'Save' }).click()
    await page.getByText('It holds for everything').waitFor()
    expect((await owner.ask('GET', `${here}/stores`)).body.data).toMatchObject([
      { currency: 'CHF', country: 'DE', domain: 'shop.example' },
    ])
    const { id } = server.installation.connection
    const { data } = (await owner.ask('GET', `${here}/connections`)).body
    expect(data.find((one: { id: string }) => one.id === id).settings).toMatchObject({
      trackingConsent: 'opt-in',
      amounts: 'store',
    })
    quiet()
  })

  test('what is typed while a save is under way stays, and is not saved yet', async () => {
    const { owner, workspaceId, visit } = await startAdmin(browser)
    const { page, open, quiet } = await visit()
    await open('settings')
    const { promise: letGo, resolve: go } = Promise.withResolvers<void>()
    await page.route('**/api/v1/workspaces/*/stores/*', async (route) => {
      await letGo
      await route.continue()
    })
    const store = page.getByRole('region', { name: 'Store', exact: true })
    await store.getByLabel('Domain').fill('first.example')
    await store.getByRole('button', { name: 'Save' }).click()
    await store.getByLabel('Domain').fill('second.example')
    go()
    await page.getByText('Saved.', { exact: true }).waitFor()
    const kept = async () =>
      (await owner.ask('GET', `/workspaces/${workspaceId}/stores`)).body.data[0].domain
    expect(await kept()).toBe('first.example')
    await expect.poll(() => store.getByRole('button', { name: 'Save' }).isEnabled()).toBe(true)
    expect(await store.getByLabel('Domain').inputValue()).toBe('second.example')
    await store.getByRole('button', { name: 'Save' }).click()
    await expect.poll(kept).toBe('second.example')
    quiet()
  })

  test('A18 a session that ends under what is typed: one signs in beside it, and goes on', async () => {
    const { workspaceId, visit, owner, server } = await startAdmin(browser)
    const { page, context, open } = await visit()
    await open('settings')
    const store = page.getByRole('region', { name: 'Store', exact: true })
    await store.getByLabel('Domain').fill('typed.example')
    const cookies = await context.cookies()
    await context.clearCookies()
    await store.getByRole('button', { name: 'Save' }).click()
    await page.getByText('You are signed out.').waitFor()
    expect(await store.getByLabel('Domain').inputValue()).toBe('typed.example')
    const beside = page.getByRole('link', { name: 'Sign in in another tab' })
    expect(await beside.getAttribute('target')).toBe('_blank')
    await context.addCookies(cookies)
    await store.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.', { exact: true }).waitFor()
    await beside.waitFor({ state: 'detached' })
    const stores = (await owner.ask('GET', `/workspaces/${workspaceId}/stores`)).body.data
    expect(stores).toMatchObject([{ domain: 'typed.example' }])

    // Where nothing would be lost, one is led to sign in, and back to the very address.
    await context.clearCookies()
    await page.goto(`${namedHere(server.url)}/admin/${workspaceId}/events?event=Placed+Order`)
    await page.waitForURL(/\/sign-in\?next=/)
    expect(new URL(page.url()).searchParams.get('next')).toBe(
      `/admin/${workspaceId}/events?event=Placed+Order`,
    )
  })

  test('what somebody else saved meanwhile is shown and kept, and what one has chosen too', async () => {
    const { owner, workspaceId, server, visit } = await startAdmin(browser)
    const { id } = server.installation.connection
    const path = `/workspaces/${workspaceId}/connections/${id}`
    const change = (settings: object) => owner.ask('PATCH', `${path}/settings`, { settings })
    const kept = async () => (await owner.ask('GET', path)).body.settings
    const { page, open } = await visit(undefined, { locale: 'de-DE' })
    await open('settings')
    const privacy = page.getByRole('region', { name: 'Einwilligung und Datenschutz' })
    await privacy.getByRole('combobox', { name: 'Beträge' }).click()
    await page.getByRole('option', { name: 'In der Währung des Shops' }).click()
    await change({ productIds: 'sku' })
    await privacy.getByRole('button', { name: 'Speichern' }).click()
    await privacy.getByText('Inzwischen hat jemand die Einstellungen geändert').waitFor()
    const products = privacy.getByRole('combobox', { name: 'Produkte werden genannt nach' })
    await expect.poll(() => products.inputValue()).toBe('Artikelnummer (SKU)')
    await privacy.getByRole('button', { name: 'Speichern' }).click()
    await expect.poll(kept).toMatchObject({ productIds: 'sku', amounts: 'store' })

    // The store and the workspace: what is typed stays, what is not follows, and only the one is sent.
    const store = page.getByRole('region', { name: 'Shop', exact: true })
    const { storeId } = server.installation.source
    await store.getByLabel('Name').fill('Meiner')
    await page
      .getByRole('region', { name: 'Arbeitsbereich', exact: true })
      .getByLabel('Name')
      .fill('Unser')
    await owner.ask('PATCH', `/workspaces/${workspaceId}/stores/${storeId}`, { country: 'AT' })
    await privacy.getByRole('combobox', { name: 'Beträge' }).click()
    await page.getByRole('option').first().click()
    await privacy.getByRole('button', { name: 'Speichern' }).click()
    await expect.poll(() => store.getByLabel('Land').inputValue()).toBe('AT')
    expect(await store.getByLabel('Name').inputValue()).toBe('Meiner')
    await owner.ask('PATCH', `/workspaces/${workspaceId}/stores/${storeId}`, { country: 'CH' })
    await store.getByRole('button', { name: 'Speichern' }).click()
    const stores = async () =>
      (await owner.ask('GET', `/workspaces/${workspaceId}/stores`)).body.data
    await expect.poll(stores).toMatchObject([{ name: 'Meiner', country: 'CH' }])
    expect(
      await page
        .getByRole('region', { name: 'Arbeitsbereich', exact: true })
        .getByLabel('Name')
        .inputValue(),
    ).toBe('Unser')
    await page
      .getByRole('region', { name: 'Arbeitsbereich', exact: true })
      .getByRole('button', { name: 'Speichern' })
      .click()
    await expect
      .poll(async () => (await owner.ask('GET', `/workspaces/${workspaceId}`)).body.name)
      .toBe('Unser')

    await open('integrations/klaviyo')
    const settings = page.getByRole('region', { name: 'Einstellungen' })
    await settings.getByLabel('Eine Anmeldung gilt für SMS').click()
    await change({ identity: 'any-identifier' })
    await settings.getByRole('button', { name: 'Speichern' }).click()
    await settings.getByText('Inzwischen hat jemand die Einstellungen geändert').waitFor()
    const whom = settings.getByRole('combobox', { name: 'Von wem Ereignisse gesendet werden' })
    await expect.poll(() => whom.inputValue()).toMatch(/Telefonnummer/u)
    await settings.getByRole('button', { name: 'Speichern' }).click()
    await expect.poll(kept).toMatchObject({ identity: 'any-identifier', smsConsent: true })
  })

  test('R12 R7 the list that people join is chosen by its name, and says how one joins it', async () => {
    const { owner, workspaceId, server, klaviyo, visit } = await startAdmin(browser)
    klaviyo.account().addList({ id: 'SINGLE', name: 'News', optIn: 'single_opt_in' })
    klaviyo.account().addList({ id: 'DOUBLE', name: 'Club', optIn: 'double_opt_in' })
    const { page, open, quiet } = await visit()
    await open('integrations/klaviyo')
    const settings = page.getByRole('region', { name: 'Settings' })
    const list = settings.getByRole('combobox', { name: 'Klaviyo list' })
    await list.click()
    await page.getByRole('option', { name: 'News (single opt-in)' }).waitFor()
    await page.getByRole('option', { name: 'Club (double opt-in)' }).click()
    await settings.getByText('Only who confirms it is on the list.').waitFor()
    await settings.getByRole('button', { name: 'Save' }).click()
    await page.getByText('It holds for everything').waitFor()
    await expectAccessible(page)
    const { id } = server.installation.connection
    const { data } = (await owner.ask('GET', `/workspaces/${workspaceId}/connections`)).body
    expect(data.find((one: { id: string }) => one.id === id).settings.listId).toBe('DOUBLE')
    quiet()
  })

  test('S37 R12 numbers and ids that cannot be are refused beside the field, and nothing is made of them', async () => {
    const { klaviyo, server, visit } = await startAdmin(browser)
    klaviyo.answer('/api/lists', 403)
    const { page, open } = await visit()
    const saved = async () => (await server.parts.config.connections())[0]!
    await open('integrations/klaviyo')
    const settings = page.getByRole('region', { name: 'Settings' })
    const save = settings.getByRole('button', { name: 'Save' })
    const cap = settings.getByLabel('Requests a second at most')
    const late = settings.getByLabel('Late after')
    const list = settings.getByLabel('Klaviyo list')
    await settings.getByText('Klaviyo did not give its lists').waitFor()

    for (const nonsense of ['-5', '0', '351', '99999999999999999999', 'five', '1e2']) {
      await cap.fill(nonsense)
      await save.click()
      await settings.getByText('Give a number from 0.01 to 350, or leave it empty.').waitFor()
      expect(await cap.inputValue()).toBe(nonsense)
    }
    await cap.fill('2,5')
    await list.fill('my list')
    await late.fill('')
    await save.click()
    await settings.getByText('Give a number of hours from 0 to 8,784.').waitFor()
    await settings.getByText('This is no list’s id.').waitFor()
    await expectAccessible(page)
    for (const nonsense of ['-1', '9000']) {
      await late.fill(nonsense)
      await save.click()
      await settings.getByText('Give a number of hours from 0 to 8,784.').waitFor()
    }
    expect((await saved()).version).toBe(1)

    await late.fill('0.5')
    await list.fill('Y6nRLr')
    await save.click()
    await page.getByText('It holds for everything').waitFor()
    expect((await saved()).settings).toMatchObject({
      requestsPerSecond: 2.5,
      lateAfterMs: 1_800_000,
      listId: 'Y6nRLr',
    })
    await cap.fill('')
    await save.click()
    await expect.poll(async () => (await saved()).settings).not.toHaveProperty('requestsPerSecond')
  })

  test('settings that are not saved are asked about before another page, or store, is shown', async () => {
    const { owner, workspaceId, visit } = await startAdmin(browser)
    await owner.ask('POST', `/workspaces/${workspaceId}/stores`, { name: 'North' })
    const { page, open, quiet } = await visit(undefined, { locale: 'de-DE' })
    const question = page.getByRole('dialog', { name: 'Ohne zu speichern verlassen?' })
    await open('settings')
    const store = page.getByRole('region', { name: 'Shop' })
    await store.getByLabel('Domain').fill('neu.example')
    await page.getByRole('combobox', { name: 'Welcher Shop' }).click()
    await page.getByRole('option', { name: 'North' }).click()
    await question.getByRole('button', { name: 'Hier bleiben' }).click()
    expect(await store.getByLabel('Domain').inputValue()).toBe('neu.example')
    await page.getByRole('link', { name: 'Regeln' }).click()
    await question.getByRole('button', { name: 'Ohne Speichern verlassen' }).click()
    await page.getByRole('heading', { level: 1, name: 'Regeln' }).waitFor()
    await open('integrations/klaviyo')
    await page.getByLabel('Verspätet nach').fill('5')
    await page.getByRole('link', { name: 'Regeln' }).click()
    await question.getByRole('button', { name: 'Hier bleiben' }).click()
    await page.getByRole('button', { name: 'Speichern', exact: true }).click()
    await page.getByText('Es gilt für alles').waitFor()
    // What was saved is asked about no more.
    await page.getByRole('link', { name: 'Regeln' }).click()
    await page.getByRole('heading', { level: 1, name: 'Regeln' }).waitFor()
    quiet()
  })

  test('a viewer reads the settings and is offered nothing to change them by, in German too', async () => {
    const { server, owner, workspaceId, visit } = await startAdmin(browser)
    const viewer = await join(server.parts, owner, workspaceId, 'viewer')
    const { page, open, quiet } = await visit(viewer, { locale: 'de-DE' })
    await open('settings')
    await page.getByRole('region', { name: 'Einwilligung und Datenschutz' }).waitFor()
    const main = page.getByRole('main')
    expect(await main.getByRole('button').allInnerTexts()).toEqual([])
    expect(await main.getByLabel('An Klaviyo senden').isDisabled()).toBe(true)
    await expectAccessible(page)
    quiet()
  })

  test('a workspace is deleted once nothing is connected, and its name was typed', async () => {
    const { server, owner, visit } = await startAdmin(browser)
    const { page, open } = await visit()
    await open('settings')
    const dialog = page.getByRole('dialog')
    const remove = dialog.getByRole('button', { name: 'Delete for good' })
    await page.getByRole('button', { name: 'Delete workspace…' }).click()
    await dialog.getByText('1 store is still connected.').waitFor()
    expect(await remove.isDisabled()).toBe(true)

    const empty = await newWorkspace(owner, 'Second')
    await page.goto(`${namedHere(server.url)}/admin/${empty}/settings`)
    await page.getByRole('button', { name: 'Delete workspace…' }).click()
    await dialog.getByText('1 member loses access').waitFor()
    await dialog.getByLabel('Type Second to confirm').fill('Acme')
    expect(await remove.isDisabled()).toBe(true)
    await dialog.getByLabel('Type Second to confirm').fill('Second')
    await expectAccessible(page)
    await remove.click()
    await page.waitForURL((url) => !url.pathname.includes(empty))
    expect((await owner.ask('GET', `/workspaces/${empty}`)).status).toBe(404)
  })

  test('a store that is not connected is deleted by its name; one that is connected says what comes first', async () => {
    const { owner, workspaceId, visit } = await startAdmin(browser)
    const stores = `/workspaces/${workspaceId}/stores`
    await owner.ask('POST', stores, { name: 'Old shop' })
    const { page, open, quiet } = await visit()
    await open('stores')
    const dialog = page.getByRole('dialog')
    const remove = dialog.getByRole('button', { name: 'Delete for good' })
    await page.getByRole('button', { name: 'Delete store… Acme' }).click()
    await dialog.getByText('Disconnect it first').waitFor()
    expect(await remove.isDisabled()).toBe(true)
    await dialog.getByRole('button', { name: 'Cancel' }).last().click()
    await dialog.waitFor({ state: 'detached' })
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Delete store… Old shop' }).click()
    await dialog.getByLabel('Type Old shop to confirm').fill('Old shop')
    await remove.click()
    await page
      .getByRole('heading', { name: 'Old shop', exact: true })
      .waitFor({ state: 'detached' })
    expect((await owner.ask('GET', stores)).body.data).toMatchObject([{ name: 'Acme' }])
    quiet()
  })
})
