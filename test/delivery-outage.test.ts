import { afterEach, describe, expect, test } from 'vitest'
import type { Destination, Way } from '../src/core/index.ts'
import { order, startEngine, until } from './engine.ts'
import type { Bench } from './engine.ts'

let bench: Bench
afterEach(async () => bench.close())

const outageMs = 5 * 60_000
const orders = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => order(from + n, `person${from + n}@example.com`))

type Fate = 'down' | 'fails' | 'good'

/** Opens an engine whose requests somebody looks at first: what must go wrong with this one, if anything? */
async function open(fateOf: (way: Way, ids: readonly string[]) => Fate | Promise<Fate>) {
  let isDown = false
  const before = (destination: Destination): Destination => ({
    ...destination,
    async send(way, actions, options) {
      const ids = actions.flatMap((action) => (action.type === 'event' ? action.uniqueId : []))
      const fate = isDown ? 'good' : await fateOf(way, ids)
      if (fate === 'down') {
        isDown = true
        bench.klaviyo.outage(outageMs)
      }
      if (fate === 'fails') bench.klaviyo.answer('/api/*', 503, { times: 1 })
      return destination.send(way, actions, options)
    },
  })
  bench = await startEngine({ before, speed: 60 })
}

async function allArrivedOnTheRoad(count: number): Promise<void> {
  await until(async () => (await bench.standing()).counts['accepted'] === count)
  await bench.idle()
  expect((await bench.standing()).counts).toEqual({ accepted: count })
  const left = bench.logged.filter(({ message }) => message.includes('left the normal way'))
  expect(left).toEqual([])
}

describe('in an outage no event leaves its place for what was accepted before it', () => {
  test('F11 I5 a batch that had failed while another lane was taken', async () => {
    const began = { bulk: 0, history: 0 }
    await open((way, ids) => {
      if (way === 'events') {
        began.bulk += 1
        return began.history > 0 ? 'down' : 'fails'
      }
      if (began.bulk === 0) return 'fails'
      if (ids.some((id) => id.includes('900'))) began.history += 1
      return 'good'
    })
    await bench.appendTo('backfill', [order(900, 'history@example.com')])
    await bench.append(...orders(1, 200))
    await bench.restart()
    await allArrivedOnTheRoad(200)
    expect(began.history).toBeGreaterThan(0)
  })

  test('F11 I5 a single event that had failed while others were taken', async () => {
    let failed = 0
    let others = 0
    await open(async (_, ids) => {
      const isFirst = ids.some((id) => id.endsWith(':order:1'))
      if (!isFirst) {
        // Under way already, they are taken when the first has failed.
        await until(() => bench.logged.some(({ message }) => message.includes('tried again')))
        others += 1
        return 'good'
      }
      failed += 1
      if (failed === 1) return 'fails'
      await until(() => bench.klaviyo.events('Placed Order').length === 5)
      return 'down'
    })
    await bench.send(order(1, 'first@example.com'), ...orders(2, 6))
    await allArrivedOnTheRoad(6)
    expect(others).toBe(5)
  })
})
