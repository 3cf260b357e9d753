import { describe, expect, test } from 'vitest'
import { join, newWorkspace } from '../admin/workspace.ts'
import { expectAccessible, namedHere, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('what addresses say, and what they do not', () => {
  const browser = openBrowser()

  async function start() {
    const admin = await startAdmin(browser)
    const { server } = admin
    await server.track('Order Completed', {
      messageId: 'order-1',
      userId: 'c-1',
      context: { traits: { email: 'ana@shop.example' } },
      properties: { order_id: 'A-1001', total: 129, currency: 'EUR' },
    })
    await server.settle()
    return { ...admin, ...(await admin.visit()) }
  }

  test('whom one looks for is in no address, and still there after loading again', async () => {
    const { page, open, quiet, server, workspaceId } = await start()
    await open('shoppers')
    await page.getByRole('textbox').fill('ana@shop.example')
    await page.getByRole('button', { name: 'Look' }).click()
    await page.getByRole('link', { name: 'Open Placed Order' }).waitFor()
    expect(page.url()).not.toContain('ana')
    await page.reload()
    await page.getByRole('link', { name: 'Open Placed Order' }).click()
    await page.getByRole('dialog').getByText('Received').waitFor()
    expect(page.url()).not.toContain('ana')
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Open Placed Order' }).waitFor()
    expect(await page.getByRole('textbox').inputValue()).toBe('ana@shop.example')

    await open('events')
    await page
      .getByRole('textbox', { name: 'Email, phone or customer id' })
      .fill('nobody@x.example')
    await page.getByText('Nothing fits these filters').waitFor()
    expect(page.url()).not.toContain('nobody')
    await page.getByRole('button', { name: 'Clear filters' }).first().click()
    await page.getByRole('link', { name: 'Open Placed Order' }).waitFor()

    await open('diagnose')
    await page.getByLabel('Who?').fill('nobody@x.example')
    await page.getByRole('button', { name: 'Check' }).click()
    const answer = page.getByText('No event of this shopper has come')
    await answer.first().waitFor()
    expect(page.url()).not.toContain('nobody')
    await page.reload()
    await answer.first().waitFor()
    // The same address, as somebody else opens it: it asks again, and never answers for everybody.
    const address = page.url()
    await page.goto(`${namedHere(server.url)}/admin/${workspaceId}/overview`)
    await page.goto(address)
    await page.getByText('Whose event was it?').waitFor()
    expect(await page.getByText('Klaviyo accepted it.').count()).toBe(0)
    await expectAccessible(page)
    quiet()
  }, 60_000)

  test('T69 an order is found in Diagnose by its number', async () => {
    const { page, open, quiet } = await start()
    await open('diagnose')
    await page.getByLabel('What?').first().fill('A-1001')
    await page.getByRole('button', { name: 'Check' }).click()
    await page.getByText('The order A-1001 came.').waitFor()
    const answer = page.getByText('Klaviyo accepted it.').first()
    await answer.waitFor()
    expect(await answer.isVisible()).toBe(true)
    quiet()
  })

  test('what an address asks for in vain is said', async () => {
    const { page, open, quiet } = await start()
    await open('live?connection=con_none')
    await page.getByText('This connection is not here').waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'See what is connected' }).click()
    await page.getByRole('heading', { level: 1, name: 'Integrations' }).waitFor()
    expect(page.url()).not.toContain('con_none')

    await open('events?store=sto_none')
    await page.getByText('This connection is not here').waitFor()

    await open('events?outcome=bogus&from=2026-13-45')
    await page.getByText('it was left out: bogus, 2026-13-45.').waitFor()
    await page.getByRole('link', { name: 'Open Placed Order' }).waitFor()
    await open('events?from=2026-11-20&to=2026-11-10')
    await page.getByText('“From” is later than “To”').waitFor()

    await open('nonsense')
    await page.getByText('There is no page at this address.').waitFor()
    await page
      .getByRole('navigation', { name: 'Pages' })
      .getByRole('link', { name: 'Live' })
      .click()
    await page.getByRole('heading', { level: 1, name: 'Live' }).waitFor()
    quiet()
  })

  test('of another’s workspace nothing is asked, and nothing is said', async () => {
    const { page, quiet, server } = await start()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(`${namedHere(server.url)}/admin/wsp_of_others/events`)
    await page.getByText('you are not a member of its workspace').waitFor()
    expect(asked.filter((url) => url.includes('/api/v1/workspaces/wsp_of_others'))).toEqual([])
    quiet()
  })

  test('where no store is connected, every page says so and leads to where one is', async () => {
    const { owner, visit, server } = await startAdmin(browser)
    const { page, quiet } = await visit()
    const at = `${namedHere(server.url)}/admin/${await newWorkspace(owner, 'Empty')}`
    for (const name of ['live', 'events', 'shoppers', 'failed', 'send', 'rules', 'diagnose']) {
      await page.goto(`${at}/${name}`)
      await page.getByText('Connect a store first.').waitFor()
    }
    await page.getByRole('link', { name: 'Integrations' }).last().click()
    await page.getByRole('heading', { level: 1, name: 'Integrations' }).waitFor()
    await page.goto(`${at}/overview`)
    await page.getByText('No store is connected to Klaviyo yet, so nothing is sent.').waitFor()
    expect(await page.getByText('everything is on its way').count()).toBe(0)
    quiet()
  })

  test('A18 a role that was taken away is noticed with the first refusal', async () => {
    const { server, workspaceId, visit, owner } = await startAdmin(browser)
    const mara = await join(server, owner, workspaceId, 'developer')
    const { page, open } = await visit(mara)
    await open('rules')
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await owner.ask('PATCH', `/workspaces/${workspaceId}/members/${mara.id}`, { role: 'viewer' })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('This needs the permission to').first().waitFor()
    const add = page.getByRole('button', { name: 'Add a rule' })
    await add.waitFor({ state: 'detached' })
    expect(await add.count()).toBe(0)
  })
})
