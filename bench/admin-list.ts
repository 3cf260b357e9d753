import type { Journal, ReasonCode, Received } from '../src/core/index.ts'
import { systemClock } from '../src/server/clock.ts'
import { openData } from '../src/server/open-data.ts'
import { startServer } from '../src/server/start.ts'
import { type Client, ownerOf } from '../test/admin/client.ts'
import { type Bench, type Figure, millis, type Row, whole } from './figure.ts'
import { shop } from './shops.ts'

const times = 30
const { accountId, privateKey, writeKey, connection } = shop(0)
export const { workspaceId } = connection
const { id: connectionId, sourceId, destinationId, store } = connection
const cursor = { workspaceId, connectionId, sourceId, lane: 'live' } as const

/** Where it is all kept. */
interface Place {
  readonly dataDir: string
  readonly databaseUrl?: string
}

/** The admin API's list of events, over HTTP, with very many stored. */
export const adminList: Figure = {
  name: 'admin-list',
  run: (bench) => list(bench, { dataDir: bench.folder() }),
}

export const adminListOnPostgres: Figure = {
  name: 'admin-list-postgres',
  run: async (bench) =>
    list(bench, { dataDir: bench.folder(), databaseUrl: await bench.newDatabase() }),
}

async function list(bench: Bench, place: Place): Promise<readonly Row[]> {
  const count = bench.full ? 5_000_000 : 200_000
  bench.say(`storing ${whole(count)} events`)
  const filled = performance.now()
  await fill(place, count)
  bench.say(`  ${((performance.now() - filled) / 1000).toFixed(0)} s`)
  return measure(place, count)
}

async function measure(place: Place, count: number): Promise<readonly Row[]> {
  const server = await startServer({
    environment: {
      ...place,
      host: '127.0.0.1',
      port: { number: 0, given: true },
      // Nobody is there: what waits goes on waiting.
      klaviyoUrl: 'http://127.0.0.1:9',
      logLevel: 'silent',
    },
    roles: new Set(['http']),
    clock: systemClock,
  })
  const owner = await ownerOf(server)
  await outlined(owner, count)
  const rows: Row[] = []
  for (const [what, query] of questions(count)) {
    const { p95, calls, looked, found, cpuMs } = await ask(owner, query)
    const more = `${calls === 1 ? 'one call' : `${calls} calls`}, ${found} found in ${whole(looked)}`
    const engine = place.databaseUrl === undefined ? 'SQLite' : 'PostgreSQL'
    rows.push({
      what: `list of ${whole(count)} events on ${engine}: ${what} (${more}), p95`,
      measured: `${millis(p95)}; ${millis(cpuMs)} of processor time a call`,
      bar: '150 ms',
      met: p95 <= 150,
    })
  }
  await server.stop()
  return rows
}

function questions(count: number): readonly (readonly [string, Record<string, string>])[] {
  const at = (seq: number) => new Date(receivedAt(seq, count)).toISOString()
  return [
    ['no filter', {}],
    ['what was not sent', { outcome: 'dropped' }],
    ['the rarest reason, far back', { reason: 'no_rule' }],
    ['a metric', { event: 'Placed Order' }],
    ['a person, far back', { who: 'person-77@shop.example' }],
    ['a person who never came', { who: 'nobody@shop.example' }],
    ['a person and a status', { who: 'person-77@shop.example', outcome: 'accepted' }],
    ['an order, far back', { order: 'o-1000' }],
    ['an hour in the middle', { from: at(count / 2), to: at(count / 2 + count / 700) }],
    ['tests', { test: 'true' }],
  ]
}

/** Outlines of what was filled in a hurry are made in the background, once somebody searches. */
async function outlined(owner: Client, count: number): Promise<void> {
  const path = `/workspaces/${workspaceId}/connections/${connectionId}/events?who=nobody@shop.example`
  for (let tries = 0; tries < 600; tries += 1) {
    let calls = 0
    let next: string | undefined
    do {
      const { body } = await owner.ask('GET', next === undefined ? path : `${path}&cursor=${next}`)
      calls += 1
      next = body.next
      // What has no outline yet takes many calls.
    } while (next !== undefined && calls <= count / 500_000)
    if (next === undefined) return
    await pause(2000)
  }
  throw new Error('The outlines were not made within twenty minutes.')
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

/** Until something is found, or all was looked through; each call is timed. */
async function ask(owner: Client, query: Record<string, string>) {
  const took: number[] = []
  const cpuBefore = process.cpuUsage()
  let calls = 0
  let looked = 0
  let found = 0
  for (let round = 0; round < times; round += 1) {
    calls = 0
    looked = 0
    let next: string | undefined
    do {
      const search = new URLSearchParams({
        limit: '100',
        ...query,
        ...(next === undefined ? {} : { cursor: next }),
      })
      const start = performance.now()
      const { body, status } = await owner.ask(
        'GET',
        `/workspaces/${workspaceId}/connections/${connectionId}/events?${search}`,
      )
      took.push(performance.now() - start)
      if (status !== 200) throw new Error(JSON.stringify(body))
      calls += 1
      looked += body.looked
      found = body.data.length
      next = body.next
    } while (next !== undefined && found === 0)
    // The limit of requests a minute is not what is measured.
    await pause(100)
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  const cpuMs = (user + system) / 1000 / took.length
  took.sort((a, b) => a - b)
  return { p95: took[Math.floor(took.length * 0.95)] ?? 0, calls, looked, found, cpuMs }
}

/** One shop whose events all have been settled, but for the last 500. */
export async function fill(place: Place, count: number): Promise<void> {
  const data = await openData(place, () => undefined)
  const { journal, config, secrets } = data
  await config.addWorkspace({ id: workspaceId, name: 'Bench' })
  await config.addStore({ ...store, workspaceId, name: 'Shop' })
  await config.addSource({
    workspaceId,
    id: sourceId,
    storeId: store.id,
    name: 'Web',
    writeKey,
    enabled: true,
  })
  const secret = secrets.seal(privateKey, destinationId)
  await config.addDestination({
    workspaceId,
    id: destinationId,
    accountId,
    secret,
    state: 'connected',
  })
  await config.addConnection(connection)
  await journal.join({ id: 'fill', delivers: true, leaseMs: 3_600_000, alone: true })
  const [lease] = await journal.claim([accountId], { id: 'fill', most: 1 })
  if (lease === undefined) throw new Error('The account could not be taken.')
  await journal.adopt([{ lease, cursors: [cursor] }])
  const portion = 4000
  let settling: Promise<unknown> = Promise.resolve()
  for (let from = 1; from <= count; from += portion) {
    const seqs = Array.from({ length: Math.min(portion, count - from + 1) }, (_, n) => from + n)
    await append(journal, seqs, count)
    await settling
    const reasons = seqs.filter((seq) => seq <= count - 500).map((seq) => reasonOf(seq))
    settling = journal.settle({
      fence: lease.fence,
      accountId,
      cursor,
      reasons,
      budget: '{}',
      now: receivedAt(from, count),
    })
  }
  await settling
  await journal.leave('fill')
  await data.close()
}

/** Over thirty days, evenly. */
function receivedAt(seq: number, count: number): number {
  const spanMs = 29 * 86_400_000
  return Math.round(start - spanMs + (seq / count) * spanMs)
}
const start = Date.now()

function reasonOf(seq: number): ReasonCode {
  if (seq === 500) return 'no_rule'
  return seq % 60 === 0 ? 'event_disabled' : 'accepted'
}

const filler = 'x'.repeat(300)

async function append(journal: Journal, seqs: readonly number[], count: number): Promise<void> {
  await journal.append(
    seqs.map((seq): Received => {
      const isOrder = seq % 200 === 0
      const name = isOrder ? 'Order Completed' : 'Product Viewed'
      const event = {
        type: 'track' as const,
        event: name,
        messageId: `m-${seq}`,
        properties: isOrder
          ? { order_id: `o-${seq}`, total: 27.5, currency: 'EUR', filler }
          : { product_id: 'p1', name: 'Shirt', filler },
        ...(seq === 700 ? { context: { test: true } } : {}),
      }
      // Person 77 came early alone; everybody else again and again.
      const number = seq < 1000 ? seq : 1000 + (seq % 50_000)
      return {
        workspaceId,
        sourceId,
        storeId: store.id,
        lane: 'live',
        event,
        body: JSON.stringify(event),
        name,
        identifiers: { email: `person-${number}@shop.example`, anonymousId: `b-${number}` },
        occurredAt: receivedAt(seq, count),
        receivedAt: receivedAt(seq, count),
      }
    }),
  )
}
