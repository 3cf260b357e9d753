import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { mappings, presets, reasons } from '../src/core/index.ts'
import { refusals } from '../src/http/ingest/answer.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
]

const { readStatements, namedInTests, idsIn } = await script<{
  readStatements: (text: string) => readonly { readonly ids: readonly string[] }[]
  namedInTests: () => ReadonlyMap<string, string>
  idsIn: (title: string) => readonly string[]
}>('statements.mjs')
const { filled, pages: filledPages } = await script<{
  filled: (text: string) => string
  pages: readonly string[]
}>('docs-tables.mjs')

describe('the page of statements', () => {
  const ids = readStatements(read('docs/statements.md')).flatMap((group) => group.ids)

  test('explains every id that the title of a test names', () => {
    const unknown = [...namedInTests()].filter(([id]) => !ids.includes(id))
    expect(unknown).toEqual([])
  })

  test('explains each id once, and numbers a group from 1 without a gap', () => {
    const count = new Map<string, number>()
    for (const id of ids) {
      const group = id.charAt(0)
      count.set(group, (count.get(group) ?? 0) + 1)
      expect(id).toBe(`${group}${count.get(group)}`)
    }
    expect([...count.keys()].join('')).toBe('TZSRWCLM')
  })

  test('a range in a title names all of it', () => {
    expect(idsIn('R27-R30 M3 each line has its id')).toEqual(['R27', 'R28', 'R29', 'R30', 'M3'])
    expect(idsIn('S23-29 where the visit came from')).toHaveLength(7)
  })
})

describe('the recipes for flows', () => {
  const recipes = read('docs/recipes.md')
    .split(/^### /mu)
    .slice(1)
    .map((text) => ({ title: text.slice(0, text.indexOf('\n')), text }))

  test('T60-T64 L6 there is one for each metric of try-on, and for a shop’s usual flows', () => {
    const starts = recipes.flatMap(
      ({ text }) => /triggered by the metric\*\* `([^`]+)`/u.exec(text)?.[1] ?? [],
    )
    expect(starts).toEqual(
      expect.arrayContaining([
        ...mappings.filter(({ needs }) => needs === 'email').map(({ metric }) => metric),
        'Added to Cart',
        'Started Checkout',
        'Viewed Product',
        'Placed Order',
      ]),
    )
    expect(read('docs/recipes.md')).toContain('`OnYou Customers`')
  })

  test.each(recipes)('L6 $title uses what is really sent', ({ text }) => {
    const start = /triggered by the metric\*\* `([^`]+)`/u.exec(text)?.[1]
    const own = mappings.find(({ metric }) => metric === start)
    const lines = mappings.find(({ fanOut }) => fanOut?.metric === start)?.fanOut
    const sent = Object.keys({ ...own?.properties, ...lines?.properties })
    const used = [...text.matchAll(/event\.(\w+)/gu)].map(([, name]) => name!)
    expect(used.filter((name) => !sent.includes(name))).toEqual([])
    const onProfile = mappings
      .flatMap(({ profile = [] }) => profile)
      .flatMap(({ properties, at }) => [...Object.keys(properties), at])
    const asked = [...text.matchAll(/lookup:'(\w+)'/gu)].map(([, name]) => name)
    expect(asked.filter((name) => !onProfile.includes(name))).toEqual([])
    const metrics = new Set(mappings.flatMap(({ metric, fanOut }) => [metric, fanOut?.metric]))
    const counted = [...text.matchAll(/`([A-Z][^`]+)` (?:zero times|at least once)/gu)]
    expect(counted.map(([, name]) => name).filter((name) => !metrics.has(name))).toEqual([])
  })
})

describe('the pages', () => {
  test.each(filledPages)('%s says what the code says: `npm run docs` writes it', (page) => {
    const text = read(page)
    expect(squeezed(text)).toBe(squeezed(filled(text)))
  })

  test('every reason has a number of its own: the ledger’s byte says nothing else', () => {
    const numbers = Object.values(reasons).map(({ number }) => number)
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(Math.min(...numbers)).toBeGreaterThan(0)
    expect(Math.max(...numbers)).toBeLessThan(256)
  })

  test('the outcomes name every reason with its number and what to do', () => {
    const text = read('docs/outcomes.md').replaceAll(/\s+/gu, ' ')
    for (const [code, { number, sentence, todo }] of Object.entries(reasons)) {
      expect(text).toContain(`- \`${code}\` (${number}): ${sentence} _${todo}_`)
    }
  })

  test.each(pages)('every link of %s leads somewhere', (page) => {
    const broken = linksIn(read(page)).filter((link) => !resolves(page, link))
    expect(broken).toEqual([])
  })

  test.each(pages)('every command that %s names exists', (page) => {
    const text = read(page)
    const verbs = new Set(commands())
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'))
    const named = [
      ...text.matchAll(/(?:`|^|npm run (?:--silent )?)tillpost (?:-- )?([a-z][a-z-]*)/gmu),
    ]
    expect(named.map(([, verb]) => verb).filter((verb) => !verbs.has(verb!))).toEqual([])
    const run = [...text.matchAll(/npm run (?:--silent )?([a-z:]+)/gu)].map(([, name]) => name!)
    expect(run.filter((name) => !(name in scripts))).toEqual([])
  })

  test('running.md lists every environment variable that the server reads', () => {
    const used = read('src/server/environment.ts').matchAll(/env\.([A-Z_]+)/gu)
    const text = read('docs/running.md')
    for (const [, name] of used) expect(text).toContain(`\`${name}\``)
  })

  test('ingest.md lists every refusal with its status and its words', () => {
    const text = read('docs/ingest.md').replaceAll(/ +/gu, ' ')
    for (const { status, text: words } of Object.values(refusals)) {
      expect(text).toMatch(new RegExp(`\\| ${status} \\|[^|]*\\| \`${words}\` \\|`, 'u'))
    }
  })

  test('settings.md lists every setting of a connection', () => {
    const text = read('docs/settings.md')
    const names = Object.keys(presets.storefront).filter((name) => name !== 'preset')
    for (const name of [...names, 'listId', 'requestsPerSecond']) {
      expect(text).toContain(`\`${name}\``)
    }
  })

  test('running.md lists every command', () => {
    const text = read('docs/running.md')
    expect(commands().filter((verb) => !text.includes(`| \`${verb}\` `))).toEqual([])
  })

  test('W33 they say that SMS compliance is the store’s duty and that Tillpost neither gates nor audits messages', () => {
    const text = read('docs/compliance.md').replaceAll(/\s+/gu, ' ')
    expect(text).toContain('(TCPA)')
    expect(text).toContain('(DND)')
    expect(text).toMatch(
      /\*\*Complying with them is the duty of the store that runs the flows\.\*\*/u,
    )
    expect(text).toMatch(
      /Tillpost forwards events .* does not gate, schedule, filter or audit the messages/u,
    )
    expect(read('README.md')).toContain('](docs/compliance.md)')
  })
})

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

function commands(): readonly string[] {
  const files = readdirSync(join(root, 'src/cli')).filter((file) =>
    /^(?!main)[a-z-]+\.ts$/u.test(file),
  )
  return files.flatMap((file) =>
    Array.from(
      read(join('src/cli', file)).matchAll(/new Command\('([a-z-]+)'\)/gu),
      ([, verb]) => verb!,
    ),
  )
}

async function script<T>(name: string): Promise<T> {
  const module: T = await import(new URL(`../scripts/${name}`, import.meta.url).href)
  return module
}

/** The formatter pads tables and picks its own marks for emphasis. */
function squeezed(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').replaceAll(/-{3,}/gu, '---').replaceAll(/[*_]/gu, '')
}

function linksIn(text: string): readonly string[] {
  const prose = text.replaceAll(/```[^]*?```/gu, '').replaceAll(/`[^`\n]*`/gu, 'code')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/gu)]
    .map(([, link]) => link!)
    .filter((link) => !/^[a-z]+:/u.test(link))
}

function resolves(page: string, link: string): boolean {
  const [file, anchor] = link.split('#') as [string, string | undefined]
  const path = file === '' ? page : join(dirname(page), file)
  if (!existsSync(join(root, path))) return false
  return anchor === undefined || anchorsOf(read(path)).has(anchor)
}

/** As the usual hosts make them from headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = text.matchAll(/^#{1,6} (.+)$/gmu)
  return new Set(
    Array.from(headings, ([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  )
}
