import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { chromiumPath } from './chromium.ts'

/** For `describe.runIf`: what is skipped is shown as such. In CI `setup.ts` fails before. */
export const hasBrowser = chromiumPath() !== undefined

export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** What the pages reported as errors that nobody caught. */
  readonly errors: readonly Error[]
}

/**
 * One real browser for a file's tests. Every `visit` is another person: nothing is shared, and all of it
 * ends with the test.
 */
export function openBrowser(): { visit(options?: BrowserContextOptions): Promise<Visitor> } {
  let browser: Browser | undefined
  beforeAll(async () => {
    const executablePath = chromiumPath()
    if (executablePath === undefined) return
    browser = await chromium.launch({ executablePath, headless: true, args: flags })
  })
  afterAll(() => browser?.close())
  return {
    async visit(options) {
      if (browser === undefined) throw new Error('The browser has not been started.')
      const context = await browser.newContext(options)
      onTestFinished(() => context.close())
      const page = await context.newPage()
      page.setDefaultTimeout(20_000)
      const errors: Error[] = []
      context.on('weberror', (error) => errors.push(error.error()))
      return { context, page, errors }
    },
  }
}

/**
 * What nobody watches calls itself a headless browser, and is taken for a bot. Said to the browser, not to a page:
 * what a page sends while it is left does not know what the page was told.
 */
const aPerson =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/** Nothing but the pages under test: no profile of before, no services of its own. */
const flags = [
  `--user-agent=${aPerson}`,
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
