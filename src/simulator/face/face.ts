import type { IncomingMessage, ServerResponse } from 'node:http'
import { confirmOptIn } from '../consent.ts'
import type { World } from '../world.ts'
import { faultsPage, switchFault } from './faults-page.ts'
import { groupsPage, listPage, segmentPage } from './groups-page.ts'
import { type Html, html, page, sendPage } from './html.ts'
import type { View } from './layout.ts'
import { metricPage, metricsPage } from './metrics-page.ts'
import { overview } from './overview.ts'
import { peoplePage, personPage } from './people.ts'
import { requestsPage } from './requests-page.ts'
import { campaignsPage, catalogPage } from './wares-page.ts'

const pages: ReadonlyMap<string, (view: View) => Html> = new Map([
  ['/', overview],
  ['/ui/profiles', peoplePage],
  ['/ui/metrics', metricsPage],
  ['/ui/lists', groupsPage],
  ['/ui/catalog', catalogPage],
  ['/ui/campaigns', campaignsPage],
  ['/ui/requests', requestsPage],
  ['/ui/faults', faultsPage],
])

const details: ReadonlyMap<string, (view: View, id: string) => Html | undefined> = new Map([
  ['/ui/profiles', personPage],
  ['/ui/metrics', metricPage],
  ['/ui/lists', listPage],
  ['/ui/segments', segmentPage],
])

/** Answers the pages that look at what the simulator holds. False: not a page of ours. */
export function answerFace(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): boolean {
  const url = new URL(request.url ?? '/', 'http://simulator')
  if (url.pathname !== '/' && !url.pathname.startsWith('/ui/')) return false
  world.settle()
  const account =
    world.accounts.get(url.searchParams.get('account') ?? '') ?? [...world.accounts.values()][0]
  if (account === undefined) {
    sendPage(response, 200, notice('No account yet', 'Open one with addAccount, and look again.'))
    return true
  }
  const view: View = { world, account, query: url.searchParams, now: world.clock.now() }
  if (request.method === 'POST') act(view, request, response, url, body)
  else show(view, response, url.pathname)
  return true
}

function show(view: View, response: ServerResponse, path: string): void {
  const whole = pages.get(path)
  if (whole !== undefined) {
    sendPage(response, 200, whole(view))
    return
  }
  const cut = path.lastIndexOf('/')
  const detail = details.get(path.slice(0, cut))?.(view, idOf(path.slice(cut + 1)))
  if (detail === undefined) sendPage(response, 404, notice('Not here', 'It may have been deleted.'))
  else sendPage(response, 200, detail)
}

function idOf(written: string): string {
  try {
    return decodeURIComponent(written)
  } catch {
    return written
  }
}

function act(
  { world, account, now }: View,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  body: Buffer,
): void {
  // Another site's page could post here, too; a browser says so.
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    sendPage(response, 403, notice('Not from there', 'This page takes its own forms only.'))
    return
  }
  const form = new URLSearchParams(body.toString('utf8'))
  switch (url.pathname) {
    case '/ui/faults':
      switchFault(world, form)
      break
    case '/ui/faults/clear':
      world.faults.clear()
      break
    case '/ui/outage':
      world.faults.outage(now + Math.max(1, Number(form.get('seconds')) || 30) * 1000, 503)
      break
    case '/ui/confirm':
      confirmOptIn(account, form.get('who') ?? '', now)
      world.onChange?.()
      break
    default:
      sendPage(response, 404, notice('Not here', 'There is nothing to do at this address.'))
      return
  }
  const back = url.pathname === '/ui/confirm' ? '/ui/lists' : '/ui/faults'
  response.writeHead(303, { location: `${back}${url.search}`, 'content-length': '0' })
  response.end()
}

function notice(title: string, text: string): Html {
  return page({
    title,
    narrow: true,
    content: html`<main class="card narrow">
      <h1>${title}</h1>
      <p>${text}</p>
      <p><a href="/">Back to the overview</a></p>
    </main>`,
  })
}
