import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { operations } from './generated/tables.ts'

const text = readFileSync(new URL('../../docs/simulator.md', import.meta.url), 'utf8')

test('the table in docs/simulator.md says of every operation how far it is reproduced', () => {
  expect(Object.keys(operations).filter((operation) => !text.includes(`\`${operation}\``))).toEqual(
    [],
  )
})
