import { expect, test } from 'vitest'
import type { Clock, Hint, Journal } from '../src/core/index.ts'
import { mapperOf } from '../src/core/index.ts'
import { startDelivery } from '../src/delivery/index.ts'
import { createGovernors, openKlaviyo } from '../src/klaviyo/index.ts'
import { kit } from '../src/server/kit.ts'
import { order, startEngine } from './engine.ts'
import type { Bench } from './engine.ts'

/** Another node on the same database: what it receives, it does not hand on to us. */
function otherNode(bench: Bench, journal: Journal, clock: Clock, nodeId = 'other') {
  return startDelivery({
    journal,
    config: bench.opened.config,
    clock,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    nodeId,
    leaseMs: 8000,
    timeoutMs: 2000,
    open: (row) =>
      openKlaviyo({
        baseUrl: bench.klaviyo.url,
        auth: { type: 'key', key: row.secret },
        accountId: row.accountId,
        governors: createGovernors(clock),
        clock,
      }),
    mapperOf: (connection, scopes) => mapperOf(connection, kit, scopes),
    digest: (text) => kit.digest(text),
    newAttemptId: () => `att_${crypto.randomUUID()}`,
  })
}

test('a node that takes over on a clean stop sends what comes in at another node', async () => {
  const bench = await startEngine()
  const other = await otherNode(bench, bench.journal, bench.clock)
  await bench.send(order(1))
  await bench.idle()
  await bench.engine.stop()
  await expect
    .poll(() => bench.append(order(2)).then(async () => (await bench.standing()).waiting), {
      timeout: 20_000,
    })
    .toBe(0)
  expect(bench.klaviyo.events('Placed Order').map(({ unique_id }) => unique_id)).toEqual([
    'acme:order:1',
    'acme:order:2',
  ])
  await other.stop()
  await bench.close()
})

test('a node that stops tells the others of what comes in until it has', async () => {
  const bench = await startEngine()
  await bench.engine.stop()
  const told: Hint[] = []
  const journal: Journal = {
    ...bench.journal,
    async hint(nodeIds, hinted) {
      told.push(...hinted)
      await bench.journal.hint(nodeIds, hinted)
    },
  }
  const first = await otherNode(bench, journal, bench.clock, 'first')
  const second = await otherNode(bench, journal, bench.clock, 'second')
  bench.engine = first
  await bench.send(order(1))
  await bench.idle()
  await first.retire()
  await expect.poll(() => second.figures().accounts, { timeout: 20_000 }).toBe(1)
  expect(told).toEqual([])
  await bench.send(order(2))
  await expect.poll(() => bench.klaviyo.events('Placed Order').length, { timeout: 20_000 }).toBe(2)
  expect(told).toMatchObject([{ sourceId: 'src_1', lane: 'live', seq: 2 }])
  await second.stop()
  await bench.close()
})

test('whoever starts with many connections takes all of them before the first of them sends', async () => {
  const steps: string[] = []
  const bench = await startEngine({
    before: (destination) => ({
      ...destination,
      waitMs: (way) => destination.waitMs(way),
      send(way, actions, options) {
        steps.push('send')
        return destination.send(way, actions, options)
      },
    }),
  })
  await bench.engine.stop()
  const { config } = bench.opened
  const [connection] = await config.connections()
  for (let number = 2; number <= 501; number += 1)
    await config.addConnection({ ...connection!, id: `con_${number}` })
  await bench.append(order(1))
  await bench.restart((journal) => ({
    ...journal,
    async adopt(asked) {
      const adopted = await journal.adopt(asked)
      // Whoever was taken before has time enough to send.
      await new Promise<void>((resolve) => void bench.clock.after(20_000, resolve))
      steps.push('adopt')
      return adopted
    },
  }))
  await expect.poll(() => steps.includes('send'), { timeout: 20_000 }).toBe(true)
  expect(steps.slice(0, 3)).toEqual(['adopt', 'adopt', 'send'])
  await bench.close()
}, 60_000)
