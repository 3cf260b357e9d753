import { afterEach, describe, expect, test } from 'vitest'
import type { Bench, EngineOptions } from './engine.ts'
import { order, startEngine, until, view } from './engine.ts'

let bench: Bench
afterEach(async () => bench.close())

async function open(options?: EngineOptions): Promise<Bench> {
  bench = await startEngine(options)
  return bench
}

const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) =>
    order(from + index, `person${from + index}@example.com`),
  )

async function reasonsOf(): Promise<Record<string, number>> {
  return (await bench.standing()).counts as Record<string, number>
}

describe('what Klaviyo answers decides what happens next', () => {
  test('S1 an event reaches Klaviyo and is accepted', async () => {
    await open()
    await bench.send(order(1))
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toMatchObject([
      {
        unique_id: 'acme:order:1',
        value: 27.5,
        value_currency: 'EUR',
        profile: { email: 'ada@example.com' },
      },
    ])
    expect(await bench.outcomes()).toMatchObject([{ outcome: 'accepted', reason: 'accepted' }])
  })

  test('F11 S34 an outage costs nothing: 503 is tried again until Klaviyo is back', async () => {
    await open()
    bench.klaviyo.answer('/api/events', 503, { times: 3 })
    await bench.send(order(1), order(2, 'bob@example.com'))
    await bench.idle()
    expect(
      bench.klaviyo
        .events('Placed Order')
        .map(({ unique_id }) => unique_id)
        .toSorted(),
    ).toEqual(['acme:order:1', 'acme:order:2'])
    expect(await reasonsOf()).toEqual({ accepted: 2 })
  })

  test('S34 a bulk batch is tried again whole, and counts once', async () => {
    await open()
    bench.klaviyo.answer('/api/event-bulk-create-jobs', 503, { times: 2 })
    await bench.send(...many(120))
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(120)
    expect(await reasonsOf()).toEqual({ accepted: 120 })
  })

  test('F10 S33 429: it waits as long as it is told, and no try is counted', async () => {
    await open()
    bench.klaviyo.answer('/api/events', 429, { times: 2, retryAfter: 3 })
    const before = bench.clock.now()
    await bench.send(order(1))
    await bench.idle()
    expect(bench.clock.now() - before).toBeGreaterThanOrEqual(6000)
    expect(await reasonsOf()).toEqual({ accepted: 1 })
  })

  test.each(['within-request', 'history'] as const)(
    'F13 M24 an answer that is lost after the work was done counts once (repeats refused: %s)',
    async (repeats) => {
      await open({ simulator: { repeats }, timeoutMs: 2000 })
      bench.klaviyo.answer('/api/event-bulk-create-jobs', 'reset-after', { times: 1 })
      await bench.send(...many(60))
      await bench.idle()
      expect(bench.klaviyo.events('Placed Order')).toHaveLength(60)
      expect(await reasonsOf()).toEqual({ accepted: 60 })
    },
  )

  test('S31 400 with a pointer: that event is passed over, kept as failed with what Klaviyo said, and its neighbours go', async () => {
    await open()
    bench.klaviyo.answer('/api/event-bulk-create-jobs', 400, {
      times: 1,
      body: {
        errors: [
          {
            id: 'x',
            status: 400,
            code: 'invalid',
            title: 'Invalid input.',
            detail: 'Not good.',
            source: {
              pointer:
                '/data/attributes/events-bulk-create/data/3/attributes/events/data/0/attributes/value',
            },
          },
        ],
      },
    })
    await bench.send(...many(40))
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(39)
    const counts = await reasonsOf()
    expect(counts).toEqual({ accepted: 39, klaviyo_rejected: 1 })
    const standing = await bench.standing()
    expect(standing.exceptions.kept).toBe(1)
    const failed = (await bench.outcomes()).filter(({ outcome }) => outcome === 'dead')
    expect(failed).toMatchObject([{ messageId: 'order-3' }])
    const story = await bench.journal.story({ ...bench.key, messageId: 'order-3' })
    expect(story?.exception).toMatchObject({
      state: 'kept',
      detail: expect.stringContaining('Not good.'),
    })
  })

  test('an event’s life has the requests that carried it, and none of its neighbours’', async () => {
    await open()
    bench.klaviyo.answer('/api/event-bulk-create-jobs', 400, { times: 1, body: { errors: [] } })
    // Every other event is a guest’s, and waits.
    await bench.send(
      ...many(40).flatMap((event, n) => [event, view(n, { anonymousId: `visitor-${n}` })]),
    )
    await bench.idle()
    const lives = async (messageId: string) => {
      const story = await bench.journal.story({ ...bench.key, messageId })
      return story?.attempts.map(({ status, actions, seqs }) => [status, actions, seqs?.length])
    }
    const [whole, half] = [
      [400, 40, 40],
      [202, 20, 20],
    ]
    expect(await lives('order-0')).toEqual([whole, half])
    expect(await lives('order-19')).toEqual([whole, half])
    expect(await lives('order-39')).not.toContainEqual(half)
    expect(await lives('view-0')).toEqual([])
  })

  test('an event that is sent by itself shows its own request, its visitor’s history theirs', async () => {
    await open()
    const anonymousId = 'visitor-1'
    await bench.send(view(1, { anonymousId }), view(2, { anonymousId }))
    await bench.idle()
    const traits = { email: 'ada@example.com' }
    await bench.send({ type: 'identify', anonymousId, userId: 'u1', messageId: 'login', traits })
    await bench.idle()
    const seqsOf = async (messageId: string) => {
      const story = await bench.journal.story({ ...bench.key, messageId })
      return story?.attempts.map(({ fromSeq, toSeq, seqs }) => seqs ?? [fromSeq, toSeq])
    }
    expect(await seqsOf('view-1')).toEqual([[1, 1]])
    expect(await seqsOf('view-2')).toEqual([[2, 2]])
    expect(await seqsOf('login')).toEqual([[3, 3]])
  })

  test('kept traits show the request that they travelled with', async () => {
    await open({ scopes: ['events:write'] })
    const traits = { email: 'ada@example.com', firstName: 'Ada' }
    await bench.send({ type: 'identify', userId: 'u1', messageId: 'kept', traits })
    await bench.idle()
    await bench.send(...many(2), order(7))
    await bench.idle()
    const story = await bench.journal.story({ ...bench.key, messageId: 'kept' })
    expect(story?.attempts).toMatchObject([{ fromSeq: 1, toSeq: 4, seqs: [1, 4] }])
  })

  test('what the client changed is noted at the event that it was changed of', async () => {
    await open({
      before: (destination) => ({
        ...destination,
        async send(way, actions, options) {
          const result = await destination.send(way, actions, options)
          return {
            ...result,
            notes: way === 'events' ? [{ index: 3, note: 'phone_left_out' }] : [],
          }
        },
      }),
    })
    await bench.send(...many(40))
    await bench.idle()
    const story = await bench.journal.story({ ...bench.key, messageId: 'order-3' })
    expect(story).toMatchObject({
      reason: 'accepted_with_note',
      attempts: [{ fromSeq: 1, toSeq: 40, notes: [{ seq: 4, note: 'phone_left_out' }] }],
    })
    expect(await reasonsOf()).toEqual({ accepted: 39, accepted_with_note: 1 })
  })

  test('S31 400 without a pointer: the batch is taken apart until the one at fault stands alone', async () => {
    await open()
    bench.klaviyo.answer('/api/event-bulk-create-jobs', 400, {
      times: 3,
      body: { errors: [] },
    })
    await bench.send(...many(64))
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(64)
    expect(await reasonsOf()).toEqual({ accepted: 64 })
  })

  test('C6 what Klaviyo rejected is not sent again by itself, and can be replayed by hand after repair', async () => {
    await open()
    bench.klaviyo.answer('/api/events', 400, { times: 1 })
    await bench.send(order(1))
    await bench.idle()
    expect(await reasonsOf()).toEqual({ klaviyo_rejected: 1 })
    expect(bench.klaviyo.events('Placed Order')).toEqual([])

    expect(await bench.replay('klaviyo_rejected')).toMatchObject({ total: 1 })
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(1)
    expect(await reasonsOf()).toEqual({ accepted: 1 })
    expect((await bench.standing()).exceptions).toEqual({ retry: 0, replay: 0, kept: 0 })
  })

  test('C6 Z41 Z42 in the platform preset a rejected event has one retry cycle, then it has failed', async () => {
    await open({ preset: 'platform', settings: { retryCycleMs: 36_000_000 } })
    bench.klaviyo.answer('/api/events', 400, { times: 2 })
    await bench.send(order(1))
    await bench.idle()
    expect(await bench.outcomes()).toMatchObject([{ outcome: 'retry', reason: 'retry_cycle' }])
    bench.clock.skip(36_000_000)
    await until(async () => (await reasonsOf())['rejected_after_retry'] === 1)
    expect(await bench.outcomes()).toMatchObject([{ outcome: 'dead' }])
    const story = await bench.journal.story({ ...bench.key, messageId: 'order-1' })
    expect(story?.exception).toMatchObject({ state: 'kept', failures: 2 })
    expect(bench.klaviyo.events('Placed Order')).toEqual([])
  })

  test('F16 S30 a refused key holds everything, nothing is lost, and it goes on when the key is mended', async () => {
    await open()
    const { privateKey } = bench.klaviyo.account()
    bench.klaviyo.revokeKey(privateKey)
    await bench.send(order(1))
    await bench.idle()
    await bench.send(...many(30, 10))
    await bench.idle()
    expect(bench.engine.live('con_1')).toMatchObject({ state: 'held', reason: 'key_invalid' })
    expect((await bench.opened.config.destinations())[0]).toMatchObject({
      state: 'error',
      error: { reason: 'key_invalid' },
    })
    expect((await bench.standing()).waiting).toBe(31)

    bench.klaviyo.account().addKey('pk_new')
    await bench.opened.config.changeSecret('wsp_1', 'dst_1', 'pk_new')
    await bench.opened.config.markDestination('wsp_1', 'dst_1', undefined)
    await bench.engine.reload()
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(31)
    expect(await reasonsOf()).toEqual({ accepted: 31 })
  })

  test('S30 a permission that only subscriptions need stops only them: orders go on', async () => {
    await open({ settings: { listId: 'L1', emailConsent: true } })
    bench.klaviyo.account().addKey('pk_few', ['events:write', 'profiles:write', 'accounts:read'])
    await bench.opened.config.changeSecret('wsp_1', 'dst_1', 'pk_few')
    await bench.engine.reload()
    await bench.send(
      {
        type: 'identify',
        userId: 'u1',
        messageId: 'identify-1',
        traits: { email: 'ada@example.com', properties: { subscribe: true, consent: ['email'] } },
      },
      order(1),
    )
    await bench.idle()
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(1)
    const identify = (await bench.outcomes()).find(({ messageId }) => messageId === 'identify-1')
    expect(identify).toMatchObject({ outcome: 'held', reason: 'scope_missing' })
    expect(bench.engine.live('con_1')?.state).not.toBe('held')

    bench.klaviyo.account().addKey('pk_all')
    await bench.opened.config.changeSecret('wsp_1', 'dst_1', 'pk_all')
    await bench.opened.config.markDestination('wsp_1', 'dst_1', undefined)
    await bench.engine.reload()
    await until(async () => (await reasonsOf())['exception'] === undefined)
    expect(
      (await bench.outcomes()).find(({ messageId }) => messageId === 'identify-1'),
    ).toMatchObject({
      outcome: expect.stringMatching(/accepted|dead/),
    })
  })

  test('S30 in the hub preset a missing permission stops the whole destination', async () => {
    await open({
      preset: 'hub',
      settings: { rules: [], withoutRule: 'send', emailConsent: true, listId: 'L1' },
    })
    bench.klaviyo.account().addKey('pk_few', ['events:write', 'profiles:write', 'accounts:read'])
    await bench.opened.config.changeSecret('wsp_1', 'dst_1', 'pk_few')
    await bench.engine.reload()
    await bench.send({
      type: 'identify',
      userId: 'u1',
      messageId: 'identify-1',
      traits: { email: 'ada@example.com', properties: { subscribe: true, consent: ['email'] } },
    })
    await bench.idle()
    await bench.send(order(1))
    await bench.idle()
    expect(bench.engine.live('con_1')).toMatchObject({ state: 'held', reason: 'scope_missing' })
    expect(bench.klaviyo.events('Placed Order')).toEqual([])
  })

  test('an event that keeps failing while others go through ends by itself and stops nobody', async () => {
    await open({ before: poisonedBy('poison@example.com') })
    await bench.send(order(1, 'poison@example.com'))
    await othersGoOnUntilItFailed()
    expect(await reasonsOf()).toMatchObject({ single_failure: 1 })
    expect((await bench.standing()).exceptions).toEqual({ retry: 0, replay: 0, kept: 1 })
    expect(await bench.journal.story({ ...bench.key, messageId: 'order-1' })).toMatchObject({
      outcome: 'dead',
    })
  })

  test('one bad event in a bulk batch that Klaviyo stumbles over is found, and the other 199 go', async () => {
    await open({ before: poisonedBy('person77@example.com') })
    await bench.send(...many(200))
    await until(async () => (await reasonsOf())['accepted'] === 199)
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(199)
    expect(await bench.outcomes()).toContainEqual(
      expect.objectContaining({ messageId: 'order-77', outcome: 'retrying' }),
    )
    await othersGoOnUntilItFailed()
    expect(await bench.journal.story({ ...bench.key, messageId: 'order-77' })).toMatchObject({
      outcome: 'dead',
      reason: 'single_failure',
    })
  })

  test('after failures an event goes ahead whose person has none before it, whatever was tried how often', async () => {
    await open()
    bench.klaviyo.answer('/api/events', 503, { times: 7 })
    const people = [1, 0, 2, 1, 4, 0, 3, 2]
    await bench.send(...people.map((person, n) => order(n, `p${person}@example.com`)))
    await bench.idle()
    expect(await reasonsOf()).toEqual({ accepted: 8 })
  })

  test('I5 an event that fails while nothing else is sent is never given up: perhaps it is Klaviyo', async () => {
    await open({ before: poisonedBy('poison@example.com') })
    await bench.send(order(1, 'poison@example.com'), order(2), order(3, 'bob@example.com'))
    await until(() => bench.klaviyo.events('Placed Order').length === 2)
    const first = bench.clock.now()
    await until(() => bench.clock.now() - first > 120_000)
    // The others were taken before it failed so often: it stands where it stood, and the cursor before it.
    expect(await reasonsOf()).toEqual({})

    await bench.send(order(4, 'eve@example.com'))
    await until(async () => (await reasonsOf())['exception'] === 1)
    const aside = bench.clock.now()
    await until(() => bench.clock.now() - aside > 60_000)
    expect(await reasonsOf()).toEqual({ accepted: 3, exception: 1 })
  })

  test('in a batch of which Klaviyo has all else, with nobody behind it, it leaves the road too', async () => {
    await open({
      before: poisonedBy('poison@example.com', true),
      speed: 200,
      simulator: { repeats: 'history' },
    })
    await bench.append(order(1), order(2, 'poison@example.com'))
    // Both were announced by an owner that died; from the second try on Klaviyo answers the first as repeated.
    const announced = { toSeq: 2, version: 1, digest: 'of another owner' }
    expect(await bench.journal.intend(1, bench.key, announced)).toBe(true)
    await bench.restart()
    await until(async () => (await reasonsOf())['exception'] === 1)
    expect(await reasonsOf()).toEqual({ accepted: 1, exception: 1 })
    expect(bench.klaviyo.events('Placed Order')).toHaveLength(1)
  })
})

describe('one person’s events arrive in order', () => {
  test('singly, with many people side by side', async () => {
    await open({ simulator: { random: Math.random } })
    bench.klaviyo.answer('/api/events', { delay: 15 }, { share: 0.3 })
    for (let n = 0; n < 40; n += 1) {
      await bench.send(
        view(n, { userId: `u${n % 4}`, context: { traits: { email: `u${n % 4}@example.com` } } }),
      )
    }
    await bench.idle()
    for (let u = 0; u < 4; u += 1) {
      const seen = bench.klaviyo
        .events('Viewed Product')
        .filter(({ profile }) => profile.email === `u${u}@example.com`)
        .map(({ properties }) => properties['ProductID'])
      expect(seen).toEqual(Array.from({ length: 10 }, (_, k) => `p${u + 4 * k}`))
    }
  })
})

/** The shop goes on selling until the one event that fails by itself has ended. */
async function othersGoOnUntilItFailed(): Promise<void> {
  let n = 1000
  await until(async () => {
    n += 1
    await bench.send(order(n, `other${n}@example.com`))
    return (await reasonsOf())['single_failure'] === 1
  })
  await bench.idle()
}

/** Every request that carries this person fails with 500. */
function poisonedBy(email: string, ambiguous = false): NonNullable<EngineOptions['before']> {
  return (destination) => ({
    ...destination,
    async send(way, actions, options) {
      const bad = actions.some(({ profile }) => profile.identifiers.email === email)
      if (!bad) return destination.send(way, actions, options)
      return {
        answer: { type: 'retry', reason: 'klaviyo_unavailable', ambiguous },
        exchanges: [
          {
            at: bench.clock.now(),
            durationMs: 1,
            method: 'POST',
            path: '/api/events',
            status: 500,
            actions: actions.length,
            request: '',
            response: 'stumbled',
          },
        ],
        notes: [],
      }
    },
  })
}
