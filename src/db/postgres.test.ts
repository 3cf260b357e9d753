import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { findPostgres, runOn } from '../../test/postgres.ts'
import { type Identifiers, JournalUnavailable, type Received } from '../core/index.ts'
import { checkMigrations, DatabaseNewer, openJournal, type Opened } from './index.ts'
import { describeJournal, type OpenedForTest } from './journal.suite.ts'
import { describeSetup } from './setup.suite.ts'
import { describeTrail } from './trail.suite.ts'

const server = await findPostgres()
afterAll(async () => server?.stop())

const opened: Opened[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

async function newDatabase(): Promise<string> {
  if (server === undefined) throw new Error('There is no PostgreSQL.')
  return server.newDatabase()
}

async function openNode(url: string): Promise<Opened> {
  const one = await openJournal({ url })
  opened.push(one)
  return one
}

async function openForTest(url: string): Promise<OpenedForTest> {
  const one = await openJournal({ url })
  return { ...one, reopen: () => openForTest(url) }
}

describe.skipIf(server === undefined)('PostgreSQL', () => {
  describeJournal('PostgreSQL', async () => openForTest(await newDatabase()))
  describeSetup('PostgreSQL', async () => openJournal({ url: await newDatabase() }))
  describeTrail('PostgreSQL', async () => openJournal({ url: await newDatabase() }))

  describe('several nodes on one PostgreSQL', () => {
    test('start on an empty database at the same time', async () => {
      const url = await newDatabase()
      const nodes = await Promise.all([1, 2, 3, 4].map(() => openNode(url)))
      for (const [place, { journal }] of nodes.entries())
        expect(await journal.append([event(`m${place}`)])).toMatchObject([{ seq: place + 1 }])
    })

    test('F27 number without a gap and without a double, and a reader sees each number after its predecessor', async () => {
      const url = await newDatabase()
      const nodes = await Promise.all([1, 2, 3].map(() => openNode(url)))
      const looked: number[] = []
      const reading = (async () => {
        const { journal } = nodes[0]!
        let last = 0
        while (last < 600) {
          const read = await journal.read(at, last, 1000, 1e9)
          for (const { seq } of read) looked.push(seq)
          last = looked.at(-1) ?? 0
        }
      })()
      const seqs = await Promise.all(
        nodes.map(async ({ journal }, node) => {
          const own: number[] = []
          for (let call = 0; call < 20; call += 1) {
            // Two sources in either order, as two requests of different nodes may name them.
            const pair = [event(`${node}-${call}-a`), event(`${node}-${call}-b`, 'src_2')]
            const events = Array.from({ length: 10 }, (_, index) =>
              event(`${node}-${call}-${index}`),
            )
            const answers = await journal.append([
              ...(call % 2 === 0 ? pair : pair.toReversed()),
              ...events.slice(1),
            ])
            own.push(...answers.slice(2).map(({ seq }) => seq))
            own.push(answers[call % 2 === 0 ? 0 : 1]!.seq)
          }
          return own
        }),
      )
      await reading
      const all = seqs.flat().toSorted((a, b) => a - b)
      expect(all).toEqual(all.map((_, index) => index + 1))
      expect(looked).toEqual(all)
      const other = await nodes[1]!.journal.read({ ...at, sourceId: 'src_2' }, 0, 100, 1e9)
      expect(other.map(({ seq }) => seq)).toEqual(other.map((_, index) => index + 1))
    })

    test('F15 M4 a message id that reaches two nodes, and two lanes, at once has one number', async () => {
      const url = await newDatabase()
      const nodes = await Promise.all([1, 2].map(() => openNode(url)))
      for (let round = 0; round < 20; round += 1) {
        const answers = await Promise.all(
          nodes.map(({ journal }, node) =>
            journal.append([
              { ...event(`twice-${round}`), lane: node === 0 ? 'live' : 'backfill' },
            ]),
          ),
        )
        expect(answers.flat().filter(({ duplicate }) => duplicate)).toHaveLength(1)
        expect(new Set(answers.flat().map(({ seq }) => seq)).size).toBe(1)
      }
    })

    test('W7 what one node was told of a person is known to the other in the next append', async () => {
      const url = await newDatabase()
      const [one, two] = [await openNode(url), await openNode(url)]
      await two.journal.append([event('g0', 'src_2', { anonymousId: 'anon' })])
      await one.journal.append([
        event('login', 'src_1', { anonymousId: 'anon', email: 'a@b.co', externalId: '7' }),
      ])
      const [after] = await two.journal.append([event('g1', 'src_2', { anonymousId: 'anon' })])
      expect(after).toMatchObject({
        link: true,
        identifiers: { email: 'a@b.co', externalId: '7', anonymousId: 'anon' },
      })
    })

    test('sources of one store that tell of the same people at once neither stall nor lose what they tell', async () => {
      const url = await newDatabase()
      const nodes = await Promise.all([1, 2].map(() => openNode(url)))
      const people = Array.from({ length: 30 }, (_, index) => `person-${index}`)
      await Promise.all(
        nodes.map(({ journal }, node) =>
          journal.append(
            (node === 0 ? people : people.toReversed()).map((id) =>
              event(`${node}-${id}`, `src_${node + 1}`, {
                externalId: id,
                ...(node === 0 ? { email: `${id}@b.co` } : { phone: `+49${id}` }),
              }),
            ),
          ),
        ),
      )
      const answers = await nodes[0]!.journal.append(
        people.map((id) => event(`later-${id}`, 'src_1', { externalId: id })),
      )
      expect(answers.map(({ identifiers }) => identifiers)).toEqual(
        people.map((id) => ({ externalId: id, email: `${id}@b.co`, phone: `+49${id}` })),
      )
    })

    test('two nodes that reach for the same accounts share them out; what is given back or run out is the other’s', async () => {
      const url = await newDatabase()
      const [one, two] = [await openNode(url), await openNode(url)]
      const both = [one.journal, two.journal] as const
      const ids = Array.from({ length: 300 }, (_, number) => `acc_${number}`)
      const [a, b] = [`a-${url.length}`, `b-${url.length}`]
      await both[0].join({ id: a, delivers: true, leaseMs: 30_000 })
      await both[1].join({ id: b, delivers: true, leaseMs: 30_000 })
      const claims = await Promise.all([
        both[0].claim(ids, { id: a, most: 200 }),
        both[1].claim(ids.toReversed(), { id: b, most: 200 }),
      ])
      const taken = claims.map((leases) => new Set(leases.map(({ accountId }) => accountId)))
      expect([...taken[0]!].filter((id) => taken[1]!.has(id))).toEqual([])
      expect(taken[0]!.size + taken[1]!.size).toBeGreaterThanOrEqual(200)

      const [given] = claims[0]!
      await both[0].release([{ accountId: given!.accountId }], a)
      expect(await both[1].claim([given!.accountId], { id: b, most: 1 })).toMatchObject([
        { fence: given!.fence + 1 },
      ])
      // Its time is over: whoever looks finds it gone, and its own heartbeat comes too late.
      await both[0].renew({ id: a, leaseMs: -1 })
      await both[1].look(b)
      expect(await both[0].renew({ id: a, leaseMs: 30_000 })).toBe(false)
      expect(await both[1].claim(ids, { id: b, most: 300 })).toHaveLength(300)
    })
  })

  describe('what PostgreSQL keeps for a time', () => {
    test('is in spans made ahead, and goes a span at a time; those that are needed now are there again', async () => {
      const url = await newDatabase()
      const { journal } = await openNode(url)
      await journal.append([event('a')])
      const before = await spansIn(url, 'seen')
      expect(before).toHaveLength(2)
      expect(await spansIn(url, 'attempt')).toHaveLength(4)
      const limits = { bodyMs: 1e12, attemptMs: 0, seenMs: 20 * day }
      await journal.retain({ ...limits, now: Date.now() + 9 * day })
      expect(await journal.append([event('a')])).toMatchObject([{ duplicate: true }])
      expect(await spansIn(url, 'attempt')).toHaveLength(4)
      await journal.retain({ ...limits, now: Date.now() + 40 * day })
      expect(await journal.append([event('a')])).toMatchObject([{ seq: 2, duplicate: false }])
      expect(await spansIn(url, 'seen')).toEqual(before)
    })

    test('F15 M4 a message id is one event’s also where it would fall into another span', async () => {
      const url = await newDatabase()
      const { journal } = await openNode(url)
      await journal.append([event('a')])
      // As if it had come in the span before.
      await runOn(url, `create table seen_1 partition of seen for values in (1)`)
      await runOn(url, `update seen set span = 1`)
      expect(await journal.append([event('a'), event('b')])).toMatchObject([
        { seq: 1, duplicate: true },
        { seq: 2, duplicate: false },
      ])
    })

    test('F20 is refused, not mislaid, while its span is missing, and taken once it is there', async () => {
      const url = await newDatabase()
      const { journal } = await openNode(url)
      await journal.append([event('a')])
      for (const { name } of await spansIn(url, 'seen')) await runOn(url, `drop table ${name}`)
      await expect(journal.append([event('b')])).rejects.toThrow(JournalUnavailable)
      await expect(journal.append([event('b')])).rejects.toThrow('has no partition for today')
      await openNode(url)
      expect(await journal.append([event('b')])).toMatchObject([{ seq: 2, duplicate: false }])
    })
  })

  describe('a PostgreSQL that fails', () => {
    test('F4 cut connections, also in mid-transaction, lose and double nothing, and it goes on by itself', async () => {
      const url = await newDatabase()
      const { journal } = await openNode(url)
      const answered = new Map<string, number>()
      const done = new AbortController()
      const cuts = (async () => {
        while (!done.signal.aborted) await cut(url)
      })()
      const refusals: unknown[] = []
      for (let n = 0; n < 60 || refusals.length < 5; n += 1) {
        const messageId = `m${n}`
        // As a client does that was not answered: it sends the same again.
        while (!answered.has(messageId))
          try {
            const [answer] = await journal.append([event(messageId)])
            answered.set(messageId, answer!.seq)
          } catch (error) {
            refusals.push(error)
          }
      }
      done.abort()
      await cuts
      for (const refusal of refusals) expect(refusal).toBeInstanceOf(JournalUnavailable)
      const read = await journal.read(at, 0, 100_000, 1e9)
      expect(read.map(({ seq }) => seq)).toEqual(read.map((_, index) => index + 1))
      expect(new Map(read.map(({ messageId, seq }) => [messageId, seq]))).toEqual(answered)
    })

    test('is said in a sentence: where, why and what to do, without the password', async () => {
      const url = await newDatabase()
      const wrong = new URL(url)
      wrong.password = 'hidden'
      wrong.pathname = '/none_such'
      await expect(openJournal({ url: wrong.href })).rejects.toThrow(JournalUnavailable)
      await expect(openJournal({ url: wrong.href })).rejects.toThrow(
        /\/none_such cannot be used: (there is no such database: create it|PostgreSQL refuses)/u,
      )
      const nobody = 'postgres://postgres:hidden@127.0.0.1:1/test'
      await expect(openJournal({ url: nobody })).rejects.toThrow(
        'PostgreSQL at 127.0.0.1:1/test cannot be used: no database answers there: start it',
      )
      await expect(openJournal({ url: nobody })).rejects.not.toThrow('hidden')
    })

    test('is brought up step by step, and can be asked what is missing', async () => {
      const url = await newDatabase()
      expect(await checkMigrations({ url })).toMatchObject({ version: 0 })
      expect((await checkMigrations({ url })).pending[0]).toBe('0001-start.sql')
      await openNode(url)
      const now = await checkMigrations({ url })
      expect(now.pending).toEqual([])
      expect(now.version).toBeGreaterThan(2)
      await runOn(url, 'delete from migration where number > 0')
      await expect(openJournal({ url })).rejects.toThrow('already exists')
    })

    test('of a newer version is not touched', async () => {
      const url = await newDatabase()
      await openNode(url)
      await runOn(url, `insert into migration (number, name, at) values (99, '0099-later.sql', 0)`)
      await expect(openJournal({ url })).rejects.toThrow(DatabaseNewer)
      await expect(checkMigrations({ url })).rejects.toThrow(DatabaseNewer)
    })

    test('a closed one answers that nothing can be written', async () => {
      const one = await openJournal({ url: await newDatabase() })
      await one.close()
      await one.close()
      await expect(one.journal.append([event('m')])).rejects.toThrow(JournalUnavailable)
    })
  })
})

async function spansIn(url: string, table: string): Promise<readonly { readonly name: string }[]> {
  return runOn(
    url,
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass order by 1`,
    [table],
  )
}

/** Ends every other connection to the database. */
async function cut(url: string): Promise<void> {
  await runOn(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`,
  )
}

const day = 24 * 3_600_000
const at = { workspaceId: 'wsp_1', sourceId: 'src_1', lane: 'live' } as const

function event(messageId: string, sourceId = 'src_1', identifiers: Identifiers = {}): Received {
  const { anonymousId, externalId } = identifiers
  const whole = {
    type: 'track',
    messageId,
    ...(anonymousId !== undefined && { anonymousId }),
    ...(externalId !== undefined && { userId: externalId }),
  } as const
  return {
    ...at,
    sourceId,
    storeId: 'sto_1',
    event: whole,
    body: JSON.stringify(whole),
    name: 'Product Viewed',
    identifiers,
    occurredAt: 1,
    receivedAt: 1,
  }
}
