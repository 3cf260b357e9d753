import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromiumPath } from './chromium.ts'

/** Before the first browser test: on Debian, root may install what is missing. */
export default function findBrowser(): void {
  if (chromiumPath() !== undefined) return
  const isNamed = (process.env['CHROMIUM_PATH'] ?? '') !== ''
  const mayInstall = !isNamed && process.getuid?.() === 0 && existsSync('/etc/debian_version')
  if (mayInstall) {
    console.log('Installing Chromium for the browser tests. This happens once and takes a minute.')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const apt = (...parameters: readonly string[]) =>
      void spawnSync('apt-get', parameters, { env, stdio: ['ignore', 'ignore', 'inherit'] })
    apt('update', '-q')
    for (const name of ['chromium-headless-shell', 'chromium'])
      if (chromiumPath() === undefined) apt('install', '-qy', '--no-install-recommends', name)
  }
  if (chromiumPath() !== undefined) return
  const missing =
    'There is no Chromium for the browser tests. Install it (Debian: apt-get install chromium-headless-shell), or say ' +
    'where it is with CHROMIUM_PATH.'
  if (process.env['CI'] === 'true') throw new Error(missing)
  console.warn(`${missing} They are skipped.`)
}
