import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { codeAt } from '../../src/http/access/totp.ts'
import { password } from '../admin/client.ts'
import { startBoth } from '../harness.ts'
import { consoleErrors, expectAccessible, namedHere, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('signing in', () => {
  const browser = openBrowser()

  test('the first link makes the owner, who is led to what comes next', async () => {
    const { server } = await startBoth()
    const { page, errors } = await browser.visit()
    const said = consoleErrors(page)
    await page.goto((await server.parts.ownerLink()) ?? '')
    await page.getByRole('heading', { name: 'Make the first member' }).waitFor()
    await expectAccessible(page)
    await page.getByLabel('Email address').fill('olga@shop.example')
    await page.getByLabel('Your name').fill('Olga')
    await page.getByRole('textbox', { name: 'Password' }).fill('short')
    await page.getByRole('textbox', { name: 'Password' }).fill(password)
    await page.getByRole('button', { name: 'Begin' }).click()
    await page.waitForURL(/\/admin\/begin/)
    await page.getByRole('heading', { level: 1, name: 'Welcome, Olga' }).waitFor()
    // `tillpost init` has made one; another is made here.
    await page.getByRole('heading', { name: 'Acme is there' }).waitFor()
    await page.goto(`${namedHere(server.url)}/admin/begin`)
    await page.getByRole('textbox', { name: 'Company' }).fill('Fernweh GmbH')
    await page.getByRole('textbox', { name: 'Store' }).fill('Fernweh')
    await page.getByRole('textbox', { name: 'Country' }).fill('de')
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Make the workspace' }).click()
    await page.waitForURL(/\/admin\/wsp_/)
    await page.getByRole('button', { name: /Fernweh GmbH/ }).waitFor()
    expect([errors, said]).toEqual([[], []])
  })

  test('A31 with a second factor: set up by QR code, asked for, and replaced once by a recovery code', async () => {
    const { server, visit } = await startAdmin(browser)
    const { page, open, quiet } = await visit()
    await open('../account')
    await page.getByRole('button', { name: 'Set up a second factor' }).click()
    await page.getByLabel('Your password').fill(password)
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('img', { name: /QR code/ }).waitFor()
    const secret = (await page.getByRole('dialog').locator('code').innerText()).replaceAll(' ', '')
    const codeOf = (later: number) => codeAt(secret, Math.floor(Date.now() / 30_000) + later)
    await page.getByLabel('The code that it shows now').fill(codeOf(0))
    await page.getByRole('button', { name: 'Switch it on' }).click()
    await page.getByText('Your recovery codes').waitFor()
    const codes = await page.getByRole('dialog').locator('code').allInnerTexts()
    expect(codes).toHaveLength(10)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'I have kept them' }).click()
    await page.getByText('10 recovery codes left').waitFor()

    await signOut(page)
    await signIn(page)
    // The first one was used up by setting it up.
    await page.getByLabel('Code of the authenticator').fill(codeOf(1))
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL(/\/admin\/wsp_/)

    await signOut(page)
    await page.goto(`${namedHere(server.url)}/sign-in?next=%2Fadmin%2Faccount`)
    await signIn(page)
    await page.getByLabel('Code of the authenticator').fill(codes[0] ?? '')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL(/\/admin\/account/)
    await page.getByText('9 recovery codes left').waitFor()
    quiet()
  })

  test('a session that is over leads to sign-in, and back to where one was', async () => {
    const { visit } = await startAdmin(browser)
    const { page, open, context } = await visit()
    await open('syncs?errors=true')
    await context.clearCookies()
    await page.reload()
    await page.waitForURL(/\/sign-in\?next=/)
    await signIn(page)
    await page.waitForURL(/\/syncs\?errors=true$/)
    expect(await page.getByLabel('Errors only').isChecked()).toBe(true)
  })
})

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Email address').fill('olga@shop.example')
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Your account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL(/\/sign-in/)
}
