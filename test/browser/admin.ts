import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Simulator } from '../../src/simulator/index.ts'
import { type Client, ownerOf } from '../admin/client.ts'
import { type BothOptions, startBoth, type TestServer } from '../harness.ts'
import type { openBrowser } from './browser.ts'

/** A person who is signed in, looking at the admin pages. */
export interface AdminVisitor {
  readonly context: BrowserContext
  readonly page: Page
  /** Opens a page of the workspace: `open('syncs')`, `open('events/m1?connection=…')`. */
  readonly open: (path: string) => Promise<void>
  /** Fails on what the console called an error, and on errors that nobody caught. */
  readonly quiet: () => void
}

export interface Admin {
  readonly server: TestServer
  readonly klaviyo: Simulator
  /** The first owner, asking the API without a browser. */
  readonly owner: Client
  readonly workspaceId: string
  /** Another browser, signed in as that client; the owner's unless told. */
  readonly visit: (as?: Client, options?: BrowserContextOptions) => Promise<AdminVisitor>
}

/** A server with a simulator, an owner, and real browsers. `const admin = await startAdmin(openBrowser())`. */
export async function startAdmin(
  browser: ReturnType<typeof openBrowser>,
  options: BothOptions = {},
): Promise<Admin> {
  const { server, klaviyo } = await startBoth(options)
  const owner = await ownerOf(server.parts)
  const { workspaceId } = server.installation.connection
  return {
    server,
    klaviyo,
    owner,
    workspaceId,
    visit: (as = owner, given = {}) => visit(browser, server.url, workspaceId, as, given),
  }
}

/** The same server by the name that cookies and links go by. */
export function namedHere(url: string): string {
  return url.replace('127.0.0.1', 'localhost')
}

async function visit(
  browser: ReturnType<typeof openBrowser>,
  url: string,
  workspaceId: string,
  as: Client,
  options: BrowserContextOptions,
): Promise<AdminVisitor> {
  const here = namedHere(url)
  const { context, page, errors } = await browser.visit({
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1280, height: 800 },
    ...options,
  })
  await context.addCookies(
    [...as.cookies].map(([name, value]) => ({
      name,
      value,
      url: here.replace('http:', 'https:'),
      secure: true,
      httpOnly: true,
      sameSite: 'Lax' as const,
    })),
  )
  const said = consoleErrors(page)
  return {
    context,
    page,
    async open(path) {
      await page.goto(`${here}/admin/${workspaceId}/${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
    },
    quiet() {
      expect(errors).toEqual([])
      expect(said).toEqual([])
    },
  }
}

/** What a page's console calls errors, the policy's refusals among them, from now on. */
export function consoleErrors(page: Page): readonly string[] {
  const said: string[] = []
  page.on('console', (message) => {
    // Who is not signed in is told so: that is an answer, not a fault.
    const isAnswer = message.location().url.endsWith('/api/v1/session')
    if (message.type() === 'error' && !isAnswer) said.push(message.text())
  })
  return said
}

const sizes = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
] as const

/** The only rules of axe that look at colours. */
const ofColors = ['color-contrast', 'link-in-text-block']

type Scheme = 'light' | 'dark'

/** WCAG 2.2 AA by axe: as it is now, light and dark, at a desk and on a phone; and nothing sticks out sideways. */
export async function expectAccessible(page: Page): Promise<void> {
  const before = page.viewportSize()
  for (const [colorScheme, rules] of [
    ['light', undefined],
    // The same elements in other colours.
    ['dark', ofColors],
  ] as const) {
    for (const size of sizes) {
      await dress(page, colorScheme, size)
      const found = await violationsIn(page, rules)
      expect([colorScheme, size.width, found]).toEqual([colorScheme, size.width, []])
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  if (before !== null) await page.setViewportSize(before)
}

/** Resolves when the page has taken to it. */
export async function dress(
  page: Page,
  colorScheme: Scheme,
  size: { readonly width: number; readonly height: number },
): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.setViewportSize(size)
  await page.waitForFunction(
    (scheme) => document.documentElement.dataset['mantineColorScheme'] === scheme,
    colorScheme,
  )
}

/** By all rules, or by those alone. */
export async function violationsIn(
  page: Page,
  rules?: readonly string[],
): Promise<readonly string[]> {
  // Frames of other origins, which there are none of, are all that the quicker way leaves out.
  const axe = new AxeBuilder({ page }).setLegacyMode(true)
  const { violations } = await (
    rules === undefined
      ? axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      : axe.withRules([...rules])
  ).analyze()
  const isTooWide = await page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  )
  return [
    ...violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    ),
    ...(isTooWide ? ['It sticks out sideways.'] : []),
  ]
}
