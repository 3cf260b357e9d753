import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import type { Simulator } from '../src/simulator/index.ts'
import { hasBaseBackup, makeBackup, makePostgres } from './crash/postgres-process.ts'
import { startBoth } from './harness.ts'
import type { BothOptions, TestServer } from './harness.ts'
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

/** How often Klaviyo has each order. */
function countsAt(klaviyo: Simulator): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  for (const { value } of klaviyo.events('Placed Order'))
    times.set(String(value), (times.get(String(value)) ?? 0) + 1)
  return times
}
const once = new Map(orders(1, 40).map(({ properties }) => [String(properties.total), 1]))

/**
 * A copy is made while orders 21 to 30 are on their way and before 31 to 40 come; then it takes the place of
 * what there was. Resolves with how often Klaviyo has each order when all is over.
 */
async function playRestore(
  options: BothOptions,
  copy: (running: TestServer) => Promise<void>,
  restore: (stopped: TestServer) => Promise<BothOptions>,
): Promise<ReadonlyMap<string, number>> {
  const { server, klaviyo } = await startBoth(options)
  await server.batch(orders(1, 20))
  await server.settle()
  const received = await server.batch(orders(21, 30))
  expect(received.status).toBe(200)
  await copy(server)
  await server.batch(orders(31, 40))
  await server.settle()
  await server.stop()
  expect(countsAt(klaviyo)).toEqual(once)

  const again = await startBoth({
    ...(await restore(server)),
    dataDir: server.dataDir,
    klaviyo,
  })
  // Where several nodes share a database, the one of then counts as alive until its time has run out.
  const comes = { timeout: 30_000 }
  await expect.poll(() => again.server.standing(), comes).toMatchObject({ head: 30, waiting: 0 })
  // What the copy does not hold is not known, and says so; its sender sends it again.
  expect(await again.server.story('order-30')).toMatchObject({ outcome: 'accepted' })
  expect(await again.server.story('order-31')).toBeUndefined()
  await again.server.batch(orders(25, 40))
  await expect.poll(() => again.server.standing(), comes).toMatchObject({ seq: 40, waiting: 0 })
  expect(await again.server.standing()).toMatchObject({ seq: 40, head: 40, waiting: 0 })
  expect(await again.server.story('order-40')).toMatchObject({ outcome: 'accepted', seq: 40 })
  return countsAt(klaviyo)
}

test('F29 after a restore to an earlier moment what is delivered again counts once, and what came later is taken again', async () => {
  const backup = join(await temporaryFolder(), 'backup.db')
  const counts = await playRestore(
    {},
    async ({ dataDir }) => {
      const running = new DatabaseSync(join(dataDir, 'tillpost.db'), { readOnly: true })
      running.exec(`vacuum into '${backup}'`)
      running.close()
    },
    async ({ dataDir }) => {
      for (const name of ['tillpost.db', 'tillpost.db-wal', 'tillpost.db-shm'])
        rmSync(join(dataDir, name), { force: true })
      copyFileSync(backup, join(dataDir, 'tillpost.db'))
      return {}
    },
  )
  expect(counts).toEqual(once)
})

if (!hasBaseBackup()) console.log('SKIPPED F29 on PostgreSQL: there is no pg_basebackup')

test.skipIf(!hasBaseBackup())(
  'F29 the same on PostgreSQL, from a base backup that was made while it ran',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillpost-restore-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    chmodSync(folder, 0o755)
    const first = await makePostgres(join(folder, 'first'))
    onTestFinished(() => first.die())
    await first.start()
    let copied = first
    const leaseMs = 3000
    const counts = await playRestore(
      { environment: { databaseUrl: first.url() }, leaseMs },
      async () => {
        copied = await makeBackup(first, join(folder, 'copy'))
      },
      async () => {
        await first.stop('fast')
        onTestFinished(() => copied.die())
        await copied.start()
        return { environment: { databaseUrl: copied.url() }, leaseMs }
      },
    )
    expect(counts).toEqual(once)
  },
  60_000,
)
