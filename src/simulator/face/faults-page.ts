import type { Fault } from '../faults.ts'
import type { World } from '../world.ts'
import { type Html, html } from './html.ts'
import { layout, to, type View } from './layout.ts'

const kinds: readonly (readonly [string, string, Fault])[] = [
  ['429', 'Throttle: 429', 429],
  ['500', 'Server error: 500', 500],
  ['502', 'Bad gateway: 502', 502],
  ['503', 'Unavailable: 503', 503],
  ['504', 'Gateway timeout: 504', 504],
  ['524', 'CDN timeout: 524', 524],
  ['401', 'Key refused: 401', 401],
  ['reset-before', 'Break off before the work', 'reset-before'],
  ['reset-after', 'Do the work, then break off', 'reset-after'],
  ['half', 'Do the work, answer half', 'half'],
  ['silence', 'Never answer', 'silence'],
  ['delay', 'Answer 3 s late', { delay: 3000 }],
  ['drip', 'Drip the answer over 3 s', { drip: 3000 }],
]

const paths = [
  '/api/*',
  '/api/events',
  '/api/event-bulk-create-jobs',
  '/api/profile-import',
  '/api/profile-bulk-import-jobs',
  '/api/profile-subscription-bulk-create-jobs',
  '/api/catalog-item-bulk-create-jobs',
  '/oauth/token',
]

/** What goes wrong, and switches for more of it. */
export function faultsPage(view: View): Html {
  const faults = view.world.faults.list()
  return layout(view, {
    title: 'Faults',
    at: '/ui/faults',
    content: html`<div>
        <h1>Faults</h1>
        <p class="soft">Let Klaviyo fail, and see what becomes of what you sent.</p>
      </div>
      <div class="columns">
        <section class="card">
          <h2>Switch one on</h2>
          <form method="post" action="${to(view, '/ui/faults')}">
            <label>Where<input name="path" list="paths" value="/api/*" required /></label>
            <datalist id="paths">
              ${paths.map((path) => html`<option value="${path}"></option>`)}
            </datalist>
            <label
              >What<select name="fault">
                ${kinds.map(([name, text]) => html`<option value="${name}">${text}</option>`)}
              </select></label
            >
            <label
              >How many calls (empty: until it is switched off)<input
                name="times"
                type="number"
                min="1"
                inputmode="numeric"
            /></label>
            <label
              >Share of the calls, in percent<input
                name="share"
                type="number"
                min="1"
                max="100"
                value="100"
            /></label>
            <label
              >Only calls whose body holds this text (empty: all)<input
                name="match"
                placeholder="an email, an order number"
            /></label>
            <div class="actions"><button class="primary">Switch on</button></div>
          </form>
        </section>
        <section class="card">
          <h2>Outage</h2>
          <form method="post" action="${to(view, '/ui/outage')}">
            <label
              >For how many seconds<input name="seconds" type="number" min="1" value="30" required
            /></label>
            <div class="actions"><button class="primary">Begin the outage</button></div>
          </form>
        </section>
      </div>
      <section class="card flush">
        <div class="head" style="padding:16px 20px 12px">
          <h2>Switched on</h2>
          ${faults.length === 0 ? '' : html`<form method="post" action="${to(view, '/ui/faults/clear')}"><button class="small">Switch all off</button></form>`}
        </div>
        ${
          faults.length === 0
            ? html`<p class="empty">Nothing. Klaviyo is well.</p>`
            : html`<div class="wide">
                <table>
                  <thead>
                    <tr>
                      <th>Where</th>
                      <th>What</th>
                      <th>Which calls</th>
                      <th class="number">Met</th>
                      <th class="number">Of</th>
                      <th class="number">Share</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${faults.map(
                      ({ path, fault, hits, times, share, match }) =>
                        html`<tr>
                          <td><code>${path}</code></td>
                          <td>
                            <span class="pill bad"
                              >${typeof fault === 'object' ? JSON.stringify(fault) : fault}</span
                            >
                          </td>
                          <td>${match === undefined ? 'all' : html`with <code>${match}</code>`}</td>
                          <td class="number">${hits}</td>
                          <td class="number">${times ?? 'all'}</td>
                          <td class="number">${Math.round((share ?? 1) * 100)} %</td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>`
        }
      </section>`,
  })
}

/** Does what a form of the page asks for; false when it asks for nothing that is known. */
export function switchFault(world: World, form: URLSearchParams): boolean {
  const kind = kinds.find(([name]) => name === form.get('fault'))
  const path = form.get('path') ?? ''
  if (kind === undefined || path === '') return false
  const times = Number(form.get('times'))
  const share = Number(form.get('share')) / 100
  const match = form.get('match') ?? ''
  world.faults.add(path, kind[2], {
    ...(match === '' ? {} : { match }),
    ...(times > 0 ? { times } : {}),
    ...(share > 0 && share < 1 ? { share } : {}),
  })
  return true
}
