import type { Account, Metric } from '../account.ts'
import { columns } from './chart.ts'
import { type Html, html } from './html.ts'
import { ago, clockTime, layout, money, to, type View } from './layout.ts'
import { nameOf } from './people.ts'

const minutes = 60
const minuteMs = 60_000

/** What happens right now: the last hour, the metrics, the newest events. */
export function overview(view: View): Html {
  const { account, world, now } = view
  const counters = world.log.counters(account.id)
  const received = perMinute(account, now)
  const shown = account.metrics.filter(({ integration }) => integration.key !== 'klaviyo')
  const events = shown.reduce((sum, { count }) => sum + count, 0)
  return layout(view, {
    title: 'Overview',
    at: '/',
    content: html`<div class="head">
        <div>
          <p class="eyebrow">${account.name}</p>
          <h1>What Klaviyo holds</h1>
        </div>
      </div>
      <div class="tiles">
        ${tile(events, 'events')} ${tile(account.profiles.count, 'profiles')}
        ${tile(counters.requests, 'requests')} ${tile(counters.throttled, 'throttled (429)')}
      </div>
      <section class="card">
        <h2>Events received in the last hour</h2>
        ${columns(received, {
          label: `${received.reduce((a, b) => a + b, 0)} events in the last hour`,
          titleOf: (place) =>
            `${clockTime(now - (minutes - 1 - place) * minuteMs).slice(0, 5)}: ${received[place] ?? 0}`,
        })}
        <div class="axis"><span>an hour ago</span><span>now</span></div>
      </section>
      <div class="columns">
        <section class="card flush">
          <h2>Metrics</h2>
          ${metricsTable(view, shown)}
        </section>
        <section class="card flush">
          <h2>Newest events</h2>
          ${newest(view)}
        </section>
      </div>`,
  })
}

function tile(count: number, name: string): Html {
  return html`<div class="card tile"><b>${count.toLocaleString('en')}</b><span>${name}</span></div>`
}

function perMinute(account: Account, now: number): readonly number[] {
  const counts = Array.from({ length: minutes }, () => 0)
  for (let place = account.events.count - 1; place >= 0; place -= 1) {
    const age = Math.floor((now - account.events.receivedOf(place)) / minuteMs)
    if (age >= minutes) break
    const at = minutes - 1 - Math.max(0, age)
    counts[at] = (counts[at] ?? 0) + 1
  }
  return counts
}

function metricsTable(view: View, metrics: readonly Metric[]): Html {
  if (metrics.length === 0) {
    return html`<p class="empty">No events yet. A metric appears with its first event.</p>`
  }
  const sorted = metrics.toSorted((a, b) => b.count - a.count).slice(0, 12)
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          <th>Metric</th>
          <th>From</th>
          <th class="number">Events</th>
        </tr>
      </thead>
      <tbody>
        ${sorted.map(
          (metric) =>
            html`<tr>
              <td><a href="${to(view, `/ui/metrics/${metric.id}`)}">${metric.name}</a></td>
              <td><span class="pill">${metric.integration.name}</span></td>
              <td class="number">${metric.count.toLocaleString('en')}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function newest(view: View): Html {
  const { account, now } = view
  const rows: Html[] = []
  for (let place = account.events.count - 1; place >= 0 && rows.length < 12; place -= 1) {
    const event = account.events.get(place)
    const profile = event === undefined ? undefined : account.profiles.at(event.profile)
    if (event === undefined || profile === undefined) continue
    rows.push(
      html`<tr>
        <td>
          ${account.metrics[event.metric]?.name ?? ''}<br /><a
            class="soft"
            href="${to(view, `/ui/profiles/${profile.id}`)}"
            >${nameOf(profile)}</a
          >
        </td>
        <td class="number">${money(event.value, event.currency)}</td>
        <td class="number soft">${ago(event.receivedMs, now)}</td>
      </tr>`,
    )
  }
  return rows.length === 0
    ? html`<p class="empty">Send one to <code>/api/events</code> and it shows up here.</p>`
    : html`<div class="wide">
        <table>
          <thead>
            <tr>
              <th>Event</th>
              <th class="number">Value</th>
              <th class="number">Received</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>`
}
