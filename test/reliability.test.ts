import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const faults = Array.from({ length: 31 }, (_, index) => `F${index + 1}`)

interface Row {
  readonly fault: string
  readonly files: readonly string[]
  readonly reason: string
}

const rows = read('docs/reliability.md')
  .split('\n')
  .flatMap((line): readonly Row[] => {
    const [, fault, , files = '', reason = ''] = line.split('|').map((cell) => cell.trim())
    if (fault === undefined || !/^F\d+$/u.test(fault)) return []
    return [
      { fault, files: Array.from(files.matchAll(/`([^`]+)`/gu), ([, file = '']) => file), reason },
    ]
  })

test('the page on reliability lists every fault once, in order', () => {
  expect(rows.map(({ fault }) => fault)).toEqual(faults)
})

test.each(rows)(
  '$fault is in the titles of the files that the page names, or the page says why not',
  (row) => {
    const { fault, files, reason } = row
    expect(files.length > 0 || reason !== '').toBe(true)
    const titled = files.filter((file) => faultsIn(read(file)).has(fault))
    expect(titled).toEqual(files)
  },
)

/** Those that a title begins with, among other ids. */
function faultsIn(code: string): ReadonlySet<string> {
  const titles = code.matchAll(/(?<=['"`])(?:[A-Z]\d{1,2} )*F\d{1,2} (?:[A-Z]\d{1,2} )*/gu)
  return new Set(Array.from(titles, ([ids]) => ids.match(/\bF\d+/gu) ?? []).flat())
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
