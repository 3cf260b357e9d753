import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { onTestFinished } from 'vitest'
import type { Tillpost } from '../../src/sdk/index.ts'
import type { TestServer } from '../harness.ts'

export interface PageOptions {
  /** Markup of the head, before ours. */
  readonly head?: string
  /** A script of somebody else's to give out under `/script.js`, in the place of ours. */
  readonly script?: string
}

/** A shop on an address of its own, whose pages load the SDK as docs/sdk.md says. It ends with the test. */
export async function openShop(
  server: Pick<TestServer, 'url' | 'browserKey'>,
  { head = '', script }: PageOptions = {},
): Promise<string> {
  const shop = createServer((request, response) => {
    if (script !== undefined && request.url === '/script.js') {
      response.setHeader('content-type', 'text/javascript; charset=utf-8')
      response.end(readFileSync(script))
      return
    }
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(`<!doctype html>
<html lang="en">
  <head>
    <title>Shop ${request.url?.split('?')[0] ?? ''}</title>
    <link rel="icon" href="data:," />
    ${head}
    ${script === undefined ? snippet(server) : '<script src="/script.js"></script>'}
  </head>
  <body><h1>Shop</h1></body>
</html>`)
  })
  await new Promise<void>((resolve) => {
    shop.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    shop.closeAllConnections()
    shop.close()
  })
  // Another site than the server's, as shops are: `localhost` and `127.0.0.1` share no cookies.
  return `http://localhost:${(shop.address() as AddressInfo).port}`
}

function snippet({ url, browserKey }: Pick<TestServer, 'url' | 'browserKey'>): string {
  return `<script>
      window.tillpost ||= new Proxy([], { get: (q, m) => (m in q ? q[m] : (...a) => q.push([m, ...a])) })
    </script>
    <script async src="${url}/sdk/${browserKey}.js"></script>`
}

/** Calls the SDK in the page, as a shop's script does. */
export function call(
  page: Page,
  name: keyof Tillpost,
  ...given: readonly unknown[]
): Promise<void> {
  return page.evaluate(
    ([method, values]) => {
      const { tillpost } = window as unknown as {
        tillpost: Record<string, (...values: unknown[]) => void>
      }
      tillpost[method]?.(...values)
    },
    [name, given] as const,
  )
}
