import { describe, expect, test } from 'vitest'
import { password } from '../admin/client.ts'
import { namedHere, expectAccessible, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('members, tokens and the trail', () => {
  const browser = openBrowser()

  test('whoever is invited with a lesser role joins, and sees only what the role allows', async () => {
    const { server, workspaceId, visit } = await startAdmin(browser)
    const owner = await visit()
    await owner.open('members')
    await expectAccessible(owner.page)
    await owner.page.getByRole('button', { name: 'Invite somebody' }).click()
    await owner.page.getByLabel('Email address').fill('mara@shop.example')
    await owner.page.getByRole('radio', { name: 'Marketer' }).check()
    await owner.page.getByRole('button', { name: 'Make the link' }).click()
    const link = await owner.page.getByRole('textbox', { name: 'Link' }).inputValue()

    const { page, errors } = await browser.visit({ locale: 'en-GB' })
    await page.goto(link)
    await page.getByText('You are invited to Acme as Marketer').waitFor()
    await page.getByLabel('Your name').fill('Mara')
    await page.getByRole('textbox', { name: 'Password' }).fill(password)
    await page.getByRole('button', { name: 'Join' }).click()
    await page.waitForURL(/\/admin\/wsp_/)
    const names = await page.getByRole('navigation').getByRole('link').allInnerTexts()
    expect(names).toContain('Audit log')
    expect(names).not.toContain('Members')
    expect(names).not.toContain('API tokens')
    // Whoever knows the address is told so, and the API says the same.
    await page.goto(`${namedHere(server.url)}/admin/${workspaceId}/members`)
    await page.getByText('Your role does not see this page').waitFor()
    expect(errors).toEqual([])

    await owner.page.getByRole('button', { name: 'Done' }).click()
    await owner.page.reload()
    await owner.page.getByLabel('Role of Mara').selectOption('viewer')
    await owner.page.getByText('Mara is Viewer now.').waitFor()
    await owner.page.getByRole('button', { name: 'Actions for Mara' }).click()
    await owner.page.getByRole('menuitem', { name: 'Remove from the workspace' }).click()
    await owner.page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await owner.page.getByText('mara@shop.example').waitFor({ state: 'detached' })
    await page.goto(`${namedHere(server.url)}/admin`)
    await page.getByText('You are in no workspace').waitFor()

    await owner.open('trail')
    await owner.page.getByText('Removed a member').waitFor()
    await owner.page.getByText(/Chain verified: all \d rows/).waitFor()
    await expectAccessible(owner.page)
    await owner.page.getByLabel('About').selectOption('token')
    await owner.page.getByText('Nothing of this kind').waitFor()
    owner.quiet()
  })

  test('an API token is shown once, works, can be rolled and ended', async () => {
    const { server, visit } = await startAdmin(browser)
    const { page, open, quiet } = await visit()
    await open('tokens')
    await page.getByText('No tokens yet').waitFor()
    await page.getByRole('button', { name: 'Make a token' }).click()
    await page.getByLabel('Name').fill('Monitor')
    await expectAccessible(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Make a token' }).click()
    const token = await page.getByRole('textbox', { name: 'Monitor' }).inputValue()
    const ask = async (bearer: string) =>
      (
        await fetch(`${server.url}/api/v1/session`, {
          headers: { authorization: `Bearer ${bearer}` },
        })
      ).status
    expect(await ask(token)).toBe(200)
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await expectAccessible(page)

    await page.getByRole('button', { name: 'Actions for Monitor' }).click()
    await page.getByRole('menuitem', { name: 'Roll' }).click()
    await page.getByLabel('The former one works for').selectOption('0')
    await page.getByRole('dialog').getByRole('button', { name: 'Roll' }).click()
    const rolled = await page.getByRole('textbox', { name: 'Monitor' }).inputValue()
    expect([await ask(token), await ask(rolled)]).toEqual([401, 200])
    await page.getByRole('button', { name: 'I have kept it' }).click()
    expect(await page.locator('body').innerText()).not.toContain(rolled)

    await page.getByRole('button', { name: 'Actions for Monitor' }).click()
    await page.getByRole('menuitem', { name: 'End' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'End' }).click()
    await page.getByText('No tokens yet').waitFor()
    expect(await ask(rolled)).toBe(401)
    quiet()
  })
})
