import { existsSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'

/** A file of the admin pages, as it was built, in every form that it can go over the wire. */
export interface AppFile {
  readonly type: string
  readonly plain: Buffer
  readonly br?: Buffer
  readonly gzip?: Buffer
}

// `scripts/build-browser.mjs` puts them there, in the checkout as in the built package.
const folder = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/browser/admin/' : '../../browser/admin/',
  import.meta.url,
)

const types = new Map([
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.woff2', 'font/woff2'],
])

/** By name; they are named by their content, so what was read once holds. */
const read = new Map<string, AppFile>()

/** Undefined: there is none of that name. */
export function appFile(name: string): AppFile | undefined {
  const type = types.get(extname(name))
  // Only names as the build makes them: none leads out of the folder.
  if (type === undefined || !/^[\w-]+\.[\w.-]+$/.test(name)) return undefined
  const known = read.get(name)
  if (known !== undefined) return known
  const plain = bytesOf(`assets/${name}`)
  if (plain === undefined) return undefined
  const br = bytesOf(`assets/${name}.br`)
  const gzip = bytesOf(`assets/${name}.gz`)
  const file = {
    type,
    plain,
    ...(br === undefined ? {} : { br }),
    ...(gzip === undefined ? {} : { gzip }),
  }
  read.set(name, file)
  return file
}

/** The one page that all addresses of the admin share. Undefined: it was not built. */
export function appPage(): string | undefined {
  return bytesOf('index.html')?.toString('utf8')
}

function bytesOf(path: string): Buffer | undefined {
  const file = new URL(path, folder)
  return existsSync(file) ? readFileSync(file) : undefined
}
