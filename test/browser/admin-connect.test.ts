import { describe, expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../src/simulator/index.ts'
import { join } from '../admin/workspace.ts'
import { type Admin, expectAccessible, namedHere, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

const given = { name: 'Tillpost', clientId: 'app-1', clientSecret: 'secret-1' }
const rightKey = 'pk_test_0123456789abcdef'

/** The account has a key that is right, and an app; the store is not connected. */
async function startUnconnected(browser: ReturnType<typeof openBrowser>): Promise<Admin> {
  const klaviyo = await startSimulator({
    limits: false,
    accounts: [{ id: 'TEST01', name: 'Acme GmbH', privateKey: rightKey }],
  })
  onTestFinished(() => klaviyo.close())
  const admin = await startAdmin(browser, {
    klaviyo,
    environment: { klaviyoApp: given, support: 'mailto:help@host.example' },
  })
  klaviyo.addApp({
    ...given,
    redirectUris: [`${namedHere(admin.server.url)}/oauth/klaviyo/callback`],
  })
  const { workspaceId, id } = admin.server.installation.connection
  await admin.server.parts.config.changeState(workspaceId, id, 'disconnected')
  await admin.server.parts.reload()
  return admin
}

describe.runIf(hasBrowser)('integrations, as a person uses them', () => {
  const browser = openBrowser()

  test('Z1 Z2 T9 T10 T13 by Klaviyo’s own page: from the list to the connected store, and its settings', async () => {
    const { visit } = await startUnconnected(browser)
    const { page, open, quiet } = await visit()
    await open('integrations')
    await page.getByRole('link', { name: 'Connect Acme' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Connect Acme' }).click()
    await page.getByRole('link', { name: 'Connect with Klaviyo' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Connect with Klaviyo' }).click()
    await page.waitForURL(/\/oauth\/authorize/)
    await page.getByRole('button', { name: /allow/i }).click()
    await page.getByRole('heading', { level: 1, name: 'Connected' }).waitFor()
    await page.getByRole('link', { name: 'Go on' }).click()

    const status = page.getByRole('region', { name: 'Connection', exact: true })
    await status.getByText('Acme GmbH').waitFor()
    await status.getByText('Klaviyo’s own page (OAuth)').waitFor()
    await page.getByText('events:write').first().waitFor()
    await page.getByRole('link', { name: 'help@host.example' }).waitFor()
    await expectAccessible(page)
    await open('integrations')
    await page.getByRole('link', { name: 'Manage Connection of Acme' }).waitFor()
    quiet()
  })

  test('S3 S4 S5 W16 W19 Z3 T65 by a private key: a wrong one is refused, the right one connects, and everything can be taken back', async () => {
    const { visit, server, klaviyo } = await startUnconnected(browser)
    const { page, open } = await visit()
    await open('integrations/klaviyo')
    await page.getByLabel('Private key').fill('pk_wrong_0123456789abcdef')
    await page.getByRole('button', { name: 'Check key' }).click()
    await page.getByRole('alert').filter({ hasText: 'not saved' }).waitFor()
    await page.getByLabel('Private key').fill(rightKey)
    await page.getByRole('button', { name: 'Check key' }).click()
    await page.getByText('The key belongs to Acme GmbH.').waitFor()
    await page.getByRole('button', { name: 'Connect now' }).click()

    const status = page.getByRole('region', { name: 'Connection', exact: true })
    await status.getByText('TEST01').waitFor()
    await status.getByText('Go-live').waitFor()
    await status.getByLabel('Is Enabled').click()
    await status.getByText('Switched off').waitFor()
    await status.getByLabel('Is Enabled').click()
    await status.getByText('Klaviyo connected').waitFor()
    // It holds from the answer on; what is kept is shown by whoever asks before that, too.
    const answered = page.waitForResponse((one) => one.url().endsWith('/pause'))
    await status.getByRole('button', { name: 'Pause' }).click()
    expect((await answered).ok()).toBe(true)
    await status.getByText('Paused: events wait').waitFor()
    await server.track('Order Completed', {
      userId: 'c-1',
      context: { traits: { email: 'ana@shop.example' } },
      properties: { order_id: '7' },
    })
    await status.getByRole('button', { name: 'Disconnect…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('1 waiting event ends as not sent.').waitFor()
    await dialog.getByRole('button', { name: 'Disconnect' }).click()
    await page.getByRole('heading', { name: 'Connect Klaviyo' }).waitFor()
    await server.settle()
    expect(klaviyo.events()).toEqual([])
  })

  test('W16 the key of a source that is made by connecting is shown, and works', async () => {
    const { visit, server, owner, workspaceId } = await startUnconnected(browser)
    const stores = `/workspaces/${workspaceId}/stores`
    const { id } = (await owner.ask('POST', stores, { name: 'Second' })).body
    const { page, open, quiet } = await visit()
    await open(`integrations/klaviyo?store=${id}`)
    await page.getByLabel('Private key').fill(rightKey)
    await page.getByRole('button', { name: 'Check key' }).click()
    await page.getByRole('button', { name: 'Connect now' }).click()
    const key = page.getByText(/^wk_/)
    await key.waitFor()
    const writeKey = await key.innerText()
    const answer = await fetch(`${server.url}/v1/track`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${writeKey}:`)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ event: 'Product Viewed', userId: 'c-1' }),
    })
    expect(answer.status).toBe(200)
    await page.getByRole('button', { name: 'Connection', exact: true }).click()
    await page.getByRole('region', { name: 'Connection', exact: true }).waitFor()
    await key.waitFor({ state: 'detached' })
    quiet()
  })

  test('T52 once it is disconnected, Klaviyo is asked nothing; a link that signs in asks for no session', async () => {
    const { visit, server } = await startAdmin(browser)
    const { page, open, quiet } = await visit(undefined, { locale: 'de-DE' })
    await open('integrations/klaviyo')
    await page.getByText('Kunden mit E-Mail-Adresse, die etwas bestellt haben.').waitFor()
    await page.getByRole('button', { name: 'Trennen…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Trennen', exact: true }).click()
    await page.getByRole('heading', { name: 'Klaviyo verbinden' }).waitFor()
    await open('segments')
    await page.getByRole('heading', { name: 'Klaviyo ist nicht verbunden' }).waitFor()
    quiet()

    const { page: stranger } = await browser.visit({ locale: 'en-GB' })
    const asked: string[] = []
    stranger.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await stranger.goto(`${namedHere(server.url)}/enter#code=00000000000000000000000000000000`)
    await stranger.getByRole('alert').waitFor()
    expect(asked).toContain('/api/v1/session/link')
    expect(asked).not.toContain('/api/v1/session')
  })

  test('a viewer sees the connection and can change nothing of it, in German too', async () => {
    const { visit, server, owner, workspaceId } = await startAdmin(browser)
    const viewer = await join(server.parts, owner, workspaceId, 'viewer')
    const { page, open, quiet } = await visit(viewer, { locale: 'de-DE' })
    await open('integrations/klaviyo')
    await page.getByRole('region', { name: 'Verbindung', exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'Trennen…' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Anhalten' }).count()).toBe(0)
    expect(await page.getByLabel('Eingeschaltet').isDisabled()).toBe(true)
    await page.getByRole('heading', { name: 'Kundensegmente' }).waitFor()
    await expectAccessible(page)
    quiet()
  })

  test('T49 T52 T53 T54 the segment is created once, however often it is pressed', async () => {
    const { visit, server, klaviyo } = await startAdmin(browser, { klaviyo: { limits: false } })
    const { page, open } = await visit()
    await server.track('Generated OnYou TryOn', {
      userId: 'ana',
      context: { traits: { email: 'ana@shop.example' } },
    })
    await server.settle()
    await open('segments')
    const create = page.getByRole('button', { name: 'Create Segment OnYou Customers' })
    await create.waitFor()
    await expectAccessible(page)
    await create.dblclick()
    await page.getByRole('link', { name: 'Open in Klaviyo: OnYou Customers' }).waitFor()
    await page.getByText('1 person now').waitFor()
    const made = klaviyo
      .requests()
      .filter(
        ({ method, path, status }) => `${method} ${path} ${status}` === 'POST /api/segments 201',
      )
    expect(made).toHaveLength(1)
  })

  test('S38 S39 S40 a test event is previewed, sent, followed, and found in Klaviyo', async () => {
    const { visit } = await startAdmin(browser, { klaviyo: { limits: false } })
    const { page, open, quiet } = await visit()
    await open('test')
    await page.getByLabel('Your own email address').fill('me@shop.example')
    await page.getByRole('button', { name: 'Preview only' }).click()
    await page.getByText('It would be sent.').waitFor()
    await page.getByLabel('Edit what is sent').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: /Really send/ }).click()
    const follow = page.getByRole('region', { name: 'Where it is' })
    await follow.getByText('Accepted', { exact: true }).waitFor()
    await follow.getByRole('button', { name: 'Look for it in Klaviyo' }).click()
    await follow.getByText('"Placed Order" is in Klaviyo.').waitFor()
    await expectAccessible(page)
    quiet()
  })

  test('T69 T70 T71 W29 M26 why an event is missing is found, mended, and then it arrives', async () => {
    const { visit, server, klaviyo } = await startAdmin(browser, { klaviyo: { limits: false } })
    const { page, open, quiet } = await visit()
    await server.changeSettings({ enabled: false })
    const order = (id: string) =>
      server.track('Order Completed', {
        userId: 'c-1',
        context: { traits: { email: 'ana@shop.example' } },
        properties: { order_id: id },
      })
    await order('7')
    await server.settle()
    await open('diagnose')
    await page.getByLabel('Who?').fill('ana@shop.example')
    await page.getByRole('combobox', { name: 'What?' }).fill('Placed Order')
    await page.getByRole('button', { name: 'Check' }).click()
    const answer = page.getByRole('status').filter({ hasText: 'Answer' })
    await answer.getByText(/switched off/).waitFor()
    await page.getByText('It stops here').waitFor()
    // An address is never part of the page's.
    expect(page.url()).not.toContain('ana')
    await expectAccessible(page)

    await answer.getByRole('link', { name: /Fix it/ }).click()
    await page.getByLabel('Is Enabled').click()
    const status = page.getByRole('region', { name: 'Connection', exact: true })
    await status.getByText('Klaviyo connected').waitFor()
    await order('8')
    await server.settle()
    expect(klaviyo.events('Placed Order')).toHaveLength(1)
    await open('diagnose?asked=yes&what=Placed+Order')
    await page.getByText('Klaviyo accepted it.').first().waitFor()
    quiet()
  })

  test('W16 a store is added, gets its snippet, and shows its first event by itself', async () => {
    const { visit, server } = await startAdmin(browser)
    const { page, open, quiet } = await visit()
    await open('stores')
    await page.getByText('Waiting for the first event…').waitFor()
    await page.getByText(`/sdk/${server.browserKey}.js`).first().waitFor()
    await expectAccessible(page)
    await server.fromPage([{ type: 'track', event: 'Product Viewed', anonymousId: 'a-1' }])
    await page.getByText('Events arrive. The newest came').waitFor()
    await page.getByRole('button', { name: 'Add store' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Second')
    await dialog.getByRole('button', { name: 'Add' }).click()
    await page.getByRole('heading', { name: 'Second' }).waitFor()
    quiet()
  })
})
