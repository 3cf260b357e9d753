// npm run check: format, lint, types and dead code. Runs all of them, so that one look shows everything.
import { spawnSync } from 'node:child_process'

const checks = [
  ['format', 'oxfmt --check .'],
  ['lint', 'oxlint --type-aware --deny-warnings'],
  ['types', 'tsc -b'],
  ['types of tests', 'tsc -p tsconfig.test.json'],
  ['dead code', 'knip'],
]

const failed = checks.filter(([name, command]) => {
  const start = performance.now()
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'}  ${name} (${command}), ${seconds} s`)
  return status !== 0
})

if (failed.length > 0) {
  console.error(`\n${failed.length} of ${checks.length} checks failed.`)
  process.exitCode = 1
}
