import { join } from 'node:path'
import { Client } from 'pg'
import type { Journal, Received } from '../src/core/index.ts'
import { openJournal, type Opened } from '../src/db/index.ts'
import { millis, perSecond, whole } from './figure.ts'
import type { Figure } from './figure.ts'

const day = 86_400_000
const shops = 20

/** Appending while old events are dropped from an SQLite file. */
export const retention: Figure = {
  name: 'retention',
  async run(bench) {
    const count = bench.full ? 1_000_000 : 100_000
    const opened = await openJournal({ file: join(bench.folder(), 'tillpost.db') })
    const { journal, config } = opened
    for (let shop = 0; shop < shops; shop += 1) await addShop(config, shop)
    const settle = await owner(journal)
    bench.say(`filling a file with ${whole(count)} old events`)
    const old = Date.now() - 40 * day
    for (let done = 0; done < count; done += 500 * shops)
      await Promise.all(
        lanes.map(async (_, shop) => {
          await journal.append(eventsOf(shop, 500, old))
          await settle(shop, 500, old)
        }),
      )
    const alone = await appendFor(journal, 10_000)
    let isDone = false
    const start = performance.now()
    const ages = { now: Date.now(), bodyMs: 30 * day, attemptMs: 14 * day, seenMs: 30 * day }
    const retaining = journal.retain(ages).then(() => {
      isDone = true
      return performance.now() - start
    })
    const meanwhile = await appendFor(journal, 600_000, () => isDone)
    const tookMs = await retaining
    await opened.close()
    return [
      {
        what: 'appends while old events are dropped (SQLite)',
        measured: perSecond(meanwhile.rate),
        floor: perSecond(alone.rate),
        ratio: meanwhile.rate / alone.rate,
        bar: 'none',
      },
      {
        what: '  the slowest of a hundred appends of 100',
        measured: millis(meanwhile.p99),
        floor: millis(alone.p99),
        bar: 'none',
      },
      {
        what: '  dropped meanwhile',
        measured: perSecond((count * 1000) / tookMs),
        bar: 'none',
      },
    ]
  },
}

/** Appending and settling while somebody holds a snapshot in PostgreSQL, as a dump does (F22). */
export const snapshot: Figure = {
  name: 'snapshot',
  async run(bench) {
    const url = await bench.newDatabase()
    const opened = await openJournal({ url })
    const { journal } = opened
    const settle = await owner(journal)
    const work = async (ms: number) => appendFor(journal, ms, () => false, settle)
    await work(5000)
    const before = await work(20_000)
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query('begin isolation level repeatable read')
    await client.query('select count(*) from cursor')
    bench.say('  a snapshot is held for a minute')
    await work(40_000)
    const held = await work(20_000)
    await client.query('rollback')
    await client.end()
    await work(5000)
    const after = await work(20_000)
    await opened.close()
    const rate = (before.rate + after.rate) / 2
    return [
      {
        what: 'appends and settles under a snapshot of a minute (PostgreSQL)',
        measured: perSecond(held.rate),
        floor: perSecond(rate),
        ratio: held.rate / rate,
        bar: '70 %',
        met: held.rate / rate >= 0.7,
      },
    ]
  },
}

type Settle = (shop: number, events: number, now: number) => Promise<void>

const lanes = Array.from({ length: shops }, (_, shop) => laneOf(shop))

function laneOf(shop: number) {
  const lane = 'live' as const
  return {
    workspaceId: `wsp_${shop}`,
    sourceId: `src_${shop}`,
    connectionId: `con_${shop}`,
    lane,
  }
}

async function addShop(config: Opened['config'], shop: number): Promise<void> {
  const { workspaceId, sourceId: id } = laneOf(shop)
  const storeId = `sto_${shop}`
  await config.addWorkspace({ id: workspaceId, name: workspaceId })
  await config.addStore({ workspaceId, id: storeId, key: storeId, name: storeId })
  const source = { workspaceId, id, storeId, name: 'Web', writeKey: `wk_${shop}`, enabled: true }
  await config.addSource(source)
}

/** Takes the accounts, and settles as their owner. */
async function owner(journal: Journal): Promise<Settle> {
  const node = 'bench'
  await journal.join({ id: node, delivers: true, leaseMs: 3_600_000 })
  const ids = lanes.map((_, shop) => `acc_${shop}`)
  const leases = await journal.claim(ids, { id: node, most: shops })
  const fences = new Map(leases.map(({ accountId, fence }) => [accountId, fence] as const))
  await journal.adopt(
    leases.map((lease) => ({ lease, cursors: [laneOf(ids.indexOf(lease.accountId))] })),
  )
  return async (shop, events, now) => {
    const accountId = `acc_${shop}`
    const settlement = {
      accountId,
      fence: fences.get(accountId) ?? 0,
      cursor: laneOf(shop),
      reasons: Array.from({ length: events }, () => 'accepted' as const),
      budget: '{}',
      now,
    }
    if (!(await journal.settle(settlement))) throw new Error('A batch could not be settled.')
  }
}

/** Hundred events at a time for each of eight shops side by side. */
async function appendFor(
  journal: Journal,
  ms: number,
  isOver: () => boolean = () => false,
  settle?: Settle,
): Promise<{ readonly rate: number; readonly p99: number }> {
  const took: number[] = []
  const start = performance.now()
  await Promise.all(
    Array.from({ length: 8 }, async (_, shop) => {
      while (performance.now() - start < ms && !isOver()) {
        const now = Date.now()
        const events = eventsOf(shop, 100, now)
        const began = performance.now()
        await journal.append(events)
        took.push(performance.now() - began)
        await settle?.(shop, 100, now)
      }
    }),
  )
  const rate = (took.length * 100 * 1000) / (performance.now() - start)
  took.sort((one, other) => one - other)
  return { rate, p99: took[Math.floor(took.length * 0.99)] ?? 0 }
}

let lastId = 0
const filler = 'x'.repeat(1000)

function eventsOf(shop: number, count: number, receivedAt: number): Received[] {
  const { workspaceId, sourceId, lane } = laneOf(shop)
  return Array.from({ length: count }, () => {
    lastId += 1
    const userId = `user-${lastId % 5000}`
    const event = {
      type: 'track' as const,
      event: 'Product Viewed',
      messageId: `upkeep-${lastId}`,
      userId,
      properties: { filler },
    }
    return {
      workspaceId,
      sourceId,
      lane,
      storeId: `sto_${shop}`,
      event,
      body: JSON.stringify(event),
      name: event.event,
      identifiers: { externalId: userId, email: `${userId}@example.com` },
      occurredAt: receivedAt,
      receivedAt,
    }
  })
}
