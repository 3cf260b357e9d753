import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readShoppingDay, shoppingDayFile } from './shopping-day.ts'

test('the shopping day is large and varied, and its generator makes exactly it', async () => {
  const { events, shoppers } = await readShoppingDay(Date.now())
  expect(events.length).toBeGreaterThanOrEqual(500)
  expect(shoppers).toBeGreaterThanOrEqual(60)
  expect(new Set(events.map(({ type }) => type))).toEqual(
    new Set(['track', 'identify', 'page', 'screen', 'group']),
  )
  const made = execFileSync(process.execPath, ['scripts/shopping-day.mjs'])
  expect(made.equals(readFileSync(shoppingDayFile))).toBe(true)
})

test('M4 played on another day, the shopping day moves and its ids stay', async () => {
  const now = Date.parse('2030-01-01T00:00:00Z')
  const [one, other] = [await readShoppingDay(now), await readShoppingDay(now + 1000)]
  const ids = ({ events }: typeof one) => events.map(({ messageId }) => messageId)
  expect(ids(one)).toEqual(ids(other))
  const times = one.events.map(({ timestamp }) => Date.parse(String(timestamp)))
  expect(Math.max(...times)).toBe(now)
  // All but the one with a broken clock happened within the day before.
  expect(times.filter((time) => time < now - 86_400_000)).toHaveLength(1)
})
