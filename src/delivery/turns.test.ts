import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

test('so many have a turn at once, the others in the order in which they came', async () => {
  const turns = new Turns(2)
  const log: string[] = []
  const takes = ['a', 'b', 'c', 'd'].map(async (name) => {
    const turn = await turns.take()
    log.push(name)
    return turn
  })
  const [a, b] = await Promise.all([takes[0]!, takes[1]!])
  expect(log).toEqual(['a', 'b'])

  b.end()
  // Twice is not two turns given back.
  b.end()
  const c = await takes[2]!
  expect(log).toEqual(['a', 'b', 'c'])

  a.end()
  const d = await takes[3]!
  expect(log).toEqual(['a', 'b', 'c', 'd'])

  c.end()
  d.end()
  await Promise.all([turns.take(), turns.take()])
})
