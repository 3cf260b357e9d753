import { expect, test } from 'vitest'
import { startBoth } from '../harness.ts'
import { ownerOf } from './client.ts'

test('R12 R7 Klaviyo’s lists are shown with how people join them, and one is chosen', async () => {
  const { server, klaviyo } = await startBoth()
  klaviyo.account().addList({ id: 'SINGLE', name: 'News', optIn: 'single_opt_in' })
  klaviyo.account().addList({ id: 'DOUBLE', name: 'Club', optIn: 'double_opt_in' })
  const owner = await ownerOf(server.parts)
  const { workspaceId, id } = server.installation.connection
  const path = `/workspaces/${workspaceId}/connections/${id}`
  const { body } = await owner.ask('GET', `${path}/lists`)
  expect(body.data).toMatchObject([
    { id: 'DOUBLE', name: 'Club', optIn: 'double', chosen: false },
    { id: 'SINGLE', name: 'News', optIn: 'single', chosen: false },
  ])
  expect(body.data[0].says).toContain('Only who confirms it is on the list')
  const [first] = body.data
  await owner.ask('PATCH', `${path}/settings`, { settings: { listId: first.id } })
  const chosen = (await owner.ask('GET', `${path}/lists`)).body
  expect(chosen.data.find(({ id: one }: { id: string }) => one === first.id).chosen).toBe(true)
  await server.changeSettings({ listId: 'NoList' })
  expect((await owner.ask('GET', `${path}/lists`)).body.gone).toBe('NoList')
  klaviyo.answer('/api/lists', 403, { times: 1 })
  expect((await owner.ask('GET', `${path}/lists`)).body.code).toBe('klaviyo_refused')
})
