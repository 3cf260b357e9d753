// npm run statements: how many of the promises in docs/statements.md the titles of the tests name.
//
// Per group: how many are named, and which are missing. A range in a title (R27-R35) names all of it.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

if (process.argv[1] === fileURLToPath(import.meta.url)) report()

function report() {
  const groups = readStatements(readFileSync(join(root, 'docs', 'statements.md'), 'utf8'))
  const named = namedInTests()
  let all = 0
  let done = 0
  for (const { title, ids } of groups) {
    const missing = ids.filter((id) => !named.has(id))
    all += ids.length
    done += ids.length - missing.length
    console.log(`${title}\n  ${ids.length - missing.length} of ${ids.length} named in tests`)
    if (missing.length > 0) console.log(`  missing: ${missing.join(' ')}`)
  }
  console.log(`\n${done} of ${all} in all`)
}

/** The groups in the order of the page, each with its ids. */
export function readStatements(text) {
  const groups = []
  for (const line of text.split('\n')) {
    if (line.startsWith('## ')) groups.push({ title: line.slice(3), ids: [] })
    const id = /^- \*\*([A-Z]\d+)\*\* /u.exec(line)?.[1]
    if (id !== undefined) groups.at(-1).ids.push(id)
  }
  return groups
}

/** Every id that the title of a test or of a group of tests names, and one file that does. */
export function namedInTests() {
  const named = new Map()
  for (const file of testFiles()) {
    for (const title of titlesIn(readFileSync(join(root, file), 'utf8'))) {
      for (const id of idsIn(title)) if (!named.has(id)) named.set(id, file)
    }
  }
  return named
}

function testFiles() {
  return ['src', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((file) => /\.(?:test|suite)\.ts$/u.test(file))
      .map((file) => join(folder, file)),
  )
}

/**
 * The first text of each call of `test`, `it` or `describe`, `test.each(…)(…)` included; and, of the rows
 * of such a table, the text that a row begins with when that is an id (its title is `%s …` then).
 */
function titlesIn(code) {
  const call =
    /\b(?:test|it|describe)\b(?:\.[\w.]+)*(?:\s*\((?:[^'"`()]|\([^()]*\))*\))?\s*\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gsu
  const tables = /\]\s*(?:as const\s*)?\)\s*\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gsu
  const rows = /\[\s*(['"`])([TZSRWCLM]\d{1,2}\b(?:\\.|(?!\1).)*)\1\s*,/gsu
  return [call, tables, rows].flatMap((pattern) =>
    Array.from(code.matchAll(pattern), (match) => match[2]),
  )
}

/** `R27-R35` and `R27–35` name nine. */
export function idsIn(title) {
  const ids = []
  for (const [, group, from, , to] of title.matchAll(
    /\b([TZSRWCLM])(\d{1,2})\b(?:\s?[-–]\s?(\1)?(\d{1,2})\b)?/gu,
  )) {
    const first = Number(from)
    const last = to === undefined ? first : Number(to)
    for (let number = first; number <= last; number += 1) ids.push(`${group}${number}`)
  }
  return ids
}
