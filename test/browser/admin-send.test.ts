import type { BrowserContextOptions } from 'playwright-core'
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
    await page.getByRole('switch', { name: 'Eingeschaltet' }).click()
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

  /** Looks inside that metric, as the owner at a desk unless told. */
  async function lookInside(metric: string, options: BrowserContextOptions = {}) {
    const admin = await startSend()
    const visitor = await admin.visit(undefined, options)
    await visitor.open('send')
    const isGerman = options.locale === 'de-DE'
    const name = isGerman ? `In ${metric} hineinsehen` : `Look inside ${metric}`
    const button = visitor.page.getByRole('button', { name, exact: true })
    await button.waitFor()
    const mappings = async () =>
      (await admin.server.parts.config.connections())[0]?.settings.mappings
    const { id } = admin.server.installation.connection
    const path = `/workspaces/${admin.workspaceId}/connections/${id}/settings`
    /** As another tab does it. */
    const changeElsewhere = (settings: object) => admin.owner.ask('PATCH', path, { settings })
    return { ...admin, ...visitor, button, mappings, changeElsewhere }
  }

  test('L12 what is left out stays listed, does not go under any name, and is put back by itself', async () => {
    const { server, klaviyo, page, button, mappings, quiet } = await lookInside('Started Checkout')
    const checkOut = async (id: string) => {
      await server.track('Checkout Started', {
        messageId: id,
        userId: id,
        context: { traits: { email: `${id}@shop.example` } },
        properties: { order_id: id, item_names: ['SECRET NAME'] },
      })
      await server.settle()
      const sent = klaviyo
        .events('Started Checkout')
        .find(({ unique_id: unique }) => unique.endsWith(id))
      return sent?.properties
    }
    await button.click()
    await page.getByRole('button', { name: 'Leave out ItemNames' }).click()
    const row = page.getByRole('row', { name: 'ItemNames' })
    await row.getByText('left out:').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText(/^Saved\./).waitFor()
    expect(JSON.stringify(await checkOut('c1'))).not.toContain('SECRET')

    await button.click()
    await row.getByRole('button', { name: 'Put back ItemNames' }).click()
    await row.getByRole('button', { name: 'Leave out ItemNames' }).waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await expect.poll(mappings).toEqual({})
    expect(await checkOut('c2')).toMatchObject({ ItemNames: ['SECRET NAME'] })
    quiet()
  })

  test('L12 a property of one’s own is left out with its source, put back, and undone', async () => {
    const { page, button, mappings, quiet } = await lookInside('Placed Order')
    await button.click()
    const save = async () => {
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    const properties = async () => (await mappings())?.['Order Completed']?.properties
    await page.getByLabel('Name of the new property').fill('Voucher')
    await page.getByLabel('Where it comes from (properties.…)').fill('properties.gift')
    await save()
    // What was typed is saved without having been added first.
    await expect.poll(properties).toEqual({ Voucher: 'properties.gift' })
    await button.click()
    await page.getByRole('button', { name: 'Leave out Voucher' }).click()
    await save()
    await expect.poll(properties).toEqual({ Voucher: { leftOut: 'properties.gift' } })
    await button.click()
    await page.getByRole('button', { name: 'Put back Voucher' }).click()
    await page.getByRole('button', { name: 'Undo the change of Voucher' }).click()
    await save()
    await expect.poll(mappings).toEqual({})
    quiet()
  })

  test('L12 what is put over a property is shown at once, and what cannot be is said', async () => {
    const { page, button, mappings, quiet } = await lookInside('Placed Order')
    await button.click()
    const name = page.getByLabel('Name of the new property')
    const source = page.getByLabel('Where it comes from (properties.…)')
    await source.fill('rubbish')
    await page.getByText('A shop’s field starts with properties.').waitFor()
    await source.fill('properties.vendor')
    await page.getByText('A shop’s field starts with').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Give it a name.').waitFor()
    expect(await mappings()).toEqual({})
    await name.fill('OrderId')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    const row = page.getByRole('row', { name: /^OrderId/u })
    await row.getByText('properties.vendor', { exact: true }).waitFor()
    await name.fill('Half')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Say where its value comes from').waitFor()
    expect(await mappings()).toEqual({})
    quiet()
  })

  test('L12 what somebody else saved of it meanwhile is shown beside one’s own, and one is chosen', async () => {
    const { page, button, mappings, changeElsewhere } = await lookInside('Placed Order')
    const voucher = { 'Order Completed': { properties: { Voucher: 'properties.theirs' } } }
    const dialog = page.getByRole('dialog')
    const name = dialog.getByLabel('Name in Klaviyo')
    await button.click()
    await name.fill('Mine')
    // What has nothing to do with it is in nobody's way.
    await changeElsewhere({ mappings: { Quiz: { metric: 'Asked' } } })
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(mappings).toMatchObject({
      Quiz: { metric: 'Asked' },
      'Order Completed': { metric: 'Mine' },
    })

    const again = page.getByRole('button', { name: 'Look inside Mine', exact: true })
    await again.click()
    await name.fill('Mine again')
    await changeElsewhere({ mappings: voucher })
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('Somebody changed what is sent of this meanwhile').waitFor()
    const theirs = dialog.getByRole('region', { name: 'In force now' })
    await theirs.getByText('Voucher: properties.theirs').waitFor()
    const own = dialog.getByRole('region', { name: 'Yours' })
    await own.getByText('Name in Klaviyo: Mine again').waitFor()
    expect(await mappings()).toEqual(voucher)
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Take what is in force' }).click()
    await dialog.getByRole('row', { name: /^Voucher/u }).waitFor()
    expect(await name.inputValue()).toBe('Placed Order')

    await name.fill('Mine at last')
    await changeElsewhere({ mappings: {} })
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByRole('button', { name: 'Save mine over it' }).click()
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(mappings).toMatchObject({
      'Order Completed': {
        metric: 'Mine at last',
        properties: { Voucher: 'properties.theirs' },
      },
    })
  })

  test('on a phone nothing of it is cut, and its sources are told in German', async () => {
    const { page, button, quiet } = await lookInside('Placed Order', {
      locale: 'de-DE',
      viewport: { width: 390, height: 844 },
    })
    await button.click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('properties.order_id, sonst ').waitFor()
    await dialog.getByText('jeder Eintrag von properties.products oder properties.items').waitFor()
    expect(await dialog.innerText()).not.toMatch(/ (else|each|of|or) /u)
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 })
      // The dialog, and whatever is in it: all of it is within the screen.
      await expect
        .poll(() =>
          dialog.evaluate((element, most) => {
            const all = [element, ...element.querySelectorAll('td, th, button, input, section')]
            return all
              .filter((one) => one.closest('thead') === null)
              .map((one) => one.getBoundingClientRect())
              .filter(({ left, right }) => left < 0 || right > most).length
          }, width),
        )
        .toBe(0)
    }
    await dialog.getByRole('button', { name: 'Items weglassen' }).click()
    await dialog.getByText('weggelassen:').waitFor()
    quiet()
  })

  test('by keys: Enter looks inside, Escape goes back to the button, as saving does', async () => {
    const { page, button } = await lookInside('Placed Order')
    await button.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    await expect.poll(focused).toBe('Look inside Placed Order')
    await page.keyboard.press('Enter')
    await dialog.getByLabel('Name in Klaviyo').fill('Bought')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    // The same button, by its new name.
    await page.getByRole('button', { name: 'Look inside Bought', exact: true }).waitFor()
    await expect.poll(focused).toBe('Look inside Bought')
  })
})
