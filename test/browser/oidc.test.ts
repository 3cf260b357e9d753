import { describe, expect, test } from 'vitest'
import { ownerOf } from '../admin/client.ts'
import { startBoth } from '../harness.ts'
import { startProvider } from '../oidc-provider.ts'
import { expectAccessible, namedHere } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

describe.runIf(hasBrowser)('signing in by an identity provider, as a person does it', () => {
  const browser = openBrowser()

  test('refused, the page says what to do; let in, it goes on to where one wanted', async () => {
    const provider = await startProvider()
    const { issuer, clientId, clientSecret, state } = provider
    const { server } = await startBoth({
      environment: { oidc: { issuer, clientId, clientSecret, name: 'Acme ID' } },
    })
    await ownerOf(server.parts)
    const { page, errors } = await browser.visit()
    await page.goto(`${namedHere(server.url)}/sign-in?next=/admin/account`)
    state.email = 'eve@elsewhere.example'
    await page.getByRole('link', { name: 'Sign in with Acme ID' }).click()
    const note = page.getByRole('alert')
    await note.waitFor()
    expect(await note.innerText()).toContain('Ask an owner or admin for an invitation')
    await page.getByRole('link', { name: 'Sign in with Acme ID' }).waitFor()
    await expectAccessible(page)

    state.email = 'olga@shop.example'
    await page.getByRole('link', { name: 'Sign in with Acme ID' }).click()
    await page.waitForURL(/\/admin\/account$/)
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(errors).toEqual([])
  })
})
