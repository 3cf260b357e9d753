import { expect, test } from 'vitest'
import type { Clock, Journal } from '../src/core/index.ts'
import { mapperOf } from '../src/core/index.ts'
import { startDelivery } from '../src/delivery/index.ts'
import { createGovernors, openKlaviyo } from '../src/klaviyo/index.ts'
import { kit } from '../src/server/kit.ts'
import { order, startEngine } from './engine.ts'
import type { Bench } from './engine.ts'

/** Another node on the same database: what it receives, it does not hand on to us. */
function otherNode(bench: Bench, journal: Journal, clock: Clock) {
  return startDelivery({
    journal,
    config: bench.opened.config,
    clock,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    nodeId: 'other',
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
