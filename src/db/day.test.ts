import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { movedClock } from '../../test/moved-clock.ts'
import { type Pooler, type Recorded, startPooler } from '../../test/pooler.ts'
import { findPostgres, runOn } from '../../test/postgres.ts'
import {
  type Exception,
  type Identifiers,
  JournalUnavailable,
  type ReasonCode,
  type Received,
} from '../core/index.ts'
import { openJournal, type Opened } from './index.ts'

const server = await findPostgres()
afterAll(async () => server?.stop())

const opened: Opened[] = []
const poolers: Pooler[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
  for (const one of poolers.splice(0)) await one.close()
})

const day = 86_400_000

async function newDatabase() {
  return movedClock(await server!.newDatabase())
}

async function openNode(url: string): Promise<Opened> {
  const one = await openJournal({ url })
  opened.push(one)
  return one
}

describe.skipIf(server === undefined)('events are kept by day in PostgreSQL', () => {
  test('F20 numbers have no gap and no double across midnights, whoever writes, and also when the clock is set back', async () => {
    const { url, setTo } = await newDatabase()
    const nodes = [await openNode(url), await openNode(url)]
    const given: number[] = []
    let written = 0
    const done = { moving: false, writing: false }
    const writer = async (journal: Opened['journal'], name: number) => {
      // Until the clock has been moved for the last time, and once more.
      for (let call = 0, last = false; !last; call += 1) {
        last = done.moving
        const answers = await journal.append([0, 1, 2].map((n) => event(`${name}-${call}-${n}`)))
        given.push(...answers.map(({ seq }) => seq))
        written += answers.length
      }
    }
    const writers = Array.from({ length: 8 }, (_, name) => writer(nodes[name % 2]!.journal, name))
    const read: number[] = []
    const reading = (async () => {
      while (!done.writing || read.length < written)
        for (const { seq } of await nodes[0]!.journal.read(at, read.at(-1) ?? 0, 1000, 1e9))
          read.push(seq)
    })()
    for (const [place, shift] of [1, 2, 1, 3].entries()) {
      await expect.poll(() => written, { timeout: 60_000 }).toBeGreaterThan(140 * (place + 1))
      await setTo(shift * day)
    }
    done.moving = true
    await Promise.all(writers)
    done.writing = true
    await reading
    const all = Array.from({ length: written }, (_, index) => index + 1)
    expect(given.toSorted((a, b) => a - b)).toEqual(all)
    expect(read).toEqual(all)
    // The days of the lane never go back: the third one was written to when the clock said the second one again.
    const days = await runOn<{ day: number; first: number; last: number }>(
      url,
      `select day, min(seq)::integer as first, max(seq)::integer as last from event group by day order by day`,
    )
    expect(days).toHaveLength(4)
    for (const [place, { first }] of days.entries())
      expect(first).toBe((days[place - 1]?.last ?? 0) + 1)
    expect(await nodes[1]!.journal.readSome(at, [1, 360, written])).toHaveLength(3)
  })

  test('F20 a day that was not made is refused, not mislaid, and the next start makes it', async () => {
    const { url, setTo } = await newDatabase()
    const { journal } = await openNode(url)
    await journal.append([event('a')])
    await setTo(8 * day)
    await expect(journal.append([event('b')])).rejects.toThrow(JournalUnavailable)
    await expect(journal.append([event('b')])).rejects.toThrow('has no partition for today')
    await openNode(url)
    expect(await journal.append([event('b')])).toMatchObject([{ seq: 2, duplicate: false }])
    expect(await journal.read(at, 0, 10, 1e6)).toMatchObject([{ seq: 1 }, { seq: 2 }])
  })

  test('no statement opens more partitions of `event` than one', async () => {
    const { url, setTo } = await newDatabase()
    const pooler = await startPooler(url)
    poolers.push(pooler)
    const { journal, config } = await openNode(pooler.url)
    await connect(config)
    for (const shift of [0, 1, 2]) {
      await setTo(shift * day)
      await journal.append([
        event(`g${shift}`, { anonymousId: 'anon' }),
        ...Array.from({ length: 20 }, (_, n) => event(`m${shift}-${n}`)),
      ])
    }
    await journal.append([event('login', { anonymousId: 'anon', email: 'a@b.co' })])
    await journal.join({ id: 'node', delivers: true, leaseMs: 1e12 })
    const [lease] = await journal.claim(['acc'], { id: 'node', most: 1 })
    await journal.adopt([{ lease: lease!, cursors: [key] }])
    pooler.statements.length = 0
    expect(await journal.read(at, 0, 1000, 1e9)).toHaveLength(64)
    expect(await journal.waitingGuest(key, 64, 0)).toEqual([])
    expect(await journal.readSome(at, [1, 25, 50])).toHaveLength(3)
    expect(await journal.heads([at, { ...at, lane: 'backfill' }])).toEqual([64, 0])
    expect(await journal.events({ ...key, limit: 50 })).toHaveLength(50)
    expect(await journal.events({ ...key, limit: 50, person: 'email:a@b.co' })).toHaveLength(1)
    expect(await journal.story({ ...key, messageId: 'm1-3' })).toMatchObject({ seq: 26 })
    expect(await journal.standing(key)).toMatchObject({ head: 64 })
    await journal.append([event('m0-1'), event('m1-1'), event('new')])
    const plans = await plansOf(url, pooler.statements)
    expect(plans.length).toBeGreaterThan(12)
    for (const { text, days } of plans) expect([text, days]).toEqual([text, [expect.any(String)]])
    // Day 0, for the lane that has none, and the three.
    expect(new Set(plans.flatMap(({ days }) => days)).size).toBe(4)
  })

  test('F20 retention drops whole days, keeps what is needed of them, and may be cut off anywhere', async () => {
    const { url, setTo } = await newDatabase()
    const node = await openNode(url)
    await connect(node.config)
    const { journal } = node
    await journal.join({ id: 'node', delivers: true, leaseMs: 1e12 })
    const [lease] = await journal.claim(['acc'], { id: 'node', most: 1 })
    await journal.adopt([{ lease: lease!, cursors: [key] }])
    const start = Date.now()
    const settle = (reasons: ReasonCode[], exceptions: Exception[], now: number) =>
      journal.settle({
        accountId: 'acc',
        fence: lease!.fence,
        cursor: key,
        reasons,
        exceptions,
        now,
      })
    const ids = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, n) => event(`m${from + n}`, {}, start))

    await journal.append(ids(1, 1500))
    const first = times<ReasonCode>('accepted', 1500).with(699, 'klaviyo_rejected')
    await settle(first, [letter(700)], start)
    await setTo(day)
    await journal.append(ids(1501, 3000))
    // The last 1,100 of that day are not delivered.
    await settle(times<ReasonCode>('accepted', 400), [], start + day)
    await setTo(2 * day)
    await journal.append(ids(3001, 3010))

    await setTo(40 * day)
    const limits = { now: start + 40 * day, bodyMs: 30 * day, attemptMs: day, seenMs: 100 * day }
    let cuts = 0
    for (let statements = 1; statements < 400; statements += 3) {
      const pooler = await startPooler(url)
      const other = await openJournal({ url: pooler.url })
      pooler.cutAfter(statements)
      const done = await other.journal.retain(limits).then(
        () => true,
        (error: unknown) => {
          expect(error).toBeInstanceOf(JournalUnavailable)
          return false
        },
      )
      await other.close().catch(() => {})
      await pooler.close()
      if (done) break
      cuts += 1
      // The turn of the node that died ends.
      await setTo(40 * day + cuts * 120_000)
      expect(await journal.readSome(at, [700])).toMatchObject([{ messageId: 'm700' }])
    }
    expect(cuts).toBeGreaterThan(10)
    await journal.retain(limits)
    await journal.retain(limits)

    const left = await journal.read(at, 1900, 5000, 1e9)
    expect(left.map(({ seq }) => seq)).toEqual(Array.from({ length: 1110 }, (_, n) => 1901 + n))
    expect(await journal.readSome(at, [1, 699, 700, 701, 1900])).toMatchObject([{ seq: 700 }])
    const days = await runOn<{ name: string; rows: number }>(
      url,
      `select tableoid::regclass::text as name, count(*)::integer as rows from event group by 1`,
    )
    expect(days).toEqual([{ name: 'event_0', rows: 1111 }])
    const [partitions] = await runOn<{ count: number }>(
      url,
      `select count(*)::integer as count from pg_inherits where inhparent = 'event'::regclass`,
    )
    // Day 0, today and the three days to come.
    expect(partitions).toEqual({ count: 5 })
    expect(await journal.append([event('new')])).toMatchObject([{ seq: 3011 }])
    expect((await journal.read(at, 3005, 100, 1e9)).map(({ seq }) => seq)).toEqual([
      3006, 3007, 3008, 3009, 3010, 3011,
    ])

    // What was needed goes once it is settled, and the dead letter once it is over.
    await journal.settle({
      accountId: 'acc',
      fence: lease!.fence,
      cursor: key,
      reasons: times<ReasonCode>('accepted', 1111),
      resolved: [700],
      now: start + 40 * day,
    })
    await journal.retain({ ...limits, now: start + 80 * day })
    expect(await runOn(url, 'select seq from event where day = 0')).toEqual([])
    expect(await journal.append([event('later')])).toMatchObject([{ seq: 3012 }])
  }, 120_000)

  test('one node at a time tidies up; who died gives it free after a minute', async () => {
    const { url, setTo } = await newDatabase()
    const { journal, config } = await openNode(url)
    await connect(config)
    await journal.append([event('a')])
    await journal.join({ id: 'other', delivers: false, leaseMs: 60_000 })
    await journal.claim(['task:retain'], { id: 'other', most: 1 })
    const limits = { now: Date.now() + 40 * day, bodyMs: 0, attemptMs: 0, seenMs: 0 }
    await journal.retain(limits)
    expect(await runOn(url, 'select day from lane_day')).toHaveLength(1)
    await setTo(61_000)
    await journal.retain(limits)
    expect(await runOn(url, 'select day from lane_day')).toHaveLength(0)
  })
})

/** The partitions of `event` in the plan of each statement that names it. */
async function plansOf(url: string, statements: readonly Recorded[]) {
  const plans: { text: string; days: string[] }[] = []
  for (const { text, values } of statements) {
    if (!/\b(?:from|into|update) event\b/u.test(text) || text.startsWith('insert into event'))
      continue
    const rows = await runOn<Record<string, string>>(url, `explain (costs off) ${text}`, values)
    const plan = rows.map((row) => Object.values(row)[0]).join('\n')
    plans.push({ text, days: [...new Set(plan.match(/(?<=on )event_\d+/gu))] })
  }
  return plans
}

function times<T>(value: T, count: number): T[] {
  return Array.from({ length: count }, () => value)
}

function letter(seq: number): Exception {
  return {
    ...key,
    seq,
    messageId: `m${seq}`,
    state: 'kept',
    reason: 'klaviyo_rejected',
    tries: 1,
    failures: 1,
    dueAt: 0,
    firstAt: 1,
    lastAt: 2,
  }
}

async function connect(config: Opened['config']): Promise<void> {
  const workspaceId = 'wsp_1'
  const store = { id: 'sto_1', key: 'acme' }
  await config.addWorkspace({ id: workspaceId, name: 'Acme' })
  await config.addStore({ ...store, workspaceId, name: 'Acme' })
  await config.addSource({
    workspaceId,
    id: 'src_1',
    storeId: 'sto_1',
    name: 'Web',
    writeKey: 'wk',
    enabled: true,
  })
  await config.addConnection({
    workspaceId,
    id: 'con_1',
    sourceId: 'src_1',
    destinationId: 'dst_1',
    store,
    settings: { preset: 'storefront', enabled: true } as never,
    state: 'connected',
    since: 0,
  })
}

const at = { workspaceId: 'wsp_1', sourceId: 'src_1', lane: 'live' } as const
const key = { ...at, connectionId: 'con_1' } as const

function event(messageId: string, identifiers: Identifiers = {}, receivedAt = 1): Received {
  const { anonymousId } = identifiers
  const whole = {
    type: 'track',
    messageId,
    ...(anonymousId !== undefined && { anonymousId }),
  } as const
  return {
    ...at,
    storeId: 'sto_1',
    event: whole,
    body: JSON.stringify(whole),
    name: 'Product Viewed',
    identifiers,
    occurredAt: 1,
    receivedAt,
  }
}
