import { expect, test } from 'vitest'
import { CrashFigures } from './figures.ts'

test('F31 a long run is added up by what went wrong, with how to play a failed round again', () => {
  const figures = new CrashFigures()
  const round = { answered: 100, resent: 3, ended: 2, megabytes: 200, seconds: 4 }
  figures.came('F10 429', round)
  figures.came('F2 kill', round)
  figures.came('F2 kill', { ...round, megabytes: 300, seconds: 9.2 })
  figures.skipped('F17 disk full')
  figures.failed('F2 kill', 'Again: CRASH_FROM=4')
  expect(figures.rounds).toBe(4)
  expect(figures.table().split('\n').slice(2)).toEqual([
    '| F2 kill | 2 | 1 | 0 | 200 | 6 | 4 | 300 MB | 9 s |',
    '| F10 429 | 1 | 0 | 0 | 100 | 3 | 2 | 200 MB | 4 s |',
    '| F17 disk full | 0 | 0 | 1 | 0 | 0 | 0 | 0 MB | 0 s |',
    '| all | 3 | 1 | 1 | 300 | 9 | 6 | 300 MB | 9 s |',
    'Again: CRASH_FROM=4',
  ])
})
