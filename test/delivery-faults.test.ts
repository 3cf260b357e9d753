import { afterEach, describe, expect, test } from 'vitest'
import { JournalUnavailable } from '../src/core/index.ts'
import { order, startEngine, until } from './engine.ts'
import type { Bench, EngineOptions } from './engine.ts'

let bench: Bench
afterEach(async () => bench.close())

async function open(options?: EngineOptions): Promise<Bench> {
  bench = await startEngine(options)
  return bench
}

const dayMs = 86_400_000
const orders = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => order(from + n, `person${from + n}@example.com`))

async function reasonsOf(): Promise<Record<string, number>> {
  return (await bench.standing()).counts as Record<string, number>
}

function requests(): number {
  return bench.klaviyo.requests().filter(({ path }) => path.startsWith('/api/event')).length
}

describe('poison', () => {
  test.each([1, 333, 500, 1000])(
    'F14 I5 one bad event of a thousand, refused without a word which, is found within 20 requests: number %i',
    async (number) => {
      await open()
      const match = `:order:${number}"`
      bench.klaviyo.answer('/api/event*', 400, { match, body: { errors: [] } })
      await bench.send(...orders(1, 1000))
      await bench.idle()
      expect(await reasonsOf()).toEqual({ accepted: 999, klaviyo_rejected: 1 })
      expect(bench.klaviyo.events('Placed Order')).toHaveLength(999)
      expect(requests()).toBeLessThanOrEqual(20)
    },
  )

  test('F14 I5 one that Klaviyo points at costs one request more', async () => {
    await open()
    const pointer =
      '/data/attributes/events-bulk-create/data/500/attributes/events/data/0/attributes/value'
    const error = { id: 'x', status: 400, code: 'invalid', title: 'Invalid input.', detail: 'No.' }
    bench.klaviyo.answer('/api/event-bulk-create-jobs', 400, {
      times: 1,
      body: { errors: [{ ...error, source: { pointer } }] },
    })
    await bench.send(...orders(1, 1000))
    await bench.idle()
    expect(await reasonsOf()).toEqual({ accepted: 999, klaviyo_rejected: 1 })
    expect(requests()).toBe(2)
  })

  test('F14 I2 where all are bad, each ends with its own reason, and the good one after them arrives', async () => {
    await open()
    bench.klaviyo.answer('/api/event*', 400, { match: ':order:1', body: { errors: [] } })
    await bench.send(...orders(1000, 1199), order(2000))
    await bench.idle()
    expect(await reasonsOf()).toEqual({ accepted: 1, klaviyo_rejected: 200 })
    // Halving down to each, and no further.
    expect(requests()).toBeLessThanOrEqual(2 * 201)
  })
})

test('M24 a source that was silent until all its events were dropped delivers again', async () => {
  await open()
  await bench.send(...orders(1, 20))
  await bench.idle()
  const now = bench.clock.now() + 60 * dayMs
  await bench.journal.retain({ now, bodyMs: 30 * dayMs, attemptMs: 14 * dayMs, seenMs: 30 * dayMs })
  expect(await bench.outcomes()).toEqual([])
  await bench.restart()
  const [first] = await bench.send(...orders(21, 40))
  await bench.idle()
  expect(first?.seq).toBe(21)
  expect(bench.klaviyo.events('Placed Order')).toHaveLength(40)
  expect(await bench.standing()).toMatchObject({ seq: 40, head: 40, waiting: 0 })
})

test('F4 F11 when the journal fails while a failing batch is looked into, the batch goes again, and arrives', async () => {
  let refused = false
  await open({
    around: (journal) => ({
      ...journal,
      async read(key, after, limit, maxBytes) {
        // What stands behind the batch is not told, once.
        if (refused || after === 0) return journal.read(key, after, limit, maxBytes)
        refused = true
        throw new JournalUnavailable('It is away.')
      },
    }),
  })
  const over = bench.klaviyo.answer('/api/*', 503)
  // Of people alone nothing is announced: only memory knows that they are under way.
  const people = Array.from({ length: 20 }, (_, n) => ({
    type: 'identify',
    userId: `u${n}`,
    messageId: `identify-${n}`,
    traits: { email: `person${n}@example.com`, plan: 'gold' },
  }))
  await bench.send(...people)
  await until(() => refused)
  over()
  await bench.idle()
  expect(await reasonsOf()).toEqual({ accepted: 20 })
})
