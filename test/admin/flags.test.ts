import { expect, test } from 'vitest'
import { startBoth } from '../harness.ts'
import { ownerOf } from './client.ts'

test('W14 C11 a workspace’s flag switches Klaviyo off: what waits ends with that reason, and on again for what comes then', async () => {
  const { server, klaviyo } = await startBoth()
  const owner = await ownerOf(server.parts)
  const path = `/workspaces/${server.installation.connection.workspaceId}`
  const order = (n: number) =>
    server.track('Order Completed', {
      messageId: `m${n}`,
      userId: 'u1',
      context: { traits: { email: 'ana@example.com' } },
      properties: { order_id: n, total: 10 },
    })
  const back = klaviyo.answer('/api/*', 503)
  await order(1)
  expect((await owner.ask('PATCH', path, { flags: { klaviyo: false } })).status).toBe(200)
  back()
  await server.settle()
  await order(2)
  await server.settle()
  for (const id of ['m1', 'm2']) {
    expect(await server.story(id)).toMatchObject({ outcome: 'dropped', reason: 'workspace_off' })
  }
  await owner.ask('PATCH', path, { flags: { klaviyo: true } })
  await order(3)
  await server.settle()
  expect(klaviyo.events('Placed Order').map(({ unique_id }) => unique_id)).toEqual(['acme:order:3'])
})
