import { onTestFinished, vi } from 'vitest'
import { readShoppingDay } from '../../src/cli/shopping-day.ts'
import { startSimulator } from '../../src/simulator/index.ts'
import { join } from '../admin/workspace.ts'
import type { Admin } from '../browser/admin.ts'
import { startBoth } from '../harness.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import type { Made } from './scenes.ts'

const hourMs = 3_600_000

/**
 * The recorded day, received and sent hour by hour, and what Klaviyo refused of it. For a server to start on. Every
 * clock is put back for it: the engine goes by the machine's.
 */
export async function seedDay() {
  const klaviyo = await startSimulator({
    accounts: [{ id: 'FERNWH', name: 'Fernweh', privateKey: 'pk_test', currency: 'EUR' }],
  })
  onTestFinished(() => klaviyo.close())
  klaviyo.account().addList({ id: 'SPRING', name: 'Spring letter' })
  const dataDir = await temporaryFolder()
  const present = Date.now
  let aheadMs = 0
  const now = vi.spyOn(Date, 'now').mockImplementation(() => present() + aheadMs)
  const { events } = await readShoppingDay(Date.now())
  // One of them says that it happened long ago: it comes with those around it.
  let latest = Date.now() - 24 * hourMs
  const hours = Map.groupBy(events, ({ timestamp }) => {
    latest = Math.max(latest, Date.parse(String(timestamp)))
    return Math.floor(latest / hourMs)
  })
  aheadMs = -24 * hourMs
  const { server } = await startBoth({ klaviyo, dataDir, country: 'DE', currency: 'EUR' })
  const badHour = [...hours.keys()][9]
  for (const [hour, inHour] of hours) {
    aheadMs = Math.max(aheadMs, Math.min((hour + 0.9) * hourMs, latest) - present())
    // Refused one by one: of many in one request, those that are not at fault are found out and sent.
    const refused = hour === badHour ? 12 : 0
    for (const event of inHour.slice(0, refused)) {
      klaviyo.answer('/api/events', 400, { times: 1 })
      await server.batch([event] as never)
      await server.settle()
    }
    await server.batch(inHour.slice(refused) as never)
    await server.settle()
  }
  const all = await server.events(1000)
  const orders = all.filter(({ name }) => name === 'Order Completed')
  const made: Made = {
    taken: orders.find(({ reason }) => reason === 'accepted')!.messageId,
    refused: all.find(({ reason }) => reason === 'klaviyo_rejected')!.messageId,
  }
  await server.stop()
  now.mockRestore()
  return { klaviyo, dataDir, made }
}

/** The names of the demo, people of several roles, a rule, a segment. */
export async function furnish({ server, owner, workspaceId }: Admin): Promise<void> {
  const path = `/workspaces/${workspaceId}`
  const { storeId } = server.installation.source
  const { id, destinationId } = server.installation.connection
  await owner.ask('PATCH', path, { name: 'Fernweh' })
  await owner.ask('PATCH', `${path}/stores/${storeId}`, {
    name: 'Fernweh',
    domain: 'fernweh.example',
    timeZone: 'Europe/Berlin',
  })
  await join(server.parts, owner, workspaceId, 'marketer', 'mara@fernweh.example')
  await join(server.parts, owner, workspaceId, 'viewer', 'viktor@fernweh.example')
  await owner.ask('POST', `${path}/invites`, { email: 'dana@fernweh.example', role: 'developer' })
  await owner.ask('POST', `${path}/tokens`, {
    name: 'Monitor',
    scopes: ['read'],
    expiresInDays: 90,
  })
  await owner.ask('PATCH', `${path}/connections/${id}/settings`, {
    settings: {
      rules: [
        {
          name: 'Skip test orders',
          events: ['Order*'],
          when: [{ type: 'pattern', path: 'properties.coupon', value: '^TEST' }],
          decision: 'drop',
        },
      ],
    },
  })
  await owner.ask('POST', `${path}/destinations/${destinationId}/segments`, {
    name: 'Bought at least once',
  })
}
