import { describe, expect, test } from 'vitest'
import { join } from '../admin/workspace.ts'
import { expectAccessible, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('the installation, for its operator', () => {
  const browser = openBrowser()

  test('every connection with its pace and share that fails, nodes, what is switched off; and only for the operator', async () => {
    const { server, klaviyo, owner, workspaceId, visit } = await startAdmin(browser)
    for (const number of [1, 2]) {
      if (number === 2) klaviyo.answer('/api/events', 400, { times: 1 })
      await server.track('Order Completed', {
        userId: `c-${number}`,
        context: { traits: { email: 'ana@shop.example' } },
        properties: { order_id: String(number) },
      })
      await server.settle()
    }
    const { page, open, quiet } = await visit()
    await open('operator')
    const row = page.getByRole('row').filter({ hasText: '50%' })
    expect(await row.innerText()).toContain('Acme')
    await page.getByText('this one').waitFor()
    await page.getByText('No workspace has switched anything off.').waitFor()
    await expectAccessible(page)
    await page.getByLabel('Order by').selectOption('failing')
    await page.waitForURL(/sort=failing/)
    await row.waitFor()
    quiet()

    const other = await visit(await join(server, owner, workspaceId, 'owner'))
    await other.open('syncs')
    expect(await other.page.getByRole('link', { name: 'Operator' }).count()).toBe(0)
    await other.page.goto(other.page.url().replace('/syncs', '/operator'))
    await other.page.getByText('Your role does not see this page').waitFor()
    other.quiet()
  })
})
