import { readFileSync, globSync } from 'node:fs'
import { expect, test } from 'vitest'

test('every attack of the list has a test with its number, or stands as open in docs/security.md', () => {
  const files = globSync(['test/**/*.test.ts', 'src/**/*.test.ts'])
  const shown = files
    .flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/(?:\btest\S*|\))\(\s*['`]([^'`]*)/gu),
    ])
    .flatMap(([, title = '']) => title.match(/\bA\d{1,3}\b/gu) ?? [])
  const [, list = ''] = readFileSync('docs/security.md', 'utf8').split('## The attack list')
  const open = [...list.matchAll(/^\| (A[^|]*)\|/gmu)].flatMap(([, names = '']) =>
    names.trim().split(', '),
  )
  const all = Array.from({ length: 104 }, (_, index) => `A${index + 1}`)
  expect(all.filter((name) => !shown.includes(name) && !open.includes(name))).toEqual([])
  expect(open.filter((name) => !all.includes(name))).toEqual([])
})
