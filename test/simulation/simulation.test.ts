import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import type { Played } from './play.ts'
import { play } from './play.ts'
import type { Seeds } from './seeds.ts'

const only = process.env['SIMULATION_SEED']
const first = Number(process.env['SIMULATION_FIRST'] ?? 1)
const count = Number(process.env['SIMULATION_SEEDS'] ?? 300)

/** A thread of its own for so many seeds, as far as there are processors. */
const seedsAThread = 500

test.skipIf(only !== undefined)(
  `F26 M24 whatever goes wrong, in ${count} random lives of the engine: nothing is lost, doubled or overtaken`,
  { timeout: 4 * 3_600_000 },
  async () => {
    const startedAt = performance.now()
    const threads = Math.min(availableParallelism(), Math.ceil(count / seedsAThread))
    const last = first + count - 1
    const all = await Promise.all(
      Array.from({ length: threads }, (_, place) =>
        playSeeds({ first: first + place, last, step: threads }),
      ),
    )
    for (const { seed, wrong } of all.flat()) {
      expect(
        wrong,
        `SIMULATION_SEED=${seed} npm run test:simulation shows how it came to this`,
      ).toEqual([])
    }
    expect(all.flat()).toHaveLength(count)
    const seconds = (performance.now() - startedAt) / 1000
    const steps = all.flat().reduce((sum, one) => sum + one.steps, 0)
    console.log(
      `${count} seeds, ${steps} steps, ${(count / seconds).toFixed(1)} seeds a second: all right`,
    )
  },
)

/** In a thread of their own, until one of them goes wrong. */
async function playSeeds(seeds: Seeds): Promise<readonly Omit<Played, 'trace'>[]> {
  const played: Omit<Played, 'trace'>[] = []
  const thread = new Worker(new URL('seeds.ts', import.meta.url), { workerData: seeds })
  thread.on('message', (one: Omit<Played, 'trace'>) => void played.push(one))
  await once(thread, 'exit')
  return played
}

test('F26 the same seed gives the same life', async () => {
  const [one, other] = [await play(7, { tracing: true }), await play(7, { tracing: true })]
  expect(one.trace.length).toBeGreaterThan(20)
  expect(other.trace).toEqual(one.trace)
})

test.runIf(only !== undefined)(
  `F26 seed ${only}, told step by step`,
  { timeout: 600_000 },
  async () => {
    const { trace, wrong } = await play(Number(only), { tracing: true })
    console.log(trace.join('\n'))
    expect(wrong).toEqual([])
  },
)
