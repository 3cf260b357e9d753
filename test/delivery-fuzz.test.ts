import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Journal } from '../src/core/index.ts'
import { startEngine, until } from './engine.ts'
import type { Bench } from './engine.ts'

/**
 * Whatever goes wrong with Klaviyo and with our own process, in whatever order: each event counts once, each
 * person's in order. Seeded: a failure prints the seed and the steps that bring it back.
 */

type Step =
  | { readonly type: 'send'; readonly events: readonly number[] }
  | {
      readonly type: 'fault'
      readonly fault: 503 | 500 | 'reset-before' | 'reset-after' | 'half'
      readonly times: number
    }
  | { readonly type: 'throttle'; readonly times: number }
  | { readonly type: 'die'; readonly at: 'intend' | 'settle'; readonly carriedOut: boolean }
  | { readonly type: 'pause' }

const people = 5

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('send' as const),
      events: fc.array(fc.nat(people - 1), { minLength: 1, maxLength: 90 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('fault' as const),
      fault: fc.constantFrom(
        503 as const,
        500 as const,
        'reset-before' as const,
        'reset-after' as const,
        'half' as const,
      ),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('throttle' as const),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('die' as const),
      at: fc.constantFrom('intend' as const, 'settle' as const),
      carriedOut: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('pause' as const) }) },
)

const runs = Number(process.env['FUZZ_RUNS'] ?? 8)

test.each(['within-request', 'history'] as const)(
  'M24 faults, deaths and pauses at random: once and in order (repeats refused: %s)',
  { timeout: 300_000 },
  async (repeats) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const bench = await startEngine({ speed: 60, timeoutMs: 6000, simulator: { repeats } })
        try {
          await play(bench, steps)
        } finally {
          await bench.close()
        }
      }),
      { numRuns: runs, endOnFailure: true, timeout: 25_000 },
    )
  },
)

async function play(bench: Bench, steps: readonly Step[]): Promise<void> {
  const sent = Array.from({ length: people }, () => 0)
  for (const one of steps) {
    switch (one.type) {
      case 'send':
        await bench.send(
          ...one.events.map((person) => {
            const n = (sent[person] ?? 0) + 1
            sent[person] = n
            return {
              type: 'track',
              event: 'Step',
              messageId: `${person}-${n}`,
              userId: `u${person}`,
              context: { traits: { email: `p${person}@example.com` } },
              properties: { n },
            }
          }),
        )
        break
      case 'fault':
        bench.klaviyo.answer('/api/*', one.fault, { times: one.times })
        break
      case 'throttle':
        bench.klaviyo.answer('/api/*', 429, { times: one.times, retryAfter: 2 })
        break
      case 'die': {
        // From that call on the node is gone, or at the latest now; another one starts.
        await bench.restart(dyingAt(one.at, one.carriedOut))
        break
      }
      case 'pause':
        await bench.state('paused')
        await bench.state('connected')
        break
    }
  }
  await bench.restart()
  const total = sent.reduce((sum, n) => sum + n, 0)
  await until(async () => (await bench.standing()).waiting === 0)
  await bench.idle()
  expect((await bench.standing()).counts).toEqual(total === 0 ? {} : { accepted: total })
  for (const [person, count] of sent.entries()) {
    const seen = bench.klaviyo
      .events('Step')
      .filter(({ profile }) => profile.email === `p${person}@example.com`)
      .map(({ properties }) => properties['n'])
    expect(seen).toEqual(Array.from({ length: count }, (_, n) => n + 1))
  }
  expect(bench.logged.filter(({ message }) => message.includes('differs'))).toEqual([])
}

function dyingAt(method: 'intend' | 'settle', carriedOut: boolean): (journal: Journal) => Journal {
  return (journal) => ({
    ...journal,
    [method]: async (...args: never[]) => {
      if (carriedOut) await (journal[method] as (...args: never[]) => Promise<unknown>)(...args)
      return new Promise<never>(() => {})
    },
  })
}
