import { setTimeout } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { openFleet, type FleetNode } from '../nodes/fleet.ts'
import { overlapsOf } from '../nodes/recorder.ts'
import { findPostgres } from '../postgres.ts'

const postgres = await findPostgres()
afterAll(async () => postgres?.stop())

/** How long there is load, over the minutes of Klaviyo's fixed windows, wherever they begin. */
const lastsMs = Number(process.env['LIMITS_SECONDS'] ?? 150) * 1000

test.skipIf(postgres === undefined)(
  'S37 W13 two stores on one account, at two nodes that stop, die and come: no answer 429 whatever comes in',
  async () => {
    const fleet = await openFleet({
      databaseUrl: await postgres!.newDatabase(),
      leaseMs: 6000,
      accounts: 1,
      shared: 2,
      limits: true,
      delayMs: () => 5 + Math.random() * 40,
    })
    let nodes: FleetNode[] = [await fleet.start('n0'), await fleet.start('n1')]
    let started = nodes.length
    const receiver = await fleet.start('door', 'http')
    const until = performance.now() + lastsMs
    const ids: string[] = []
    const people: string[] = []

    const sending = (async () => {
      for (let turn = 0; performance.now() < until; turn += 1) {
        for (const store of fleet.stores) {
          const name = `${turn}-${store.connection.id.slice(-4)}`
          // A trickle of people, at times a flood of them, and orders in small groups.
          const count = turn % 20 === 0 ? 150 : 8
          const some = Array.from({ length: count }, (_, n) => `p-${name}-${n}`)
          people.push(...some)
          await fleet.identify(receiver, store, some)
          const orders = Array.from({ length: turn % 7 }, (_, n) => `o-${name}-${n}`)
          ids.push(...orders)
          if (orders.length > 0) await fleet.send(receiver, store, orders)
        }
        await setTimeout(500)
      }
    })()

    const changing = (async () => {
      for (let turn = 0; performance.now() < until - 15_000; turn += 1) {
        await setTimeout(12_000)
        const owner = nodes[await ownerAt(nodes)]!
        if (turn % 2 === 0) await owner.stop()
        else await owner.kill()
        nodes = [...nodes.filter((node) => node !== owner), await fleet.start(`n${started}`)]
        started += 1
      }
    })()
    await Promise.all([sending, changing])

    const missing = () => {
      const there = new Set(
        [...fleet.orders().keys()].map((id) => id.slice(id.lastIndexOf(':') + 1)),
      )
      return ids.filter((id) => !there.has(id))
    }
    const patience = performance.now() + 120_000
    const ended = performance.now()
    while (missing().length > 0 && performance.now() < patience) await setTimeout(500)
    const afterSeconds = Math.round((performance.now() - ended) / 1000)
    if (missing().length > 0) console.log(await tellOf(nodes))
    expect(missing()).toEqual([])
    const statuses = new Map<number, number>()
    for (const { status } of fleet.recorded) statuses.set(status, (statuses.get(status) ?? 0) + 1)
    console.log(
      `${fleet.recorded.length} requests in ${lastsMs / 1000} s by ${started} nodes for ${ids.length} orders and ` +
        `${people.length} people, by status: ${JSON.stringify(Object.fromEntries(statuses))}; ` +
        `the last order was there ${afterSeconds} s after the load`,
    )
    expect(statuses.get(429) ?? 0).toBe(0)
    expect(overlapsOf(fleet.recorded)).toEqual([])
    expect([...fleet.orders().values()].every((count) => count === 1)).toBe(true)
  },
  lastsMs + 600_000,
)

/** Where it stands, for whoever has to find out why it stands still. */
async function tellOf(nodes: readonly FleetNode[]): Promise<string> {
  const owner = nodes[await ownerAt(nodes)]!
  const [status, waiting] = await Promise.all(
    ['status', 'events?outcome=waiting&limit=5'].map(async (path) =>
      (await fetch(`${owner.url}/api/${path}`)).text(),
    ),
  )
  return [owner.name, status, waiting, ...owner.logged.slice(-10)].join('\n')
}

async function ownerAt(nodes: readonly FleetNode[]): Promise<number> {
  const counts = await Promise.all(nodes.map((node) => node.accounts()))
  return Math.max(
    0,
    counts.findIndex((count) => count === 1),
  )
}
