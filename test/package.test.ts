import { existsSync, globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { expect, test } from 'vitest'

const { dependencies, exports, bin } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
}

test('what the package names for others to use is made of a file that is there', () => {
  for (const built of [...Object.values(exports), ...Object.values(bin)]) {
    expect(built).toMatch(/^(\.\/)?dist\/.*\.js$/u)
    expect(existsSync(built.replace(/^(\.\/)?dist/u, 'src').replace(/js$/u, 'ts'))).toBe(true)
  }
})

test('what runs needs no package but those that are installed with it', () => {
  // The admin pages are built before: theirs are in what is built.
  const files = globSync('src/**/*.ts').filter(
    (file) => !file.startsWith('src/admin/') && !/\.(test|suite)\.ts$/u.test(file),
  )
  const missing = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^(?:import|export) [^']*from '([^'.][^']*)'$/gmu)]
      .map(([, name = '']) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'))
      .filter((name) => !isBuiltin(name) && dependencies[name] === undefined)
      .map((name) => `${name} in ${file}`),
  )
  expect(missing).toEqual([])
})
