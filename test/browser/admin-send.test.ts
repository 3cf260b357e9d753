import { describe, expect, test } from 'vitest'
import { expectAccessible, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('what we send', { timeout: 180_000 }, () => {
  const browser = openBrowser()

  async function startSend() {
    const admin = await startAdmin(browser)
    const { server } = admin
    const send = async (event: string, id: string) => {
      await server.track(event, {
        messageId: id,
        userId: id,
        context: { traits: { email: `${id}@shop.example` } },
        properties: { order_id: id, product_id: 'p1', total: 12, coupon: 'SPRING' },
      })
      await server.settle()
    }
    return { ...admin, send }
  }

  test('Z5 Z6 Z7 an event is switched off, ends so, and everything is switched on again', async () => {
    const { server, send, visit } = await startSend()
    const { page, open, quiet } = await visit()
    await open('send')
    const viewed = page.getByRole('switch', { name: 'Send Viewed Product' })
    await viewed.waitFor()
    await expectAccessible(page)
    await viewed.click()
    await expect
      .poll(async () => (await server.parts.config.connections())[0]?.settings.switches)
      .toEqual({ 'Viewed Product': false })
    await send('Product Viewed', 'v1')
    await send('Order Completed', 'o1')
    expect(await server.story('v1')).toMatchObject({ reason: 'event_disabled' })
    expect(await server.story('o1')).toMatchObject({ outcome: 'accepted' })

    await page.getByRole('button', { name: 'Switch everything on' }).click()
    await page.getByText('Everything is on.').waitFor()
    await send('Product Viewed', 'v2')
    expect(await server.story('v2')).toMatchObject({ outcome: 'accepted' })
    quiet()
  })

  test('Z3 Z4 the one switch for all stops everything', async () => {
    const { server, send, visit } = await startSend()
    const { page, open, quiet } = await visit(undefined, { locale: 'de-DE' })
    await open('send')
    await page.getByLabel('An Klaviyo senden').click()
    await expect
      .poll(async () => (await server.parts.config.connections())[0]?.settings.enabled)
      .toBe(false)
    await send('Order Completed', 'o1')
    expect(await server.story('o1')).toMatchObject({ reason: 'connection_off' })
    quiet()
  })

  test('each metric is there once, with a line for every vocabulary that leads to it', async () => {
    const { visit } = await startSend()
    const { page, open, quiet } = await visit()
    await open('send')
    await page.getByRole('switch', { name: 'Send Viewed Product' }).waitFor()
    for (const metric of ['Viewed Product', 'Added to Cart']) {
      expect(await page.getByText(metric, { exact: true }).count()).toBe(1)
    }
    await page.getByText('from Product Viewed, Product Clicked, Viewed Product').waitFor()
    await page.getByText('also, with fields of other names, from ViewContent, view_item').waitFor()
    await page.getByRole('button', { name: 'Look inside Viewed Product, ViewContent' }).click()
    await page.getByRole('dialog').getByText('properties.content_name').waitFor()
    quiet()
  })

  test('L12 a mapping that is not saved is not lost by closing it without a question', async () => {
    const { visit } = await startSend()
    const { page, open, quiet } = await visit(undefined, { locale: 'de-DE' })
    await open('send')
    await page.getByRole('button', { name: 'In Placed Order hineinsehen', exact: true }).click()
    const name = page.getByLabel('Name in Klaviyo')
    await name.fill('Gekauft')
    const question = page.getByRole('dialog', { name: 'Ohne zu speichern verlassen?' })
    await page.keyboard.press('Escape')
    await question.getByRole('button', { name: 'Hier bleiben' }).click()
    expect(await name.inputValue()).toBe('Gekauft')
    await page.getByRole('button', { name: 'Abbrechen' }).last().click()
    await question.getByRole('button', { name: 'Ohne Speichern verlassen' }).click()
    await name.waitFor({ state: 'detached' })
    quiet()
  })

  test('L12 a property is added and seen on an event that came, then it is sent', async () => {
    const { send, klaviyo, visit } = await startSend()
    await send('Order Completed', 'o1')
    const { page, open, quiet } = await visit()
    await open('send')
    await page.getByRole('button', { name: 'Look inside Placed Order', exact: true }).click()
    await page.getByLabel('Name of the new property').fill('Voucher')
    await page.getByLabel('Where it comes from (properties.…)').fill('properties.coupon')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('rowheader', { name: 'Placed Order · Voucher' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText(/^Saved\./).waitFor()
    await send('Order Completed', 'o2')
    const orders = klaviyo.events('Placed Order')
    expect(orders.map(({ properties }) => properties['Voucher'])).toContain('SPRING')
    quiet()
  })
})
