import { expect, test } from 'vitest'
import { startBoth } from '../harness.ts'
import { ownerOf } from './client.ts'

async function start() {
  const { server, klaviyo } = await startBoth()
  const owner = await ownerOf(server.parts)
  const { workspaceId, id } = server.installation.connection
  const path = `/workspaces/${workspaceId}/connections/${id}`
  const put = (settings: object) => owner.ask('PATCH', `${path}/settings`, { settings })
  const settings = async () => (await owner.ask('GET', path)).body.settings
  return { klaviyo, put, settings }
}

test('S37 a cap is a number from 0.01 to 350; anything else is refused with what it may be, and nothing changes', async () => {
  const { put, settings } = await start()
  const before = await settings()
  for (const cap of [-5, 0, 0.001, 350.1, 1e300]) {
    const refused = await put({ requestsPerSecond: cap })
    expect([refused.status, refused.body.errors]).toMatchObject([
      400,
      [{ pointer: '/body/settings/requestsPerSecond', message: /0\.01 or more|350 or less/ }],
    ])
  }
  for (const cap of ['5', '', true, []]) {
    expect((await put({ requestsPerSecond: cap })).body.detail).toContain('be a number')
  }
  expect(await settings()).toEqual(before)
  expect((await put({ requestsPerSecond: 5 })).body.settings.requestsPerSecond).toBe(5)
  expect((await put({ requestsPerSecond: null })).body.settings).not.toHaveProperty(
    'requestsPerSecond',
  )
})

test('what counts as late is whole milliseconds of a year at most', async () => {
  const { put, settings } = await start()
  const before = await settings()
  for (const late of [-1, 1.5, 367 * 86_400_000, Number.MAX_SAFE_INTEGER, '3600000', null]) {
    const refused = await put({ lateAfterMs: late })
    expect([late, refused.status, refused.body.errors]).toMatchObject([
      late,
      400,
      [{ pointer: '/body/settings/lateAfterMs' }],
    ])
  }
  expect(await settings()).toEqual(before)
  expect((await put({ lateAfterMs: 3_600_000 })).status).toBe(200)
})

test('R12 a list is one that Klaviyo has; where Klaviyo does not say, what looks like an id is taken', async () => {
  const { klaviyo, put, settings } = await start()
  const { id } = klaviyo.account().addList({ name: 'News', optIn: 'single_opt_in' })
  for (const nonsense of ['', ' ', 'my list', 'ada@shop.example', 'a'.repeat(33), 7]) {
    const refused = await put({ listId: nonsense })
    expect([nonsense, refused.status]).toEqual([nonsense, 400])
  }
  expect((await put({ listId: 'my list' })).body.detail).toContain('letters and digits, as Y6nRLr')
  const unknown = await put({ listId: 'NoList' })
  expect([unknown.status, unknown.body.code]).toEqual([422, 'unknown_list'])
  expect(await settings()).not.toHaveProperty('listId')
  expect((await put({ listId: id })).status).toBe(200)

  klaviyo.answer('/api/lists', 403, { times: 1 })
  expect((await put({ listId: 'Y6nRLr' })).status).toBe(200)
  // It is gone by now; that is no reason to refuse another change that sends it along.
  expect((await put({ listId: 'Y6nRLr', smsConsent: true })).status).toBe(200)
  expect((await put({ listId: null })).status).toBe(200)
})
