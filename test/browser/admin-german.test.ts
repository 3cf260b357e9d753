import { describe, expect, test } from 'vitest'
import { expectAccessible, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('in German', { timeout: 180_000 }, () => {
  const browser = openBrowser()

  test('S38 what is wrong with a test event is told, and what it becomes, with its amount', async () => {
    const { owner, server, workspaceId, visit } = await startAdmin(browser)
    const { storeId } = server.installation.source
    await owner.ask('PATCH', `/workspaces/${workspaceId}/stores/${storeId}`, { currency: 'EUR' })
    const { page, open } = await visit(undefined, { locale: 'de-DE' })
    await open('test')
    const email = page.getByLabel('Ihre eigene E-Mail-Adresse')
    await email.fill('keine-adresse')
    await page.getByRole('button', { name: 'Nur Vorschau' }).click()
    await page
      .getByRole('alert')
      .filter({ hasText: 'E-Mail muss eine E-Mail-Adresse sein, etwa ada@shop.example.' })
      .waitFor()
    await email.fill('ada@shop.example')
    await page.getByRole('button', { name: 'Nur Vorschau' }).click()
    const becomes = page.getByRole('status').filter({ hasText: 'Es würde gesendet.' })
    await becomes.getByText(/^„Placed Order“ im Wert von \d+,\d\d\s€, mit der/u).waitFor()
    expect(await becomes.innerText()).not.toMatch(/The event|worth/u)
    await expectAccessible(page)
  })

  test('T69 W29 the diagnosis is told, step by step', async () => {
    const { server, visit } = await startAdmin(browser)
    const order = (id: string) =>
      server.track('Order Completed', {
        messageId: id,
        userId: id,
        context: { traits: { email: `${id}@shop.example` } },
        properties: { order_id: id, total: 12 },
      })
    await order('m1')
    await server.settle()
    const { page, open, quiet } = await visit(undefined, { locale: 'de-DE' })
    const english = /\b(the|is|came|that|which|event of)\b/iu
    const isGerman = async () => {
      const text = await page.getByRole('list').last().innerText()
      expect(text.split('\n').filter((line) => english.test(line))).toEqual([])
    }
    await open('diagnose?what=Placed+Order&asked=yes')
    await page.getByText('Ein solches Ereignis kam.').waitFor()
    await page.getByText('Klaviyo ist verbunden, mit').waitFor()
    await page.getByText('Die E-Mail-Adresse der Person ist bekannt.').waitFor()
    await isGerman()
    await open('diagnose?what=Placed+Ordr&asked=yes')
    await page
      .getByText('Von diesem Shop kam noch nie ein Ereignis „Placed Ordr“.')
      .first()
      .waitFor()
    await page.getByText('Meinten Sie „Placed Order“? Das kam.').first().waitFor()
    await isGerman()
    await expectAccessible(page)
    quiet()
  })

  test('A90 the trail says what a setting was set to in the words of its page', async () => {
    const { owner, server, workspaceId, visit } = await startAdmin(browser)
    const { id } = server.installation.connection
    await owner.ask('PATCH', `/workspaces/${workspaceId}/connections/${id}/settings`, {
      settings: { identity: 'any-identifier', amounts: 'store', trackingConsent: 'opt-in' },
    })
    const { page, open, quiet } = await visit(undefined, { locale: 'de-DE' })
    await open('trail')
    const row = page.getByRole('row').filter({ hasText: 'Beträge' })
    await row.getByText('→ In der Währung des Shops').waitFor()
    await row.getByText('→ Von Kunden mit E-Mail-Adresse, Telefonnummer oder Kennung').waitFor()
    await row.getByText('→ Sobald die Person eingewilligt hat').waitFor()
    expect(await row.innerText()).not.toMatch(/any-identifier|opt-in/u)
    quiet()
  })
})
