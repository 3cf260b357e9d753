import type { LoggedRequest } from '../request-log.ts'
import { meter } from './chart.ts'
import { type Html, html } from './html.ts'
import { clockTime, layout, plural, to, type View } from './layout.ts'

const shown = 100

/** The newest calls, and how much of its limits each endpoint has used up. */
export function requestsPage(view: View): Html {
  const { world, account, now, query } = view
  const only = query.get('only')
  const requests = world.log
    .list()
    .filter(({ account: whose }) => whose === undefined || whose === account.id)
    .filter(({ status }) => only !== 'failed' || status === 0 || status >= 400)
    .slice(-shown)
    .toReversed()
  const standings = world.limiter
    .standings(now)
    .map((standing) => ({ ...standing, parts: standing.key.split('\n') }))
    .filter(({ parts, used }) => parts[0] === account.id && used.steady > 0)
  const { byStatus, requests: total } = world.log.counters(account.id)
  return layout(view, {
    title: 'Requests',
    at: '/ui/requests',
    content: html`<div class="head">
        <h1>Requests</h1>
        <div class="pills">
          <span class="pill">${plural(total, 'request')}</span>
          ${Object.entries(byStatus).map(([status, count]) => html`<span class="pill ${toneOf(Number(status))}">${status === '0' ? 'broken off' : status} · ${count.toLocaleString('en')}</span>`)}
        </div>
      </div>
      <section class="card flush">
        <h2>Limits used</h2>
        ${
          standings.length === 0
            ? html`<p class="empty">Nothing was called in this minute.</p>`
            : html`<div class="wide">
                <table>
                  <thead>
                    <tr>
                      <th>Endpoint</th>
                      <th>Counted by</th>
                      <th>This second</th>
                      <th>This minute</th>
                      <th>Today</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${standings.map(
                      ({ parts, limits, used }) =>
                        html`<tr>
                          <td><code>${parts[2] ?? ''}</code></td>
                          <td>${parts[1] ?? ''}</td>
                          <td>
                            ${used.burst} of ${limits.burst}${meter(used.burst, limits.burst)}
                          </td>
                          <td>
                            ${used.steady} of ${limits.steady}${meter(used.steady, limits.steady)}
                          </td>
                          <td>
                            ${limits.daily === undefined ? html`<span class="soft">no limit</span>` : html`${used.daily} of ${limits.daily}${meter(used.daily, limits.daily)}`}
                          </td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>`
        }
      </section>
      <section class="card flush">
        <div class="head" style="padding:16px 20px 0">
          <h2>Newest</h2>
          ${only === 'failed' ? html`<a class="soft" href="${to(view, '/ui/requests')}">Show all</a>` : html`<a class="soft" href="${to(view, '/ui/requests', { only: 'failed' })}">Failed only</a>`}
        </div>
        ${
          requests.length === 0
            ? html`<p class="empty">No requests yet.</p>`
            : html`<div class="wide">
                <table>
                  <thead>
                    <tr>
                      <th>Time</th>
                      <th>Request</th>
                      <th>Answer</th>
                      <th class="number">Size</th>
                      <th class="number">Took</th>
                      <th></th>
                    </tr>
                  </thead>
                  <tbody>
                    ${requests.map((request) => row(request))}
                  </tbody>
                </table>
              </div>`
        }
      </section>`,
  })
}

function toneOf(status: number): string {
  if (status === 0 || status >= 500) return 'bad'
  return status >= 400 ? 'warn' : 'good'
}

function row(request: LoggedRequest): Html {
  const { method, path, query, at, status, bytes, tookMs, fault, auth, body } = request
  return html`<tr>
    <td class="soft">${clockTime(at)}</td>
    <td>
      <strong>${method}</strong>
      <code>${path}</code
      >${query === '' ? '' : html`<br /><code class="soft">${safeDecode(query).slice(0, 140)}</code>`}
    </td>
    <td>
      <span class="pill ${toneOf(status)}">${status === 0 ? 'broken off' : status}</span>
      ${fault === undefined ? '' : html`<span class="pill accent">${fault}</span>`}
      ${auth === undefined ? html`<span class="pill">no key</span>` : ''}
    </td>
    <td class="number">${bytes === 0 ? '' : sizeOf(bytes)}</td>
    <td class="number soft">${tookMs.toFixed(1)} ms</td>
    <td>
      ${
        body === undefined || body === ''
          ? ''
          : html`<details>
              <summary>Body</summary>
              <pre>${pretty(body)}</pre>
            </details>`
      }
    </td>
  </tr>`
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2).slice(0, 20_000)
  } catch {
    return body.slice(0, 20_000)
  }
}

function sizeOf(bytes: number): string {
  return bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} kB`
}
