import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/** A script as it goes over the wire. */
export interface Served {
  readonly text: string
  readonly gzipped: Buffer
  /** Of the content. */
  readonly etag: string
}

// `scripts/build-browser.mjs` puts it there, in the checkout as in the built package.
const file = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/browser/sdk.js' : '../../browser/sdk.js',
  import.meta.url,
)

let bundle: string | undefined

/** The browser SDK with a shop's settings around it. Undefined: it was not built. */
export function sdkWith(settings: object): Served | undefined {
  if (bundle === undefined) {
    if (!existsSync(file)) return undefined
    bundle = readFileSync(file, 'utf8').trim()
  }
  // `<` would end the script where a page holds it inline.
  const json = JSON.stringify(settings).replaceAll('<', '\\u003c')
  const text = `(function($settings){${bundle}})(${json})`
  const digest = createHash('sha256').update(text).digest('base64url').slice(0, 27)
  return { text, gzipped: gzipSync(text, { level: 9 }), etag: `"${digest}"` }
}
