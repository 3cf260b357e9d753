import { afterEach, describe, expect, test } from 'vitest'
import type { Errand } from '../src/core/index.ts'
import { order, startEngine, until } from './engine.ts'
import type { Bench, EngineOptions } from './engine.ts'

let bench: Bench
afterEach(async () => bench.close())

const hour = 3_600_000

function many(count: number, from = 1): object[] {
  return Array.from({ length: count }, (_, n) => order(from + n, `p${from + n}@example.com`))
}

/** So many that Klaviyo rejected, and no fault any more. */
async function openFailed(count: number, options?: EngineOptions): Promise<Bench> {
  bench = await startEngine(options)
  const stop = bench.klaviyo.answer('/api/*', 400)
  await bench.send(...many(count))
  await bench.idle()
  stop()
  expect(await bench.journal.causes(bench.key)).toEqual([{ reason: 'klaviyo_rejected', count }])
  return bench
}

/** So many that came while the connection was off; it is on again. */
async function openMissed(count: number, options?: EngineOptions): Promise<Bench> {
  bench = await startEngine({ ...options, settings: { enabled: false } })
  await bench.send(...many(count))
  await bench.idle()
  await bench.change({ enabled: true })
  return bench
}

async function newest(): Promise<Errand | undefined> {
  return (await bench.journal.errands(bench.key, 1))[0]
}

function placed(): (string | undefined)[] {
  return bench.klaviyo.events('Placed Order').map(({ unique_id }) => unique_id)
}

describe('L10 W12 replaying what failed', () => {
  test('L10 all that failed goes out again with the same unique ids, and each is counted at the end', async () => {
    await openFailed(250)
    expect(await bench.replay()).toMatchObject({ total: 250, state: 'running' })
    await bench.idle()
    expect(new Set(placed()).size).toBe(250)
    expect(placed()).toHaveLength(250)
    expect(placed()).toContain('acme:order:17')
    expect(await newest()).toMatchObject({ state: 'done', taken: 250, accepted: 250, ended: 0 })
    expect(await bench.journal.causes(bench.key)).toEqual([])
    expect((await bench.standing()).counts).toEqual({ accepted: 250 })
  })

  test('L10 what fails again is kept again, once, and its replay says so', async () => {
    await openFailed(30)
    bench.klaviyo.answer('/api/*', 400, { match: 'p7@example.com' })
    await bench.replay('klaviyo_rejected')
    await bench.idle()
    expect(await newest()).toMatchObject({ state: 'done', taken: 30, accepted: 29, ended: 1 })
    const [failed] = await bench.journal.failed(bench.key, 'klaviyo_rejected', 9)
    expect(failed).toMatchObject({ messageId: 'order-7', failures: 2 })
  })

  test('F21 I5 of events replayed together that fail on the way, only those whose request failed count a failure', async () => {
    const sent: string[][] = []
    let failing = -1
    await openFailed(30, {
      before: (destination) => ({
        ...destination,
        async send(way, actions, options) {
          sent.push(actions.map(({ profile }) => profile.identifiers.email ?? ''))
          if (sent.length - 1 !== failing) return destination.send(way, actions, options)
          const reason = 'klaviyo_unreachable'
          return { answer: { type: 'retry', reason, ambiguous: false }, exchanges: [], notes: [] }
        },
      }),
    })
    // The first two go through, and the third does not reach Klaviyo.
    failing = sent.length + 2
    const begin = sent.length
    const charged = new Set<string>()
    await bench.restart((journal) => ({
      ...journal,
      async settle(settlement) {
        for (const { messageId } of settlement.exceptions ?? []) charged.add(messageId)
        return journal.settle(settlement)
      },
    }))
    await bench.replay()
    await until(() => placed().length === 30)
    await bench.idle()
    expect(charged).toEqual(new Set(['order-4']))
    const after = sent.slice(begin)
    expect(after[2]).toContain('p4@example.com')
    // What had gone through by then is done.
    for (const one of [1, 2, 3])
      expect(after.flat().filter((email) => email === `p${one}@example.com`)).toHaveLength(1)
    expect(placed()).toHaveLength(30)
    expect((await bench.standing()).counts).toEqual({ accepted: 30 })
  })

  test('C11 what is replayed more than 24 hours late goes as backfill, so that no flow starts', async () => {
    await openFailed(2)
    bench.clock.skip(25 * hour)
    await bench.replay()
    await bench.idle()
    const orders = bench.klaviyo.events('Placed Order')
    expect(orders.map(({ backfill }) => backfill)).toEqual([true, true])
  })

  test('F21 L10 pressed twice, nothing is doubled: the second press shows the one that runs', async () => {
    await openFailed(40)
    await bench.state('paused')
    const first = await bench.replay()
    expect((await bench.replay('klaviyo_rejected')).id).toBe(first.id)
    await bench.state('connected')
    await bench.idle()
    expect(placed()).toHaveLength(40)
    const carried = bench.klaviyo.requests().filter(({ status }) => status === 202)
    expect(carried.length).toBeLessThan(10)
  })

  test('L10 M24 a replay goes on after a crash in the middle, and nothing counts twice', async () => {
    let steps = 0
    await openMissed(2500)
    // Dies when the second thousand has been made due.
    await bench.restart((journal) => ({
      ...journal,
      async proceed(...args) {
        steps += 1
        if (steps > 2) return new Promise<never>(() => {})
        return journal.proceed(...args)
      },
    }))
    await bench.replay('connection_off')
    await until(async () => ((await newest())?.taken ?? 0) >= 1000)
    await bench.restart()
    await bench.idle()
    expect(new Set(placed()).size).toBe(2500)
    expect(placed()).toHaveLength(2500)
    expect(await newest()).toMatchObject({ state: 'done', taken: 2500 })
    expect((await bench.standing()).exceptions).toEqual({ retry: 0, replay: 0, kept: 0 })
  })

  test('L10 cancelled while Klaviyo is away: what is not under way is as it was before', async () => {
    await openMissed(2500)
    const stop = bench.klaviyo.answer('/api/*', 503)
    const { id } = await bench.replay('connection_off')
    await until(async () => (await bench.standing()).exceptions.replay > 0)
    expect(await bench.journal.cancel(bench.key, id, bench.clock.now())).toMatchObject({
      state: 'cancelled',
    })
    await bench.engine.reload()
    stop()
    // What was under way may still fail: it stands among the exceptions then, and has its pause before it goes again.
    await until(async () => {
      await bench.idle()
      const { retry, replay } = (await bench.standing()).exceptions
      return retry + replay === 0
    })
    const { exceptions, counts } = await bench.standing()
    expect(exceptions).toEqual({ retry: 0, replay: 0, kept: 0 })
    expect(counts).toEqual({ accepted: placed().length, connection_off: 2500 - placed().length })
    expect(counts.connection_off).toBeGreaterThanOrEqual(1500)
  })

  test('L10 a paused connection replays nothing, and goes on when it is resumed; letting go needs no resuming', async () => {
    await openFailed(20)
    await bench.state('paused')
    await bench.replay()
    await bench.idle()
    expect(placed()).toEqual([])
    const { id } = (await newest()) ?? { id: '' }
    await bench.journal.cancel(bench.key, id, bench.clock.now())
    await bench.journal.discard(bench.key, [1, 2], bench.clock.now())
    const discard = { id: 'run_discard', act: 'discard', reason: 'klaviyo_rejected' } as const
    await bench.journal.begin(bench.key, discard, bench.clock.now())
    await bench.engine.reload()
    await until(async () => (await newest())?.state === 'done')
    expect(await newest()).toMatchObject({ act: 'discard', total: 18, taken: 18 })
    await bench.state('connected')
    await bench.idle()
    expect(placed()).toEqual([])
    expect((await bench.standing()).counts).toEqual({ discarded: 20 })
  })

  test('L10 a replay never goes before live events: what a shopper does meanwhile is there at once', async () => {
    await openMissed(4000, { simulator: { limits: true }, speed: 4 })
    await bench.replay('connection_off')
    await until(() => placed().length > 0)
    for (let n = 0; n < 5; n += 1) {
      const id = 10_000 + n
      const sentAt = bench.clock.now()
      await bench.send(order(id, `live${n}@example.com`))
      await until(() => placed().includes(`acme:order:${id}`))
      expect(bench.clock.now() - sentAt).toBeLessThan(3000)
    }
    await bench.idle()
    expect(new Set(placed()).size).toBe(4005)
  })
})
