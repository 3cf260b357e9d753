import type { ReasonCode, Refused } from '../../core/index.ts'
import { lanes } from '../../core/index.ts'
import type { ShownRow } from '../event-rows.ts'
import { type Counts, entriesOf, type Overview } from '../overview.ts'
import type { Filters } from '../query.ts'
import { connectionCard } from './connection-card.ts'
import { eventList, listLink } from './event-list.ts'
import { type Html, html } from './html.ts'
import { block } from './json.ts'
import { page } from './page.ts'
import { reasonTable, refusedTable } from './reason-table.ts'

export interface StatusPage {
  readonly overviews: readonly Overview[]
  /** The connection whose events are listed; undefined: there is none. */
  readonly chosen: Overview | undefined
  readonly events: readonly ShownRow[]
  readonly filters: Filters
  readonly refusedCounts: Counts
  readonly refused: readonly Refused[]
  /** Where events can be sent: this address. */
  readonly address: string
  readonly now: number
}

export function statusPage(given: StatusPage): string {
  const { overviews, chosen, refusedCounts, refused, filters, now } = given
  return page({
    title: chosen === undefined ? 'Welcome' : titleOf(overviews),
    // An older page does not change: it would only jump.
    refreshes: filters.before === undefined,
    body: html`${chosen === undefined ? welcome : overviews.map((one) => connectionCard(one, now))}
    ${
      chosen !== undefined &&
      reasonTable(chosen.counts, (reason) => listLink(chosen.connection.id, { reason }))
    }
    ${refusedTable(refusedCounts, refused, now)} ${chosen !== undefined && events(given, chosen)}`,
  })
}

function titleOf(overviews: readonly Overview[]): string {
  const faulty = overviews.find(({ state }) => state === 'ERROR')
  return faulty === undefined ? 'Status' : `ERROR: ${faulty.storeName}`
}

function events({ overviews, events: rows, filters, address, now }: StatusPage, chosen: Overview) {
  return html`${
    overviews.length > 1 &&
    html`<nav class="tabs" aria-label="Connections">
      ${overviews.map(
        ({ connection, storeName }) =>
          html`<a
            href="${listLink(connection.id, {})}"
            ${connection.id === chosen.connection.id && 'aria-current=true'}
            >${storeName}</a
          >`,
      )}
    </nav>`
  }
  ${eventList({
    connectionId: chosen.connection.id,
    filters,
    events: rows,
    reasons: reasonsOf(chosen),
    lanes: lanes.filter((lane) => chosen.standings[lane].head > 0),
    now,
    first: firstEvent(address, chosen.source?.writeKey ?? '<write key>'),
  })}`
}

/** Those that the connection's events have, and what its waiting ones have now. */
function reasonsOf({ counts, live }: Overview): readonly ReasonCode[] {
  const settled = entriesOf(counts).map(([reason]) => reason)
  return live.reason === undefined ? settled : [...new Set([...settled, live.reason])]
}

const welcome = html`<section class="card">
  <h1>Welcome to Tillpost</h1>
  <p class="lede">
    There is no connection to Klaviyo yet. Make one on the <a href="/admin">admin pages</a>; or in a
    terminal, and start again:
  </p>
  ${block('tillpost init\ntillpost serve')}
</section>`

function firstEvent(address: string, writeKey: string): Html {
  const event = {
    event: 'Product Viewed',
    userId: '1',
    properties: { name: 'Scarf', email: 'jane@example.com' },
  }
  return html`<div class="empty">
    <p>No events yet. Send a first one; it appears here within seconds:</p>
    ${block(`curl ${address}/v1/track -u ${writeKey}: -d '${JSON.stringify(event)}'`)}
  </div>`
}
