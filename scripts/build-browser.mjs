// node scripts/build-browser.mjs: makes what browsers load, in dist/browser. Does nothing where that is newer
// than its sources, so that whatever needs it may ask every time.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const out = join(root, 'dist', 'browser')
const at = (...parts) => join(root, ...parts)

const scripts = [
  { entry: 'src/sdk/script.ts', file: 'sdk.js' },
  { entry: 'src/shop/browser/main.ts', file: 'shop.js' },
]

await whenStale(
  '.digest',
  [at('src', 'sdk'), at('src', 'shop', 'browser'), import.meta.filename],
  buildScripts,
)
await whenStale(
  '.admin-digest',
  [
    ...['admin', 'api', 'core'].map((folder) => at('src', folder)),
    at('scripts', 'build-admin.mjs'),
    at('scripts', 'mantine-styles.mjs'),
    at('package-lock.json'),
  ],
  async () => {
    const { buildAdmin } = await import('./build-admin.mjs')
    await buildAdmin(root, out)
  },
)

async function buildScripts() {
  const { build } = await import('vite')
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
}

/** The note is the digest of the sources that were built last. */
async function whenStale(note, places, build) {
  const digest = digestOf(places)
  if (made(note) === digest) return
  mkdirSync(out, { recursive: true })
  await build()
  put(note, digest)
}

/** Whole or not at all: another process may be reading it. */
function put(file, text) {
  const unfinished = join(out, `${file}.${process.pid}`)
  writeFileSync(unfinished, text)
  renameSync(unfinished, join(out, file))
}

function made(note) {
  try {
    return readFileSync(join(out, note), 'utf8')
  } catch {
    return undefined
  }
}

function digestOf(places) {
  const hash = createHash('sha256')
  for (const place of places) {
    const files = statSync(place).isFile()
      ? [place]
      : readdirSync(place, { recursive: true, encoding: 'utf8' })
          .toSorted()
          .filter((name) => /\.(?:ts|tsx|css|html)$/.test(name) && !name.endsWith('.test.ts'))
          .map((name) => join(place, name))
    for (const file of files) hash.update(file.slice(root.length)).update(readFileSync(file))
  }
  return hash.digest('hex')
}
