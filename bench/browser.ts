import { sdkWith } from '../src/http/sdk/bundle.ts'
import { whole } from './figure.ts'
import type { Figure } from './figure.ts'

const most = 3 * 1024

/** What a page loads of the browser SDK, as it goes over the wire. */
export const browser: Figure = {
  name: 'browser',
  async run() {
    await import(new URL('../scripts/build-browser.mjs', import.meta.url).href)
    const served = sdkWith({ key: 'bk_'.padEnd(30, '0'), company: 'AbC123', consent: 'opt-in' })
    if (served === undefined) throw new Error('The browser SDK was not built.')
    const bytes = served.gzipped.length
    return [
      {
        what: 'browser SDK with settings, gzipped',
        measured: `${whole(bytes)} bytes`,
        ratio: bytes / most,
        bar: '3 KB',
        met: bytes <= most,
      },
    ]
  },
}
