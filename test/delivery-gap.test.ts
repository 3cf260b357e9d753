import { afterEach, expect, test } from 'vitest'
import { order, startEngine, until } from './engine.ts'
import type { Bench } from './engine.ts'

let bench: Bench
afterEach(async () => bench.close())

test('F29 a number that is missing is waited for, told of after a minute, and never passed', async () => {
  let isMissing = true
  bench = await startEngine()
  const events = [1, 2, 3, 4, 5].map((n) => order(n, `p${n}@example.com`))
  await bench.append(...events)
  await bench.restart((journal) => ({
    ...journal,
    async read(...args) {
      const read = await journal.read(...args)
      const place = read.findIndex(({ seq }) => seq === 3)
      return isMissing && place >= 0 ? read.slice(0, place) : read
    },
  }))
  const told = () => bench.logged.filter(({ message }) => message.includes('is missing'))
  await until(() => bench.klaviyo.events('Placed Order').length === 2)
  expect(told()).toEqual([])
  bench.clock.skip(61_000)
  await until(() => told().length > 0)
  expect(told()[0]).toMatchObject({ level: 'error', message: expect.stringContaining('"seq":3') })
  expect(bench.klaviyo.events('Placed Order')).toHaveLength(2)

  isMissing = false
  bench.clock.skip(61_000)
  await until(() => bench.klaviyo.events('Placed Order').length === 5)
  await bench.idle()
  expect((await bench.standing()).counts).toEqual({ accepted: 5 })
})
