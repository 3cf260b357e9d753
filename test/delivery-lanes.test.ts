import { afterEach, describe, expect, test } from 'vitest'
import type { Bench } from './engine.ts'
import { order, startEngine, until } from './engine.ts'

let bench: Bench
afterEach(async () => bench.close())

/** Orders of people of their own, so that nothing waits for one person. */
function orders(from: number, count: number): object[] {
  return Array.from({ length: count }, (_, n) => order(from + n, `p${from + n}@example.com`))
}

/** In the order in which Klaviyo took them: whether each came by the lane of live events. */
function taken(): readonly boolean[] {
  return bench.klaviyo
    .events('Placed Order')
    .toSorted((a, b) => a.receivedOrder - b.receivedOrder)
    .map(({ properties }) => Number(properties['OrderId']) >= 100_000)
}

describe('lanes share an account', () => {
  test('a backfill of any length never delays a shopper', async () => {
    bench = await startEngine({ simulator: { limits: true } })
    await bench.appendTo('backfill', orders(0, 12_000))
    await bench.restart()
    await until(() => bench.klaviyo.events('Placed Order').length > 2_000)
    await bench.send(...orders(100_000, 1))
    await bench.idle()
    const came = taken()
    expect(came).toHaveLength(12_001)
    // What was under way when the shopper came, and a turn of the backfill's own, may be before it.
    const before = came.indexOf(true)
    expect(came.slice(before).length).toBeGreaterThan(4_000)
  })

  test('while live events flood in, the backfill goes on too', async () => {
    bench = await startEngine({ simulator: { limits: true } })
    await bench.appendTo('backfill', orders(0, 2_000))
    await bench.appendTo('live', orders(100_000, 12_000))
    await bench.restart()
    await bench.idle()
    const came = taken()
    expect(came).toHaveLength(14_000)
    const lastLive = came.lastIndexOf(true)
    expect(came.slice(0, lastLive).filter((isLive) => !isLive).length).toBeGreaterThan(1_000)
    expect(came.indexOf(true)).toBeLessThan(2_000)
  })

  test('what comes by the backfill lane starts no flow', async () => {
    bench = await startEngine()
    await bench.appendTo('backfill', orders(0, 3))
    await bench.send(...orders(100_000, 1))
    await bench.restart()
    await bench.idle()
    const marks = bench.klaviyo
      .events('Placed Order')
      .map(({ properties, backfill }) => [Number(properties['OrderId']) >= 100_000, backfill])
    expect(new Set(marks.map(String))).toEqual(new Set(['false,true', 'true,false']))
  })
})
