// Mantine's styles come in one file. Browsers read all of it before anything is shown: this leaves what the admin
// pages' components need, which the classes say that their modules name.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** For Vite. `admin`: the folder of the pages. */
export function mantineStyles(root, admin) {
  return {
    name: 'mantine-styles',
    enforce: 'pre',
    transform(css, id) {
      if (!id.endsWith('/@mantine/core/styles.css')) return undefined
      return { code: pruned(css, classesFor(root, admin)), map: null }
    },
  }
}

function classesFor(root, admin) {
  const packages = join(root, 'node_modules', '@mantine')
  const users = [
    ...globSync(join(admin, '**', '*.{ts,tsx}')),
    ...globSync(join(packages, 'notifications', 'esm', '**', '*.mjs')),
  ]
  const names = new Set(users.flatMap((file) => namesIn(readFileSync(file, 'utf8'))))
  const index = join(packages, 'core', 'esm', 'index.mjs')
  const classes = new Set()
  const seen = new Set()
  const walk = (file) => {
    if (seen.has(file)) return
    seen.add(file)
    const text = readFileSync(file, 'utf8')
    for (const [name] of text.matchAll(/\bm_[0-9a-f]+\b/g)) classes.add(name)
    for (const [, from] of text.matchAll(/ from "(\.[^"]+)"/g)) walk(resolve(dirname(file), from))
  }
  for (const [, list, from] of readFileSync(index, 'utf8').matchAll(
    /import \{([^}]+)\} from "(\.[^"]+)"/g,
  )) {
    if (list.split(',').some((name) => names.has(name.trim()))) walk(resolve(dirname(index), from))
  }
  return classes
}

/** What a module imports of Mantine's core, whatever it calls it. */
function namesIn(text) {
  return [...text.matchAll(/import\s+\{([^}]+)\}\s+from\s+['"]@mantine\/core['"]/g)].flatMap(
    ([, list]) => list.split(',').map((name) => name.trim().split(/\s+/)[0]),
  )
}

/** Without rules that name classes of other components alone. */
function pruned(css, classes) {
  let kept = ''
  for (let at = 0; at < css.length;) {
    const open = css.indexOf('{', at)
    if (open < 0) return kept + css.slice(at)
    const close = endOf(css, open)
    const head = css.slice(at, open)
    const body = css.slice(open + 1, close)
    if (/^\s*@(?:media|supports|container|layer)\b/.test(head)) {
      const inner = pruned(body, classes)
      if (inner.trim() !== '') kept += `${head}{${inner}}`
    } else {
      const named = head.match(/(?<=\.)m_[0-9a-f]+\b/g) ?? []
      if (named.length === 0 || named.some((name) => classes.has(name))) kept += `${head}{${body}}`
    }
    at = close + 1
  }
  return kept
}

/** Where the block that begins there ends. */
function endOf(css, open) {
  let depth = 0
  for (let at = open; at < css.length; at += 1) {
    if (css[at] === '{') depth += 1
    else if (css[at] === '}' && --depth === 0) return at
  }
  throw new Error('A block of Mantine’s styles does not end.')
}
