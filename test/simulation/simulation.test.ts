import { expect, test } from 'vitest'
import { play } from './play.ts'

const only = process.env['SIMULATION_SEED']
const first = Number(process.env['SIMULATION_FIRST'] ?? 1)
const count = Number(process.env['SIMULATION_SEEDS'] ?? 300)

test.skipIf(only !== undefined)(
  `F26 M24 whatever goes wrong, in ${count} random lives of the engine: nothing is lost, doubled or overtaken`,
  { timeout: 4 * 3_600_000 },
  async () => {
    const startedAt = performance.now()
    let steps = 0
    for (let seed = first; seed < first + count; seed += 1) {
      const played = await play(seed)
      steps += played.steps
      expect(
        played.wrong,
        `SIMULATION_SEED=${seed} npm run test:simulation shows how it came to this`,
      ).toEqual([])
    }
    const seconds = (performance.now() - startedAt) / 1000
    console.log(
      `${count} seeds, ${steps} steps, ${(count / seconds).toFixed(1)} seeds a second: all right`,
    )
  },
)

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
