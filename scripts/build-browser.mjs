// node scripts/build-browser.mjs: makes what browsers load, in dist/browser. Does nothing where that is newer
// than its sources, so that whatever needs it may ask every time.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, 'dist', 'browser')

const scripts = [
  { entry: 'src/sdk/script.ts', file: 'sdk.js' },
  { entry: 'src/shop/browser/main.ts', file: 'shop.js' },
]

await buildBrowser()

async function buildBrowser() {
  const digest = digestOf([
    ...scripts.map(({ entry }) => join(root, entry, '..')),
    import.meta.filename,
  ])
  if (made() === digest) return
  const { build } = await import('vite')
  mkdirSync(out, { recursive: true })
  for (const { entry, file } of scripts) {
    const [{ output }] = await build({
      root,
      configFile: false,
      logLevel: 'error',
      build: {
        write: false,
        target: 'es2022',
        lib: { entry, formats: ['iife'], name: 'unused', fileName: () => file },
      },
    })
    put(file, output[0].code)
  }
  put('.digest', digest)
}

/** Whole or not at all: another process may be reading it. */
function put(file, text) {
  const unfinished = join(out, `${file}.${process.pid}`)
  writeFileSync(unfinished, text)
  renameSync(unfinished, join(out, file))
}

function made() {
  try {
    return readFileSync(join(out, '.digest'), 'utf8')
  } catch {
    return undefined
  }
}

function digestOf(places) {
  const hash = createHash('sha256')
  for (const place of places) {
    const files = place.endsWith('.mjs')
      ? [place]
      : readdirSync(place, { recursive: true, encoding: 'utf8' })
          .toSorted()
          .map((name) => join(place, name))
    for (const file of files.filter((name) => /\.(?:mjs|ts|css)$/.test(name)))
      hash.update(readFileSync(file))
  }
  return hash.digest('hex')
}
