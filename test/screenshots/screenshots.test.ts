import { mkdirSync, rmSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ownPages, publicPages } from '../../src/admin/routes.tsx'
import { consoleErrors, dress, namedHere, startAdmin, violationsIn } from '../browser/admin.ts'
import { openBrowser } from '../browser/browser.ts'
import { type Scene, scenesOf } from './scenes.ts'
import { furnish, seedDay } from './seed.ts'

/** Not in the repository. */
const folder = 'screenshots'
const browser = openBrowser()

const desk = { width: 1280, height: 800 } as const
const looks = [
  { name: 'light', colorScheme: 'light', size: desk },
  { name: 'dark', colorScheme: 'dark', size: desk },
  { name: 'phone', colorScheme: 'light', size: { width: 390, height: 844 } },
] as const

/** Nothing sticks out sideways, from a tablet to a wall. */
const otherWidths = [768, 1920, 3840]

/** Those that README shows: `SCREENSHOTS_FOR_README=1 npm run screenshots` puts them there. */
const shown: ReadonlySet<string> = new Set(['overview', 'event', 'failed'])

/** Some alone: `SCREENSHOTS=overview,events npm run screenshots`. */
const wanted = process.env['SCREENSHOTS']?.split(',')

test('every admin page, light, dark and on a phone: none is blank, too wide, breaks a rule of axe or logs an error', async () => {
  if (wanted === undefined) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { klaviyo, dataDir, made } = await seedDay()
  const admin = await startAdmin(browser, { klaviyo, dataDir })
  await furnish(admin)
  const here = namedHere(admin.server.url)
  const { page } = await admin.visit()
  const stranger = await browser.visit({ locale: 'en-GB' })
  const wrong: string[] = []
  const take = async (of: Page, scene: Scene) => {
    if (wanted === undefined || wanted.includes(scene.name))
      wrong.push(
        ...(await picture(of, scene).catch((error: unknown) => [
          `${scene.name}: ${String(error)}`,
        ])),
      )
  }

  for (const { path, ...scene } of scenesOf(made))
    await take(page, { ...scene, path: `${here}/admin/${admin.workspaceId}/${path}` })
  for (const name of Object.keys(ownPages))
    await take(page, { name, path: `${here}/admin/${name}` })
  for (const path of Object.keys(publicPages))
    await take(stranger.page, { name: path.slice(1), path: `${here}${path}` })
  expect(wrong).toEqual([])
})

/** What is wrong with it, in words. */
async function picture(page: Page, { name, path, act }: Scene): Promise<readonly string[]> {
  const said = consoleErrors(page)
  const wrong: string[] = []
  for (const { name: look, colorScheme, size } of looks) {
    await page.goto(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await dress(page, colorScheme, size)
    await act?.(page)
    await page.locator('[aria-busy=true]').waitFor({ state: 'detached' })
    await page.waitForLoadState('networkidle', { timeout: 5000 }).catch(() => {
      // A stream of events never ends.
    })
    const file = `${name}-${look}.png`
    await page.screenshot({ path: `${folder}/${file}`, animations: 'disabled', fullPage: true })
    if (shown.has(name) && look === 'light' && process.env['SCREENSHOTS_FOR_README'] !== undefined)
      await page.screenshot({ path: `docs/screenshots/${name}.png`, animations: 'disabled' })
    const text = await page.locator('main').innerText()
    if (text.trim().length < 40) wrong.push(`${name} (${look}) is blank`)
    if (text.includes('This page has a fault')) wrong.push(`${name} (${look}) has a fault`)
    for (const violation of await violationsIn(page)) wrong.push(`${name} (${look}): ${violation}`)
  }
  for (const width of otherWidths) {
    await page.setViewportSize({ width, height: 1080 })
    const most = await page.evaluate(() => document.documentElement.scrollWidth)
    if (most > width) wrong.push(`${name} is ${most} wide at ${width}`)
  }
  return [...wrong, ...said.map((line) => `${name}: ${line}`)]
}
