import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { startBoth } from './harness.ts'
import { temporaryFolder } from './temporary-folder.ts'

const order = (number: number) => ({
  type: 'track',
  event: 'Order Completed',
  messageId: `order-${number}`,
  userId: `user-${number % 3}`,
  timestamp: new Date().toISOString(),
  properties: { order_id: number, total: number },
  context: { traits: { email: `shopper${number % 3}@example.com` } },
})
const orders = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => order(from + n))

test('F29 after a restore to an earlier moment what is delivered again counts once, and what came later is taken again', async () => {
  const { server, klaviyo } = await startBoth()
  await server.batch(orders(1, 20))
  await server.settle()
  const received = await server.batch(orders(21, 30))
  expect(received.status).toBe(200)
  // The copy is made while it runs; these ten may or may not have been sent by then.
  const backup = join(await temporaryFolder(), 'backup.db')
  const running = new DatabaseSync(join(server.dataDir, 'tillpost.db'), { readOnly: true })
  running.exec(`vacuum into '${backup}'`)
  running.close()
  await server.batch(orders(31, 40))
  await server.settle()
  await server.stop()
  const once = new Map(orders(1, 40).map(({ properties }) => [String(properties.total), 1]))
  const counts = () => {
    const times = new Map<string, number>()
    for (const { value } of klaviyo.events('Placed Order'))
      times.set(String(value), (times.get(String(value)) ?? 0) + 1)
    return times
  }
  expect(counts()).toEqual(once)

  for (const name of ['tillpost.db', 'tillpost.db-wal', 'tillpost.db-shm'])
    rmSync(join(server.dataDir, name), { force: true })
  copyFileSync(backup, join(server.dataDir, 'tillpost.db'))
  const again = await startBoth({ dataDir: server.dataDir, klaviyo })
  await again.server.settle()
  // What the copy does not hold is not known, and says so; its sender sends it again.
  expect(await again.server.story('order-30')).toMatchObject({ outcome: 'accepted' })
  expect(await again.server.story('order-31')).toBeUndefined()
  await again.server.batch(orders(25, 40))
  await again.server.settle()
  expect(counts()).toEqual(once)
  expect(await again.server.standing()).toMatchObject({ seq: 40, head: 40, waiting: 0 })
  expect(await again.server.story('order-40')).toMatchObject({ outcome: 'accepted', seq: 40 })
})
