import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Before all tests: what browsers load, as `npm start` makes it. */
export default function buildBrowser(): void {
  const script = fileURLToPath(new URL('../scripts/build-browser.mjs', import.meta.url))
  execFileSync(process.execPath, [script], { stdio: 'inherit' })
}
