import type { Page, Route } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { expectAccessible, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

function rule(name: string) {
  return { name, events: [name], decision: 'drop' }
}

describe.runIf(hasBrowser)('rules that are not saved yet', { timeout: 180_000 }, () => {
  const browser = openBrowser()

  async function startRules(rules: readonly object[] = []) {
    const admin = await startAdmin(browser)
    const { workspaceId, id } = admin.server.installation.connection
    const path = `/workspaces/${workspaceId}/connections/${id}`
    await admin.owner.ask('PATCH', `${path}/settings`, { settings: { rules } })
    return {
      ...admin,
      kept: async (): Promise<readonly string[]> =>
        (await admin.owner.ask('GET', path)).body.settings.rules.map(
          ({ name }: { name: string }) => name,
        ),
    }
  }

  test('what is still empty is told once it is to be saved, at its field, and by no path of the API', async () => {
    const { visit, kept } = await startRules()
    const { page, open, quiet } = await visit()
    await open('rules')
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Rename it')
    await page.getByLabel('What it does').selectOption('change')
    const preview = page.getByRole('region', { name: 'On the last real events' })
    await preview.getByText('Fill in what is still empty').waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    const field = page.getByLabel('New name', { exact: true })
    await page.getByText('Fill this in.').waitFor()
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    expect(await kept()).toEqual([])
    await expectAccessible(page)
    await field.fill('Bought')
    await page.getByText('Fill this in.').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect.poll(kept).toEqual(['Rename it'])
    quiet()
  })

  test('going back to older rules asks before it drops them, in German too', async () => {
    const { visit, kept } = await startRules([rule('First')])
    const { page, open, quiet } = await visit()
    await open('rules')
    const name = page.getByLabel('Name', { exact: true })
    const back = page.getByRole('button', { name: 'Go back to this: Version 1' })
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await name.fill('Mine')
    await back.click()
    const question = page.getByRole('dialog', { name: 'Go back without saving?' })
    await question.waitFor()
    await expectAccessible(page)
    await question.getByRole('button', { name: 'Keep my changes' }).click()
    await question.waitFor({ state: 'detached' })
    expect(await name.inputValue()).toBe('Mine')
    expect(await kept()).toEqual(['First'])

    await back.click()
    await question.getByRole('button', { name: 'Go back without saving' }).click()
    await page.getByRole('heading', { name: 'No rules yet' }).waitFor()
    expect(await kept()).toEqual([])

    // Nothing would be lost: nothing is asked.
    await page.getByRole('button', { name: 'Go back to this: Version 2' }).click()
    await page.getByRole('region', { name: 'First' }).waitFor()
    expect(await kept()).toEqual(['First'])
    quiet()

    const german = await visit(undefined, { locale: 'de-DE' })
    await german.open('rules')
    await german.page.getByRole('button', { name: 'Regel hinzufügen' }).click()
    await german.page.getByRole('button', { name: 'Dahin zurück: Version 1' }).click()
    const frage = german.page.getByRole('dialog', { name: 'Zurück, ohne zu speichern?' })
    await frage.getByRole('button', { name: 'Änderungen behalten' }).click()
    await frage.waitFor({ state: 'detached' })
    expect(await german.page.getByLabel('Name', { exact: true }).inputValue()).toBe('Neue Regel')
  })

  test('two clicks on Save save once', async () => {
    const { visit, kept } = await startRules()
    const { page, open } = await visit()
    await open('rules')
    const saves = await heldSaves(page)
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Mine')
    const save = page.getByRole('button', { name: 'Save', exact: true })
    // One more comes whenever the button changes: between the look at what is lost and the saving, too.
    await save.evaluate((button: HTMLElement) => {
      new MutationObserver(() => button.click()).observe(button, { attributes: true })
      button.click()
      button.click()
    })
    await saves.first
    saves.letGo()
    await page.getByText('Version 3 ·').waitFor()
    await save.waitFor({ state: 'detached' })
    expect(saves.count()).toBe(1)
    expect(await kept()).toEqual(['Mine'])
  })

  test('what is typed while they are saved stays, and the rules of before do not flash up', async () => {
    const { visit, kept } = await startRules([rule('First')])
    const { page, open, quiet } = await visit()
    await open('rules')
    const saves = await heldSaves(page)
    await page.getByRole('button', { name: 'Add a rule' }).click()
    const name = page.getByLabel('Name', { exact: true })
    await name.fill('Mine')
    // What the page has shown from now on, one after the other.
    await page.evaluate(() => {
      const seen: string[] = []
      Object.assign(globalThis, { seen })
      const note = () => {
        const rules = [...document.querySelectorAll('section:has([role=switch])')]
        const shown = rules.map((one) => one.getAttribute('aria-label')).join(', ')
        if (shown !== seen.at(-1)) seen.push(shown)
        if (document.body.textContent.includes('Somebody saved')) seen.push('overtaken')
      }
      new MutationObserver(note).observe(document.body, {
        attributes: true,
        childList: true,
        subtree: true,
      })
    })
    const seen = () => page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
    const save = page.getByRole('button', { name: 'Save', exact: true })
    await save.click()
    await saves.first
    await name.fill('Mine, and more')
    saves.letGo()
    await page.getByText('Saved as version 3').waitFor()
    await page.getByText('Version 3 ·').waitFor()
    expect(await kept()).toEqual(['First', 'Mine'])
    expect(await name.inputValue()).toBe('Mine, and more')
    await save.click()
    await page.getByText('Saved as version 4').waitFor()
    await page.getByText('Version 4 ·').waitFor()
    expect(await kept()).toEqual(['First', 'Mine, and more'])
    // All is saved: nothing of it is held any more.
    await page.getByText('Not saved yet').waitFor({ state: 'detached' })
    expect(await seen()).toEqual(['First, Mine', 'First, Mine, and more'])
    quiet()
  })

  test('a rule that is added is named at once by the keyboard', async () => {
    const { visit } = await startRules([rule('First')])
    const { page, open } = await visit()
    await open('rules')
    await page.getByRole('button', { name: 'Add a rule' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Name', { exact: true }).and(page.locator(':focus')).waitFor()
    await page.keyboard.type('Mine')
    // In place of the name that it was given.
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Mine')
    // One that is only opened again keeps the focus where it is.
    await page.getByRole('button', { name: 'Edit "First"' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Close' }).and(page.locator(':focus')).waitFor()
  })

  test('the preview breaks long values in their own column, and no words', async () => {
    const { server, visit } = await startRules()
    await server.track('Gift Wrapped', {
      messageId: 'm1',
      userId: 'm1',
      context: { traits: { email: 'm1@shop.example' } },
      properties: {
        note: 'Please leave it with the neighbours downstairs',
        options: Object.fromEntries(
          Array.from({ length: 20 }, (_, n) => [`option_${n}`, `value-${n}-abcdefghij`]),
        ),
      },
    })
    await server.settle()
    const { page, open } = await visit()
    await open('rules')
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await page.getByLabel('What it does').selectOption('Change the event')
    await page.getByLabel('Kind of change 1').selectOption('remove field')
    await page.getByLabel('Field of change 1').fill('properties.options')
    await page.getByRole('button', { name: 'Add a change' }).click()
    await page.getByLabel('Field of change 2').fill('properties.note')
    await page.getByLabel('New value 2').fill('Nothing')
    const table = page.getByRole('region', { name: 'On the last real events' }).getByRole('table')
    await table.getByText('Nothing').waitFor()
    await table.getByText('option_0').waitFor()
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 844 })
      expect([width, await brokenIn(page)]).toEqual([width, []])
      const { most } = await table.evaluate((one: HTMLElement) => ({
        most: one.offsetWidth - one.closest('section')!.clientWidth,
      }))
      // A long value does not make the table one that has to be scrolled far.
      expect([width, most < 200]).toEqual([width, true])
    }
    await expectAccessible(page)
  })
})

/** Holds each save until `letGo`, and counts them. */
async function heldSaves(page: Page) {
  const came = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  let count = 0
  await page.route('**/settings', async (route: Route) => {
    if (route.request().method() === 'PATCH') {
      count += 1
      came.resolve()
      await gate.promise
    }
    await route.continue()
  })
  return { first: came.promise, letGo: gate.resolve, count: () => count }
}

/** Words of the preview's tables that do not stand on one line. */
function brokenIn(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const broken: string[] = []
    for (const cell of document.querySelectorAll('table td, table th')) {
      const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        for (const { 0: word, index } of node.textContent!.matchAll(/[\p{L}_]{2,16}/gu)) {
          const range = document.createRange()
          range.setStart(node, index)
          range.setEnd(node, index + word.length)
          const isLong = /\S{17,}/u.test(node.textContent!)
          if (!isLong && range.getClientRects().length > 1) broken.push(word)
        }
      }
    }
    return broken
  })
}
