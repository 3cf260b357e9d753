import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { findPostgres, type Postgres } from '../test/postgres.ts'
import { accountLimits } from './account-limits.ts'
import { adminList, adminListOnPostgres } from './admin-list.ts'
import { backlog } from './backlog.ts'
import { browser } from './browser.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { firstPage } from './first-page.ts'
import { ingest } from './ingest.ts'
import { latency, oneDown } from './latency.ts'
import { load, machine } from './machine.ts'
import { manyAccounts } from './many-accounts.ts'
import { jsonToJson, transform } from './transform.ts'
import { twoNodes } from './two-nodes.ts'
import { retention, snapshot } from './upkeep.ts'
import { wholeOnPostgres, wholeSystem } from './whole.ts'

/** Those of design.md, section 9. */
const figures: readonly Figure[] = [
  transform,
  jsonToJson,
  ingest,
  wholeSystem,
  wholeOnPostgres,
  accountLimits,
  latency,
  backlog,
  oneDown,
  manyAccounts,
  twoNodes,
  browser,
  adminList,
  adminListOnPostgres,
  firstPage,
]
/** With `--full`, or by name. */
const further: readonly Figure[] = [retention, snapshot]
const every = [...figures, ...further]

const usage = `Usage: npm run bench -- [--full] [--only <name>]…

Prints what Tillpost does, what the bare floor does beside it, and the bar. Takes less than ten
minutes on a quiet machine.

  --full   5 million waiting instead of 500,000, longer runs, and upkeep of the database
  --only   of: ${every.map(({ name }) => name).join(', ')}`

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', default: false },
  },
})
const unknown = values.only.filter((name) => !every.some((figure) => figure.name === name))
if (values.help || unknown.length > 0) {
  console.error(
    unknown.length > 0 ? `There is no figure ${unknown.join(', ')}.\n\n${usage}` : usage,
  )
  process.exit(unknown.length > 0 ? 2 : 0)
}

const folders: string[] = []
let postgres: Postgres | undefined
const bench: Bench = {
  full: values.full,
  say: (line) => console.error(line),
  folder() {
    const folder = mkdtempSync(join(tmpdir(), 'tillpost-bench-'))
    folders.push(folder)
    return folder
  },
  async newDatabase() {
    postgres ??= await findPostgres()
    if (postgres === undefined) throw new Error('There is no PostgreSQL to measure.')
    return postgres.newDatabase()
  },
}
const sweep = () => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}
process.on('exit', sweep)
process.on('SIGINT', () => process.exit(130))

const loadBefore = load()
const rows: Row[] = []
const wanted =
  values.only.length > 0
    ? every.filter(({ name }) => values.only.includes(name))
    : values.full
      ? every
      : figures
for (const figure of wanted) {
  const start = performance.now()
  const before = rows.length
  console.error(`\n${figure.name}`)
  try {
    rows.push(...(await figure.run(bench)))
  } catch (error) {
    console.error(error)
    rows.push({ what: figure.name, measured: 'failed, see above', bar: '', met: false })
  }
  // A run that is broken off has told what it had by then.
  for (const { what, measured } of rows.slice(before)) console.error(`  ${what}: ${measured}`)
  await postgres?.stop()
  postgres = undefined
  console.error(`  ${((performance.now() - start) / 1000).toFixed(0)} s`)
  sweep()
}

console.log(`\n${machine()}`)
console.log(`Load before: ${loadBefore}; after: ${load()}\n`)
print(rows)
process.exit(0)

function print(lines: readonly Row[]): void {
  const head = ['figure', 'measured', 'beside it', 'ratio', 'bar', '']
  const table = [
    head,
    ...lines.map(({ what, measured, floor = '', ratio, bar, met }) => [
      what,
      measured,
      floor,
      ratio === undefined ? '' : ratio.toFixed(2),
      bar,
      met === undefined ? '' : met ? 'met' : 'NOT MET',
    ]),
  ]
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  for (const row of table) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
  }
}
