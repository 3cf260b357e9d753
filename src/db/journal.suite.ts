import * as fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import {
  type Attempt,
  type Config,
  type Cursor,
  type CursorKey,
  type Event,
  type EventRow,
  type Exception,
  type Identifiers,
  type Journal,
  type LatestRow,
  type Lane,
  type Lease,
  reasons,
  type ReasonCode,
  type Received,
  type Settings,
  settingsOf,
  type Settlement,
} from '../core/index.ts'

export interface OpenedForTest {
  readonly journal: Journal
  readonly config: Config
  close(): Promise<void>
  /** Opens the same data again, after `close`. */
  reopen(): Promise<OpenedForTest>
}

const day = 24 * 3_600_000
const start = 1_800_000_000_000
const at = { workspaceId: 'wsp_1', sourceId: 'src_1', lane: 'live' } as const
const key: CursorKey = { ...at, connectionId: 'con_1' }

/** What every engine of the ports `Journal` and `Config` has to do. `open` gives an empty one. */
export function describeJournal(engine: string, open: () => Promise<OpenedForTest>): void {
  const opened: OpenedForTest[] = []
  const openEmpty = async (): Promise<OpenedForTest> => {
    const one = await open()
    opened.push(one)
    return one
  }
  /** With a connection `con_1` that was there before the first event. */
  const openConnected = async (): Promise<OpenedForTest> => {
    const one = await openEmpty()
    await owner(one.journal)
    return one
  }
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close()
  })

  /** 2, 3: switched off; 4 waits for its visitor; 5 is tried again by itself; 6 and 7 failed. */
  const openEnded = async () => {
    const { journal } = await openConnected()
    await journal.append(Array.from({ length: 9 }, (_, index) => received(`m${index + 1}`)))
    const { settle } = await owner(journal)
    const klaviyo = { state: 'kept', reason: 'klaviyo_rejected' } as const
    await settle({
      reasons: [
        'accepted',
        'event_disabled',
        'event_disabled',
        'anonymous_waiting',
        'exception',
        'klaviyo_rejected',
        'klaviyo_rejected',
      ],
      exceptions: [
        exception(5, { dueAt: 1e15 }),
        exception(6, { ...klaviyo, tries: 3, failures: 3, detail: 'no such value' }),
        exception(7, klaviyo),
      ],
    })
    const dueNow = async () =>
      (await journal.due(key, 1000, 10)).map(({ seq, state, tries }) => [seq, state, tries])
    return { journal, settle, dueNow }
  }

  describe(`the journal on ${engine}: appending`, () => {
    test('numbers are gapless under concurrent appends, each lane and source for itself', async () => {
      const { journal } = await openConnected()
      const sources = ['src_1', 'src_2', 'src_3']
      const calls = Array.from({ length: 120 }, (_, call) =>
        Array.from({ length: 1 + (call % 7) }, (_unused, place) =>
          received(`${call}-${place}`, {
            sourceId: sources[(call + place) % 3]!,
            lane: place % 2 === 0 ? 'live' : 'backfill',
          }),
        ),
      )
      const answers = await Promise.all(calls.map((events) => journal.append(events)))

      for (const sourceId of sources)
        for (const lane of ['live', 'backfill'] as const) {
          const seqs = calls.flatMap((events, call) =>
            events.flatMap((event, place) =>
              event.sourceId === sourceId && event.lane === lane
                ? [answers[call]![place]!.seq]
                : [],
            ),
          )
          expect(seqs.toSorted((a, b) => a - b)).toEqual(seqs.map((_, index) => index + 1))
          const read = await journal.read({ ...at, sourceId, lane }, 0, 10_000, 1e9)
          expect(read.map(({ seq }) => seq)).toEqual(seqs.map((_, index) => index + 1))
        }
    })

    test('M4 a repeated message id is answered with the first number, in the same call, at the same time and later', async () => {
      const { journal } = await openConnected()
      const [once, twice] = await journal.append([received('a'), received('a')])
      const [[third], [fourth]] = await Promise.all([
        journal.append([received('a')]),
        journal.append([received('a', { lane: 'backfill' })]),
      ])
      const both = await Promise.all([
        journal.append([received('b')]),
        journal.append([received('b')]),
      ])

      expect(once).toMatchObject({ seq: 1, duplicate: false })
      for (const again of [twice, third, fourth])
        expect(again).toMatchObject({ seq: 1, duplicate: true })
      expect(both.flat().map(({ seq, duplicate }) => [seq, duplicate])).toEqual([
        [2, false],
        [2, true],
      ])
      expect(await journal.read(at, 0, 10, 1e6)).toHaveLength(2)
    })

    test('another source may use the same message id', async () => {
      const { journal } = await openConnected()
      const answers = await journal.append([received('a'), received('a', { sourceId: 'src_2' })])
      expect(answers.map(({ duplicate }) => duplicate)).toEqual([false, false])
    })

    test('what the append answers of the person is what is read later', async () => {
      const { journal } = await openConnected()
      const answers = await journal.append([
        received('a', { event: { anonymousId: 'anon' } }),
        received('b', { event: { anonymousId: 'anon' }, identifiers: { email: 'a@b.co' } }),
        guest('c', 'anon'),
        received('a', { event: { anonymousId: 'anon' } }),
      ])
      const read = await journal.read(at, 0, 10, 1e6)
      expect(answers.slice(0, 3).map(({ identifiers }) => identifiers)).toEqual(
        read.map(({ identifiers }) => identifiers),
      )
      expect(answers[3]!.identifiers).toEqual(read[0]!.identifiers)
    })

    test('what was appended is read as it came', async () => {
      const { journal } = await openConnected()
      const one = received('ä\n"1"', {
        identifiers: { email: 'a@b.co', anonymousId: 'anon' },
        event: {
          anonymousId: 'anon',
          properties: { text: 'ünï\u2028🙂', nested: [1, { a: null }] },
        },
      })
      await journal.append([one])
      const [event] = await journal.read(at, 0, 10, 1e6)
      expect({ ...event, event: event?.event }).toEqual({
        ...at,
        seq: 1,
        messageId: 'ä\n"1"',
        name: one.name,
        event: one.event,
        bodyBytes: Buffer.byteLength(one.body),
        identifiers: { email: 'a@b.co', anonymousId: 'anon' },
        occurredAt: one.occurredAt,
        receivedAt: one.receivedAt,
      })
    })

    test('a call that cannot be written does not fail its neighbours, and takes no number', async () => {
      const { journal } = await openConnected()
      const broken = { ...received('broken'), name: null as unknown as string }
      const results = await Promise.allSettled([
        journal.append([received('a')]),
        journal.append([received('half'), broken]),
        journal.append([received('b')]),
      ])
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      const read = await journal.read(at, 0, 10, 1e6)
      expect(read.map(({ seq, messageId }) => [seq, messageId])).toEqual([
        [1, 'a'],
        [2, 'b'],
      ])
      expect(await journal.append([received('half')])).toMatchObject([{ seq: 3, duplicate: false }])
    })

    test('reading stops at the limit and at the bytes, yet gives at least one', async () => {
      const { journal } = await openConnected()
      await journal.append(Array.from({ length: 700 }, (_, index) => received(`m${index}`)))
      const bytes = received('m0').body.length
      expect(await journal.read(at, 0, 600, 1e9)).toHaveLength(600)
      expect(await journal.read(at, 650, 600, 1e9)).toHaveLength(50)
      expect(await journal.read(at, 0, 600, bytes * 3)).toHaveLength(3)
      expect(await journal.read(at, 5, 600, 1)).toMatchObject([{ seq: 6 }])
      expect(await journal.read(at, 700, 600, 1e9)).toEqual([])
      const some = await journal.readSome(at, [9, 3, 5000])
      expect(some.map(({ seq }) => seq)).toEqual([3, 9])
    })

    test('the newest numbers of many lanes are told at once', async () => {
      const { journal } = await openConnected()
      await journal.append([
        received('a'),
        received('b'),
        received('c', { lane: 'backfill' }),
        received('d', { sourceId: 'src_2' }),
      ])
      const lanes = [
        at,
        { ...at, lane: 'catalog' as const },
        { ...at, lane: 'backfill' as const },
        { ...at, sourceId: 'src_2' },
      ]
      expect(await journal.heads(lanes)).toEqual([2, 0, 1, 1])
      expect(await journal.heads([])).toEqual([])
    })

    test('refused input is kept and counted', async () => {
      const { journal } = await openConnected()
      await journal.refuse([
        { ...at, at: 1, reason: 'refused_no_name', body: 'x'.repeat(10_000) },
        { ...at, at: 2, reason: 'refused_no_name', body: '{}' },
        { ...at, at: 3, reason: 'refused_no_id', body: '{}' },
      ])
      expect(await journal.refusedCounts('wsp_1')).toEqual({ refused_no_name: 2, refused_no_id: 1 })
      expect(await journal.refusedCounts('wsp_2')).toEqual({})
      const newest = await journal.refusedNewest('wsp_1', 2)
      expect(newest.map((one) => one.at)).toEqual([3, 2])
      expect((await journal.refusedNewest('wsp_1', 3))[2]!.body).toHaveLength(8192)
    })
  })

  describe(`the journal on ${engine}: identity`, () => {
    test('W7 W8 a login completes later events and links the events before it, once', async () => {
      const { journal } = await openConnected()
      const answers = await journal.append([
        guest('g1', 'anon'),
        guest('g2', 'anon'),
        guest('other', 'anon-2'),
        received('login', {
          event: { anonymousId: 'anon', userId: '7' },
          identifiers: { externalId: '7', email: 'a@b.co', anonymousId: 'anon' },
        }),
        guest('after', 'anon'),
        received('again', {
          event: { anonymousId: 'anon', userId: '7' },
          identifiers: { externalId: '7', anonymousId: 'anon' },
        }),
      ])
      expect(answers.map(({ link }) => link)).toEqual([false, false, false, true, false, false])
      expect(answers[4]!.identifiers).toEqual({
        email: 'a@b.co',
        externalId: '7',
        anonymousId: 'anon',
      })
      const read = await journal.read(at, 0, 10, 1e6)
      expect(read.map(({ identifiers }) => identifiers)).toEqual(
        answers.map(({ identifiers }) => identifiers),
      )
      expect(read[0]!.identifiers).toEqual({ anonymousId: 'anon' })
      expect(await journal.links(at, 1, 6)).toEqual([4])
      expect(await journal.links(at, 5, 6)).toEqual([])

      const { settle } = await owner(journal)
      await settle({ reasons: ['anonymous_waiting', 'no_identifier', 'anonymous_waiting'] })
      const waiting = await journal.waitingGuest(key, 4, 0)
      expect(waiting.map(({ seq, identifiers }) => [seq, identifiers])).toEqual([
        [1, { email: 'a@b.co', externalId: '7', anonymousId: 'anon' }],
      ])
      expect(await journal.waitingGuest(key, 4, start + 10)).toEqual([])
      await settle({ reasons: ['accepted'], patches: [{ seq: 1, reason: 'accepted' }] })
      expect(await journal.waitingGuest(key, 4, 0)).toEqual([])
    })

    test('W7 a guest’s event that is read again by its number is of whoever the guest turned out to be', async () => {
      const { journal } = await openConnected()
      await journal.append([guest('g1', 'anon'), guest('g2', 'anon-2')])
      expect((await journal.readSome(at, [1]))[0]!.identifiers).toEqual({ anonymousId: 'anon' })
      const known = { externalId: '7', email: 'a@b.co', anonymousId: 'anon' }
      await journal.append([
        received('login', { event: { anonymousId: 'anon', userId: '7' }, identifiers: known }),
      ])
      const read = await journal.readSome(at, [1, 2, 3])
      expect(read.map(({ identifiers }) => identifiers)).toEqual([
        known,
        { anonymousId: 'anon-2' },
        known,
      ])
    })

    test('a known visitor who becomes known further is completed with both and not linked again', async () => {
      const { journal } = await openConnected()
      await journal.append([guest('g1', 'anon')])
      const answers = []
      for (const one of [
        received('id', {
          event: { anonymousId: 'anon', userId: '7' },
          identifiers: { externalId: '7', anonymousId: 'anon' },
        }),
        received('mail', {
          event: { userId: '7' },
          identifiers: { externalId: '7', email: 'a@b.co', phone: '+4930123456' },
        }),
        guest('later', 'anon'),
        received('server', { event: { userId: '7' }, identifiers: { externalId: '7' } }),
      ])
        answers.push(...(await journal.append([one])))
      expect(answers.map(({ link }) => link)).toEqual([true, false, false, false])
      expect(answers[2]!.identifiers).toEqual({
        externalId: '7',
        email: 'a@b.co',
        phone: '+4930123456',
        anonymousId: 'anon',
      })
      expect(answers[3]!.identifiers).toEqual({
        externalId: '7',
        email: 'a@b.co',
        phone: '+4930123456',
      })
    })

    test('two who share a browser are not mixed: the newest is who comes back without a name', async () => {
      const { journal } = await openConnected()
      const login = (id: string, email: string) =>
        received(`login-${id}`, {
          event: { anonymousId: 'anon', userId: id },
          identifiers: { externalId: id, email, anonymousId: 'anon' },
        })
      const answers = await journal.append([
        login('7', 'seven@b.co'),
        received('eight', {
          event: { anonymousId: 'anon', userId: '8' },
          identifiers: { externalId: '8', anonymousId: 'anon' },
        }),
        guest('nobody', 'anon'),
      ])
      expect(answers[1]!.identifiers).toEqual({ externalId: '8', anonymousId: 'anon' })
      expect(answers[2]!.identifiers).toEqual({ externalId: '8', anonymousId: 'anon' })
    })

    test('customer 7 of another store is another person', async () => {
      const { journal } = await openConnected()
      const seven = { event: { userId: '7' }, identifiers: { externalId: '7' } }
      const [, other] = await journal.append([
        received('a', { ...seven, identifiers: { externalId: '7', email: 'a@b.co' } }),
        received('b', { ...seven, storeId: 'sto_2', sourceId: 'src_2' }),
      ])
      expect(other!.identifiers).toEqual({ externalId: '7' })
    })

    test('a visitor made known through another source of the store is linked when he comes back', async () => {
      const { journal } = await openConnected()
      await journal.append([guest('g1', 'anon')])
      const [elsewhere] = await journal.append([
        received('order', {
          sourceId: 'src_2',
          event: { anonymousId: 'anon' },
          identifiers: { email: 'a@b.co', anonymousId: 'anon' },
        }),
      ])
      const back = await journal.append([guest('g2', 'anon'), guest('g3', 'anon')])
      expect(elsewhere!.link).toBe(false)
      expect(back.map(({ link }) => link)).toEqual([true, false])
      expect(await journal.links(at, 1, 3)).toEqual([2])
    })

    test('alias makes the previous id known', async () => {
      const { journal } = await openConnected()
      const [, link] = await journal.append([
        guest('g1', 'anon'),
        received('alias', {
          event: { type: 'alias', userId: '7', previousId: 'anon' },
          identifiers: { externalId: '7' },
        }),
      ])
      expect(link!.link).toBe(true)
      const [later] = await journal.append([guest('g2', 'anon')])
      expect(later!.identifiers).toEqual({ externalId: '7', anonymousId: 'anon' })
    })

    test('what was noted by an append that failed is not remembered', async () => {
      const { journal } = await openConnected()
      const login = received('login', {
        event: { anonymousId: 'anon' },
        identifiers: { email: 'a@b.co', anonymousId: 'anon' },
      })
      const broken = { ...received('broken'), name: null as unknown as string }
      await expect(journal.append([guest('g0', 'anon'), login, broken])).rejects.toThrow('name')
      const [one] = await journal.append([guest('g1', 'anon')])
      expect(one!.identifiers).toEqual({ anonymousId: 'anon' })
      expect(await journal.append([login])).toMatchObject([{ link: true }])
    })
  })

  describe(`the journal on ${engine}: owning and settling`, () => {
    test('a lease is one node’s until it gives it back, leaves or is taken for dead; each owner has a higher fence', async () => {
      const { journal } = await openConnected()
      await journal.join({ id: 'a', delivers: true, leaseMs: 30_000 })
      await journal.join({ id: 'b', delivers: true, leaseMs: 30_000 })
      const claim = async (id: string, most = 10) => journal.claim(['one', 'two'], { id, most })
      const [first, ...others] = await claim('a', 1)
      expect([first?.accountId, others]).toEqual(['one', []])
      expect((await claim('b')).map(({ accountId }) => accountId)).toEqual(['two'])
      await journal.release([{ accountId: 'one' }], 'b')
      expect(await journal.claim(['one'], { id: 'b', most: 1 })).toEqual([])
      await journal.release([{ accountId: 'one', budget: '{}' }], 'a')
      const [second] = await journal.claim(['one'], { id: 'b', most: 1 })
      expect(second).toMatchObject({ fence: first!.fence + 1, budget: '{}' })
      expect(second?.budgetAgeMs).toBeLessThan(5000)
      await journal.leave('b')
      const [third] = await journal.claim(['one'], { id: 'a', most: 1 })
      expect(third).toMatchObject({ fence: first!.fence + 2, orphaned: true })
      expect(second?.orphaned).toBeUndefined()
    })

    test('one heartbeat renews all that a node has; whose time ran out has nothing, and is told so', async () => {
      const { journal } = await openConnected()
      await journal.join({ id: 'brief', delivers: true, leaseMs: -1, alone: true })
      await journal.join({ id: 'b', delivers: false, leaseMs: 30_000 })
      await journal.claim(['one'], { id: 'brief', most: 1 })
      // Late, but nobody has taken anything yet.
      expect(await journal.renew({ id: 'brief', leaseMs: 30_000 })).toBe(true)
      const { nodes } = await journal.look('b')
      expect(new Map(nodes.map(({ id, delivers }) => [id, delivers]))).toEqual(
        new Map([
          ['brief', true],
          ['b', false],
        ]),
      )
      await journal.renew({ id: 'brief', leaseMs: -1 })
      expect((await journal.look('b')).nodes.map(({ id }) => id)).toEqual(['b'])
      expect(await journal.renew({ id: 'brief', leaseMs: 30_000 })).toBe(false)
      expect(await journal.claim(['one'], { id: 'b', most: 1 })).toHaveLength(1)
    })

    test('what a node is told it hears once; what is for a node that is gone is nowhere', async () => {
      const { journal } = await openConnected()
      for (const id of ['a', 'b']) await journal.join({ id, delivers: true, leaseMs: 30_000 })
      const { workspaceId, sourceId, lane } = key
      const hint = { workspaceId, sourceId, lane, seq: 7 }
      await journal.hint(['a', 'b'], [hint])
      await journal.hint(['a'], [])
      expect((await journal.look('a')).hints).toEqual([hint])
      expect((await journal.look('a')).hints).toBeUndefined()
      await journal.leave('b')
      await journal.join({ id: 'b', delivers: true, leaseMs: 30_000 })
      expect((await journal.look('b')).hints).toBeUndefined()
    })

    test('an owner that lost its lease settles nothing, announces nothing and adopts nothing', async () => {
      const { journal } = await openConnected()
      await journal.append([received('a'), received('b')])
      const first = await owner(journal)
      const second = await owner(journal, { id: 'node_b' })
      const wrong = {
        reasons: ['accepted'] as const,
        exceptions: [exception(1)],
        attempts: [attempt(1, 1)],
      }
      expect(await first.settle(wrong)).toBe(false)
      expect(
        await journal.intend(first.lease.fence, key, { toSeq: 2, version: 1, digest: 'd' }),
      ).toBe(false)
      expect(await journal.adopt([{ lease: first.lease, cursors: [key] }])).toEqual([])
      const standing = await journal.standing(key)
      expect(standing).toMatchObject({ counts: {}, exceptions: { retry: 0, replay: 0, kept: 0 } })
      expect(standing.lastSuccessAt).toBeUndefined()
      expect(await second.settle({ reasons: ['accepted'] })).toBe(true)
    })

    test('a settlement that fails leaves nothing behind, and its neighbours stand', async () => {
      const { journal } = await openConnected()
      await journal.append([received('a')])
      const { settle, adopt } = await owner(journal)
      const results = await Promise.allSettled([
        settle({ reasons: ['accepted', 'accepted'], exceptions: [exception(1)] }),
        journal.append([received('b')]).then(() => undefined),
        settle({
          reasons: [],
          patches: [{ seq: 99, reason: 'accepted' }],
          exceptions: [exception(1)],
        }),
      ])
      expect(results[1]!.status).toBe('fulfilled')
      expect(results[2]!.status).toBe('rejected')
      expect((await journal.standing(key)).exceptions.retry).toBe(
        results[0]!.status === 'fulfilled' ? 1 : 0,
      )
      await expect(
        settle({ reasons: Array.from({ length: 9 }, () => 'accepted' as const) }),
      ).rejects.toThrow('no such event')
      expect((await adopt())[0]!.seq).toBeLessThan(3)
    })

    test('a settlement told where it begins is not repeated', async () => {
      const { journal } = await openConnected()
      await journal.append([received('a'), received('b')])
      const { settle } = await owner(journal)
      expect(await settle({ reasons: ['accepted'], fromSeq: 1 })).toBe(true)
      expect(await settle({ reasons: ['accepted'], fromSeq: 1 })).toBe(false)
      expect((await journal.standing(key)).seq).toBe(1)
    })

    test('a new connection begins with what comes after it', async () => {
      const { journal } = await openEmpty()
      await journal.append([received('a'), received('b')])
      const { cursors } = await owner(journal)
      expect(cursors).toEqual([{ ...key, seq: 2, head: 2 }])
    })

    test('an intent is there for the next owner until the cursor reaches it', async () => {
      const { journal } = await openConnected()
      await journal.append(['a', 'b', 'c'].map((id) => received(id)))
      const { settle, lease } = await owner(journal)
      const intent = { toSeq: 2, version: 3, digest: 'd' }
      expect(await journal.intend(lease.fence, key, intent)).toBe(true)
      const second = await owner(journal)
      expect(second.cursors).toEqual([{ ...key, seq: 0, head: 3, intent }])
      expect(await settle({ reasons: ['accepted'] })).toBe(false)
      await second.settle({ reasons: ['accepted'] })
      expect(await second.adopt()).toEqual([{ ...key, seq: 1, head: 3, intent }])
      await second.settle({ reasons: ['accepted'] })
      expect(await second.adopt()).toEqual([{ ...key, seq: 2, head: 3 }])
    })

    test('the governor’s counts go from owner to owner', async () => {
      const { journal } = await openConnected()
      const first = await owner(journal)
      await first.settle({ reasons: [], budget: '{"event":3}' })
      const second = await owner(journal, { id: 'node_b' })
      expect(second.lease.budget).toBe('{"event":3}')
      await first.settle({ reasons: [], budget: '{"event":9}' })
      expect((await owner(journal)).lease.budget).toBe('{"event":3}')
    })

    test('exceptions are due in order, replaced, kept and resolved', async () => {
      const { journal } = await openConnected()
      await journal.append(['a', 'b', 'c'].map((id) => received(id)))
      const { settle } = await owner(journal)
      const of = { workspaceId: 'wsp_1', connectionId: 'con_1' }
      expect(await journal.nextDue(of)).toEqual({})
      await settle({
        reasons: ['exception', 'exception', 'klaviyo_rejected'],
        exceptions: [
          exception(1, { dueAt: 50 }),
          exception(2, { dueAt: 20 }),
          exception(3, { state: 'kept', reason: 'klaviyo_rejected', detail: 'value' }),
        ],
      })
      expect((await journal.due(of, 60, 10)).map(({ seq }) => seq)).toEqual([2, 1])
      expect((await journal.due(of, 20, 10)).map(({ seq }) => seq)).toEqual([2])
      expect(await journal.nextDue(of)).toEqual({ dueAt: 20 })
      await settle({
        reasons: [],
        resolved: [2],
        patches: [{ seq: 2, reason: 'accepted' }],
        exceptions: [exception(1, { dueAt: 90, tries: 2 })],
      })
      expect(await journal.due(of, 100, 10)).toEqual([exception(1, { dueAt: 90, tries: 2 })])
      expect(await journal.standing(key)).toMatchObject({
        counts: { accepted: 1, exception: 1, klaviyo_rejected: 1 },
        exceptions: { retry: 1, replay: 0, kept: 1 },
      })
    })

    test('T42 successors: of the same person, accepted or waiting; identifies however far away', async () => {
      const { journal } = await openConnected()
      const { settle } = await owner(journal)
      await journal.append([
        said(1, 'identify', 'a@b.co'),
        said(2, 'identify', 'a@b.co'),
        said(3, 'track', 'a@b.co'),
        said(4, 'identify', 'other@b.co'),
        said(5, 'identify', 'a@b.co'),
      ])
      await settle({ reasons: ['accepted', 'klaviyo_rejected', 'accepted'] })
      const after = async (seq: number) =>
        (await journal.successors(key, seq, ['email:a@b.co', 'id:7'])).map((one) => one.seq)
      expect(await after(1)).toEqual([3, 5])
      expect(await after(3)).toEqual([5])
      expect(await after(5)).toEqual([])
    })

    test('latest: the newest stays, of the first kind the first', async () => {
      const { journal } = await openConnected()
      const { settle } = await owner(journal)
      await settle({
        reasons: [],
        latest: [cart('cart', 5), { ...cart('first', 5), keep: 'first' }],
      })
      await settle({
        reasons: [],
        latest: [cart('cart', 3), { ...cart('first', 3), keep: 'first' }],
      })
      await settle({
        reasons: [],
        latest: [cart('cart', 9), { ...cart('first', 9), keep: 'first' }],
      })
      const asked = ['cart', 'first', 'none'].map((group) => ({ person: 'email:a@b.co', group }))
      expect(await journal.latest({ workspaceId: 'wsp_1', connectionId: 'con_1' }, asked)).toEqual([
        cart('cart', 9),
        cart('first', 5),
      ])
      expect(await journal.latest({ workspaceId: 'wsp_1', connectionId: 'con_2' }, asked)).toEqual(
        [],
      )
    })

    test('F21 L10 ended events are replayed by number; pressed twice counts once', async () => {
      const { journal, dueNow } = await openEnded()
      expect(await journal.replay(key, [2, 2, 4, 5, 6, 8, 99], 100)).toBe(2)
      expect(await journal.replay(key, [2, 6], 100)).toBe(0)
      expect(await dueNow()).toEqual([
        [2, 'replay', 0],
        [6, 'replay', 0],
      ])
      const { kept } = (await journal.standing(key)).exceptions
      expect(kept).toBe(1)
    })

    test('L10 all that ended for a reason: counted first, then worked off in steps, once, and done at the end', async () => {
      const { journal, settle, dueNow } = await openEnded()
      const errand = { act: 'replay', reason: 'event_disabled' } as const
      expect(await journal.countFor(key, errand)).toBe(2)
      const first = await journal.begin(key, { ...errand, id: 'run_1' }, 100)
      expect(first).toMatchObject({ begun: true, errand: { total: 2, state: 'running' } })
      expect(await dueNow()).toEqual([])
      expect(await journal.nextDue(key)).toEqual({ dueAt: 1e15, errand: 'replay' })
      // A second press shows the one that runs.
      const second = await journal.begin(key, { act: 'discard', id: 'run_2' }, 101)
      expect(second).toMatchObject({ begun: false, errand: { id: 'run_1', act: 'replay' } })

      expect(await journal.proceed(key, 1, 102)).toBe(true)
      expect(await dueNow()).toEqual([[2, 'replay', 0]])
      for (let step = 0; step < 9; step += 1) await journal.proceed(key, 1, 103)
      expect(await dueNow()).toEqual([
        [2, 'replay', 0],
        [3, 'replay', 0],
      ])
      expect(await journal.errands(key, 9)).toMatchObject([{ state: 'running', taken: 2 }])
      expect(await journal.proceed(key, 1, 104)).toBe(false)

      await settle({
        reasons: [],
        resolved: [2],
        patches: [
          { seq: 2, reason: 'accepted' },
          { seq: 3, reason: 'klaviyo_rejected' },
        ],
        exceptions: [exception(3, { state: 'kept', reason: 'klaviyo_rejected' })],
        errands: [{ id: 'run_1', accepted: 1, later: 0, ended: 1 }],
      })
      expect(await journal.proceed(key, 1, 105)).toBe(true)
      const news = { state: 'done', taken: 2, accepted: 1, later: 0, ended: 1, endedAt: 105 }
      expect(await journal.errands(key, 9)).toMatchObject([news])
      expect(await journal.nextDue(key)).toEqual({ dueAt: 1e15 })
      expect(await journal.begin(key, { act: 'replay', id: 'run_3' }, 106)).toMatchObject({
        begun: true,
        errand: { total: 3 },
      })
    })

    test('L10 a replay that is cancelled leaves what is not under way as it was', async () => {
      const { journal, dueNow } = await openEnded()
      await journal.begin(key, { act: 'replay', reason: 'event_disabled', id: 'run_1' }, 100)
      await journal.proceed(key, 1, 101)
      expect(await journal.cancel(key, 'run_1', 102)).toMatchObject({
        state: 'cancelled',
        taken: 1,
        endedAt: 102,
      })
      expect(await dueNow()).toEqual([])
      expect(await journal.proceed(key, 1, 103)).toBe(false)
      await journal.begin(key, { act: 'replay', id: 'run_2' }, 104)
      await journal.proceed(key, 10, 105)
      expect((await dueNow()).map(([seq]) => seq)).toEqual([6, 7])
      const before = await journal.cancel(key, 'run_2', 106)
      expect(await journal.cancel(key, 'run_2', 107)).toEqual(before)
      expect(await journal.cancel(key, 'run_9', 107)).toBeUndefined()
      expect(await journal.causes(key)).toEqual([{ reason: 'klaviyo_rejected', count: 2 }])
      expect(await journal.standing(key)).toMatchObject({
        counts: { event_disabled: 2, klaviyo_rejected: 2 },
        exceptions: { retry: 1, replay: 0, kept: 2 },
      })
    })

    test('Z43 failed events are deleted only when a time is set, and not before a day after it was told', async () => {
      const { journal } = await openEnded()
      const dayMs = 86_400_000
      const now = 100 * dayMs
      expect(await journal.expireFailed(key, undefined, now)).toBeUndefined()
      expect(await journal.failedNotice(key)).toBeUndefined()
      const told = { startsAt: now + dayMs, count: 2, deleted: 0 }
      expect(await journal.expireFailed(key, 30 * dayMs, now)).toEqual({ ...told, isTold: true })
      const later = now + dayMs - 1
      expect(await journal.expireFailed(key, 30 * dayMs, later)).toEqual({ ...told, isTold: false })
      // A shorter time is told anew; no time at all forgets it.
      const shorter = await journal.expireFailed(key, 20 * dayMs, later)
      expect(shorter).toEqual({ startsAt: later + dayMs, isTold: true, count: 2, deleted: 0 })
      await journal.expireFailed(key, undefined, later)
      expect(await journal.failedNotice(key)).toBeUndefined()

      await journal.expireFailed(key, 30 * dayMs, now)
      expect(await journal.failedNotice(key)).toBe(now + dayMs)
      expect(await journal.causes(key)).toHaveLength(1)
      expect(await journal.expireFailed(key, 30 * dayMs, now + dayMs)).toMatchObject({ deleted: 2 })
      expect(await journal.expireFailed(key, 30 * dayMs, now + dayMs)).toMatchObject({ deleted: 0 })
      expect(await journal.causes(key)).toEqual([])
      expect((await journal.standing(key)).counts).toMatchObject({ failed_expired: 2 })
    })

    test('W12 L10 what failed is counted by cause, with the newest of each, and can be let go of', async () => {
      const { journal } = await openEnded()
      expect(await journal.causes(key)).toEqual([{ reason: 'klaviyo_rejected', count: 2 }])
      expect(await journal.failed(key, 'klaviyo_rejected', 1)).toMatchObject([{ seq: 7 }])
      expect(await journal.discard(key, [1, 2, 5, 7, 7], 100_000)).toBe(1)
      expect(await journal.countFor(key, { act: 'discard' })).toBe(1)
      expect(await journal.countFor(key, { act: 'discard', reason: 'single_failure' })).toBe(0)
      await journal.begin(key, { act: 'discard', id: 'run_1' }, 100)
      while (await journal.proceed(key, 10, 100_001));
      expect(await journal.errands(key, 1)).toMatchObject([{ state: 'done', taken: 1 }])
      expect(await journal.causes(key)).toEqual([])
      expect(await journal.standing(key)).toMatchObject({
        counts: { discarded: 2 },
        exceptions: { retry: 1, replay: 0, kept: 0 },
      })
      const rows = await journal.events({ ...key, limit: 9, reason: 'discarded' })
      expect(rows.map(({ seq, outcome }) => [seq, outcome])).toEqual([
        [7, 'dropped'],
        [6, 'dropped'],
      ])
    })
  })

  describe(`the journal on ${engine}: looking`, () => {
    test('each event’s status follows from cursor, ledger and exceptions', async () => {
      const { journal } = await openEmpty()
      await journal.append([received('early')])
      const { settle } = await owner(journal)
      await journal.append(Array.from({ length: 6 }, (_, index) => received(`m${index}`)))
      await settle({
        reasons: ['accepted', 'no_identifier', 'exception', 'exception'],
        exceptions: [
          exception(4, { reason: 'retry_cycle' }),
          exception(5, { state: 'kept', reason: 'retries_exhausted' }),
        ],
      })
      const query = { workspaceId: 'wsp_1', sourceId: 'src_1', connectionId: 'con_1', limit: 10 }
      const rows = await journal.events(query)
      expect(rows.map(({ seq, outcome, reason }) => [seq, outcome, reason])).toEqual([
        [7, 'waiting', undefined],
        [6, 'waiting', undefined],
        [5, 'dead', 'retries_exhausted'],
        [4, 'retry', 'retry_cycle'],
        [3, 'dropped', 'no_identifier'],
        [2, 'accepted', 'accepted'],
        [1, 'dropped', 'before_go_live'],
      ])
      const seqs = async (more: object) =>
        (await journal.events({ ...query, ...more })).map(({ seq }) => seq)
      expect(await seqs({ limit: 2 })).toEqual([7, 6])
      expect(await seqs({ before: 6, limit: 2 })).toEqual([5, 4])
      expect(await seqs({ outcome: 'waiting' })).toEqual([7, 6])
      expect(await seqs({ outcome: 'dropped' })).toEqual([3, 1])
      expect(await seqs({ outcome: 'dropped', limit: 1 })).toEqual([3])
      expect(await seqs({ reason: 'retry_cycle' })).toEqual([4])
      expect(await seqs({ outcome: 'dead', reason: 'accepted' })).toEqual([])
      expect(await seqs({ lane: 'backfill' })).toEqual([])
    })

    test('what is rare is found among many, and by person', async () => {
      const { journal } = await openConnected()
      const events = Array.from({ length: 9000 }, (_, index) =>
        received(`m${index}`, {
          identifiers: { email: index === 10 ? 'rare@b.co' : 'a@b.co' },
        }),
      )
      await journal.append(events)
      const { settle } = await owner(journal)
      const codes = events.map((_, index): ReasonCode => (index === 3 ? 'no_rule' : 'accepted'))
      await settle({ reasons: codes })
      const query = { workspaceId: 'wsp_1', sourceId: 'src_1', connectionId: 'con_1', limit: 5 }
      const rare = await journal.events({ ...query, reason: 'no_rule' })
      expect(rare.map(({ seq }) => seq)).toEqual([4])
      const hers = await journal.events({ ...query, person: 'email:rare@b.co' })
      expect(hers).toMatchObject([{ seq: 11, person: 'email:rare@b.co', outcome: 'accepted' }])
      expect(
        await journal.events({ ...query, person: 'email:rare@b.co', reason: 'no_rule' }),
      ).toEqual([])
    })

    test('what came before a connection is told, and found, as those left it that had the source before', async () => {
      const { journal } = await openConnected()
      const codes: readonly ReasonCode[] = [
        'accepted',
        'no_rule',
        'klaviyo_rejected',
        'disconnected',
      ]
      const model: string[] = []
      let head = 0
      const append = async (count: number) => {
        const first = head
        head += count
        await journal.append(
          Array.from({ length: count }, (_, place) => received(`m${first + place + 1}`)),
        )
      }
      /** It begins now. It settles so many of what comes; what others had before stays theirs. */
      const connect = async (connectionId: string, count: number) => {
        const begin = head
        const mine = await owner(journal, { key: { ...key, connectionId } })
        return async (isNewest: boolean) => {
          const settled = Array.from(
            { length: count },
            (_, place) => codes[(place * 7 + begin) % 4]!,
          )
          await mine.settle({ reasons: settled })
          for (const [place, reason] of settled.entries())
            if (isNewest || model[begin + place] === undefined)
              model[begin + place] = `${reason} ${isNewest ? '' : connectionId}`.trim()
        }
      }
      await append(20)
      const oldest = await connect('con_a', 5000)
      await append(3000)
      const middle = await connect('con_b', 2000)
      await append(1500)
      const newest = await connect('con_c', 400)
      await append(500)
      await newest(true)
      await middle(false)
      await oldest(false)
      const told = Array.from({ length: head }, (_, index) => {
        if (index < 20) return 'before_go_live'
        return index >= 4920 ? 'waiting' : model[index]!
      })
      const of = { workspaceId: 'wsp_1', sourceId: 'src_1', connectionId: 'con_c' }
      const query = { ...of, formers: ['con_b', 'con_a'] }
      const rows = await journal.events({ ...query, limit: head })
      expect(rows.toReversed().map(sayOf)).toEqual(told)
      for (const reason of [...codes, 'before_go_live'] as const) {
        const found: number[] = []
        let before: number | undefined
        do {
          const page = await journal.search({
            ...query,
            reason,
            limit: 700,
            ...(before === undefined ? {} : { before }),
          })
          found.push(...page.events.map(({ seq }) => seq))
          before = page.before
        } while (before !== undefined)
        const wanted = told.flatMap((one, index) =>
          one.split(' ')[0] === reason ? [index + 1] : [],
        )
        expect([reason, found.toReversed()]).toEqual([reason, wanted])
      }
      const story = await journal.story({ ...query, messageId: 'm30' })
      expect(sayOf(story!)).toBe(told[29])
      expect(await journal.story({ ...of, messageId: 'm30' })).toMatchObject({
        reason: 'before_go_live',
      })
    })

    test('C11 what waits for its visitor ends with its connection, counts once, and is not sent', async () => {
      const { journal } = await openEnded()
      const { connectionId, sourceId, workspaceId } = key
      const place = { connectionId, sourceId, workspaceId }
      expect(await journal.endGuests(place, start)).toBe(true)
      expect(await journal.endGuests(place, start)).toBe(false)
      const { counts } = await journal.standing(key)
      expect(counts).toMatchObject({ disconnected: 1, accepted: 1, event_disabled: 2 })
      expect(counts).not.toHaveProperty('anonymous_waiting')
      const [row] = await journal.events({ ...place, limit: 1, reason: 'disconnected' })
      expect(row).toMatchObject({ seq: 4, outcome: 'dropped' })
    })

    test('a search finds the same with outlines as without: by person, name, order, test, time and outcome', async () => {
      const { journal } = await openConnected()
      const events = Array.from({ length: 9000 }, (_, index) =>
        received(`m${index}`, {
          event: {
            event: index % 500 === 7 ? 'Order Completed' : 'Product Viewed',
            ...(index % 500 === 7 ? { properties: { order_id: index } } : {}),
            ...(index === 5000 ? { context: { test: true } } : {}),
          },
          name: index % 500 === 7 ? 'Order Completed' : 'Product Viewed',
          identifiers:
            index === 10 || index === 8999
              ? { email: 'rare@b.co', externalId: 'c-7', anonymousId: 'browser-7' }
              : { phone: '+4915112345678' },
          receivedAt: start + index,
        }),
      )
      await journal.append(events)
      const { settle } = await owner(journal)
      const failed = { state: 'kept', reason: 'klaviyo_rejected' } as const
      await settle({
        reasons: events
          .slice(0, 8990)
          .map((_, index): ReasonCode => (index === 3000 ? 'no_rule' : 'accepted')),
        exceptions: [exception(41, failed)],
      })
      const base = { workspaceId: 'wsp_1', sourceId: 'src_1', connectionId: 'con_1', limit: 5 }
      const all = async (asked: Partial<Parameters<Journal['search']>[0]>) => {
        const seqs: number[] = []
        let looked = 0
        let before: number | undefined
        do {
          const page = await journal.search({ ...base, ...asked, ...(before && { before }) })
          expect(page.events.length).toBeLessThanOrEqual(asked.limit ?? 5)
          for (const { seq, body, messageId } of page.events) {
            expect(JSON.parse(body)).toMatchObject({ messageId })
            seqs.push(seq)
          }
          looked += page.looked
          before = page.before
        } while (before !== undefined)
        expect(looked).toBe(9000)
        return seqs
      }
      const orders = events
        .flatMap(({ name }, index) => (name === 'Order Completed' ? [index + 1] : []))
        .toReversed()
      const questions: readonly (readonly [Partial<Parameters<Journal['search']>[0]>, number[]])[] =
        [
          [{ person: 'email:rare@b.co' }, [9000, 11]],
          [{ person: ['id:c-7', 'anonymous:nobody'] }, [9000, 11]],
          [{ person: 'anonymous:browser-7', outcome: 'accepted' }, [11]],
          [{ person: 'email:nobody@b.co' }, []],
          [{ names: ['ORDER completed '] }, orders],
          [{ names: ['Order Completed', 'x'], limit: 2 }, orders],
          [{ order: '5507' }, [5508]],
          [{ order: '5508' }, []],
          [{ test: true }, [5001]],
          [{ reason: 'no_rule' }, [3001]],
          [{ outcome: 'dead' }, [41]],
          [{ outcome: 'dropped' }, [3001]],
          [{ reason: 'klaviyo_rejected' }, [41]],
          [{ outcome: 'waiting' }, [9000, 8999, 8998, 8997, 8996, 8995, 8994, 8993, 8992, 8991]],
          [{ outcome: 'waiting', inTurn: false }, []],
          [{ outcome: 'held', inTurn: true, person: 'email:rare@b.co' }, [9000]],
          [{ from: start + 4094, until: start + 4097 }, [4097, 4096, 4095]],
          [{ from: start + 4094, until: start + 4097, test: false, limit: 2 }, [4097, 4096, 4095]],
          [{ from: start + 20_000 }, []],
        ]
      for (const [asked, seqs] of questions)
        expect([asked, await all(asked)]).toEqual([asked, seqs])
      // They go with what is old; what somebody still needs is looked through itself then.
      await journal.retain({ now: start + 40 * day, bodyMs: day, attemptMs: day, seenMs: day })
      expect(await all({ person: 'email:rare@b.co' })).toContain(9000)
    })

    test('an event’s life has the requests that carried it, however far they reach, and no others', async () => {
      const { journal } = await openConnected()
      await journal.append([received('a'), received('b'), received('c'), received('d')])
      const { settle } = await owner(journal)
      const both = attempt(2, 4, { at: 10, seqs: [2, 4] })
      const runs = attempt(1, 7, { at: 20, seqs: [1, 3, 4, 5, 7] })
      const whole = attempt(1, 4, { at: 30 })
      const far = attempt(2, 9000, { at: 40, seqs: [2, 4, 8999, 9000] })
      await settle({
        reasons: ['accepted', 'accepted', 'accepted', 'accepted'],
        attempts: [both, runs, whole, far],
      })
      // More than are looked at of those that begin shortly before the event.
      const others = Array.from({ length: 2100 }, () => attempt(4, 4, { at: 1 }))
      await settle({ reasons: [], attempts: others })
      const of = { workspaceId: 'wsp_1', sourceId: 'src_1', connectionId: 'con_1' }
      const lives = async (messageId: string) =>
        (await journal.story({ ...of, messageId }))?.attempts.filter((sent) => sent.at > 1)
      expect(await lives('a')).toEqual([runs, whole])
      expect(await lives('b')).toEqual([both, whole, far])
      expect(await lives('c')).toEqual([runs, whole])
      const crowded = await journal.story({ ...of, messageId: 'd' })
      expect(crowded?.attempts).toHaveLength(50)
      expect(crowded?.attempts.at(-1)).toEqual(far)
    })

    test('an event’s life has what the client changed on the way', async () => {
      const { journal } = await openConnected()
      await journal.append([received('a'), received('b')])
      const { settle } = await owner(journal)
      const notes = [{ seq: 2, note: 'phone_left_out' as const }]
      const sent = [attempt(1, 2, { at: 10, notes }), attempt(2, 2, { at: 20 })]
      await settle({ reasons: ['accepted', 'accepted_with_note'], attempts: sent })
      const of = { workspaceId: 'wsp_1', sourceId: 'src_1', connectionId: 'con_1' }
      const story = await journal.story({ ...of, messageId: 'b' })
      expect(story?.attempts).toEqual(sent)
    })

    test('an event’s life: what came, what was sent, what was answered', async () => {
      const { journal } = await openConnected()
      await journal.append([received('a'), received('b', { identifiers: { email: 'a@b.co' } })])
      const { settle } = await owner(journal)
      const failed = { ...attempt(1, 2, { status: 0, at: 10 }), error: 'ECONNRESET' }
      await settle({ reasons: [], attempts: [failed] })
      const sent = attempt(1, 2, { at: 20 })
      const alone = attempt(2, 2, { at: 30 })
      const before = attempt(1, 1, { at: 25 })
      await settle({ reasons: ['accepted', 'accepted'], attempts: [sent, before, alone] })
      const of = { workspaceId: 'wsp_1', sourceId: 'src_1', connectionId: 'con_1' }
      const story = await journal.story({ ...of, messageId: 'b' })
      expect(story).toMatchObject({
        seq: 2,
        outcome: 'accepted',
        body: received('b').body,
        identifiers: { email: 'a@b.co' },
        person: 'email:a@b.co',
      })
      expect(story!.attempts).toEqual([failed, sent, alone])
      expect(await journal.story({ ...of, messageId: 'none' })).toBeUndefined()
      expect(await journal.standing(key)).toMatchObject({
        seq: 2,
        head: 2,
        waiting: 0,
        lastSuccessAt: 35,
        lastError: { at: 15, status: 0, text: 'ECONNRESET' },
      })
    })

    test('what is shown equals a naive model, whatever was settled, changed and replayed', async () => {
      const codes = ['accepted', 'no_identifier', 'anonymous_waiting', 'klaviyo_rejected'] as const
      const step = fc.record({
        append: fc.nat({ max: 3 }),
        settle: fc.array(fc.constantFrom(...codes), { maxLength: 4 }),
        patch: fc.array(fc.tuple(fc.nat(), fc.constantFrom(...codes)), { maxLength: 3 }),
      })
      const { journal } = await openConnected()
      let run = 0
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
          run += 1
          const mine = { ...key, sourceId: `src_${run}`, connectionId: `con_${run}` }
          const { settle } = await owner(journal, { key: mine })
          const model: ReasonCode[] = []
          let head = 0
          for (const { append, settle: wanted, patch } of steps) {
            const events = Array.from({ length: append }, (_, place) =>
              received(`${head + place}`, { sourceId: mine.sourceId }),
            )
            await journal.append(events)
            head += append
            const settled = wanted.slice(0, head - model.length)
            model.push(...settled)
            const patches =
              model.length === 0
                ? []
                : patch.map(([seq, reason]) => ({ seq: (seq % model.length) + 1, reason }))
            for (const { seq, reason } of patches) model[seq - 1] = reason
            expect(await settle({ reasons: settled, patches })).toBe(true)
          }
          const standing = await journal.standing(mine)
          const counts: Partial<Record<ReasonCode, number>> = {}
          for (const code of model) counts[code] = (counts[code] ?? 0) + 1
          expect(standing).toMatchObject({ seq: model.length, head, waiting: head - model.length })
          expect(standing.counts).toEqual(counts)
          const rows = await journal.events({ ...mine, limit: 1000 })
          expect(rows.toReversed().map(({ reason, outcome }) => reason ?? outcome)).toEqual(
            Array.from({ length: head }, (_, index) => model[index] ?? 'waiting'),
          )
          for (const code of codes) {
            const found = await journal.events({ ...mine, limit: 1000, reason: code })
            expect(found).toHaveLength(counts[code] ?? 0)
            for (const row of found) expect(row.outcome).toBe(reasons[code].outcome)
          }
        }),
        { numRuns: 30 },
      )
    })
  })

  describe(`the journal on ${engine}: keeping`, () => {
    test('everything that was answered is there when it is opened again', async () => {
      const one = await openConnected()
      await one.journal.append([received('a'), guest('g', 'anon')])
      const { settle } = await owner(one.journal)
      await settle({ reasons: ['accepted'], exceptions: [exception(1, { state: 'kept' })] })
      const standing = await one.journal.standing(key)
      await one.close()
      const two = await one.reopen()
      opened.push(two)
      expect(await two.journal.standing(key)).toEqual(standing)
      expect(await two.journal.append([received('a'), received('b')])).toMatchObject([
        { seq: 1, duplicate: true },
        { seq: 3, duplicate: false },
      ])
      expect(
        await two.journal.append([
          received('login', {
            event: { anonymousId: 'anon' },
            identifiers: { anonymousId: 'anon', email: 'a@b.co' },
          }),
        ]),
      ).toMatchObject([{ link: true }])
    })

    test('what is asked for before the close is committed', async () => {
      const one = await openConnected()
      const appends = Array.from({ length: 20 }, (_, index) =>
        one.journal.append([received(`m${index}`)]),
      )
      await Promise.all([...appends, one.close()])
      const two = await one.reopen()
      opened.push(two)
      expect(await two.journal.read(at, 0, 100, 1e6)).toHaveLength(20)
    })

    test('old bodies go once settled; undelivered ones, exceptions and young guests stay', async () => {
      const { journal, config } = await openConnected()
      await configure(config)
      const now = start + 40 * day
      await journal.append([
        received('old', { receivedAt: start }),
        received('kept', { receivedAt: start }),
        guest('old-guest', 'anon-old-guest', { receivedAt: start }),
        guest('young-guest', 'anon-young-guest', { receivedAt: now - 20 * day }),
        received('undelivered', { receivedAt: start }),
      ])
      const { settle } = await owner(journal)
      await settle({
        reasons: ['accepted', 'klaviyo_rejected', 'anonymous_waiting', 'anonymous_waiting'],
        exceptions: [exception(2, { state: 'kept', reason: 'klaviyo_rejected' })],
        now: start,
      })
      await journal.retain({ now, bodyMs: 10 * day, attemptMs: day, seenMs: 1000 * day })
      const left = await journal.readSome(at, [1, 2, 3, 4, 5])
      expect(left.map(({ messageId }) => messageId)).toEqual(['kept', 'young-guest', 'undelivered'])
      expect(await journal.read(at, 4, 10, 1e6)).toMatchObject([{ messageId: 'undelivered' }])
      expect((await journal.standing(key)).counts).toEqual({
        accepted: 1,
        klaviyo_rejected: 1,
        anonymous_waiting: 1,
        anonymous_expired: 1,
      })
      expect(await journal.append([received('old')])).toMatchObject([{ seq: 1, duplicate: true }])
    })

    test('C11 what a connection left waiting for visitors ends in time, whenever it was disconnected', async () => {
      const { journal, config } = await openConnected()
      await configure(config)
      await journal.append([guest('g', 'anon', { receivedAt: start })])
      const { settle } = await owner(journal)
      await settle({ reasons: ['anonymous_waiting'] })
      await config.changeState('wsp_1', 'con_1', 'disconnected')
      await journal.retain({ now: start, bodyMs: day, attemptMs: day, seenMs: day })
      expect((await journal.standing(key)).counts).toEqual({ disconnected: 1 })
    })

    test('a body stays for its time after it was settled, however old its event is by then', async () => {
      const { journal, config } = await openConnected()
      await configure(config)
      await journal.append([
        received('at-once', { receivedAt: start }),
        received('late', { receivedAt: start }),
      ])
      const { settle } = await owner(journal)
      await settle({ reasons: ['accepted'], now: start })
      await settle({ reasons: ['accepted'], now: start + 35 * day })
      const limits = { bodyMs: 10 * day, attemptMs: day, seenMs: 1000 * day }
      await journal.retain({ ...limits, now: start + 40 * day })
      const left = await journal.readSome(at, [1, 2])
      expect(left.map(({ messageId }) => messageId)).toEqual(['late'])
      await journal.retain({ ...limits, now: start + 46 * day })
      expect(await journal.readSome(at, [1, 2])).toEqual([])
    })

    test('a source that was quiet until all its events were dropped goes on where it was', async () => {
      const { journal, config } = await openConnected()
      await configure(config)
      await journal.append(['a', 'b', 'c'].map((id) => received(id)))
      const { settle } = await owner(journal)
      await settle({
        reasons: ['accepted', 'accepted', 'accepted'],
        attempts: [attempt(1, 3)],
        now: start,
      })
      await journal.refuse([{ ...at, at: start, reason: 'refused_no_name', body: '{}' }])
      const now = start + 40 * day
      await journal.retain({ now, bodyMs: day, attemptMs: day, seenMs: day })
      expect(await journal.readSome(at, [1, 2, 3])).toEqual([])
      expect(await journal.refusedCounts('wsp_1')).toEqual({})
      expect(await journal.append([received('a')])).toMatchObject([{ seq: 4, duplicate: false }])
      expect(await journal.read(at, 3, 10, 1e6)).toMatchObject([{ seq: 4 }])
      expect(await journal.standing(key)).toMatchObject({ seq: 3, head: 4, waiting: 1 })
    })
  })

  describe(`the configuration on ${engine}`, () => {
    test('what is added is read back, also by write key', async () => {
      const { config } = await openConnected()
      expect(await config.sourceOfKey('wk_1')).toBeUndefined()
      const added = await configure(config)
      expect(await config.workspaces()).toEqual([added.workspace])
      expect(await config.stores('wsp_1')).toEqual([{ ...added.store, timeZone: 'UTC' }])
      expect(await config.sources('wsp_1')).toEqual([added.source])
      expect(await config.sourceOfKey('wk_1')).toEqual(added.source)
      expect(await config.sourceOfKey('wk_1')).toEqual(added.source)
      expect(await config.destinations()).toEqual([added.destination])
      expect(await config.connections()).toEqual([{ ...added.connection, version: 1 }])
      await expect(config.addSource({ ...added.source, id: 'src_9' })).rejects.toThrow('write key')
    })

    test('M28 settings have versions, and every version is kept', async () => {
      const { config } = await openConnected()
      const { connection } = await configure(config)
      const changed = { ...connection.settings, enabled: false }
      expect(await config.changeSettings('wsp_1', 'con_1', changed, 5)).toBe(2)
      expect(await config.connections()).toMatchObject([{ version: 2, settings: changed }])
      expect(await config.settingsAt('wsp_1', 'con_1', 1)).toEqual(connection.settings)
      expect(await config.settingsAt('wsp_1', 'con_1', 3)).toBeUndefined()
      // As a version before it would have written them: what they do not say yet is as the preset has it.
      const older = { preset: 'platform', enabled: false } as Settings
      expect(await config.changeSettings('wsp_1', 'con_1', older, 6)).toBe(3)
      const now = { ...settingsOf('platform'), enabled: false }
      expect(await config.settingsAt('wsp_1', 'con_1', 3)).toEqual(now)
      expect(await config.connections()).toMatchObject([{ version: 3, settings: now }])
      await config.changeState('wsp_1', 'con_1', 'paused')
      expect(await config.connections()).toMatchObject([{ version: 3, state: 'paused' }])
    })

    test('a destination is in error and comes back', async () => {
      const { config } = await openConnected()
      const { destination } = await configure(config)
      const error = { reason: 'scope_missing', detail: 'events:write', at: 7 }
      await config.markDestination('wsp_1', 'dst_1', error)
      expect(await config.destinations()).toEqual([{ ...destination, state: 'error', error }])
      await config.changeSecret('wsp_1', 'dst_1', 'sealed-2')
      await config.markDestination('wsp_1', 'dst_1', undefined)
      expect(await config.destinations()).toEqual([{ ...destination, secret: 'sealed-2' }])
    })

    test('a connection has its place in the journal from the moment it is added', async () => {
      const { config, journal } = await openEmpty()
      await journal.append([received('before')])
      await configure(config)
      await journal.append([received('after')])
      const { cursors } = await owner(journal)
      expect(cursors).toMatchObject([{ seq: 1 }])
    })
  })
}

/** The next owner of account `acc`, with the cursor adopted. */
async function owner(
  journal: Journal,
  { id = 'node_a', key: mine = key }: { id?: string; key?: CursorKey } = {},
): Promise<{
  readonly lease: Lease
  readonly cursors: readonly Cursor[]
  readonly adopt: () => Promise<readonly Cursor[]>
  readonly settle: (settlement: Partial<Settlement>) => Promise<boolean>
}> {
  await journal.join({ id, delivers: true, leaseMs: 30_000, alone: true })
  const [lease] = await journal.claim(['acc'], { id, most: 1 })
  if (lease === undefined) throw new Error('The account is not free.')
  const adopt = () => journal.adopt([{ lease, cursors: [mine] }])
  const cursors = await adopt()
  return {
    lease,
    cursors,
    adopt,
    settle: (settlement) =>
      journal.settle({
        accountId: 'acc',
        fence: lease.fence,
        cursor: mine,
        reasons: [],
        now: start,
        ...settlement,
      }),
  }
}

/** What is said of an event, and by whom. */
function sayOf({ outcome, reason, formerId }: EventRow): string {
  return `${reason ?? outcome} ${formerId ?? ''}`.trim()
}

function received(
  messageId: string,
  {
    event,
    identifiers = {},
    ...rest
  }: Partial<Omit<Received, 'event'>> & {
    readonly event?: Partial<Event>
    readonly identifiers?: Identifiers
    readonly lane?: Lane
  } = {},
): Received {
  const whole: Event = { type: 'track', event: 'Product Viewed', messageId, ...event }
  return {
    ...at,
    storeId: 'sto_1',
    event: whole,
    body: JSON.stringify(whole),
    name: 'Product Viewed',
    identifiers,
    occurredAt: start - 5,
    receivedAt: start,
    ...rest,
  }
}

function said(n: number, type: 'identify' | 'track', email: string): Received {
  return received(`said-${n}`, { event: { type }, identifiers: { email } })
}

function guest(
  messageId: string,
  anonymousId: string,
  rest: Partial<Pick<Received, 'receivedAt'>> = {},
): Received {
  return received(messageId, { event: { anonymousId }, identifiers: { anonymousId }, ...rest })
}

function cart(group: string, occurredAt: number): LatestRow {
  return { person: 'email:a@b.co', group, occurredAt }
}

function exception(seq: number, rest: Partial<Exception> = {}): Exception {
  return {
    ...key,
    seq,
    state: 'retry',
    reason: 'klaviyo_unavailable',
    messageId: `m${seq}`,
    tries: 1,
    failures: 1,
    dueAt: 0,
    firstAt: 1,
    lastAt: 2,
    ...rest,
  }
}

let attempts = 0
function attempt(fromSeq: number, toSeq: number, rest: Partial<Attempt> = {}): Attempt {
  attempts += 1
  return {
    id: `att_${String(attempts).padStart(6, '0')}`,
    fromSeq,
    toSeq,
    lane: 'live',
    version: 1,
    at: start,
    durationMs: 5,
    method: 'POST',
    path: '/api/events',
    status: 202,
    actions: 1,
    request: '{}',
    response: '',
    ...rest,
  }
}

async function configure(config: Config) {
  const workspace = { id: 'wsp_1', name: 'Acme' }
  const store = { workspaceId: 'wsp_1', id: 'sto_1', name: 'Acme DE', key: 'acme', country: 'DE' }
  const source = {
    workspaceId: 'wsp_1',
    id: 'src_1',
    storeId: 'sto_1',
    name: 'Web',
    writeKey: 'wk_1',
    enabled: true,
  }
  const destination = {
    workspaceId: 'wsp_1',
    id: 'dst_1',
    accountId: 'acc',
    secret: 'sealed',
    state: 'connected' as const,
    scopes: ['events:write'],
  }
  const connection = {
    workspaceId: 'wsp_1',
    id: 'con_1',
    sourceId: 'src_1',
    destinationId: 'dst_1',
    store: { id: 'sto_1', key: 'acme', country: 'DE' },
    settings: settingsOf('storefront'),
    state: 'connected' as const,
    since: start,
  }
  await config.addWorkspace(workspace)
  await config.addStore(store)
  await config.addSource(source)
  await config.addDestination(destination)
  await config.addConnection(connection)
  return { workspace, store, source, destination, connection }
}
