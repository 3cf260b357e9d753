import { describe, expect, onTestFinished, test } from 'vitest'
import { startSimulator } from '../../src/simulator/index.ts'
import { ownerOf, password } from '../admin/client.ts'
import { startBoth } from '../harness.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('connecting Klaviyo, as a person does it', () => {
  const browser = openBrowser()

  test('T1 T2 T3 T4 T8 T9 T10 from the entry over sign-in and Klaviyo’s page to the connected store', async () => {
    const klaviyo = await startSimulator({
      accounts: [{ id: 'TEST01', name: 'Acme GmbH', privateKey: 'pk_test' }],
    })
    onTestFinished(() => klaviyo.close())
    const given = { name: 'Tillpost', clientId: 'app-1', clientSecret: 'secret-1' }
    const { server } = await startBoth({ klaviyo, environment: { klaviyoApp: given } })
    await ownerOf(server.parts)
    const { workspaceId, id } = server.installation.connection
    await server.parts.config.changeState(workspaceId, id, 'disconnected')
    const here = server.url.replace('127.0.0.1', 'localhost')
    // Now that its address is known, as somebody registers it with Klaviyo.
    klaviyo.addApp({ ...given, redirectUris: [`${here}/oauth/klaviyo/callback`] })

    const { page, errors } = await browser.visit()
    // Where the Install button of the listing leads.
    await page.goto(`${here}/install/klaviyo`)
    await page.getByLabel('Email address').fill('olga@shop.example')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(/\/oauth\/authorize/)
    await page.getByRole('button', { name: /allow/i }).click()
    await page.getByRole('heading', { level: 1, name: 'Connected' }).waitFor()
    expect(await page.locator('main').innerText()).toContain('Acme GmbH')
    // Nothing of what came back stays in the address.
    expect(new URL(page.url()).searchParams.has('code')).toBe(false)
    expect(errors).toEqual([])
  })
})
