import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { strict } from './choices.ts'
import { operations } from './generated/tables.ts'

const text = readFileSync(new URL('../../docs/simulator.md', import.meta.url), 'utf8')

test('the table in docs/simulator.md says of every operation how far it is reproduced', () => {
  expect(Object.keys(operations).filter((operation) => !text.includes(`\`${operation}\``))).toEqual(
    [],
  )
})

test('every switch of the simulator is in docs/simulator.md', () => {
  expect(Object.keys(strict).filter((name) => !text.includes(`\`${name}: `))).toEqual([])
})
