import { describe, expect, test } from 'vitest'
import { join } from '../admin/workspace.ts'
import { expectAccessible, startAdmin } from './admin.ts'
import { hasBrowser, openBrowser } from './browser.ts'

function rule(name: string) {
  return { name, events: [name], decision: 'drop' }
}

describe.runIf(hasBrowser)('the rules of a connection', { timeout: 180_000 }, () => {
  const browser = openBrowser()

  test('S7 a rule is written, seen on the events that came, saved, obeyed and undone', async () => {
    const { server, klaviyo, visit } = await startAdmin(browser)
    const order = (id: string, coupon: string) =>
      server.track('Order Completed', {
        messageId: id,
        userId: id,
        context: { traits: { email: `${id}@shop.example` } },
        properties: { order_id: id, total: 12, coupon },
      })
    await order('m1', 'TEST-1')
    await order('m2', 'SPRING')
    await server.settle()

    const { page, open, quiet } = await visit()
    await open('rules')
    await page.getByRole('heading', { name: 'No rules yet' }).waitFor()
    await expectAccessible(page)

    await page.getByRole('button', { name: 'Add a rule' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Skip test orders')
    await page.getByText('Of the last 2: all as now').waitFor()
    await page.getByRole('button', { name: 'Add a condition' }).click()
    await page.getByLabel('Field of condition 1').fill('properties.coupon')
    await page.getByLabel('Comparison 1').selectOption('is like (*)')
    await page.getByLabel('Value 1').fill('test-*')
    await page.getByLabel('What it does').selectOption('Remove the event')
    await page.getByText('Of the last 2: 1 would no longer be sent').waitFor()
    await page.getByText('Your rule "Skip test orders" removes it.').waitFor()
    await expectAccessible(page)
    expect(klaviyo.events('Placed Order')).toHaveLength(2)

    await page.getByRole('button', { name: 'Save' }).click()
    const question = page.getByRole('dialog')
    await question.getByText('Of the last 2 events, 1 would no longer be sent').waitFor()
    await expectAccessible(page)
    await question.getByRole('button', { name: 'Cancel' }).last().click()
    await question.waitFor({ state: 'detached' })
    expect((await server.parts.config.connections())[0]?.version).toBe(1)
    await page.getByRole('button', { name: 'Save' }).click()
    await question.getByRole('button', { name: 'Save all the same' }).click()
    await page.getByText(/Saved as version/).waitFor()
    await order('m3', 'TEST-3')
    await server.settle()
    expect(await server.story('m3')).toMatchObject({ reason: 'rule_dropped' })

    await page.getByRole('button', { name: /Go back to this: Version 1/ }).click()
    await page.getByRole('heading', { name: 'No rules yet' }).waitFor()
    await order('m4', 'TEST-4')
    await server.settle()
    expect(await server.story('m4')).toMatchObject({ outcome: 'accepted' })
    quiet()
  })

  test('S7 rules change places, are switched off, and what cannot be is told at once', async () => {
    const { owner, server, visit } = await startAdmin(browser)
    const { workspaceId, id } = server.installation.connection
    const path = `/workspaces/${workspaceId}/connections/${id}`
    await owner.ask('PATCH', `${path}/settings`, {
      settings: { rules: [rule('First'), rule('Second')] },
    })
    const { page, open } = await visit()
    await open('rules')
    await page.getByRole('button', { name: 'Move "Second" up' }).click()
    await page.getByLabel('Rule "First" is on').click()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText(/Saved as version/).waitFor()
    const { body } = await owner.ask('GET', path)
    expect(body.settings.rules).toEqual([rule('Second'), { ...rule('First'), enabled: false }])

    await page.getByRole('button', { name: 'Edit "Second"' }).click()
    await page.getByRole('button', { name: 'Add a condition' }).click()
    await page.getByLabel('Field of condition 1').fill('event')
    await page.getByLabel('Comparison 1').selectOption('matches pattern')
    await page.getByLabel('Value 1').fill('(a')
    await page.getByRole('alert').filter({ hasText: 'no pattern' }).waitFor()
    await page.getByRole('button', { name: 'Discard changes' }).click()
    await page.getByText('Not saved yet').waitFor({ state: 'detached' })
  })

  test('S7 M28 the history tells who changed rules or mappings, when and how, and nothing else', async () => {
    const { owner, server, workspaceId, visit } = await startAdmin(browser)
    const { id } = server.installation.connection
    const put = (settings: object) =>
      owner.ask('PATCH', `/workspaces/${workspaceId}/connections/${id}/settings`, { settings })
    await put({ rules: [rule('First'), rule('Second')] })
    await put({ smsConsent: true })
    await put({ rules: [rule('Second'), { ...rule('First'), enabled: false }] })
    await put({ enabled: false })
    await put({ mappings: { 'Order Completed': { metric: 'Bought' } }, withoutRule: 'drop' })
    const { page, open, quiet } = await visit()
    await open('rules')
    const history = page.getByRole('region', { name: 'History' })
    await history.getByText('Version 6').waitFor()
    const told = await history.getByText(/^Version \d/u).allInnerTexts()
    expect(told.map((line) => line.match(/\d+/u)?.[0])).toEqual(['6', '4', '2', '1'])
    expect(told.slice(0, 3).filter((line) => !line.endsWith('· Olga'))).toEqual([])
    await history
      .getByText('What no rule decides is not sent; Changed what is sent of "Order Completed"')
      .waitFor()
    await history.getByText('Switched off "First"; Changed the order').waitFor()
    await history.getByText('Added "First", "Second"').waitFor()
    await history.getByText('Connected, without rules').waitFor()

    await history.getByRole('button', { name: 'Go back to this: Version 2' }).click()
    await page.getByText(/Saved as version 7/).waitFor()
    await history.getByText('Version 7').waitFor()
    const { body } = await owner.ask('GET', `/workspaces/${workspaceId}/connections/${id}`)
    // What is no rule and no mapping stays as it is now.
    expect(body.settings).toMatchObject({
      rules: [rule('First'), rule('Second')],
      withoutRule: 'send',
      mappings: {},
      smsConsent: true,
      enabled: false,
    })
    await expectAccessible(page)
    quiet()
  })

  test('S7 an amount that is none is told, and not taken for zero', async () => {
    const { server, visit } = await startAdmin(browser)
    const { page, open } = await visit()
    await open('rules')
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await page.getByRole('button', { name: 'Add a condition' }).click()
    await page.getByLabel('Field of condition 1').fill('properties.total')
    await page.getByLabel('Comparison 1').selectOption('≥')
    await page.getByLabel('Value 1').fill('a lot')
    await page.getByText('A number, as 49.90').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').filter({ hasText: 'Compare with a number' }).first().waitFor()
    expect((await server.parts.config.connections())[0]?.settings.rules).toEqual([])
    await page.getByLabel('Value 1').fill('49,90')
    await page.getByText('A number, as 49.90').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText(/Saved as version/).waitFor()
    const [connection] = await server.parts.config.connections()
    expect(connection?.settings.rules[0]?.when).toMatchObject([{ type: 'at-least', value: 49.9 }])
  })

  test('S7 rules that somebody saved meanwhile are shown beside one’s own, and one of them is chosen', async () => {
    const { owner, server, workspaceId, visit } = await startAdmin(browser)
    const { id } = server.installation.connection
    const settings = `/workspaces/${workspaceId}/connections/${id}`
    const put = (rules: readonly object[]) =>
      owner.ask('PATCH', `${settings}/settings`, { settings: { rules } })
    const kept = async () =>
      (await owner.ask('GET', settings)).body.settings.rules.map(
        ({ name }: { name: string }) => name,
      )
    await put([rule('First')])
    const { page, open } = await visit()
    const write = async (name: string) => {
      await page.getByRole('button', { name: 'Add a rule' }).click()
      await page.getByLabel('Name', { exact: true }).fill(name)
    }
    const question = page.getByRole('alert').filter({ hasText: 'Somebody saved other rules' })
    const theirs = question.getByRole('region', { name: 'The newer rules, in force' })
    const own = question.getByRole('region', { name: 'Yours' })
    await open('rules')
    await write('Mine')
    await put([rule('First'), rule('Theirs')])
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await theirs.getByText('Added "Theirs"').waitFor()
    await theirs.getByText('Version 3 ·').filter({ hasText: 'Olga' }).waitFor()
    await own.getByText('Added "Mine"').waitFor()
    await own.getByText('1 rule is the same in both.').waitFor()
    await expectAccessible(page)
    // Nothing was written over, and what one has typed is still there.
    expect(await kept()).toEqual(['First', 'Theirs'])
    await question.getByRole('button', { name: 'Save mine over them' }).click()
    await page.getByText('Saved as version 4').waitFor()
    expect(await kept()).toEqual(['First', 'Mine'])

    await write('Mine too')
    await put([rule('Newest')])
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await question.getByRole('button', { name: 'Take the newer rules' }).click()
    await page.getByRole('region', { name: 'Newest' }).waitFor()
    expect(await page.getByText('Mine too').count()).toBe(0)
    expect(await kept()).toEqual(['Newest'])

    // Other settings that were changed meanwhile are no question.
    await write('Last')
    await owner.ask('PATCH', `${settings}/settings`, { settings: { smsConsent: true } })
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('Saved as version 7').waitFor()
    expect(await kept()).toEqual(['Newest', 'Last'])
  })

  test('S7 in German: rules of two tabs, and names no longer than fits', async () => {
    const { owner, server, workspaceId, visit } = await startAdmin(browser)
    const { id } = server.installation.connection
    const { page, open } = await visit(undefined, { locale: 'de-DE' })
    await open('rules')
    await page.getByRole('button', { name: 'Regel hinzufügen' }).click()
    const name = page.getByLabel('Name', { exact: true })
    await name.fill('')
    await page.getByText('Geben Sie ihr einen Namen.').waitFor()
    await name.fill('x'.repeat(198))
    await name.press('End')
    await page.keyboard.type('yyyy')
    expect(await name.inputValue()).toBe(`${'x'.repeat(198)}yy`)
    await page.getByText('Mehr als 200 Zeichen passen nicht.').waitFor()
    await expectAccessible(page)
    await page.getByLabel('Was sie tut').selectOption('Ereignis ändern')
    const to = page.getByLabel('Neuer Name')
    await to.fill('z'.repeat(126))
    await to.press('End')
    await page.keyboard.type('zz')
    await page.getByText('Mehr als 127 Zeichen passen nicht.').waitFor()
    await owner.ask('PATCH', `/workspaces/${workspaceId}/connections/${id}/settings`, {
      settings: { rules: [rule('Theirs')] },
    })
    await page.getByRole('button', { name: 'Speichern' }).click()
    const question = page.getByRole('alert').filter({ hasText: 'Inzwischen hat jemand' })
    await question.getByText('„Theirs“ hinzugefügt').waitFor()
    await expectAccessible(page)
    await question.getByRole('button', { name: 'Die neueren Regeln übernehmen' }).click()
    await page.getByText('Not saved').waitFor({ state: 'detached' })
    await page.getByRole('region', { name: 'Theirs' }).waitFor()
  })

  test('rules that are not saved are not lost by a link, the way back or a reload without a question', async () => {
    const { visit } = await startAdmin(browser)
    const { page, open, quiet } = await visit()
    await open('send')
    await page.getByRole('link', { name: 'Rules' }).click()
    await page.getByRole('heading', { level: 1, name: 'Rules' }).waitFor()
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Mine')
    const question = page.getByRole('dialog', { name: 'Leave without saving?' })
    const stays = async () => {
      await question.getByRole('button', { name: 'Stay here' }).click()
      await question.waitFor({ state: 'detached' })
      expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Mine')
    }
    await page.getByRole('link', { name: 'Segments' }).click()
    await question.waitFor()
    await expectAccessible(page)
    await stays()
    await page.evaluate(() => history.back())
    await question.waitFor()
    await stays()
    const asked: string[] = []
    page.once('dialog', (dialog) => {
      asked.push(dialog.type())
      void dialog.dismiss()
    })
    await page.reload({ timeout: 2_000 }).catch(() => undefined)
    expect(asked).toEqual(['beforeunload'])
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Mine')

    await page.getByRole('link', { name: 'Segments' }).click()
    await question.getByRole('button', { name: 'Leave without saving' }).click()
    await page.getByRole('heading', { level: 1, name: 'Segments' }).waitFor()
    // Nothing is held any more: the next link just leads on.
    await page.getByRole('link', { name: 'Rules' }).click()
    await page.getByRole('heading', { name: 'No rules yet' }).waitFor()
    quiet()
  })

  test('A11 a viewer sees the rules and changes none, in German too', async () => {
    const { owner, server, workspaceId, visit } = await startAdmin(browser)
    const { id } = server.installation.connection
    await owner.ask('PATCH', `/workspaces/${workspaceId}/connections/${id}/settings`, {
      settings: { rules: [{ name: 'Keine Tests', events: ['Test*'], decision: 'drop' }] },
    })
    const viewer = await join(server, owner, workspaceId, 'viewer')
    const { page, open, quiet } = await visit(viewer, { locale: 'de-DE' })
    await open('rules')
    await page.getByText('Keine Tests', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'Regel hinzufügen' }).count()).toBe(0)
    expect(await page.getByLabel('Regel „Keine Tests“ ist an').isDisabled()).toBe(true)
    await expectAccessible(page)
    quiet()
  })
})
