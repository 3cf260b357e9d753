import type { Account, Metric } from '../account.ts'
import { textOf } from '../json.ts'
import { columns } from './chart.ts'
import { type Html, html } from './html.ts'
import { ago, dateTime, layout, money, to, type View } from './layout.ts'
import { nameOf } from './people.ts'

const days = 30
const dayMs = 86_400_000

export function metricsPage(view: View): Html {
  const { account, now } = view
  const metrics = account.metrics.toSorted((a, b) => b.count - a.count)
  return layout(view, {
    title: 'Metrics',
    at: '/ui/metrics',
    content: html`<h1>Metrics</h1>
      <section class="card flush">
        ${
          metrics.length === 0
            ? html`<p class="empty">No metrics yet. Each appears with its first event.</p>`
            : html`<div class="wide">
                <table>
                  <thead>
                    <tr>
                      <th>Metric</th>
                      <th>From</th>
                      <th>Id</th>
                      <th>Last ${days} days</th>
                      <th class="number">Events</th>
                      <th class="number">Newest</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${metrics.map(
                      (metric) =>
                        html`<tr>
                          <td>
                            <a href="${to(view, `/ui/metrics/${metric.id}`)}">${metric.name}</a>
                          </td>
                          <td><span class="pill">${metric.integration.name}</span></td>
                          <td><code>${metric.id}</code></td>
                          <td>
                            ${columns(perDay(account, metric, now).counts, { label: `${metric.name} per day`, spark: true })}
                          </td>
                          <td class="number">${metric.count.toLocaleString('en')}</td>
                          <td class="number soft">
                            ${metric.lastEvent === null ? '' : ago(metric.lastEvent, now)}
                          </td>
                        </tr>`,
                    )}
                  </tbody>
                </table>
              </div>`
        }
      </section>`,
  })
}

export function metricPage(view: View, id: string): Html | undefined {
  const { account, now } = view
  const metric = account.metricById(id)
  if (metric === undefined) return undefined
  const { counts, sums } = perDay(account, metric, now)
  const dayOf = (place: number): string => dateTime(now - (days - 1 - place) * dayMs).slice(0, 10)
  const total = sums.reduce((a, b) => a + b, 0)
  return layout(view, {
    title: metric.name,
    at: '/ui/metrics',
    content: html`<div class="head">
        <div>
          <p class="eyebrow"><a href="${to(view, '/ui/metrics')}">Metrics</a></p>
          <h1>${metric.name}</h1>
        </div>
        <div class="pills">
          <span class="pill">${metric.integration.name}</span
          ><span class="pill"><code>${metric.id}</code></span>
        </div>
      </div>
      <section class="card">
        <h2>
          ${counts.reduce((a, b) => a + b, 0).toLocaleString('en')} events in the last ${days}
          days${total === 0 ? '' : `, worth ${money(total, null)}`}
        </h2>
        ${columns(counts, { label: `${metric.name} per day`, titleOf: (place) => `${dayOf(place)}: ${counts[place] ?? 0}` })}
        <div class="axis"><span>${dayOf(0)}</span><span>${dayOf(days - 1)}</span></div>
      </section>
      <section class="card flush">
        <h2>Newest events</h2>
        <div class="wide">
          <table>
            <thead>
              <tr>
                <th>Profile</th>
                <th>Unique id</th>
                <th class="number">Value</th>
                <th class="number">When</th>
                <th></th>
              </tr>
            </thead>
            <tbody>
              ${newest(view, metric)}
            </tbody>
          </table>
        </div>
      </section>`,
  })
}

function newest(view: View, metric: Metric): readonly Html[] {
  const { account } = view
  const rows: Html[] = []
  for (const place of account.events.ofMetric(metric.place)) {
    if (rows.length === 50) break
    const event = account.events.get(place)
    const profile = event === undefined ? undefined : account.profiles.at(event.profile)
    if (event === undefined || profile === undefined) continue
    rows.push(
      html`<tr>
        <td><a href="${to(view, `/ui/profiles/${profile.id}`)}">${nameOf(profile)}</a></td>
        <td><code>${event.uniqueId}</code></td>
        <td class="number">${money(event.value, event.currency)}</td>
        <td class="number soft">${dateTime(event.timeMs)}</td>
        <td>
          <details>
            <summary>Properties</summary>
            <pre>${textOf(JSON.stringify(JSON.parse(event.properties), null, 2))}</pre>
          </details>
        </td>
      </tr>`,
    )
  }
  return rows
}

/** Counts and values per day; of very large metrics, those of the newest 200,000 events. */
function perDay(
  account: Account,
  metric: Metric,
  now: number,
): { readonly counts: readonly number[]; readonly sums: readonly number[] } {
  const counts = Array.from({ length: days }, () => 0)
  const sums = Array.from({ length: days }, () => 0)
  let looked = 0
  for (const place of account.events.ofMetric(metric.place)) {
    looked += 1
    if (looked > 200_000) break
    const at = days - 1 - Math.floor((now - account.events.timeOf(place)) / dayMs)
    if (at < 0 || at >= days) continue
    counts[at] = (counts[at] ?? 0) + 1
    sums[at] = (sums[at] ?? 0) + (account.events.valueOf(place) ?? 0)
  }
  return { counts, sums }
}
