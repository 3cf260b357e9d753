import { afterAll, describe, expect, test } from 'vitest'
import { findPostgres } from '../postgres.ts'
import { openFleet, type Fleet, type FleetNode } from './fleet.ts'
import { overlapsOf } from './recorder.ts'

const postgres = await findPostgres()
afterAll(async () => postgres?.stop())

const leaseMs = 4000

async function open(more: Partial<Parameters<typeof openFleet>[0]> = {}): Promise<Fleet> {
  return openFleet({ databaseUrl: await postgres!.newDatabase(), leaseMs, accounts: 6, ...more })
}

function accountsOf(nodes: readonly FleetNode[]) {
  return Promise.all(nodes.map((node) => node.accounts()))
}

/** Awaits that the nodes run so many accounts each. */
async function shared(nodes: readonly FleetNode[], counts: readonly number[], timeout = 15_000) {
  const sorted = async () => (await accountsOf(nodes)).toSorted((one = 0, other = 0) => one - other)
  await expect.poll(sorted, { timeout, interval: 50 }).toEqual(counts)
}

/** One order for each store at the node; resolves when Klaviyo has them all, with how long that took. */
async function round(fleet: Fleet, node: FleetNode, name: string, timeout = 10_000) {
  const start = performance.now()
  const ids = fleet.stores.map((_, number) => `${name}-${number}`)
  for (const [number, store] of fleet.stores.entries())
    await fleet.send(node, store, [ids[number]!])
  await expect.poll(() => missing(fleet, ids), { timeout, interval: 20 }).toEqual([])
  return performance.now() - start
}

/** Two events at a time, to one node after the other, until it is ended; that resolves with what was sent. */
function keepSending(fleet: Fleet, nodes: readonly FleetNode[]) {
  const life = { over: false }
  const ids: string[] = []
  const done = (async () => {
    for (let n = 0; !life.over; n += 1) {
      const pair = [`load-${n}`, `more-${n}`]
      await fleet.send(nodes[n % nodes.length]!, fleet.stores[n % fleet.stores.length]!, pair)
      ids.push(...pair)
    }
  })()
  return {
    async end() {
      life.over = true
      await done
      return ids
    },
  }
}

/** A question to a node's local API about a connection. */
async function ask(node: FleetNode, what: string, body: object = {}): Promise<void> {
  const response = await fetch(`${node.url}/api/connections/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(200)
}

function missing(fleet: Fleet, ids: readonly string[]): readonly string[] {
  const there = [...fleet.orders().keys()]
  return ids.filter((id) => !there.some((uniqueId) => uniqueId.endsWith(`:${id}`)))
}

describe.skipIf(postgres === undefined)('nodes on one database', () => {
  test('share the accounts evenly, also when one joins late or stops; nothing is sent by two', async () => {
    const fleet = await open()
    const a = await fleet.start('a')
    await shared([a], [6])
    const b = await fleet.start('b')
    // Under load, so that there is something under way whenever an account moves.
    const load = keepSending(fleet, [a, b])
    await shared([a, b], [3, 3])
    const c = await fleet.start('c')
    await shared([a, b, c], [2, 2, 2])
    await expect
      .poll(() => fleet.recorded.some(({ node }) => node === 'c'), { timeout: 10_000 })
      .toBe(true)
    const stopMs = await c.stop()
    const from = performance.now()
    await shared([a, b], [3, 3])
    const movedMs = performance.now() - from
    const ids = await load.end()
    await round(fleet, a, 'last')
    await expect.poll(() => missing(fleet, ids), { timeout: 10_000 }).toEqual([])
    expect([...fleet.orders().values()].every((count) => count === 1)).toBe(true)
    expect(overlapsOf(fleet.recorded)).toEqual([])
    expect(new Set(fleet.recorded.map(({ node }) => node))).toEqual(new Set(['a', 'b', 'c']))
    expect(stopMs).toBeLessThan(10_000)
    // By the stop, and not because its time was over.
    expect(movedMs).toBeLessThan(leaseMs)
  })

  test('what one receives for another’s account, and settings that are changed at one, reach the owner within a second', async () => {
    const fleet = await open({ accounts: 4 })
    const [a, b] = [await fleet.start('a'), await fleet.start('b')]
    await shared([a, b], [2, 2])
    for (const node of [a, b])
      expect(await round(fleet, node, `at-${node.name}`)).toBeLessThan(3000)
    // Whoever runs them: all are paused at the one, and events come to the other.
    for (const { connection } of fleet.stores) await ask(a, `${connection.id}/pause`)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const before = fleet.recorded.length
    const ids = fleet.stores.map((_, number) => `paused-${number}`)
    for (const [number, store] of fleet.stores.entries()) await fleet.send(b, store, [ids[number]!])
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(fleet.recorded.length).toBe(before)
    for (const { connection } of fleet.stores) await ask(b, `${connection.id}/resume`)
    await expect.poll(() => missing(fleet, ids), { timeout: 5000 }).toEqual([])
  })

  test('S37 a cap is held over a move: two stores of one account have one owner', async () => {
    const fleet = await open({ accounts: 2, shared: 2 })
    const [a, b] = [await fleet.start('a'), await fleet.start('b')]
    await shared([a, b], [1, 1])
    const [first, second] = fleet.stores
    const owners = async () => {
      const from = fleet.recorded.length
      await round(fleet, a, `owner-${from}`)
      return fleet.recorded.slice(from).filter(({ key }) => key.endsWith('_0'))
    }
    const requests = await owners()
    expect(requests.length).toBeGreaterThanOrEqual(2)
    expect(new Set(requests.map(({ node }) => node)).size).toBe(1)
    for (const { connection } of [first!, second!])
      await ask(a, `${connection.id}/settings`, { requestsPerSecond: 2 })
    await new Promise((resolve) => setTimeout(resolve, 1500))
    const from = fleet.recorded.length
    for (let n = 0; n < 4; n += 1) {
      await fleet.send(a, first!, [`cap-${n}`])
      await fleet.send(b, second!, [`pac-${n}`])
    }
    const owner = requests[0]!.node === 'a' ? a : b
    await owner.stop()
    const rest = owner === a ? b : a
    await expect
      .poll(() => missing(fleet, ['cap-0', 'cap-3', 'pac-0', 'pac-3']), { timeout: 10_000 })
      .toEqual([])
    await shared([rest], [2])
    const times = fleet.recorded.slice(from).map((one) => one.from)
    // Two connections with two a second each.
    for (const start of times)
      expect(times.filter((at) => at >= start && at < start + 950).length).toBeLessThanOrEqual(4)
  })

  test('F2 one that is killed leaves its accounts to the others when its time is over', async () => {
    const fleet = await open()
    const [a, b] = [await fleet.start('a'), await fleet.start('b')]
    await shared([a, b], [3, 3])
    const start = performance.now()
    await b.kill()
    await round(fleet, a, 'after', 2 * leaseMs)
    expect(performance.now() - start).toBeLessThan(leaseMs + 3000)
    await shared([a], [6])
    expect([...fleet.orders().values()].every((count) => count === 1)).toBe(true)
  })

  test('F8 one that was asleep for longer than its lease sends nothing of what it held, changes nothing, and comes back as another', async () => {
    const fleet = await open({ delayMs: () => 50 })
    const [a, b] = [await fleet.start('a'), await fleet.start('b')]
    await shared([a, b], [3, 3])
    // So much that something is always about to be sent.
    const ids = Array.from({ length: 240 }, (_, n) => `sleep-${n}`)
    for (const [n, id] of ids.entries()) await fleet.send(a, fleet.stores[n % 6]!, [id])
    b.signal('SIGSTOP')
    const asleepAt = performance.now()
    await expect.poll(() => missing(fleet, ids), { timeout: 20_000 }).toEqual([])
    await shared([a], [6])
    await new Promise((resolve) =>
      setTimeout(resolve, Math.max(0, leaseMs + 1000 - (performance.now() - asleepAt))),
    )
    const wokenAt = performance.now()
    b.signal('SIGCONT')
    await expect
      .poll(() => b.logged.some((line) => line.includes('Another node runs this account now')))
      .toBe(true)
    await shared([a, b], [3, 3])
    await round(fleet, b, 'awake')
    // What it had begun before may still have been on its way; of the rest nothing.
    const late = fleet.recorded.filter(({ node, from }) => node === 'b' && from >= wokenAt)
    const owned = fleet.recorded.filter(({ from }) => from >= wokenAt)
    expect(overlapsOf(owned)).toEqual([])
    expect(late.length).toBeLessThanOrEqual(6)
    expect([...fleet.orders().values()].every((count) => count === 1)).toBe(true)
  })
})
