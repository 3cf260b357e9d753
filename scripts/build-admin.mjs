// The admin pages, in dist/browser/admin: index.html, and files that are named by their content, each also
// compressed, so that the server only picks one.
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { mantineStyles } from './mantine-styles.mjs'

const compressible = /\.(?:js|css|svg)$/

export async function buildAdmin(root, out) {
  // Else what is built by a test would be React's version for developers.
  process.env.NODE_ENV = 'production'
  const { build } = await import('vite')
  const unfinished = mkdtempSync(join(out, 'admin-'))
  try {
    const options = (output) => ({
      root: join(root, 'src', 'admin'),
      base: '/admin/',
      configFile: false,
      logLevel: 'error',
      plugins: [operations(), mantineStyles(root, join(root, 'src', 'admin'))],
      build: {
        outDir: unfinished,
        emptyOutDir: true,
        target: 'es2023',
        // A data: address in a style would need another rule in the policy.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        chunkSizeWarningLimit: 1000,
        ...output,
      },
    })
    const { output } = await build(options({ write: false }))
    const needed = neededAtFirst(output)
    const groups = [{ name: 'frame', test: (id) => needed.has(id) }]
    await build(options({ rolldownOptions: { output: { codeSplitting: { groups } } } }))
    const assets = join(unfinished, 'assets')
    hint(assets)
    await compress(assets)
    replace(unfinished, join(out, 'admin'))
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

/**
 * `virtual:operations`: of every operation of the admin API its method, its path and who may ask it, and
 * nothing of the shapes, which would bring their checks along. The types come from `src/api` itself.
 */
function operations() {
  const name = 'virtual:operations'
  return {
    name: 'operations',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    async load(id) {
      if (id !== `\0${name}`) return undefined
      const api = await import('../src/api/index.ts')
      const table = Object.fromEntries(
        Object.entries(api)
          .filter(([, value]) => 'method' in value && 'path' in value && 'may' in value)
          .map(([key, { method, path, may }]) => [key, [method, path, may]]),
      )
      return `export const operations = ${JSON.stringify(table)}`
    },
  }
}

/**
 * The modules that the first page needs, as they fell into two dozen files: to ask for one takes a slow processor some
 * 10 ms, and a slow line one round more for what is known only when the others run. So they come in one.
 */
function neededAtFirst(output) {
  const files = new Map(output.map((file) => [file.fileName, file]))
  const chunks = output.filter(({ type }) => type === 'chunk')
  const seen = new Set()
  const walk = (chunk) => {
    if (chunk === undefined || seen.has(chunk)) return
    seen.add(chunk)
    for (const name of chunk.imports) walk(files.get(name))
  }
  walk(chunks.find(({ isEntry }) => isEntry))
  const first = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith('/pages/Overview.tsx'))
  walk(first)
  return new Set([...seen].flatMap(({ moduleIds }) => moduleIds))
}

/**
 * Chromium compiles what begins so while it is loaded, beside the page's thread, instead of function by function when
 * each is called first: a quarter of a second of the first page on a slow processor. To others it is a comment.
 */
function hint(folder) {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.js')) continue
    const file = join(folder, name)
    writeFileSync(file, `//# allFunctionsCalledOnLoad\n${readFileSync(file, 'utf8')}`)
  }
}

async function compress(folder) {
  const files = readdirSync(folder).filter((name) => compressible.test(name))
  await Promise.all(
    files.map(async (name) => {
      const file = join(folder, name)
      const bytes = readFileSync(file)
      const quality = { [constants.BROTLI_PARAM_QUALITY]: 9 }
      const [brotli, gzipped] = await Promise.all([
        promisify(brotliCompress)(bytes, { params: quality }),
        promisify(gzip)(bytes, { level: 9 }),
      ])
      writeFileSync(`${file}.br`, brotli)
      writeFileSync(`${file}.gz`, gzipped)
    }),
  )
}

/** A folder cannot be renamed over a full one: what another process has put there first is as good. */
function replace(made, place) {
  const former = `${made}-former`
  try {
    renameSync(place, former)
  } catch {
    // There is none yet.
  }
  try {
    renameSync(made, place)
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  }
  rmSync(former, { recursive: true, force: true })
}
